"""What runs in a pod, and what everything uses: as kubectl says it of the same cluster."""

from __future__ import annotations

import json
import re
import time
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

from k9py.insight.describe.amounts import read_amount
from k9py.values.quantity import say_size
from tests.cluster.conftest import Open
from tests.cluster.kubectl import Kubectl, KubectlError, wait_until
from tests.cluster.screen import K9py, Pane
from tests.cluster.workloads import COUNT, SLEEP, container, pod, thing

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

BURN = "while true; do i=0; while [ $i -lt 4000 ]; do i=$((i+1)); done; sleep 0.05; done"


def _resources(cpu: str, memory: str, more: int = 2) -> dict[str, Any]:
    number = int(cpu.removesuffix("m"))
    limits = {"cpu": f"{number * more}m", "memory": memory}
    return {"resources": {"requests": {"cpu": cpu, "memory": memory}, "limits": limits}}


@pytest.fixture(scope="module", autouse=True)
def objects(kubectl: Kubectl, namespace: str) -> None:
    init = [container("migrate", "true"), container("sidecar", restartPolicy="Always", **_resources("20m", "16Mi"))]
    crew = pod(
        "crew",
        container("busy", BURN, **_resources("100m", "32Mi")),
        container("talks", COUNT, ports=[{"name": "http", "containerPort": 8080}]),
        initContainers=init,
    )
    kubectl.create(crew, pod("idle", container(script=SLEEP)), namespace=namespace)
    kubectl.wait("pod/crew", "condition=Ready", namespace)


def test_the_containers_of_a_pod(k9py: Open, kubectl: Kubectl, namespace: str) -> None:
    screen = k9py("-n", namespace, "-c", "pods", size=(200, 50))
    screen.point_at("Pods", "crew")
    screen.send("enter")
    pane = screen.wait_title("Containers", rf"Containers 4 · {namespace} · pod crew$")
    told = kubectl.json("get", "pod", "crew", "-n", namespace)
    screen.wait_names("Containers", ["I1", "I2", "M1", "M2"])
    for index, each in (("I1", "migrate"), ("I2", "sidecar"), ("M1", "busy"), ("M2", "talks")):
        wanted = [c for c in told["spec"]["containers"] + told["spec"]["initContainers"] if c["name"] == each]
        pane = screen.wait_row("Containers", index, each, wanted[0]["image"], "true")
    assert pane.has("talks", "http:8080", "Running")
    assert pane.has("migrate", "Completed")
    screen.point_at("Containers", "M2")
    screen.send("l")
    screen.wait_title("Logs", r"Logs crew · talks · following")
    screen.wait_pane("Logs", lambda pane: any(" of crew" in text for text in pane.texts), "no lines")
    screen.send("esc")
    screen.wait_row("Containers", "talks")
    screen.send("y")
    screen.wait_pane("Pod", lambda pane: f"uid: {told['metadata']['uid']}" in pane.texts, "not its YAML")


def _told(kubectl: Kubectl, *words: str) -> list[list[str]]:
    """What kubectl top prints: the words of each row."""
    try:
        return [line.split() for line in kubectl("top", *words, "--no-headers").splitlines()]
    except KubectlError:  # of a pod that has just begun nothing has been measured yet
        return []


def wait_alike(screen: K9py, title: str, read: Any) -> None:
    """Wait until each row on the screen is one that kubectl has printed lately: k9py asks every 15 s, as the metrics
    are measured anew, and need not ask in the same second."""
    end = time.monotonic() + 90
    printed: defaultdict[tuple[str, ...], set[tuple[str, ...]]] = defaultdict(set)
    while True:
        for row in read():
            printed[tuple(row[:-2])].add(tuple(row))
        pane = screen.find(title)
        shown = [set(row.text.split()) for row in pane.rows] if pane else []
        if printed and all(any(set(row) <= words for row in rows for words in shown) for rows in printed.values()):
            return
        assert time.monotonic() < end, f"{title}: not as kubectl says:\n{dict(printed)}\n{screen.screen()}"
        screen.settle(1)


def test_usage_is_what_kubectl_top_says(k9py: Open, kubectl: Kubectl, namespace: str) -> None:
    pods = k9py("-n", namespace, "-c", "pods", size=(200, 50))
    wait_alike(pods, "Pods", lambda: _told(kubectl, "pods", "-n", namespace))
    parts = k9py("-n", namespace, "-c", "containers", size=(200, 50))
    wait_alike(parts, "Containers", lambda: _told(kubectl, "pods", "--containers", "-n", namespace))
    nodes = k9py("-n", namespace, "-c", "nodes", size=(200, 50))
    wait_alike(nodes, "Nodes", lambda: [[row[0], row[1], row[3]] for row in _told(kubectl, "nodes")])


def test_top_puts_what_uses_most_first_and_draws_its_course(k9py: Open, kubectl: Kubectl, namespace: str) -> None:
    screen = k9py("-n", namespace, "-c", "top", size=(200, 50))
    wait_alike(screen, "Pods", lambda: _told(kubectl, "pods", "-n", namespace))
    screen.wait_names("Pods", ["crew", "idle"])
    screen.point_at("Pods", "crew")
    screen.wait(r"CPU \d+m · .* · request 120m · limit 240m · crew +MEM \d+Mi · .* · request 48Mi · limit 48Mi · crew")
    screen.send("tab")
    screen.wait_row("Containers", "crew", "busy")
    screen.wait(r"CPU \d+m · .* · request 100m · limit 200m · crew/busy")
    screen.send("tab")
    wait_alike(screen, "Nodes", lambda: [[row[0], row[1], row[3]] for row in _told(kubectl, "nodes")])
    screen.wait(r"CPU \d+m · .* of \d+m · node\d")


def _mebibytes(written: str) -> str:
    return f"{int(read_amount(written).value) >> 20}Mi"


def _allocated(kubectl: Kubectl, node: str) -> list[str]:
    """Requests and limits of a node's pods, and their shares, as kubectl describe adds them up."""
    text = kubectl("describe", "node", node).partition("Allocated resources:")[2]
    cpu, memory = (re.search(rf"{what} +(\S+) \((\d+)%\) +(\S+) \((\d+)%\)", text) for what in ("cpu", "memory"))
    assert cpu
    assert memory
    cores = [f"{int(read_amount(each).value * 1000)}m" for each in cpu.group(1, 3)]
    return [*cores, *cpu.group(2, 4), *map(_mebibytes, memory.group(1, 3)), *memory.group(2, 4)]


def test_capacity_adds_up_what_kubectl_describe_node_does(k9py: Open, kubectl: Kubectl, namespace: str) -> None:
    before = [container("before", "true", **_resources("300m", "64Mi"))]
    needy = pod("needy", container(script=SLEEP, **_resources("50m", "8Mi")), initContainers=before)
    kubectl.create(needy, namespace=namespace)
    kubectl.wait("pod/needy", "condition=Ready", namespace)
    screen = k9py("-n", namespace, "-c", "capacity", size=(200, 50))
    screen.wait_title("Capacity", r"Capacity 2 · of nodes")
    for node in kubectl.json("get", "nodes")["items"]:
        name = node["metadata"]["name"]
        wait_allocated(screen, kubectl, name)
    screen.send("tab")
    screen.wait_row("Capacity", namespace, "3", "420m", "840m", "112Mi")
    screen.send("tab")
    screen.wait_row("Capacity", "pod/needy", "1", "300m", "600m", "64Mi")


def wait_allocated(screen: K9py, kubectl: Kubectl, node: str) -> None:
    screen.wait_pane("Capacity", lambda pane: _shows(pane, node, _allocated(kubectl, node)), f"not as kubectl: {node}")


def _shows(pane: Pane, name: str, wanted: list[str]) -> bool:
    """Whether a node's row has these figures: requests, limits and their shares, of CPU and of memory."""
    row = pane.row(name)
    if row is None:
        return False
    cells = dict(zip(re.sub("[↓↑]", "", pane.header).split(), row.text.split(), strict=True))
    titles = [f"{share}{what}/{each}" for what in ("CPU", "MEM") for share in ("", "%") for each in ("REQ", "LIM")]
    return [cells.get(title) for title in titles] == wanted


@pytest.fixture
def claim(kubectl: Kubectl, namespace: str) -> Iterator[str]:
    """A claim of a folder that is a volume (`local`: kubelets measure those), mounted by the pod `keeper`."""
    node = kubectl.names("nodes")[0]
    host = kubectl.json("get", "node", node)["metadata"]["labels"]["kubernetes.io/hostname"]
    term = {"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "In", "values": [host]}]}
    common = {"accessModes": ["ReadWriteOnce"], "storageClassName": ""}
    spec = {
        **common,
        "capacity": {"storage": "1Gi"},
        "local": {"path": "/tmp"},
        "nodeAffinity": {"required": {"nodeSelectorTerms": [term]}},
        "claimRef": {"namespace": namespace, "name": "kept"},
    }
    wanted = {**common, "resources": {"requests": {"storage": "1Gi"}}}
    kubectl.create(thing("PersistentVolume", namespace, spec=spec))
    kubectl.create(
        thing("PersistentVolumeClaim", "kept", spec={**wanted, "volumeName": namespace}),
        thing("PersistentVolumeClaim", "astray", spec=wanted),
        pod(
            "keeper",
            container(volumeMounts=[{"name": "v", "mountPath": "/kept"}]),
            volumes=[{"name": "v", "persistentVolumeClaim": {"claimName": "kept"}}],
        ),
        namespace=namespace,
    )
    kubectl.wait("pod/keeper", "condition=Ready", namespace)
    yield node
    kubectl("delete", "pod", "keeper", "-n", namespace)
    kubectl("delete", "pvc", "kept", "astray", "-n", namespace)
    kubectl("delete", "pv", namespace)


def _filled(kubectl: Kubectl, node: str, namespace: str) -> list[list[str]]:
    """Capacity, percent and bytes in use, of the claim `kept`, as the kubelet has measured them."""
    summary = json.loads(kubectl("get", "--raw", f"/api/v1/nodes/{node}/proxy/stats/summary"))
    volumes = [volume for pod in summary["pods"] for volume in pod.get("volume", ())]
    told = [each for each in volumes if each.get("pvcRef") == {"name": "kept", "namespace": namespace}]
    return [
        ["kept", say_size(each["capacityBytes"]), str(100 * used // (used + each["availableBytes"])), say_size(used)]
        for each in told
        for used in [each["usedBytes"]]
    ]


def test_how_full_the_volumes_of_claims_are(k9py: Open, kubectl: Kubectl, namespace: str, claim: str) -> None:
    screen = k9py("-n", namespace, "-c", "capacity volumes", size=(200, 50))
    screen.wait_title("Claims", rf"Claims 2 · {namespace}$")
    screen.wait_row("Claims", "astray", *["has", "no", "volume", "yet"], "1Gi")
    # a kubelet measures its volumes once a minute
    wait_until(lambda: _filled(kubectl, claim, namespace), "the kubelet has measured the volume", 150)
    wait_alike(screen, "Claims", lambda: _filled(kubectl, claim, namespace))
    screen.wait_row("Claims", "kept", "keeper", namespace)
    screen.point_at("Claims", "kept")
    screen.send("enter")
    screen.wait_title("Pods", rf"Pods 1 of \d+ · {namespace} · claim kept$")


@pytest.fixture
def reader(kubectl: Kubectl, namespace: str) -> Iterator[str]:
    """A user who may read pods and nodes, and not metrics.k8s.io."""
    rules = [
        {"apiGroups": ["", "apps"], "resources": ["pods", "nodes", "deployments"], "verbs": ["get", "list", "watch"]}
    ]
    meta = "rbac.authorization.k8s.io"
    subject = [{"kind": "User", "name": namespace, "apiGroup": meta}]
    role = thing("ClusterRole", namespace, f"{meta}/v1", rules=rules)
    ref = {"kind": "ClusterRole", "name": namespace, "apiGroup": meta}
    kubectl.apply(role, thing("ClusterRoleBinding", namespace, f"{meta}/v1", subjects=subject, roleRef=ref))
    yield namespace
    kubectl("delete", "clusterrole,clusterrolebinding", namespace, "--ignore-not-found")


def measured(pane: Pane, name: str) -> bool:
    row = pane.row(name)
    return bool(row and re.search(r" \d+m +\S+ +\S+ +\d+Mi", row.text))


def test_without_metrics_the_kubelets_are_asked_and_without_them_there_are_dashes(
    k9py: Open, kubectl: Kubectl, namespace: str, reader: str
) -> None:
    screen = k9py("--as", reader, "-n", namespace, "-c", "pods", size=(200, 50))
    screen.wait_row("Pods", "crew", "-")
    screen.command("about")
    screen.wait(r"no metrics: .*forbidden")
    proxy = [{"apiGroups": [""], "resources": ["pods", "nodes", "nodes/proxy"], "verbs": ["get", "list", "watch"]}]
    kubectl.apply(thing("ClusterRole", reader, "rbac.authorization.k8s.io/v1", rules=proxy))
    other = k9py("--as", reader, "-n", namespace, "-c", "pods", size=(200, 50))
    other.wait_pane("Pods", lambda pane: measured(pane, "crew"), "no figures")
