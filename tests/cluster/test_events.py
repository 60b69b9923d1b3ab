"""Events of a real cluster: live, the newest first, folded; and the ways from a row to its owner and its node."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest

from tests.cluster.conftest import Open
from tests.cluster.kubectl import Kubectl, wait_until
from tests.cluster.screen import K9py
from tests.cluster.workloads import container, deployment, pod

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]


@pytest.fixture(scope="module", autouse=True)
def objects(kubectl: Kubectl, namespace: str) -> None:
    kubectl.create(deployment("web", 2), pod("crash", container(script="exit 3")), namespace=namespace)
    kubectl("rollout", "status", "deployment/web", "-n", namespace, "--timeout=120s")
    wait_until(lambda: "BackOff" in kubectl("events", "-n", namespace, "--for=pod/crash"), "the crash is told of")


def open_kind(k9py: Open, namespace: str, command: str, title: str, name: str) -> K9py:
    screen = k9py("-n", namespace, size=(200, 50))
    screen.wait_row("Pods", "crash")
    screen.command(command)
    screen.wait_title(title, "^home")
    screen.wait_row(title, name)
    screen.point_at(title, name)
    return screen


def wait_some(screen: K9py, *words: str) -> None:
    """Wait for an event that has all these words."""
    screen.wait_pane("Events", lambda pane: any(row.says(*words) for row in pane.rows), f"no row with {words}")


def tell(kubectl: Kubectl, namespace: str, name: str, message: str) -> None:
    """Write an event, as a controller would."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    event = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": name, "namespace": namespace},
        "involvedObject": {"kind": "Service", "namespace": namespace, "name": "till", "apiVersion": "v1"},
        "type": "Warning",
        "reason": "Rang",
        "message": message,
        "firstTimestamp": now,
        "lastTimestamp": now,
        "count": 2,
        "source": {"component": "k9py-test"},
    }
    kubectl("create", "-f", "-", stdin=json.dumps(event))


def test_events_of_a_namespace_come_live_and_on_top_and_fold(k9py: Open, kubectl: Kubectl, namespace: str) -> None:
    screen = k9py("-n", namespace, size=(200, 50))
    screen.wait_row("Pods", "crash")
    screen.command("events")
    screen.wait_row("Events", "ScalingReplicaSet", "deployment/web")
    wait_some(screen, "BackOff", "pod/crash", "Warning")
    for number, count in ((1, "x2"), (2, "x4")):
        tell(kubectl, namespace, f"till.{number}", "the till rang 🔔 계산대")
        pane = screen.wait_row("Events", "service/till", count)
        assert [row for row in pane.rows if row.says("service/till")] == [pane.row("service/till")]
    top = screen.wait_pane("Events", lambda pane: pane.rows[0].says("service/till", "🔔", "계산대"), "not on top").rows
    assert [row.text.split()[0] for row in top] == sorted((row.text.split()[0] for row in top), key=seconds)
    screen.send("f")
    screen.wait_pane("Events", lambda pane: sum(row.says("service/till") for row in pane.rows) == 2, "unfolded")
    kubectl("delete", "event", "till.1", "till.2", "-n", namespace)
    screen.wait_no_row("Events", "service/till")


def seconds(age: str) -> int:
    units = {"s": 1, "m": 60, "h": 3600, "d": 86400}
    return sum(int(number) * units[unit] for number, unit in re.findall(r"(\d+)([smhd])", age))


def test_events_of_an_object_and_of_all_that_it_owns(k9py: Open, kubectl: Kubectl, namespace: str) -> None:
    screen = open_kind(k9py, namespace, "deploy", "Deployments", "web")
    screen.send("E")
    pane = screen.wait_row("Events", "ScalingReplicaSet")
    assert {row.text.split()[3] for row in pane.rows} == {"deployment/web"}
    screen.send("a")
    replica_set = kubectl.names("rs", "-n", namespace)[0]
    screen.wait_row("Events", "SuccessfulCreate", f"replicaset/{replica_set}")
    for name in kubectl.names("pods", "-n", namespace, "-l", "app=web"):
        wait_some(screen, "Started", f"pod/{name}")
    assert not screen.pane("Events").row("pod/crash")
    screen.send("a")
    screen.wait_no_row("Events", "SuccessfulCreate")


def test_events_of_a_pod_and_back_to_it(k9py: Open, kubectl: Kubectl, namespace: str) -> None:
    screen = open_kind(k9py, namespace, "pods", "Pods", "crash")
    screen.send("E")
    wait_some(screen, "BackOff", "pod/crash")
    told = kubectl.json("events", "-n", namespace, "--for=pod/crash")["items"]
    sayings = {(each["reason"], each["message"], each["involvedObject"].get("fieldPath")) for each in told}
    screen.wait_pane("Events", lambda pane: len(pane.rows) == len(sayings), f"not {len(sayings)} rows")
    screen.send("enter")
    screen.wait_names("Pods", ["crash"])


def test_events_of_a_node(k9py: Open, kubectl: Kubectl, namespace: str) -> None:
    node = kubectl.names("nodes")[0]
    screen = open_kind(k9py, namespace, "nodes", "Nodes", node)
    screen.send("E")
    told = kubectl.json("get", "events", "-n", "default", f"--field-selector=involvedObject.name={node}")["items"]
    screen.wait_title("Events", f"default · node {node}$")
    for reason in {each["reason"] for each in told}:
        wait_some(screen, reason, f"node/{node}")


def test_from_a_pod_to_its_owners_and_its_node(k9py: Open, kubectl: Kubectl, namespace: str) -> None:
    found = kubectl.json("get", "pods", "-n", namespace, "-l", "app=web")["items"][0]
    screen = open_kind(k9py, namespace, "pods", "Pods", found["metadata"]["name"])
    screen.send("J")
    screen.wait_names("ReplicaSets", [found["metadata"]["ownerReferences"][0]["name"]])
    screen.send("J")
    screen.wait_names("Deployments", ["web"])
    screen.send("J")
    screen.wait(f"✖ {namespace}/web has no owner")
    screen.send("z")
    screen.wait_names("ReplicaSets", kubectl.names("rs", "-n", namespace))
    screen.send("escape", "escape", "escape")
    screen.point_at("Pods", found["metadata"]["name"])
    screen.send("o")
    screen.wait_names("Nodes", [found["spec"]["nodeName"]])
