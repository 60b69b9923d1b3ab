"""Nodes: what they say of themselves, what happens when they fall silent, and what they do when they run short."""

from __future__ import annotations

from typing import Any

import pytest

from k9py.demo.api.registry import SYSTEM, Deletion
from k9py.demo.controllers.podgc import PodGarbage
from k9py.demo.core.parts import parts_of
from k9py.demo.node.control_plane import install
from k9py.demo.node.nodes import make_node
from tests.demo.nodelab import Lab, Told


@pytest.fixture
def lab() -> Lab:
    found = Lab(nodes=2)
    found.image("plain")
    return found


def node(lab: Lab, name: str) -> dict[str, Any]:
    found = lab.cluster.registry.read("nodes", "", name)
    assert found is not None
    return found


def condition(lab: Lab, name: str, kind: str) -> dict[str, Any]:
    return next(one for one in node(lab, name)["status"]["conditions"] if one["type"] == kind)


def taints(lab: Lab, name: str) -> set[tuple[str, str]]:
    return {(one["key"], one["effect"]) for one in node(lab, name)["spec"].get("taints", ())}


def lease(lab: Lab, name: str) -> dict[str, Any]:
    found = lab.cluster.registry.read("leases.coordination.k8s.io", "kube-node-lease", name)
    assert found is not None
    return found


def test_a_node_says_what_it_is(lab: Lab) -> None:
    found = node(lab, "node1")
    status = found["status"]
    assert found["spec"] == {"podCIDR": "10.244.0.0/24", "podCIDRs": ["10.244.0.0/24"]}
    assert status["capacity"]["cpu"] == "4"
    assert status["capacity"]["memory"] == "8Gi"
    assert status["allocatable"]["memory"] == "8092Mi"
    assert status["allocatable"]["pods"] == "110"
    assert status["nodeInfo"]["kubeletVersion"] == "v1.36.3"
    kinds = [(one["type"], one["status"], one["reason"]) for one in status["conditions"]]
    assert kinds == [
        ("MemoryPressure", "False", "KubeletHasSufficientMemory"),
        ("DiskPressure", "False", "KubeletHasNoDiskPressure"),
        ("PIDPressure", "False", "KubeletHasSufficientPID"),
        ("Ready", "True", "KubeletReady"),
    ]
    assert ("RegisteredNode", "Node node1 event: Registered Node node1 in Controller") in lab.events("node1")


def test_the_lease_is_renewed_and_the_status_now_and_then(lab: Lab) -> None:
    lab.cluster.clock.advance(20)
    beats = condition(lab, "node1", "Ready")["lastHeartbeatTime"], lease(lab, "node1")["spec"]["renewTime"]
    lab.cluster.clock.advance(30)
    assert lease(lab, "node1")["spec"]["renewTime"] > beats[1]
    assert condition(lab, "node1", "Ready")["lastHeartbeatTime"] == beats[0]
    lab.cluster.clock.advance(320)
    assert condition(lab, "node1", "Ready")["lastHeartbeatTime"] > beats[0]
    assert condition(lab, "node1", "Ready")["lastTransitionTime"] == "2026-11-25T17:06:20Z"


@pytest.mark.parametrize(("release", "grace"), [("1.20", 40), ("1.31", 40), ("1.32", 50), ("1.36", 50)])
def test_a_node_is_of_the_release_of_its_cluster_and_doubted_as_soon_as_that_does(release: str, grace: int) -> None:
    lab = Lab(nodes=1, off=parts_of(release))
    assert node(lab, "node1")["status"]["nodeInfo"]["kubeletVersion"].startswith(f"v{release}.")
    lab.cluster.clock.advance(10)
    lab.kubelets.stop("node1")
    lab.cluster.clock.advance(grace - 1)
    assert condition(lab, "node1", "Ready")["status"] == "True"
    lab.cluster.clock.advance(7)
    assert condition(lab, "node1", "Ready")["status"] == "Unknown"


def test_a_silent_node_is_doubted_and_its_pods_leave(lab: Lab) -> None:
    program = Told()
    lab.image("app", program)
    lab.pod("app", {"image": "app"}, nodeName="node2")
    stay = [{"key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute"}]
    lab.pod("agent", nodeName="node2", tolerations=stay)
    lab.cluster.clock.advance(10)
    lab.kubelets.stop("node2")
    assert program.processes[0].out.ended
    lab.cluster.clock.advance(30)
    assert condition(lab, "node2", "Ready")["status"] == "True", "it is believed for a while"
    lab.cluster.clock.advance(40)
    ready = condition(lab, "node2", "Ready")
    assert (ready["status"], ready["reason"]) == ("Unknown", "NodeStatusUnknown")
    assert ready["message"] == "Kubelet stopped posting node status."
    unreachable = "node.kubernetes.io/unreachable"
    assert taints(lab, "node2") == {(unreachable, "NoSchedule"), (unreachable, "NoExecute")}
    assert lab.condition("app", "Ready")["status"] == "False"
    assert ("NodeNotReady", "Node is not ready") in lab.events("app")
    lab.cluster.clock.advance(310)
    assert lab.read("app")["metadata"]["deletionTimestamp"]
    assert ("TaintManagerEviction", "Marking for deletion Pod default/app") in lab.events("app")
    assert "deletionTimestamp" not in lab.read("agent")["metadata"]
    lab.cluster.clock.advance(100)
    assert not lab.gone("app"), "nobody can confirm that it has stopped"
    lab.kubelets.resume("node2")
    lab.cluster.clock.advance(40)
    assert lab.gone("app")
    assert condition(lab, "node2", "Ready")["status"] == "True"
    assert not taints(lab, "node2")
    assert lab.first("agent")["ready"]
    assert lab.first("agent")["restartCount"] == 1
    last = lab.first("agent")["lastState"]["terminated"]
    assert (last["exitCode"], last["reason"]) == (255, "Unknown")


def test_a_node_that_comes_back_in_time_keeps_its_pods(lab: Lab) -> None:
    lab.pod("app", nodeName="node2")
    lab.cluster.clock.advance(10)
    lab.kubelets.stop("node2")
    lab.cluster.clock.advance(120)
    lab.kubelets.resume("node2")
    lab.cluster.clock.advance(400)
    assert "deletionTimestamp" not in lab.read("app")["metadata"]
    assert lab.first("app")["ready"]
    assert ("TaintManagerEviction", "Cancelling deletion of Pod default/app") in lab.events("app")


def test_under_pressure_pods_are_evicted(lab: Lab) -> None:
    lab.image("fat", Told())
    asks = {"resources": {"requests": {"memory": "128Mi"}}}
    lab.pod("greedy", {"image": "fat"}, nodeName="node1")
    lab.pod("modest", {"image": "fat"} | asks, nodeName="node1")
    lab.cluster.clock.advance(10)
    lab.kubelets.press("node1", "MemoryPressure")
    lab.cluster.clock.advance(3)
    pressure = condition(lab, "node1", "MemoryPressure")
    assert (pressure["status"], pressure["reason"]) == ("True", "KubeletHasInsufficientMemory")
    assert taints(lab, "node1") == {("node.kubernetes.io/memory-pressure", "NoSchedule")}
    lab.cluster.clock.advance(12)
    status = lab.status("greedy")
    assert (status["phase"], status["reason"]) == ("Failed", "Evicted")
    assert status["message"].startswith("The node was low on resource: memory. Threshold quantity: 100Mi, available: ")
    assert "Container main was using 65536Ki, request is 0, has larger consumption of memory. " in status["message"]
    assert lab.condition("greedy", "DisruptionTarget")["reason"] == "TerminationByKubelet"
    assert lab.status("modest")["phase"] == "Running", "one after the other"
    lab.kubelets.press("node1", "MemoryPressure", on=False)
    lab.cluster.clock.advance(60)
    assert not taints(lab, "node1")
    assert lab.status("modest")["phase"] == "Running"


def test_a_cordoned_node_is_tainted(lab: Lab) -> None:
    def cordon(found: dict[str, Any]) -> dict[str, Any]:
        found["spec"]["unschedulable"] = True
        return found

    lab.cluster.registry.patch("nodes", ("", "node1"), cordon)
    lab.cluster.clock.advance(1)
    assert taints(lab, "node1") == {("node.kubernetes.io/unschedulable", "NoSchedule")}


def test_days_that_are_skipped_doubt_nobody(lab: Lab) -> None:
    lab.cluster.clock.advance(20)
    lab.cluster.clock.skip(3 * 86_400)
    lab.cluster.clock.advance(60)
    assert condition(lab, "node1", "Ready")["status"] == "True"


def test_the_control_plane_runs_as_static_pods(lab: Lab) -> None:

    make_node(lab.cluster, "control", ["control-plane"])
    install(lab.cluster)
    lab.cluster.clock.advance(40)
    names = {entry.key.name: entry for entry in lab.cluster.store.entries("pods", "kube-system")}
    assert {"etcd-control", "kube-apiserver-control", "kube-scheduler-control"} <= set(names)
    etcd = names["etcd-control"].read()
    assert etcd["status"]["podIP"] == etcd["status"]["hostIP"]
    assert next(one["status"] for one in etcd["status"]["conditions"] if one["type"] == "Ready") == "True"
    found = lab.cluster.registry.read("leases.coordination.k8s.io", "kube-system", "kube-scheduler")
    assert found is not None
    assert found["spec"]["holderIdentity"].startswith("control_")
    lab.cluster.clock.advance(10)
    later = lab.cluster.registry.read("leases.coordination.k8s.io", "kube-system", "kube-scheduler")
    assert later is not None
    assert later["spec"]["renewTime"] > found["spec"]["renewTime"]
    assert taints(lab, "control") == {("node-role.kubernetes.io/control-plane", "NoSchedule")}


def test_a_mirror_that_is_deleted_is_shown_again(lab: Lab) -> None:

    make_node(lab.cluster, "control", ["control-plane"])
    install(lab.cluster)
    lab.cluster.clock.advance(40)
    before = lab.cluster.registry.read("pods", "kube-system", "etcd-control")
    served = lab.cluster.catalog.storage("pods")
    lab.cluster.registry.delete(served, "kube-system", "etcd-control", Deletion(), SYSTEM)
    lab.cluster.clock.advance(3)
    after = lab.cluster.registry.read("pods", "kube-system", "etcd-control")
    assert before is not None
    assert after is not None
    assert after["metadata"]["uid"] != before["metadata"]["uid"]
    assert after["status"]["startTime"] == before["status"]["startTime"], "its containers have never stopped"
    assert after["status"]["containerStatuses"][0]["restartCount"] == 0


def test_a_node_that_is_only_written_down_has_no_kubelet(lab: Lab) -> None:
    status = {"capacity": {"cpu": "4", "pods": "10"}, "allocatable": {"cpu": "4", "pods": "10"}}
    obj = {"kind": "Node", "apiVersion": "v1", "metadata": {"name": "paper"}, "spec": {}, "status": status}
    lab.cluster.registry.make("nodes", obj)
    lab.pod("lost", nodeName="paper")
    lab.cluster.clock.advance(60)
    assert lab.status("lost")["phase"] == "Pending"
    assert lab.cluster.registry.read("leases.coordination.k8s.io", "kube-node-lease", "paper") is None


def test_a_kubelet_says_what_becomes_of_its_node(lab: Lab) -> None:
    lab.cluster.registry.patch("nodes", ("", "node1"), lambda one: {**one, "spec": {"unschedulable": True}})
    lab.cluster.clock.advance(11)
    said = [reason for reason, _ in lab.events("node1")]
    for reason in ("Starting", "NodeHasSufficientMemory", "NodeAllocatableEnforced", "NodeReady"):
        assert reason in said
    assert ("NodeNotSchedulable", "Node node1 status is now: NodeNotSchedulable") in lab.events("node1")


def test_a_pod_bound_by_hand_may_be_refused(lab: Lab) -> None:
    lab.pod("there", {"resources": {"requests": {"cpu": "3"}}}, nodeName="node1")
    lab.cluster.clock.advance(5)
    lab.pod("more", {"resources": {"requests": {"cpu": "2"}}}, nodeName="node1")
    lab.cluster.clock.advance(5)
    status = lab.status("more")
    text = "Node didn't have enough resource: cpu, requested: 2000, used: 3000, capacity: 4000"
    assert (status["phase"], status["reason"], status["message"]) == (
        "Failed",
        "OutOfcpu",
        f"Pod was rejected: {text}",
    )
    assert ("OutOfcpu", text) in lab.events("more")
    lab.delete("more")
    lab.cluster.clock.advance(2)
    assert lab.gone("more")


def test_pods_of_a_node_that_is_gone_are_removed(lab: Lab) -> None:
    PodGarbage(lab.cluster).start()
    lab.pod("app", nodeName="node2")
    lab.cluster.clock.advance(5)
    lab.cluster.registry.discard("nodes", "", "node2")
    lab.cluster.clock.advance(30)
    assert not lab.gone("app")
    lab.cluster.clock.advance(15)
    assert lab.gone("app")
    assert ("RemovingNode", "Node node2 event: Removing Node node2 from Controller") in lab.events("node2")
