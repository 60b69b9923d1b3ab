"""Evictions, and the budgets that forbid them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from k9py.demo.api.bootstrap import bootstrap
from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj
from tests.demo.asking import START, Answer, Client, asking

PODS = "/api/v1/namespaces/default/pods"
BUDGETS = "poddisruptionbudgets.policy"


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    cluster = Cluster(START)
    bootstrap(cluster)
    for name in ("a", "b"):
        _pod(cluster, name)
    async with asking(cluster) as found:
        yield found


def _pod(cluster: Cluster, name: str, phase: str = "Running", ready: str = "True") -> None:
    metadata = {"name": name, "namespace": "default", "labels": {"app": "web"}}
    spec = {"nodeName": "n", "containers": [{"name": "app", "image": "x"}]}
    status = {"phase": phase, "conditions": [{"type": "Ready", "status": ready}]}
    cluster.registry.make(
        "pods", {"kind": "Pod", "apiVersion": "v1", "metadata": metadata, "spec": spec, "status": status}
    )


def _budget(cluster: Cluster, name: str = "web", allowed: int = 1, seen: int = 1, **spec: Any) -> None:
    metadata = {"name": name, "namespace": "default"}
    status = {
        "observedGeneration": seen,
        "disruptionsAllowed": allowed,
        "currentHealthy": 1 + allowed,
        "desiredHealthy": 1,
    }
    full = {"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}, **spec}
    head = {"kind": "PodDisruptionBudget", "apiVersion": "policy/v1", "metadata": metadata}
    cluster.registry.make(BUDGETS, {**head, "spec": full, "status": {**status, "expectedPods": 2}})


async def _evict(client: Client, name: str, query: str = "", **more: Any) -> Answer:
    body = {"kind": "Eviction", "apiVersion": "policy/v1", "metadata": {"name": name, "namespace": "default"}, **more}
    return await client.ask("POST", f"{PODS}/{name}/eviction{query}", body)


def _status(client: Client) -> Obj:
    found = client.cluster.registry.read(BUDGETS, "default", "web")
    assert found
    status: Obj = found["status"]
    return status


async def test_a_pod_without_budget_goes(client: Client) -> None:
    answer = await _evict(client, "a")
    assert (answer.status, answer.body) == (
        201,
        {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201},
    )
    pod = await client.get(f"{PODS}/a")
    assert pod["metadata"]["deletionGracePeriodSeconds"] == 30
    reasons = [one.get("reason") for one in pod["status"]["conditions"]]
    assert "EvictionByEvictionAPI" in reasons


async def test_a_budget_lets_as_many_go_as_it_allows(client: Client) -> None:
    _budget(client.cluster)
    assert (await _evict(client, "a")).status == 201
    assert _status(client)["disruptionsAllowed"] == 0
    assert _status(client)["disruptedPods"] == {"a": "2026-03-01T12:00:00Z"}
    refused = await _evict(client, "b")
    assert (refused.status, refused.body["reason"]) == (429, "TooManyRequests")
    assert refused.message == "Cannot evict pod as it would violate the pod's disruption budget."
    message = "The disruption budget web does not allow evicting pods currently"  # its controller has yet to count
    assert refused.body["details"] == {"causes": [{"reason": "DisruptionBudget", "message": message}]}
    assert "deletionTimestamp" not in (await client.get(f"{PODS}/b"))["metadata"]


async def test_a_budget_that_nobody_has_looked_at_yet_asks_for_patience(client: Client) -> None:
    _budget(client.cluster, seen=0)
    refused = await _evict(client, "a")
    assert (refused.status, refused.headers["Retry-After"]) == (429, "10")
    assert refused.body["details"]["causes"][0]["message"] == (
        "The disruption budget web is still being processed by the server."
    )


async def test_a_dry_run_takes_nothing(client: Client) -> None:
    _budget(client.cluster)
    assert (await _evict(client, "a", "?dryRun=All")).status == 201
    assert (await _evict(client, "a", deleteOptions={"dryRun": ["All"]})).status == 201
    assert _status(client)["disruptionsAllowed"] == 1
    assert "deletionTimestamp" not in (await client.get(f"{PODS}/a"))["metadata"]


@pytest.mark.parametrize("phase", ["Pending", "Succeeded", "Failed"])
async def test_what_disrupts_nobody_goes_in_any_case(client: Client, phase: str) -> None:
    _budget(client.cluster, allowed=0)
    _pod(client.cluster, "c", phase)
    assert (await _evict(client, "c")).status == 201


async def test_a_pod_that_is_not_ready_goes_as_the_budget_says(client: Client) -> None:
    _pod(client.cluster, "sick", ready="False")
    _budget(client.cluster, allowed=0, unhealthyPodEvictionPolicy="AlwaysAllow")
    assert (await _evict(client, "sick")).status == 201
    assert (await _evict(client, "a")).status == 429


async def test_two_budgets_for_one_pod_are_a_mistake(client: Client) -> None:
    _budget(client.cluster)
    _budget(client.cluster, "again")
    answer = await _evict(client, "a")
    assert (answer.status, answer.message) == (
        500,
        "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
    )


async def test_an_eviction_must_mean_this_pod(client: Client) -> None:
    other = {"kind": "Eviction", "apiVersion": "policy/v1", "metadata": {"name": "b"}}
    answer = await client.ask("POST", f"{PODS}/a/eviction", other)
    assert (answer.status, answer.message) == (400, "name in URL does not match name in Eviction object")
    replaced = await _evict(client, "a", deleteOptions={"preconditions": {"uid": "x"}})
    assert (replaced.status, replaced.body["details"]["kind"]) == (409, "Pod")
    assert (await _evict(client, "nope")).message == 'pods "nope" not found'
