"""The shop: what a newcomer sees when it opens, and that it is the same each time."""

from __future__ import annotations

import gzip
import json
from base64 import b64decode
from collections.abc import Iterator
from typing import Any

import pytest

from k9py.demo.api.registry import Intent
from k9py.demo.cluster import Cluster
from k9py.demo.plan import Plan
from k9py.demo.serve import build
from k9py.demo.world.parts import backstage, ground, own_kinds, rights, storefront
from k9py.values.age import parse_time

NOW = 1_800_000_000.0
Obj = dict[str, Any]


@pytest.fixture(scope="module")
def shop() -> Cluster:
    """As it is at the first look. Tests read it only."""
    return build(Plan(), NOW)


def pods(cluster: Cluster, app: str) -> list[Obj]:
    """The pods of an app."""
    found = [entry.read() for entry in cluster.store.entries("pods")]
    return [pod for pod in found if pod["metadata"]["labels"].get("app.kubernetes.io/name") == app]


def first(pod: Obj) -> Obj:
    """The status of its first container."""
    status: Obj = pod["status"]["containerStatuses"][0]
    return status


def log(cluster: Cluster, app: str, previous: bool = False) -> str:
    """The logs of all pods of an app."""
    return "\n".join(line for pod in pods(cluster, app) for line in _lines(cluster, pod, previous))


def _lines(cluster: Cluster, pod: Obj, previous: bool) -> Iterator[str]:
    run = cluster.kubelets.find(pod["metadata"]["uid"])
    for container in run.containers.values() if run else ():
        found = container.previous if previous else container.log
        yield from (line.text.decode() for line in found.lines) if found else ()


def age(cluster: Cluster, obj: Obj) -> float:
    """Seconds since it was made."""
    made = parse_time(obj["metadata"]["creationTimestamp"])
    assert made is not None
    return cluster.clock.now - made


def test_it_stands_at_now(shop: Cluster) -> None:
    assert shop.clock.now == pytest.approx(NOW)


@pytest.mark.parametrize(
    "app", ["gateway", "cart", "checkout", "catalog", "search", "payments-api", "postgres", "redis"]
)
def test_what_customers_need_is_ready(shop: Cluster, app: str) -> None:
    found = pods(shop, app)
    assert found
    assert all(status["ready"] for pod in found for status in pod["status"]["containerStatuses"])


def test_refunds_is_in_a_crash_loop_and_its_log_says_why(shop: Cluster) -> None:
    (pod,) = pods(shop, "refunds")
    assert first(pod)["state"]["waiting"]["reason"] == "CrashLoopBackOff"
    assert first(pod)["restartCount"] >= 10
    assert "UnknownHostException: payments-gateway.payments" in log(shop, "refunds")


def test_an_image_cannot_be_pulled(shop: Cluster) -> None:
    (pod,) = pods(shop, "storefront-preview")
    assert first(pod)["state"]["waiting"]["reason"] in ("ErrImagePull", "ImagePullBackOff")


def test_a_pod_waits_for_a_node_with_more_cores(shop: Cluster) -> None:
    (pod,) = pods(shop, "image-resizer")
    assert pod["status"]["phase"] == "Pending"
    (scheduled,) = [one for one in pod["status"]["conditions"] if one["type"] == "PodScheduled"]
    assert "Insufficient cpu" in scheduled["message"]


def test_reviews_is_not_ready_without_its_cache(shop: Cluster) -> None:
    found = pods(shop, "reviews")
    assert [first(pod)["ready"] for pod in found] == [False, False]
    assert "lookup reviews-cache" in log(shop, "reviews")


def test_recommendations_were_killed_for_their_memory(shop: Cluster) -> None:
    ends = [first(pod)["lastState"]["terminated"] for pod in pods(shop, "recommendations")]
    assert {(end["reason"], end["exitCode"]) for end in ends} == {("OOMKilled", 137)}


def test_a_rollout_is_under_way(shop: Cluster) -> None:
    status = (shop.registry.read("deployments.apps", "shop", "storefront") or {})["status"]
    assert 0 < status["updatedReplicas"] < status["replicas"]


def test_ages_are_those_of_a_shop_that_has_been_open_for_weeks(shop: Cluster) -> None:
    day = 86_400
    ages = {app: age(shop, pods(shop, app)[0]) / day for app in ("postgres", "ledger", "catalog", "cart")}
    assert [round(value) for value in ages.values()] == [41, 23, 9, 2]
    assert age(shop, pods(shop, "checkout")[0]) == pytest.approx(12 * 60, abs=40)
    history = [
        entry for entry in shop.store.entries("replicasets.apps", "shop") if entry.key.name.startswith("checkout-")
    ]
    assert len(history) == 4  # three revisions, and the fallback's


def test_a_namespace_cannot_end(shop: Cluster) -> None:
    legacy = shop.registry.read("namespaces", "", "legacy") or {}
    assert legacy["status"]["phase"] == "Terminating"
    assert [entry.key.name for entry in shop.store.entries("shopbackups.shop.example.com", "legacy")] == [
        "archive-2019"
    ]


def test_a_budget_lets_nobody_go(shop: Cluster) -> None:
    budget = shop.registry.read("poddisruptionbudgets.policy", "payments", "ledger") or {}
    assert budget["status"]["disruptionsAllowed"] == 0


def test_jobs_run_and_one_fails(shop: Cluster) -> None:
    jobs = [entry.read() for entry in shop.store.entries("jobs.batch", "data")]
    ends = {
        (job["metadata"]["labels"]["app.kubernetes.io/name"], one["type"])
        for job in jobs
        for one in job["status"].get("conditions", ())
    }
    assert {("postgres-backup", "Complete"), ("analytics-export", "Failed")} <= ends


def test_a_release_of_helm_can_be_read(shop: Cluster) -> None:
    secret = shop.registry.read("secrets", "monitoring", "sh.helm.release.v1.grafana.v2") or {}
    assert secret["type"] == "helm.sh/release.v1"
    release = json.loads(gzip.decompress(b64decode(b64decode(secret["data"]["release"]))))
    assert (release["name"], release["version"], release["info"]["status"]) == ("grafana", 2, "deployed")
    assert release["chart"]["metadata"]["version"] == "10.3.0"
    assert "kind: Deployment" in release["manifest"]


def test_an_order_can_be_followed_through_the_logs(shop: Cluster) -> None:
    charged = [json.loads(line) for line in log(shop, "payments-api").splitlines() if '"charged"' in line]
    last = charged[-3]
    for app in ("cart", "checkout"):
        assert f"{last['order']}" in log(shop, app)
        assert last["trace"] in log(shop, app)
    assert f'POST /orders/{last["order"]} HTTP/1.1" 201' in log(shop, "gateway")


def test_logs_come_in_many_voices(shop: Cluster) -> None:
    assert "주문" in log(shop, "notifications")
    assert log(shop, "catalog").startswith("ts=")
    assert "검색어=" in log(shop, "search")
    assert all(json.loads(line)["level"] for line in log(shop, "cart").splitlines())


def state(cluster: Cluster) -> list[bytes]:
    """All that is stored."""
    return [entry.raw for name in cluster.store.collections() for entry in cluster.store.entries(name)]


def test_the_same_seed_gives_the_same_world_after_ten_minutes() -> None:
    one, other = build(Plan(seed=7), NOW), build(Plan(seed=7), NOW)
    for cluster in (one, other):
        cluster.clock.advance(600)
    assert state(one) == state(other)
    assert log(one, "checkout") == log(other, "checkout")
    reasons = {entry.read()["reason"] for entry in one.store.entries("events", "shop")}
    assert "SaleStarted" in reasons
    assert "OrdersFailing" not in reasons


def manifests() -> Iterator[Obj]:
    """All that the shop is made of, but for instances of its own kinds."""
    yield from ground.foundations()
    yield from own_kinds.definitions()
    yield from rights.rights()
    for part in (backstage.databases, backstage.watching, backstage.payments, backstage.building_site):
        yield from part()
    yield from backstage.schedules()
    for part in (storefront.settings, storefront.gateway, storefront.buying, storefront.looking):
        yield from part()
    yield from storefront.unfortunate()
    yield from storefront.reaching()
    yield from storefront.scalers()


def test_the_server_would_take_each_manifest_from_a_user_without_a_word() -> None:
    cluster = build(Plan(empty=True), NOW)
    for obj in manifests():
        served = cluster.catalog.of_kind(obj["apiVersion"], obj["kind"])
        assert served is not None
        intent = Intent("kubectl-create", "demo-admin", trusted=False)
        cluster.registry.create(served, obj, intent)
        assert intent.warnings == []
