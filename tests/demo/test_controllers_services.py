"""Endpoints that follow the pods of a service, and budgets that guard them."""

from __future__ import annotations

from typing import Any

import pytest

from k9py.demo.controllers.deployments import Deployments
from k9py.demo.controllers.disruptions import Disruptions
from k9py.demo.controllers.endpoints import Endpoints
from k9py.demo.controllers.endpointslices import EndpointSlices
from k9py.demo.controllers.garbage import GarbageCollector
from k9py.demo.controllers.replicasets import ReplicaSets
from k9py.demo.core.store import Obj
from tests.demo.stage import Stage, conditions, of_shop, web_pod, workload

DEPLOYMENTS = "deployments.apps"
SLICES = "endpointslices.discovery.k8s.io"
BUDGETS = "poddisruptionbudgets.policy"


def _service(name: str = "web", **spec: Any) -> Obj:
    ports = [{"name": "http", "port": 80, "targetPort": "http"}]
    return of_shop("v1", "Service", name, spec={"selector": {"app": "web"}, "ports": ports, **spec})


def test_endpoints_follow_pods() -> None:
    stage = Stage(Endpoints, EndpointSlices, GarbageCollector)
    stage.put("services", _service())
    stage.step()
    [found] = stage.all(SLICES)
    assert (found["endpoints"], found["ports"]) == (None, None)
    assert "subsets" not in stage.get("endpoints", "web")
    stage.put("pods", web_pod("a"))
    stage.put("pods", web_pod("b"))
    stage.step()
    stage.say("b", ready=False)
    stage.step()
    [found] = stage.all(SLICES)
    assert found["ports"] == [{"name": "http", "port": 8080, "protocol": "TCP"}]
    ready = {one["targetRef"]["name"]: one["conditions"]["ready"] for one in found["endpoints"]}
    assert ready == {"a": True, "b": False}
    [subset] = stage.get("endpoints", "web")["subsets"]
    assert [one["targetRef"]["name"] for one in subset["addresses"]] == ["a"]
    assert [one["targetRef"]["name"] for one in subset["notReadyAddresses"]] == ["b"]
    stage.delete("services", "web")
    stage.step()
    assert stage.names(SLICES) == stage.names("endpoints") == []


def test_pod_whose_label_changes_leaves_its_service() -> None:
    stage = Stage(EndpointSlices)
    stage.put("services", _service())
    stage.put("pods", web_pod("a"))
    stage.step()

    def relabel(obj: Obj) -> Obj:
        obj["metadata"]["labels"] = {"app": "debug"}
        return obj

    stage.cluster.registry.patch("pods", ("shop", "a"), relabel)
    stage.step()
    assert stage.all(SLICES)[0]["endpoints"] is None


def test_a_slice_holds_a_hundred_endpoints() -> None:
    stage = Stage(EndpointSlices)
    stage.put("services", _service())
    for number in range(150):
        stage.put("pods", web_pod(f"pod-{number:03}"))
    stage.step()
    assert sorted(len(one["endpoints"]) for one in stage.all(SLICES)) == [50, 100]


def _budget(**spec: Any) -> Obj:
    return of_shop(
        "policy/v1", "PodDisruptionBudget", "web", spec={"selector": {"matchLabels": {"app": "web"}}, **spec}
    )


def _budgeted(**spec: Any) -> Stage:
    stage = Stage(Deployments, ReplicaSets, Disruptions)
    stage.put(BUDGETS, _budget(**spec))
    stage.put(DEPLOYMENTS, workload("apps/v1", "Deployment", "web", replicas=4))
    stage.step()
    return stage


@pytest.mark.parametrize(
    ("spec", "desired", "allowed"),
    [
        ({"minAvailable": 3}, 3, 1),
        ({"minAvailable": "75%"}, 3, 1),
        ({"maxUnavailable": 1}, 3, 1),
        ({"maxUnavailable": "30%"}, 2, 2),
        ({"minAvailable": "100%"}, 4, 0),
    ],
)
def test_budget_counts_pods(spec: Obj, desired: int, allowed: int) -> None:
    stage = _budgeted(**spec)
    budget = stage.get(BUDGETS, "web")
    status = budget["status"]
    assert (status["desiredHealthy"], status["disruptionsAllowed"]) == (desired, allowed)
    assert (status["currentHealthy"], status["expectedPods"]) == (4, 4)
    expected = ("True", "SufficientPods", "") if allowed else ("False", "InsufficientPods", "")
    assert conditions(budget)["DisruptionAllowed"] == expected


def test_budget_blocks_while_a_pod_is_not_ready() -> None:
    stage = _budgeted(minAvailable=3)
    stage.say(stage.names("pods")[0], ready=False)
    stage.step()
    assert stage.get(BUDGETS, "web")["status"]["disruptionsAllowed"] == 0


def test_an_eviction_counts_until_the_pod_goes_or_two_minutes_have_passed() -> None:
    stage = _budgeted(minAvailable=3)
    name = stage.names("pods")[0]

    def evict(obj: Obj) -> Obj:
        obj["status"]["disruptedPods"] = {name: stage.cluster.clock.stamp()}
        return obj

    stage.cluster.registry.patch(BUDGETS, ("shop", "web"), evict, "status")
    stage.step()
    assert stage.get(BUDGETS, "web")["status"]["disruptionsAllowed"] == 0
    stage.step(125)
    status = stage.get(BUDGETS, "web")["status"]
    assert status["disruptionsAllowed"] == 1
    assert "disruptedPods" not in status
