"""Any kind of a real cluster as a table: opened by a word, filtered, sorted, marked, gone into and left again."""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from wcwidth import wcswidth

from tests.cluster.conftest import Cluster, Open
from tests.cluster.kubectl import Kubectl
from tests.cluster.screen import K9py, cells
from tests.cluster.workloads import config_map, crd, deployment, pod, thing

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

PASSWORD = "correct horse battery staple"
SERVICE_COLUMNS = ["NAMESPACE", "NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE"]
CHOIR = "합창단 🎤 서울"
COLUMNS: list[dict[str, Any]] = [
    {"name": "Title", "type": "string", "jsonPath": ".spec.title"},
    {"name": "Phase", "type": "string", "jsonPath": ".status.phase"},
    {"name": "Seats", "type": "integer", "jsonPath": ".spec.seats"},
    {"name": "Secretly", "type": "string", "jsonPath": ".spec.secretly", "priority": 1},
    {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"},
]


@pytest.fixture(scope="module", autouse=True)
def objects(kubectl: Kubectl, namespace: str) -> None:
    settings = [config_map(f"cm-{n}", **{f"key{i}": "x" for i in range(20 - n)}) for n in (2, 9, 10)]
    for number, each in enumerate(settings):
        each["metadata"]["labels"] = {"tier": "front" if number else "back", "n": str(number)}
    secret = thing("Secret", "password", stringData={"password": PASSWORD})
    extra = [pod("lonely", labels={"tier": "back"}), secret, thing("Service", "web", spec={"ports": [{"port": 80}]})]
    kubectl.create(deployment("web"), *settings, *extra, namespace=namespace)
    kubectl("rollout", "status", "deployment/web", "-n", namespace, "--timeout=120s")
    kubectl.wait("pod/lonely", "condition=Ready", namespace)


@pytest.fixture
def group(kubectl: Kubectl) -> Iterator[str]:
    """An API group that no cluster has; its kind, if a test makes it, is removed."""
    name = f"k9py-{secrets.token_hex(2)}.example.com"
    yield name
    kubectl("delete", "crd", f"choirs.{name}", "--ignore-not-found")


def choir(group: str, name: str, seats: int = 5, phase: str = "Pending") -> dict[str, Any]:
    spec = {"title": CHOIR, "seats": seats, "secretly": "hidden"}
    return thing("Choir", name, f"{group}/v1", spec=spec, status={"phase": phase})


def test_services_of_all_namespaces(k9py: Open, kubectl: Kubectl, namespace: str) -> None:
    screen = k9py("-n", namespace, size=(200, 50))
    screen.wait_row("Pods", "lonely")
    screen.command("svc -A")
    screen.wait_title("Services", r"^home › Services \d+ · all namespaces$")
    known = kubectl("get", "services", "-A", "--no-headers", "-o", "custom-columns=:metadata.namespace,:metadata.name")
    for service in known.splitlines():
        pane = screen.wait_row("Services", *service.split())
    assert cells(pane.header.replace("↑", "")) == SERVICE_COLUMNS
    assert len(pane.rows) == len(known.splitlines())
    assert pane.has(namespace, "web", "ClusterIP", "80/TCP")


def test_a_kind_made_while_k9py_runs(k9py: Open, kubectl: Kubectl, namespace: str, group: str) -> None:
    screen = k9py("-n", namespace)
    screen.wait_row("Pods", "lonely")
    screen.command("crd")
    screen.wait_pane("CustomResourceDefinitions", lambda pane: pane.state == "live")
    kubectl.create(crd("choirs", "Choir", group, COLUMNS))
    screen.wait_row("CustomResourceDefinitions", f"choirs.{group}")
    kubectl.wait(f"crd/choirs.{group}", "condition=Established")
    kubectl.wait_served("choirs", group)
    screen.command("choirs")
    screen.wait_title("Choirs", r"Choirs 0 · ")
    follow_choirs(screen, kubectl, namespace, group)
    screen.command("crd")
    screen.wait_row("CustomResourceDefinitions", f"choirs.{group}")
    kubectl("delete", "crd", f"choirs.{group}")
    screen.wait_no_row("CustomResourceDefinitions", f"choirs.{group}")


def follow_choirs(screen: K9py, kubectl: Kubectl, namespace: str, group: str) -> None:
    """What is made, changed and deleted from outside shows, in the columns of the kind."""
    kubectl.apply(choir(group, "altos"), choir(group, "basses", 12), namespace=namespace)
    pane = screen.wait_row("Choirs", "altos", *CHOIR.split(), "Pending", "5")
    assert cells(pane.header.replace("↑", "")) == ["NAME", "TITLE", "PHASE", "SEATS", "AGE"]
    pane = screen.wait_row("Choirs", "basses", "12")
    for row in ("altos", "basses"):
        line = next(line for line in pane.lines if row in line)
        assert wcswidth(line[: line.index("◐")]) == pane.header.index("PHASE"), "columns are not aligned"
    kubectl.apply(choir(group, "altos", 7, "Ready"), namespace=namespace)
    screen.wait_row("Choirs", "altos", "Ready", "7")
    screen.send("\x17")
    screen.wait_row("Choirs", "altos", "hidden")
    kubectl("delete", "choir", "altos", "-n", namespace)
    assert screen.wait_no_row("Choirs", "altos") < 1
    screen.wait_title("Choirs", r"Choirs 1 · ")


def test_filters(k9py: Open, namespace: str) -> None:
    screen = k9py("-n", namespace, "-c", "cm")
    every = ["cm-2", "cm-9", "cm-10"]
    screen.wait_names("ConfigMaps", [*every, "kube-root-ca.crt"])
    for text, kept in {
        "CM-": every,
        r"cm-\d+ .*1\d": ["cm-2", "cm-9", "cm-10"],
        r"cm-\d$|cm-\d ": ["cm-2", "cm-9"],
        "!cm-1": ["cm-2", "cm-9", "kube-root-ca.crt"],
        "-l tier=front": ["cm-9", "cm-10"],
        "-l tier in (front,back),n!=1": ["cm-2", "cm-10"],
    }.items():
        screen.filter(text)
        screen.wait_title("ConfigMaps", rf"ConfigMaps {len(kept)} of 4 · ")
        screen.wait_names("ConfigMaps", kept)
        screen.send("esc")
        screen.wait_title("ConfigMaps", r"ConfigMaps 4 · [^·/]*$")
    screen.send("/")
    screen.type("cm-(")
    screen.wait(r"bad regular expression")
    screen.send("esc")
    screen.wait_names("ConfigMaps", [*every, "kube-root-ca.crt"])


def test_a_filter_is_live(k9py: Open, kubectl: Kubectl, namespace: str) -> None:
    screen = k9py("-n", namespace, "-c", "cm /late")
    screen.wait_title("ConfigMaps", r"ConfigMaps 0 of \d+ · .* · /late")
    kubectl.create(config_map("late-1"), config_map("early-1"), namespace=namespace)
    screen.wait_names("ConfigMaps", ["late-1"])
    kubectl("delete", "cm", "late-1", "early-1", "-n", namespace)
    screen.wait_names("ConfigMaps", [])


def test_sorting_by_keys_and_by_the_header(k9py: Open, namespace: str) -> None:
    screen = k9py("-n", namespace, "-c", "cm /cm-")
    wait_order(screen, ["cm-2", "cm-9", "cm-10"])
    screen.send("N")
    wait_order(screen, ["cm-10", "cm-9", "cm-2"])
    screen.wait(r"NAME↓")
    click_title(screen, "DATA")
    screen.wait(r"↑ *DATA|DATA *↑")
    wait_order(screen, ["cm-10", "cm-9", "cm-2"])
    click_title(screen, "DATA")
    screen.wait(r"↓ *DATA|DATA *↓")
    wait_order(screen, ["cm-2", "cm-9", "cm-10"])


def click_title(screen: K9py, title: str) -> None:
    """Click on the title of a column."""
    lines = screen.screen().splitlines()
    y = next(y for y, line in enumerate(lines) if "NAME" in line and title in line)
    screen.mouse_click(lines[y].index(title) + 1, y)


def wait_order(screen: K9py, names: list[str]) -> None:
    screen.wait_pane("ConfigMaps", lambda pane: pane.names == names, f"not in the order {names}")


def test_marks(k9py: Open, namespace: str) -> None:
    screen = k9py("-n", namespace, "-c", "cm /cm-")
    screen.point_at("ConfigMaps", "cm-2")
    screen.send("space")
    screen.wait_title("ConfigMaps", r" · 1 marked$")
    screen.send("j", "j", "\x00")
    pane = screen.wait_title("ConfigMaps", r" · 3 marked$")
    assert [row.sign for row in screen.wait_pane("ConfigMaps", lambda pane: pane.rows[-1].sign == "✓").rows] == [
        "✓"
    ] * 3
    screen.send("k", "space")
    pane = screen.wait_title("ConfigMaps", r" · 2 marked$")
    screen.send("\x1c")
    screen.wait_title("ConfigMaps", r" · /cm-$")
    pane = screen.wait_pane("ConfigMaps", lambda pane: not any(row.sign == "✓" for row in pane.rows), "still marked")
    assert pane.cursor == "cm-9"


def test_drilling_down_and_back(k9py: Open, kubectl: Kubectl, namespace: str) -> None:
    screen = k9py("-n", namespace, "-c", "deploy")
    screen.point_at("Deployments", "web")
    screen.send("enter")
    screen.wait_title("Pods", r"^home › deployments › Pods 3 of 4 · .* · deployment web$")
    names = kubectl.names("pods", "-n", namespace, "-l", "app=web")
    screen.wait_names("Pods", names)
    screen.point_at("Pods", names[1])
    screen.send("enter")
    screen.wait_title("Containers", rf"› deployment web › Containers 1 · .* · pod {names[1]}$")
    screen.point_at("Containers", "M1")
    screen.send("enter")
    screen.wait_title("Logs", rf"› pod {names[1]} › Logs {names[1]} · main · following")
    screen.wait_pane("Logs", lambda pane: pane.texts[0].startswith("line "), "no lines")
    screen.send("esc")
    screen.wait_row("Containers", "main")
    screen.send("esc")
    assert screen.wait_pane("Pods", lambda pane: bool(pane.cursor)).cursor == names[1]
    screen.send("esc")
    screen.wait_title("Deployments", r"^home › Deployments 1 ")
    screen.send("esc")
    screen.wait_title("Nodes", r"^Nodes ")


def test_yaml_of_a_pod(k9py: Open, kubectl: Kubectl, namespace: str) -> None:
    screen = k9py("-n", namespace, "-c", "pods", size=(120, 50))
    screen.point_at("Pods", "lonely")
    screen.send("y")
    uid = kubectl.json("get", "pod", "lonely", "-n", namespace)["metadata"]["uid"]
    wanted = {"apiVersion: v1", "kind: Pod", "name: lonely", f"uid: {uid}"}
    pane = screen.wait_pane("Pod", lambda pane: wanted <= set(pane.texts), f"not the YAML: {wanted}")
    assert pane.title.startswith(f"home › pods › Pod {namespace}/lonely · ")
    assert "managedFields:" not in screen.screen()
    screen.send("m")
    screen.wait(r"managedFields:")
    screen.send("m")
    screen.wait(r"managedFields:", gone=True)
    screen.send("esc")
    screen.wait_row("Pods", "lonely")


def test_yaml_of_a_secret_is_masked(k9py: Open, namespace: str) -> None:
    clear = f"{base64.b64encode(PASSWORD.encode()).decode()}|{PASSWORD}"
    screen = k9py("-n", namespace, "-c", "secrets")
    screen.point_at("Secrets", "password")
    screen.send("y")
    screen.wait(rf"password: ••• {len(PASSWORD)} bytes")
    assert not re.search(clear.encode(), screen.raw), "it has been on the screen"
    screen.send("x")
    screen.wait(clear)
    screen.send("x")
    screen.wait(clear, gone=True)
    screen.wait(rf"password: ••• {len(PASSWORD)} bytes")


def test_commands_at_the_start(k9py: Open, cluster: Cluster, namespace: str) -> None:
    screen = k9py("-c", f"deploy {namespace}")
    screen.wait_title("Deployments", rf"^home › Deployments 1 · {namespace}$")
    screen.wait_names("Deployments", ["web"])
    system = k9py("-c", "deploy kube-system")
    system.wait_title("Deployments", r"^home › Deployments \d+ · kube-system$")
    system.wait_names("Deployments", cluster.kubectl.names("deployments", "-n", "kube-system"))
    pods = k9py("-n", namespace, "-c", "pods")
    pods.wait_title("Pods", rf"^home › Pods 4 · {namespace}$")
    pods.wait_names("Pods", cluster.kubectl.names("pods", "-n", namespace))


def test_choosing_a_namespace(k9py: Open, namespace: str) -> None:
    screen = k9py("-A", size=(200, 50))
    screen.wait_title("Pods", r"^Pods \d+ · all namespaces$")
    screen.command("ns")
    screen.point_at("Namespaces", namespace)
    screen.send("enter")
    screen.wait_title("Pods", rf"Pods 4 · {namespace}$")
    screen.send("0")
    screen.wait_title("Pods", r"Pods \d+ · all namespaces$")
    screen.wait_row("Pods", namespace, "lonely")
    screen.send("1")
    screen.wait_title("Pods", rf"Pods 4 · {namespace}$")
    screen.command("home")
    screen.wait_names("Deployments", ["web"])
    screen.wait_title("Pods", rf"^Pods 4 · {namespace}$")


def test_an_unknown_word_is_said(k9py: Open, namespace: str) -> None:
    screen = k9py("-n", namespace)
    screen.wait_row("Pods", "lonely")
    screen.command("nonsense")
    screen.wait(r"✖ nonsense: this cluster serves no such kind")
