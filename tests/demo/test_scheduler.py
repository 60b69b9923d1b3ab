"""Where pods go, and why they do not go anywhere. The words are those of a real scheduler 1.36."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.demo.nodelab import Lab, Told

HELPLESS = (
    "no new claims to deallocate, preemption: 0/{0} nodes are available: {0} Preemption is not helpful for scheduling."
)


@pytest.fixture
def lab() -> Lab:
    found = Lab(nodes=3)
    found.image("plain")
    return found


def asking(**requests: str) -> dict[str, Any]:
    return {"resources": {"requests": requests}}


def node_of(lab: Lab, name: str) -> str:
    node: str = lab.read(name)["spec"].get("nodeName", "")
    return node


def why(lab: Lab, name: str) -> str:
    message: str = lab.condition(name, "PodScheduled")["message"]
    return message


def patch_node(lab: Lab, name: str, **spec: object) -> None:
    def change(node: dict[str, Any]) -> dict[str, Any]:
        node["spec"].update(spec)
        return node

    lab.cluster.registry.patch("nodes", ("", name), change)


def label(lab: Lab, name: str, **labels: str) -> None:
    def change(node: dict[str, Any]) -> dict[str, Any]:
        node["metadata"]["labels"].update(labels)
        return node

    lab.cluster.registry.patch("nodes", ("", name), change)


def test_a_pod_is_bound_and_the_scheduler_says_so(lab: Lab) -> None:
    lab.pod("web")
    lab.cluster.clock.advance(1)
    node = node_of(lab, "web")
    assert node in ("node1", "node2", "node3")
    condition = lab.condition("web", "PodScheduled")
    assert condition["status"] == "True"
    assert "reason" not in condition
    assert lab.read("web")["metadata"]["generation"] == 1, "binding is no change of the spec"
    events = [entry.read() for entry in lab.cluster.store.entries("events", "default")]
    event = next(one for one in events if one["reason"] == "Scheduled")
    assert event["message"] == f"Successfully assigned default/web to {node}"
    assert (event["action"], event["reportingComponent"], event["source"]) == ("Binding", "default-scheduler", {})
    assert event["firstTimestamp"] is None
    assert event["eventTime"].endswith("Z")


def test_what_is_too_large_for_all_waits(lab: Lab) -> None:
    lab.pod("big", asking(cpu="50", memory="900Gi"))
    lab.cluster.clock.advance(1)
    expected = "0/3 nodes are available: 3 Insufficient cpu, 3 Insufficient memory. " + HELPLESS.format(3)
    assert why(lab, "big") == expected
    assert ("FailedScheduling", expected) in lab.events("big")
    assert lab.condition("big", "PodScheduled")["reason"] == "Unschedulable"
    assert lab.status("big")["phase"] == "Pending"


def test_reasons_are_counted_node_by_node(lab: Lab) -> None:
    patch_node(lab, "node1", taints=[{"key": "k", "value": "v", "effect": "NoSchedule"}])
    patch_node(lab, "node2", unschedulable=True)
    for number in range(4):
        lab.pod(f"fill{number}", asking(cpu="1"))
    lab.cluster.clock.advance(2)
    lab.pod("more", asking(cpu="1"))
    lab.cluster.clock.advance(1)
    assert {node_of(lab, f"fill{number}") for number in range(4)} == {"node3"}
    assert why(lab, "more") == (
        "0/3 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s), "
        "1 node(s) were unschedulable. no new claims to deallocate, preemption: 0/3 nodes are available: "
        "1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling."
    )
    patch_node(lab, "node2", unschedulable=False)
    lab.cluster.clock.advance(15)
    assert node_of(lab, "more") == "node2", "it is tried again when a node changes"


def test_room_is_used_as_soon_as_it_is_free(lab: Lab) -> None:
    for number in range(3):
        lab.pod(f"wide{number}", asking(cpu="3"))
    lab.cluster.clock.advance(5)
    assert len({node_of(lab, f"wide{number}") for number in range(3)}) == 3
    lab.pod("next", asking(cpu="3"))
    lab.cluster.clock.advance(5)
    assert not node_of(lab, "next")
    place = node_of(lab, "wide1")
    lab.delete("wide1")
    lab.cluster.clock.advance(15)
    assert node_of(lab, "next") == place


def test_selectors_and_affinity(lab: Lab) -> None:
    label(lab, "node2", disk="fast")
    term = {"matchExpressions": [{"key": "disk", "operator": "In", "values": ["fast"]}]}
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}
    lab.pod("selects", nodeSelector={"disk": "fast"})
    lab.pod("prefers", affinity={"nodeAffinity": required})
    lab.pod("nowhere", nodeSelector={"disk": "none"})
    lab.cluster.clock.advance(1)
    assert node_of(lab, "selects") == node_of(lab, "prefers") == "node2"
    text = "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector. "
    assert why(lab, "nowhere") == text + HELPLESS.format(3)


def test_pods_keep_apart_and_together(lab: Lab) -> None:
    def term(app: str) -> list[Any]:
        return [{"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": app}}}]

    apart = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": term("db")}}
    near = {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": term("cache")}}
    for number in range(4):
        lab.pod(f"db{number}", labels={"app": "db"}, affinity=apart)
    lab.pod("cache", labels={"app": "cache"})
    lab.cluster.clock.advance(2)
    lab.pod("near", affinity=near)
    lab.cluster.clock.advance(2)
    assert len({node_of(lab, f"db{number}") for number in range(3)}) == 3
    assert why(lab, "db3") == (
        "0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules. no new claims to deallocate, "
        "preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod."
    )
    assert node_of(lab, "near") == node_of(lab, "cache")


def test_pods_are_spread(lab: Lab) -> None:
    for number, zone in enumerate("aab", 1):
        label(lab, f"node{number}", zone=zone)
    spread = [
        {
            "maxSkew": 1,
            "topologyKey": "zone",
            "whenUnsatisfiable": "DoNotSchedule",
            "labelSelector": {"matchLabels": {"s": "p"}},
        }
    ]
    for number in range(6):
        lab.pod(f"s{number}", labels={"s": "p"}, topologySpreadConstraints=spread)
    lab.cluster.clock.advance(2)
    zones = {"node1": "a", "node2": "a", "node3": "b"}
    assert Counter(zones[node_of(lab, f"s{number}")] for number in range(6)) == {"a": 3, "b": 3}
    other = [{**spread[0], "topologyKey": "rack"}]
    lab.pod("rack", labels={"s": "p"}, topologySpreadConstraints=other)
    lab.cluster.clock.advance(1)
    assert "3 node(s) didn't match pod topology spread constraints (missing required label)" in why(lab, "rack")


def test_who_matters_more_takes_the_place_of_others(lab: Lab) -> None:
    for number in range(3):
        lab.pod(f"low{number}", asking(cpu="3"))
    lab.cluster.clock.advance(5)
    metadata = {"name": "high"}
    high = {"kind": "PriorityClass", "apiVersion": "scheduling.k8s.io/v1", "metadata": metadata, "value": 1000}
    lab.cluster.registry.make("priorityclasses.scheduling.k8s.io", high)
    made = lab.pod("vip", asking(cpu="2"), priorityClassName="high")
    lab.cluster.clock.advance(0.1)
    node = lab.status("vip")["nominatedNodeName"]
    lab.cluster.clock.advance(20)
    assert node_of(lab, "vip") == node
    victims = [f"low{number}" for number in range(3) if lab.gone(f"low{number}")]
    assert len(victims) == 1
    text = f"Preempted by pod {made['metadata']['uid']} on node {node}"
    assert ("Preempted", text) in lab.events(victims[0])


def test_room_that_is_made_is_made_once_and_kept(lab: Lab) -> None:
    """A nominated pod waits for its victims to end; those who come in their place do not get the room."""
    lab.image("stubborn", Told(stubborn=True))
    for number in range(6):
        lab.pod(f"low{number}", {"image": "stubborn", **asking(cpu="2")}, terminationGracePeriodSeconds=15)
    lab.cluster.clock.advance(5)
    metadata = {"name": "high"}
    high = {"kind": "PriorityClass", "apiVersion": "scheduling.k8s.io/v1", "metadata": metadata, "value": 1000}
    lab.cluster.registry.make("priorityclasses.scheduling.k8s.io", high)
    for number in range(3):
        lab.pod(f"vip{number}", asking(cpu="2"), priorityClassName="high")
    lab.cluster.clock.advance(1)
    nominated = {f"vip{number}": lab.status(f"vip{number}")["nominatedNodeName"] for number in range(3)}
    victim = next(f"low{number}" for number in range(6) if "deletionTimestamp" in lab.read(f"low{number}")["metadata"])
    first = lab.status(victim)["conditions"][0]
    assert (first["type"], first["reason"]) == ("DisruptionTarget", "PreemptionByScheduler")
    assert first["observedGeneration"] == 1
    for number in range(3):
        lab.pod(f"new{number}", asking(cpu="2"))
    label(lab, "node1", touched="1")
    lab.cluster.clock.advance(9)
    assert "preemption: not eligible due to a terminating pod on the nominated node." in why(lab, "vip0")
    assert lab.status("vip0")["nominatedNodeName"] == nominated["vip0"]
    lab.cluster.clock.advance(60)
    assert {name: node_of(lab, name) for name in nominated} == nominated
    assert "nominatedNodeName" not in lab.status("vip0")
    assert [lab.gone(f"low{number}") for number in range(6)].count(True) == 3
    assert not any(node_of(lab, f"new{number}") for number in range(3))


def test_ports_of_the_host_are_taken_once(lab: Lab) -> None:
    port = {"ports": [{"containerPort": 80, "hostPort": 8080}]}
    for number in range(4):
        lab.pod(f"p{number}", port)
    lab.cluster.clock.advance(2)
    assert len({node_of(lab, f"p{number}") for number in range(3)}) == 3
    assert "3 node(s) didn't have free ports for the requested pod ports" in why(lab, "p3")


def test_claims_must_be_there_and_bound(lab: Lab) -> None:
    def volume(name: str) -> list[Any]:
        return [{"name": "v", "persistentVolumeClaim": {"claimName": name}}]

    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    claim = {"kind": "PersistentVolumeClaim", "apiVersion": "v1", "metadata": {"name": "data", "namespace": "default"}}
    lab.cluster.registry.make("persistentvolumeclaims", {**claim, "spec": {**spec, "storageClassName": "none"}})
    lab.pod("lost", volumes=volume("nope"))
    lab.pod("early", volumes=volume("data"))
    lab.cluster.clock.advance(1)
    head = "0/3 nodes are available: "
    assert why(lab, "lost") == head + 'persistentvolumeclaim "nope" not found. not found'
    assert why(lab, "early") == head + "pod has unbound immediate PersistentVolumeClaims. not found"


def test_a_claim_that_waits_for_its_first_pod_learns_the_node(lab: Lab) -> None:
    metadata = {"name": "late"}
    kind = {"kind": "StorageClass", "apiVersion": "storage.k8s.io/v1", "metadata": metadata, "provisioner": "x"}
    kind["volumeBindingMode"] = "WaitForFirstConsumer"
    lab.cluster.registry.make("storageclasses.storage.k8s.io", kind)
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, "storageClassName": "late"}
    meta = {"name": "data", "namespace": "default"}
    claim = {"kind": "PersistentVolumeClaim", "apiVersion": "v1", "metadata": meta, "spec": spec}
    lab.cluster.registry.make("persistentvolumeclaims", claim)
    lab.pod("first", volumes=[{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}])
    lab.cluster.clock.advance(1)
    found = lab.cluster.registry.read("persistentvolumeclaims", "default", "data")
    assert found is not None
    node = found["metadata"]["annotations"]["volume.kubernetes.io/selected-node"]
    assert not node_of(lab, "first")

    def bind(obj: dict[str, Any]) -> dict[str, Any]:
        obj["status"] = {"phase": "Bound"}
        return obj

    lab.cluster.registry.patch("persistentvolumeclaims", ("default", "data"), bind, "status")
    lab.cluster.clock.advance(3)
    assert node_of(lab, "first") == node


def test_gates_and_other_schedulers_are_respected(lab: Lab) -> None:
    lab.pod("gated", schedulingGates=[{"name": "example.com/wait"}])
    lab.pod("other", schedulerName="mine")
    lab.cluster.clock.advance(5)
    assert not node_of(lab, "gated")
    assert not node_of(lab, "other")
    condition = lab.condition("gated", "PodScheduled")
    assert condition["reason"] == "SchedulingGated"
    assert condition["message"] == "Scheduling is blocked due to non-empty scheduling gates"
    assert not lab.events("other")

    def open_gate(pod: dict[str, Any]) -> dict[str, Any]:
        del pod["spec"]["schedulingGates"]
        return pod

    lab.cluster.registry.patch("pods", ("default", "gated"), open_gate)
    lab.cluster.clock.advance(2)
    assert node_of(lab, "gated")
