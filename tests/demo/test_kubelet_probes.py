"""Startup, readiness and liveness probes, and what the kubelet says of them."""

from __future__ import annotations

from typing import Any

from tests.demo.nodelab import Lab, Told

PROBE = {"exec": {"command": ["check"]}, "periodSeconds": 2, "failureThreshold": 3}


def count(lab: Lab, name: str, reason: str) -> int:
    listed = [entry.read() for entry in lab.cluster.store.entries("events")]
    return sum(
        one.get("count", 1) for one in listed if one["involvedObject"]["name"] == name and one["reason"] == reason
    )


def test_a_liveness_probe_that_fails_restarts_the_container(lab: Lab) -> None:
    program = Told(says=lambda process, kind: "no such file")
    lab.image("app", program)
    lab.pod("app", {"image": "app", "livenessProbe": PROBE}, terminationGracePeriodSeconds=2)
    lab.cluster.clock.advance(12)
    assert lab.first("app")["restartCount"] == 1
    assert ("Unhealthy", "Liveness probe failed: no such file") in lab.events("app")
    assert ("Killing", "Container main failed liveness probe, will be restarted") in lab.events("app")
    assert lab.first("app")["lastState"]["terminated"]["exitCode"] == 143
    for _ in range(30):
        lab.cluster.clock.advance(1)
        if "waiting" in lab.first("app")["state"]:
            break
    assert lab.first("app")["state"]["waiting"]["reason"] == "CrashLoopBackOff", "one that was killed says so at once"


def test_one_that_does_not_listen_is_killed_after_its_grace(lab: Lab) -> None:
    program = Told(says=lambda process, kind: "no", stubborn=True)
    lab.image("app", program)
    lab.pod("app", {"image": "app", "livenessProbe": PROBE}, terminationGracePeriodSeconds=4)
    lab.cluster.clock.advance(9)
    assert lab.first("app")["restartCount"] == 0
    lab.cluster.clock.advance(6)
    assert lab.first("app")["restartCount"] == 1
    assert lab.first("app")["lastState"]["terminated"]["exitCode"] == 137


def test_readiness_comes_and_goes(lab: Lab) -> None:
    well = {"now": False}
    program = Told(says=lambda process, kind: "" if well["now"] else "HTTP probe failed with statuscode: 503")
    lab.image("app", program)
    lab.pod("app", {"image": "app", "readinessProbe": PROBE})
    lab.cluster.clock.advance(10)
    assert not lab.first("app")["ready"]
    assert lab.first("app")["started"]
    assert lab.condition("app", "Ready")["reason"] == "ContainersNotReady"
    assert ("Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503") in lab.events("app")
    well["now"] = True
    lab.cluster.clock.advance(3)
    assert lab.first("app")["ready"]
    assert lab.condition("app", "Ready")["status"] == "True"
    well["now"] = False
    lab.cluster.clock.advance(3)
    assert lab.first("app")["ready"], "one failure is not enough"
    lab.cluster.clock.advance(5)
    assert not lab.first("app")["ready"]
    assert lab.first("app")["restartCount"] == 0


def test_the_others_wait_for_the_startup_probe(lab: Lab) -> None:
    program = Told(says=lambda process, kind: "" if process.clock.now - process.started > 5 else "not yet")
    others = {"readinessProbe": PROBE, "livenessProbe": PROBE}
    lab.image("app", program)
    lab.pod("app", {"image": "app", "startupProbe": PROBE | {"failureThreshold": 9}, **others})
    lab.cluster.clock.advance(4)
    assert set(program.asked) == {"startup"}
    assert not lab.first("app")["started"]
    assert not lab.first("app")["ready"]
    lab.cluster.clock.advance(8)
    assert lab.first("app")["started"]
    assert lab.first("app")["ready"]
    assert lab.first("app")["restartCount"] == 0


def test_a_startup_probe_that_never_passes_restarts_the_container(lab: Lab) -> None:
    lab.image("app", Told(says=lambda process, kind: "timeout"))
    lab.pod("app", {"image": "app", "startupProbe": PROBE})
    lab.cluster.clock.advance(10)
    assert ("Killing", "Container main failed startup probe, will be restarted") in lab.events("app")
    assert count(lab, "app", "Unhealthy") >= 3


def test_nobody_asks_a_program_that_is_steady(lab: Lab) -> None:
    program = Told()
    lab.image("app", program)
    lab.pod("app", {"image": "app", "readinessProbe": PROBE, "livenessProbe": PROBE})
    lab.cluster.clock.advance(10)
    assert lab.first("app")["ready"]
    asked = len(program.asked)
    lab.cluster.clock.advance(1000)
    assert len(program.asked) == asked
    program.says = lambda process, kind: "broken" if kind == "readiness" else ""
    program.processes[0].doubt()
    lab.cluster.clock.advance(10)
    assert not lab.first("app")["ready"]


def test_a_readiness_gate_is_waited_for(lab: Lab) -> None:
    lab.pod("gated", readinessGates=[{"conditionType": "example.com/live"}])
    lab.cluster.clock.advance(5)
    ready = lab.condition("gated", "Ready")
    assert (ready["status"], ready["reason"]) == ("False", "ReadinessGatesNotReady")
    message = 'corresponding condition of pod readiness gate "example.com/live" does not exist.'
    assert ready["message"] == message
    assert lab.condition("gated", "ContainersReady")["status"] == "True"

    def pass_gate(pod: dict[str, Any]) -> dict[str, Any]:
        pod["status"]["conditions"].append({"type": "example.com/live", "status": "True"})
        return pod

    lab.cluster.registry.patch("pods", ("default", "gated"), pass_gate, "status")
    lab.cluster.clock.advance(3)
    assert lab.condition("gated", "Ready")["status"] == "True"
