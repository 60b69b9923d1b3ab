"""What k9py says of an object is all that the real kubectl says of it: line by line, in kubectl's order."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import msgspec
import pytest
import yaml

from k9py.insight.describe.describer import gather, write
from k9py.kube.kubeconfig import read_kubeconfig
from k9py.kube.transport import ConnectOptions
from k9py.session.hub import Hub
from k9py.session.session import Session
from k9py.values.document import read_object
from k9py.values.namespaces import ALL
from k9py.values.request import Request
from k9py.values.resource import Resource
from tests.cluster import exotic, zoo
from tests.cluster.conftest import Cluster, Open
from tests.cluster.kubectl import Kubectl, in_namespace, write_kubeconfig
from tests.cluster.workloads import SLEEP, Json, deployment, thing

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

NAMESPACED = (
    *("pods", "deployments", "replicasets", "statefulsets", "daemonsets", "replicationcontrollers", "jobs", "cronjobs"),
    *("services", "endpointslices", "endpoints", "ingresses", "networkpolicies", "configmaps", "secrets"),
    *("persistentvolumeclaims", "serviceaccounts", "roles", "rolebindings", "horizontalpodautoscalers"),
    *("poddisruptionbudgets", "resourcequotas", "limitranges", "leases", "events", "podtemplates"),
    *("controllerrevisions", "resourceclaims"),
)
CLUSTER_WIDE = (
    *("nodes", "namespaces", "persistentvolumes", "storageclasses", "volumeattributesclasses", "csinodes"),
    *("clusterroles", "clusterrolebindings", "ingressclasses", "priorityclasses", "servicecidrs", "ipaddresses"),
    *("certificatesigningrequests", "flowschemas", "apiservices"),
)

MOST = 12
"""Objects of a kind that are compared."""
LOOKS = 4

DIFFERENT = {
    r"^Namespace:$": "kubectl has an empty line for the namespace of what lives in none",
    r"^token: eyJ": "kubectl shows the token of a service account: we tell its size, as of any secret",
    r"^ISCSIInterface ": "kubectl leaves out the colon",
    r"^SecretRef: (&LocalObjectReference\{Name:s,\}|nil)$": "kubectl writes Go's view of a reference: we tell its name",
    r"^(Common Name|Serial Number|Subject): ?": "it is in the request, in ASN.1, which nothing here reads",
}
"""Lines of kubectl that k9py has not, and why."""

WIDE = (
    *("PersistentVolume", "StorageClass", "VolumeAttributesClass", "ClusterRole", "ClusterRoleBinding"),
    *("PriorityClass", "IngressClass", "CertificateSigningRequest"),
)
"""Kinds of described.yaml that live in no namespace."""

STATUSES: dict[str, Json] = {
    "pod/evicted": {"phase": "Failed", "reason": "Evicted", "message": "the node was low on memory"},
    "service/given": exotic.STATUSES["service/given"],
    "hpa/measured": {
        "currentReplicas": 3,
        "desiredReplicas": 3,
        "conditions": [],
        "currentMetrics": [
            *exotic.STATUSES["hpa/cpu-and-memory"]["currentMetrics"],
            *exotic.STATUSES["hpa/of-object"]["currentMetrics"],
        ],
    },
}
"""Statuses that nothing here would write."""

_AGE = re.compile(r"(?<![\w./:-])(?:\d+[ydhms])+(?![\w./:-])")
_OBJECT = re.compile(r"^(?=Name: )", re.MULTILINE)


def facts(lines: Sequence[str]) -> list[str]:
    """Lines without the space that aligns them, without rules, and with every age alike."""
    squeezed = (re.sub(r"[ \t]+", " ", line).strip() for line in lines)
    return [_AGE.sub("AGE", line) for line in squeezed if line.strip("- ")]


def missing(theirs: Sequence[str], ours: Sequence[str]) -> list[str]:
    """The lines of kubectl that are not, in its order, part of lines of ours. Events of one second have no order."""
    lost, at, ordered = [], 0, True
    for line in theirs:
        if any(re.match(pattern, line) for pattern in DIFFERENT):
            continue
        ordered = ordered and line != "Events:"
        wanted = line.removesuffix("...")  # kubectl cuts off long annotations
        place = next((n for n in range(at, len(ours)) if wanted in ours[n]), None)
        if place is None:
            lost.append(line)
        elif ordered:
            at = place + 1
    return lost


@pytest.fixture(scope="module", autouse=True)
def objects(kubectl: Kubectl, namespace: str) -> Iterator[None]:
    text = Path(__file__).with_name("described.yaml").read_text()
    made = list(yaml.safe_load_all(text.replace("NAMESPACE", namespace).replace("CSR", exotic.CSR)))
    wide = [obj for obj in made if obj["kind"] in WIDE]
    try:
        kubectl.create(deployment("complete", 2, SLEEP), namespace=namespace)
        zoo.add_others(kubectl, namespace)
        kubectl.create(*(obj for obj in made if obj not in wide), namespace=namespace)
        kubectl.create(*wide)
        for what, status in STATUSES.items():
            kubectl.patch(what, {"status": status}, namespace, "--subresource=status", "--type=merge")
        kubectl("certificate", "approve", f"{namespace}-approved")
        yield
    finally:
        for obj in wide:
            kubectl("delete", obj["kind"], obj["metadata"]["name"], "--wait=false", "--ignore-not-found")


@pytest.fixture
async def session(cluster: Cluster) -> AsyncIterator[Session]:
    kubeconfig = read_kubeconfig(str(cluster.kubeconfig), {})
    hub = Hub(kubeconfig, ConnectOptions())
    yield await hub.open(kubeconfig.current, ALL)
    await hub.close()


async def describe(session: Session, resource: Resource, namespace: str, name: str) -> list[str]:
    """What k9py would show of an object, from the server's own words about it."""
    raw = msgspec.json.encode(await session.read(Request("GET", resource.path(namespace, name))))
    found = read_object(raw, resource)
    return list(write(resource, found, await gather(session.read, resource, found), time.time()).lines)


@pytest.mark.parametrize("word", [*NAMESPACED, *CLUSTER_WIDE])
async def test_every_fact_of_kubectl_is_told(session: Session, kubectl: Kubectl, namespace: str, word: str) -> None:
    resource = await session.find(word)
    assert resource
    place = namespace if resource.namespaced else ""
    items = (await session.read(Request("GET", resource.path(place))))["items"]
    names = sorted((item["metadata"]["name"] for item in items), key=lambda name: (namespace not in name, name))
    names = names if word == "pods" else names[:MOST]
    assert names, f"there is nothing to describe: {word}"
    told = kubectl("describe", resource.gvr.full_name, *names, *in_namespace(place), "--show-events=true")
    texts = {text.split("\n", 1)[0].split()[1]: text for text in _OBJECT.split(told) if text.strip()}
    assert sorted(texts) == sorted(names)
    lost = {name: await compare(session, kubectl, resource, place, name, texts[name]) for name in names}
    assert not {name: lines for name, lines in lost.items() if lines}


async def compare(
    session: Session, kubectl: Kubectl, resource: Resource, namespace: str, name: str, told: str
) -> list[str]:
    """What k9py has not of what kubectl told; looked at anew a few times, as an object may change in between."""
    lost = missing(facts(told.split("\n")), facts(await describe(session, resource, namespace, name)))
    for _ in range(LOOKS):
        if lost:
            told = kubectl("describe", resource.gvr.full_name, name, *in_namespace(namespace))
            lost = missing(facts(told.split("\n")), facts(await describe(session, resource, namespace, name)))
    return lost


# ── on the screen ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_pod_described_by_keys(k9py: Open, kubectl: Kubectl, namespace: str) -> None:
    kubectl.wait("pod/half-done", "jsonpath={.status.containerStatuses[*].state.terminated.exitCode}=5", namespace)
    screen = k9py("-n", namespace, "-c", "pods /half-done", size=(200, 50))
    screen.point_at("Pods", "half-done")
    screen.send("d")
    told = facts(kubectl("describe", "pod", "half-done", "-n", namespace).split("\n"))
    wanted = [line for line in told[:35] if not re.match("Namespace|IP|Node", line)]
    screen.wait_pane("Pod", lambda pane: not missing(wanted, facts(pane.lines)), f"not all of {wanted}")
    kubectl("annotate", "pod", "half-done", "-n", namespace, "said=안녕 🎤")
    screen.wait(r"said: 안녕 🎤")
    screen.filter("Exit Code")
    screen.wait_title("Pod", r"/Exit Code 1 of 1")
    screen.wait_pane("Pod", lambda pane: {"Exit Code: 5", "Message: ended"} <= set(facts(pane.lines)))
    screen.send("esc", "\x13")
    screen.wait(r"saved to .*describe_pods_.*half-done.*\.txt")
    screen.send("esc")
    screen.wait_row("Pods", "half-done")


def test_events_that_may_not_be_read(k9py: Open, kubectl: Kubectl, namespace: str, tmp_path: Path) -> None:
    rbac = "rbac.authorization.k8s.io"
    rules = [{"apiGroups": [""], "resources": ["persistentvolumeclaims"], "verbs": ["get", "list", "watch"]}]
    subject = {"kind": "ServiceAccount", "name": "blind", "namespace": namespace}
    kubectl.create(
        thing("ServiceAccount", "blind"),
        thing("Role", "blind", f"{rbac}/v1", rules=rules),
        thing(
            "RoleBinding",
            "blind",
            f"{rbac}/v1",
            subjects=[subject],
            roleRef={"apiGroup": rbac, "kind": "Role", "name": "blind"},
        ),
        namespace=namespace,
    )
    token = kubectl("create", "token", "blind", "-n", namespace).strip()
    server = kubectl.config()["clusters"][0]["cluster"]
    path = write_kubeconfig(tmp_path / "blind.kubeconfig", server, {"token": token}, namespace)
    screen = k9py("-n", namespace, "-c", "pvc", kubeconfig=path)
    screen.point_at("PersistentVolumeClaims", "claim")
    screen.send("d")
    screen.wait(r"StorageClass: +none")
    screen.wait(r"Used By: +may not be read \(forbidden: pods is forbidden")
    screen.wait(r"Events: +may not be read \(forbidden: events is forbidden")


def test_the_field_under_the_cursor_is_explained(k9py: Open, kubectl: Kubectl, namespace: str) -> None:
    screen = k9py("-n", namespace, "-c", "pods /half-done", size=(90, 50))  # one below the other
    screen.point_at("Pods", "half-done")
    screen.send("y")
    screen.wait(r"i Explain")
    screen.send("i")
    screen.wait(r"i Close")
    screen.filter("imagePullPolicy")
    field = "spec.containers.imagePullPolicy"
    pane = screen.wait_pane(field, lambda pane: "One of: Always, IfNotPresent, Never" in facts(pane.lines))
    told = kubectl("explain", f"pod.{field}").partition("DESCRIPTION:")[2]
    assert " ".join(told.split()) in " ".join(" ".join(pane.texts).split())
