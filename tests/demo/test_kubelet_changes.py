"""What a kubelet does when a pod is changed or deleted while it runs. The words are those of a real kubelet 1.36."""

from __future__ import annotations

from typing import Any

from tests.demo.nodelab import Lab, Told


def test_a_deleted_pod_gets_its_grace(lab: Lab) -> None:
    seen = lab.watch()
    lab.image("deaf", Told(stubborn=True))
    lab.image("polite", Told())
    lab.pod("deaf", {"image": "deaf"})
    lab.pod("polite", {"image": "polite"})
    lab.cluster.clock.advance(5)
    lab.delete("deaf", grace=10)
    lab.delete("polite")
    lab.cluster.clock.advance(2)
    assert lab.gone("polite")
    assert not lab.gone("deaf")
    assert ("Killing", "Stopping container main") in lab.events("deaf")
    lab.cluster.clock.advance(6)
    assert lab.first("deaf")["state"] == {"running": lab.first("deaf")["state"]["running"]}
    lab.cluster.clock.advance(4)
    assert lab.gone("deaf")
    last = [one for one in seen if one["metadata"]["name"] == "deaf"][-1]["status"]
    assert last["phase"] == "Failed"
    assert last["containerStatuses"][0]["state"]["terminated"]["exitCode"] == 137


def test_a_grace_can_be_cut_short(lab: Lab) -> None:
    lab.image("deaf", Told(stubborn=True))
    lab.pod("deaf", {"image": "deaf"})
    lab.cluster.clock.advance(5)
    run = lab.run("deaf")
    lab.delete("deaf", grace=300)
    lab.cluster.clock.advance(20)
    lab.delete("deaf", grace=0)
    assert lab.gone("deaf")
    assert run.containers["main"].process is None, "whatever ran is gone with it"


def test_pre_stop_is_waited_for(lab: Lab) -> None:
    lab.pod("calm", {"lifecycle": {"preStop": {"exec": {"command": ["sh", "-c", "sleep 8"]}}}})
    lab.cluster.clock.advance(5)
    lab.delete("calm")
    lab.cluster.clock.advance(7)
    assert not lab.gone("calm")
    lab.cluster.clock.advance(3)
    assert lab.gone("calm")


def test_a_pod_past_its_deadline_fails(lab: Lab) -> None:
    lab.pod("late", activeDeadlineSeconds=8, terminationGracePeriodSeconds=2)
    lab.cluster.clock.advance(12)
    status = lab.status("late")
    text = "Pod was active on the node longer than the specified deadline"
    assert (status["phase"], status["reason"], status["message"]) == ("Failed", "DeadlineExceeded", text)
    assert ("DeadlineExceeded", text) in lab.events("late")


def test_a_pod_that_runs_already_is_adopted_as_it_is(lab: Lab) -> None:
    lab.pod("old")
    lab.cluster.clock.advance(5)
    entry = lab.cluster.registry.read("pods", "default", "old")
    assert entry is not None
    status = {**entry["status"], "podIP": "10.244.0.99", "podIPs": [{"ip": "10.244.0.99"}]}
    status["containerStatuses"] = [{**status["containerStatuses"][0], "restartCount": 14}]
    obj = {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "copy", "namespace": "default"}}
    before = len(lab.events("copy"))
    made = lab.cluster.registry.make("pods", {**obj, "spec": entry["spec"], "status": status})
    lab.cluster.clock.advance(100)
    assert lab.status("copy") == made["status"]
    assert len(lab.events("copy")) == before
    run = lab.run("copy")
    assert run.containers["main"].process is not None
    assert run.containers["main"].restarts == 14
    assert run.ip == "10.244.0.99"
    lab.delete("copy")
    lab.cluster.clock.advance(3)
    assert lab.gone("copy")


def resize(lab: Lab, name: str, **requests: str) -> None:
    def change(pod: dict[str, Any]) -> dict[str, Any]:
        pod["spec"]["containers"][0]["resources"]["requests"].update(requests)
        pod["metadata"]["generation"] += 1
        return pod

    served = lab.cluster.catalog.storage("pods")
    entry = lab.cluster.registry.entry(served, "default", name)
    lab.cluster.store.put(entry.key, change(entry.read()))


def test_a_container_is_resized_in_place(lab: Lab) -> None:
    seen = lab.watch()
    policy = [{"resourceName": "memory", "restartPolicy": "RestartContainer"}]
    lab.pod("app", {"resources": {"requests": {"cpu": "100m", "memory": "64Mi"}}, "resizePolicy": policy})
    lab.cluster.clock.advance(5)
    resize(lab, "app", cpu="200m")
    lab.cluster.clock.advance(3)
    main = lab.first("app")
    assert main["resources"]["requests"] == main["allocatedResources"] == {"cpu": "200m", "memory": "64Mi"}
    assert main["restartCount"] == 0
    conditions = [[one["type"] for one in pod["status"].get("conditions", ())] for pod in seen]
    assert any("PodResizeInProgress" in kinds for kinds in conditions)
    assert "PodResizeInProgress" not in conditions[-1]
    text = '{"containers":[{"name":"main","resources":{"requests":{"cpu":"200m","memory":"64Mi"}}}],"generation":2}'
    assert ("ResizeStarted", f"Pod resize started: {text}") in lab.events("app")
    assert ("ResizeCompleted", f"Pod resize completed: {text}") in lab.events("app")
    resize(lab, "app", memory="128Mi")
    lab.cluster.clock.advance(5)
    assert lab.first("app")["restartCount"] == 1
    assert lab.first("app")["ready"]
    assert ("Killing", "Container main resize requires restart") in lab.events("app")


def test_a_resize_that_does_not_fit_waits(lab: Lab) -> None:
    lab.pod("other", {"resources": {"requests": {"cpu": "3"}}})
    lab.pod("app", {"resources": {"requests": {"cpu": "500m"}}})
    lab.cluster.clock.advance(5)
    resize(lab, "app", cpu="2")
    lab.cluster.clock.advance(3)
    pending = lab.condition("app", "PodResizePending")
    assert pending["reason"] == "Deferred"
    assert pending["message"] == "Node didn't have enough resource: cpu, requested: 2000, used: 3000, capacity: 4000"
    assert lab.first("app")["resources"]["requests"]["cpu"] == "500m"


def test_an_ephemeral_container_runs_beside_the_others(lab: Lab) -> None:
    lab.image("tools", Told(3, 0))
    lab.pod("app")
    lab.cluster.clock.advance(5)

    def debug(pod: dict[str, Any]) -> dict[str, Any]:
        pod["spec"]["ephemeralContainers"] = [{"name": "debugger", "image": "tools", "imagePullPolicy": "IfNotPresent"}]
        pod["metadata"]["generation"] += 1
        return pod

    entry = lab.cluster.registry.entry(lab.cluster.catalog.storage("pods"), "default", "app")
    lab.cluster.store.put(entry.key, debug(entry.read()))
    lab.cluster.clock.advance(2)
    (status,) = lab.status("app")["ephemeralContainerStatuses"]
    assert "running" in status["state"]
    assert not status["ready"]
    assert "started" not in status
    lab.cluster.clock.advance(5)
    (status,) = lab.status("app")["ephemeralContainerStatuses"]
    assert status["state"]["terminated"]["reason"] == "Completed"
    lab.cluster.clock.advance(60)
    assert lab.status("app")["ephemeralContainerStatuses"][0]["restartCount"] == 0, "it is never started again"
    assert lab.condition("app", "Ready")["status"] == "True"
