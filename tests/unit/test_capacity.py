"""What pods take together, and of what they are counted."""

from __future__ import annotations

from k9py.insight.capacity import Sum, counts, node_rows, place_on_node, rows_of
from k9py.kinds.capacity import KIND, CapacityRow, Room, workload_of
from k9py.kinds.nodes import Node, NodeStatus
from k9py.kinds.pod import Pod, shape_pod
from k9py.kinds.pod_budget import Budget
from k9py.kinds.pod_parts import Container, PodMetadata, PodObject, PodSpec, PodStatus, Resources
from k9py.store.column import Joined
from k9py.values.cell import Tone
from k9py.values.metadata import Metadata, Owner
from k9py.values.usage import Usage


def make(name: str = "web", node: str = "one", phase: str = "Running", cpu: str = "100m", **metadata: object) -> Pod:
    container = Container("main", resources=Resources({"cpu": cpu, "memory": "1Mi"}, {"memory": "2Mi"}))
    told = PodMetadata(name, "shop", **metadata)  # type: ignore[arg-type]
    return shape_pod(PodObject(told, PodSpec((container,), node_name=node), PodStatus(phase)))


def owned(kind: str, name: str, label: str = "") -> Pod:
    labels = {"pod-template-hash": label} if label else None
    return make(labels=labels, owner_references=(Owner(kind, name, controller=True),))


def test_a_workload_is_the_controller_and_of_a_replica_set_its_deployment() -> None:
    assert workload_of(owned("ReplicaSet", "web-5d4f", "5d4f")) == ("shop", "deployment/web")
    assert workload_of(owned("ReplicaSet", "web-5d4f")) == ("shop", "replicaset/web-5d4f")
    assert workload_of(owned("StatefulSet", "db")) == ("shop", "statefulset/db")
    assert workload_of(make()) == ("shop", "pod/web")
    assert workload_of(make(owner_references=(Owner("Backup", "x"),))) == ("shop", "pod/web")


def test_what_has_ended_takes_no_room_and_what_has_no_node_none_of_a_node() -> None:
    assert [counts(make(phase=phase)) for phase in ("Running", "Pending", "Succeeded", "Failed")] == [1, 1, 0, 0]
    assert place_on_node(make(node="")) is None


def text(row: CapacityRow, title: str) -> tuple[str, Tone]:
    column = next(column for column in KIND.columns(()) if column.title == title)
    cell = column.cell(row, Joined())
    return cell.text.strip(), cell.tone


def test_a_node_has_what_its_pods_leave() -> None:
    taken = Sum()
    taken.add(make(), Usage(0.5, 1.0))
    taken.add(make(cpu="1500m"), None)
    nodes = [
        Node(Metadata(name), status=NodeStatus({"cpu": cpu, "memory": "1Gi", "pods": "10"}))
        for name, cpu in (("one", "2"), ("two", "1"), ("full", "1"))
    ]
    rows = node_rows({("", "one"): taken, ("", "full"): taken}, nodes, {("", "one"): Usage(0.7, 2.0**29)})
    one = rows["", "one"]
    assert one.claim == Budget(1600, 0, 2 << 20, 4 << 20)
    assert one.room == Room(2000, 1 << 30, 10)
    assert text(one, "PODS") == ("2/10", Tone.PLAIN)
    assert text(one, "CPU") == ("700m", Tone.PLAIN)  # what the node uses is not only what its pods do
    assert text(one, "CPU/FREE") == ("400m", Tone.PLAIN)
    assert text(one, "%CPU/REQ") == ("80", Tone.WARN)
    assert text(one, "MEM/FREE") == ("1022Mi", Tone.PLAIN)
    assert text(rows["", "two"], "PODS") == ("0/10", Tone.PLAIN)
    assert text(rows["", "two"], "CPU") == ("-", Tone.DIM)
    assert text(rows["", "full"], "CPU/FREE") == ("-600m", Tone.BAD)


def test_what_has_no_room_of_its_own_has_what_its_pods_use() -> None:
    taken = Sum()
    taken.add(make(), Usage(0.5, 2.0**20))
    taken.add(make(), Usage(0.25, 2.0**20))
    row = rows_of("namespace", {("", "shop"): taken})["", "shop"]
    assert text(row, "CPU") == ("750m", Tone.PLAIN)
    assert text(row, "MEM") == ("2Mi", Tone.PLAIN)
    assert text(row, "CPU/FREE") == ("", Tone.DIM)
    assert text(row, "PODS") == ("2", Tone.PLAIN)
