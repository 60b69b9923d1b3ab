"""Who else has a say in an object: managers, owners, autoscalers, budgets; and what asking for them costs."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from k9py.actions.action import Answers, Fact
from k9py.actions.cautions import caution
from k9py.actions.restart import ACTION as RESTART
from k9py.actions.scale import ACTION as SCALE
from k9py.kinds.wellknown import DEPLOYMENTS, PODS, REPLICASETS, STATEFULSETS
from k9py.values.errors import ApiError
from k9py.values.resource import Gvr, Resource
from tests.unit.test_delete import BUDGET, NOW, Server, owned

HPA = "horizontalpodautoscalers"
V2 = Resource(Gvr("autoscaling", "v2", HPA), "HorizontalPodAutoscaler", "", True, frozenset())
V1 = Resource(Gvr("autoscaling", "v1", HPA), "HorizontalPodAutoscaler", "", True, frozenset())
SELECTOR = {"matchLabels": {"app": "web"}}
TEMPLATE = {"metadata": {"labels": {"app": "web"}}}


def deployment(server: Server, name: str = "web", replicas: int = 3, **metadata: Any) -> Any:
    target = server.put(
        DEPLOYMENTS, name, metadata=metadata, spec={"replicas": replicas, "selector": SELECTOR, "template": TEMPLATE}
    )
    server.answers[target.path("scale")] = {"metadata": {"uid": name}, "spec": {"replicas": replicas}}
    return target


def scaler(server: Server, resource: Resource, **metadata: Any) -> None:
    ref = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    server.put(resource, "web-hpa", metadata=metadata, spec={"scaleTargetRef": ref, "maxReplicas": 9})


@pytest.mark.parametrize(
    ("metadata", "who"),
    [
        ({"annotations": {"meta.helm.sh/release-name": "front"}}, "the Helm release front"),
        ({"labels": {"app.kubernetes.io/managed-by": "Helm"}}, "a Helm release"),
        ({"annotations": {"argocd.argoproj.io/tracking-id": "shop:apps/Deployment:x"}}, "the Argo CD application shop"),
        ({"labels": {"argocd.argoproj.io/instance": "shop"}}, "the Argo CD application shop"),
        ({"labels": {"kustomize.toolkit.fluxcd.io/name": "apps"}}, "the Flux Kustomization apps"),
        (
            {
                "labels": {"helm.toolkit.fluxcd.io/name": "front", "app.kubernetes.io/managed-by": "Helm"},
                "annotations": {"meta.helm.sh/release-name": "front"},
            },
            "the Flux HelmRelease front",
        ),
    ],
)
async def test_who_manages_it(metadata: Any, who: str) -> None:
    server = Server()
    (fact,) = await SCALE.gather(server.read, [deployment(server, **metadata)])
    assert fact.cautions == (f"shop/web is managed by {who}, which may put it back",)


@pytest.mark.parametrize(
    ("resource", "owner", "said"),
    [
        (REPLICASETS, "Deployment", "shop/one belongs to the Deployment web, which sets it back"),
        (STATEFULSETS, "Prometheus", "shop/one belongs to the Prometheus web, which may set it back"),
        (PODS, "ReplicaSet", ""),
    ],
)
async def test_who_sets_it_back(resource: Resource, owner: str, said: str) -> None:
    server = Server()
    target = server.put(resource, "one", metadata=owned(owner, "web"), spec={})
    found = server.answers[target.path()]
    (fact,) = await caution(server.read, [Fact(target, found)])
    assert fact.cautions == ((said,) if said else ())
    (fact,) = await caution(server.read, [Fact(target, found)], owners=False)
    assert not fact.cautions


@pytest.mark.parametrize("version", [V2, V1])
async def test_an_autoscaler_is_found_in_the_version_that_is_served(version: Resource) -> None:
    server = Server()
    target = deployment(server)
    scaler(server, version, ownerReferences=[{"kind": "ScaledObject", "name": "web", "uid": "s", "controller": True}])
    (fact,) = await SCALE.gather(server.read, [target])
    assert fact.cautions == ("shop/web: the autoscaler web-hpa of the ScaledObject web sets its replicas, 1 to 9",)


@pytest.mark.parametrize(("wanted", "said"), [("1", True), ("3", False), ("5", False)])
async def test_a_budget_matters_where_pods_are_taken_away(wanted: str, said: bool) -> None:
    server = Server()
    target = deployment(server)
    server.put(BUDGET, "web", spec={"selector": SELECTOR}, status={"disruptionsAllowed": 0})
    plan = SCALE.plan(await SCALE.gather(server.read, [target]), Answers(wanted), NOW)
    line = "the budget web allows no disruption, and is not asked"
    assert (line in plan.cautions) == said
    assert line in RESTART.plan(await RESTART.gather(server.read, [target]), Answers(), NOW).cautions


async def test_a_budget_of_other_pods_is_not_told_of() -> None:
    server = Server()
    target = deployment(server)
    for name, selector in (("other", {"matchLabels": {"app": "x"}}), ("none", None)):
        server.put(BUDGET, name, spec={"selector": selector}, status={"disruptionsAllowed": 0})
    plan = SCALE.plan(await SCALE.gather(server.read, [target]), Answers("1"), NOW)
    assert not plan.cautions


async def test_hundreds_of_targets_cost_one_list_of_each_sort() -> None:
    server = Server()
    targets = [deployment(server, f"web-{number}") for number in range(300)]
    plan = SCALE.plan(await SCALE.gather(server.read, targets), Answers("1"), NOW)
    assert len(plan.effects) == 300
    beside = [path for path in server.asked if not path.endswith("/scale")]
    assert len(beside) == len(set(beside)) <= 5, beside


async def test_what_may_not_be_read_is_left_out_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    server = Server()
    target = deployment(server)
    place = V2.path("shop")
    server.answers[place] = ApiError(403, "Forbidden", "not yours")
    with caplog.at_level(logging.INFO, "k9py.changes"):
        plan = SCALE.plan(await SCALE.gather(server.read, [target]), Answers("1"), NOW)
    assert len(plan.effects) == 1
    assert f"{place} could not be read for a Plan: not yours" in caplog.text
