"""What all controllers have in common: how they tell events, and how they are found."""

from __future__ import annotations

from k9py.demo.controllers.loading import found_controllers
from k9py.demo.controllers.replicasets import ReplicaSets
from tests.demo.stage import Stage, workload


def test_many_similar_events_are_told_as_one() -> None:
    stage = Stage(ReplicaSets)
    stage.put("replicasets.apps", workload("apps/v1", "ReplicaSet", "many", replicas=40))
    stage.step()
    events = stage.all("events")
    combined = [one for one in events if one["message"].startswith("(combined from similar events): Created pod: ")]
    assert len(events) == 10
    assert [one["count"] for one in combined] == [16]  # of one object, 25 at once are told


def test_all_controllers_are_found_in_a_fixed_order() -> None:
    names = [controller.name for controller in found_controllers()]
    assert names == sorted(names)
    assert {"deployment", "replicaset", "garbage-collector", "job", "cronjob", "disruption"} <= set(names)
