"""Many pods: at rest nothing happens to them, and changes come as many as are asked for."""

from __future__ import annotations

from collections import Counter

from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Change
from k9py.demo.plan import Plan
from k9py.demo.serve import build

NOW = 1_800_000_000.0


def many(churn: int = 0, seed: int = 1) -> Cluster:
    """600 pods on 6 nodes of their own."""
    return build(Plan(pods=600, nodes=6, churn=churn, seed=seed, empty=True), NOW)


def load(cluster: Cluster, collection: str) -> dict[str, int]:
    """The versions of what belongs to them."""
    entries = cluster.store.entries(collection)
    return {entry.key.name: entry.version for entry in entries if entry.key.namespace.startswith("load-")}


def test_there_are_as_many_as_were_asked_for() -> None:
    cluster = many()
    assert cluster.store.count("pods") == 600
    nodes = Counter(entry.read()["spec"]["nodeName"] for entry in cluster.store.entries("pods", "load-00"))
    assert set(nodes) == {f"load-{number:04}" for number in range(6)}
    assert max(nodes.values()) - min(nodes.values()) <= 1


def test_at_rest_no_controller_finds_anything_to_do() -> None:
    cluster = many()
    collections = ("pods", "replicasets.apps", "deployments.apps")
    before = [load(cluster, name) for name in collections]
    cluster.clock.advance(120)
    assert [load(cluster, name) for name in collections] == before


def test_a_pod_that_is_deleted_is_replaced() -> None:
    cluster = many()
    victim = cluster.store.entries("pods", "load-00")[0]
    cluster.registry.discard("pods", "load-00", victim.key.name)
    cluster.clock.advance(60)
    assert cluster.store.get(victim.key) is None
    replaced = cluster.store.entries("pods", "load-00")
    assert len(replaced) == len(load(many(), "pods"))
    assert all(entry.read()["status"]["phase"] == "Running" for entry in replaced)


def test_changes_come_evenly_and_as_many_as_were_asked_for() -> None:
    cluster = many(churn=40)
    cluster.clock.advance(10)
    changes: Counter[int] = Counter()

    def hear(change: Change) -> None:
        changes[int(cluster.clock.now)] += change.entry.key.namespace.startswith("load-")

    cluster.store.listen("pods", hear)
    cluster.clock.advance(20)
    assert sum(changes.values()) in range(780, 821)
    assert max(changes.values()) <= 50


def test_changes_are_restarts_and_readiness_that_comes_back() -> None:
    cluster = many(churn=40)
    cluster.clock.advance(60)
    found = [entry.read()["status"]["containerStatuses"][0] for entry in cluster.store.entries("pods", "load-00")]
    assert any(one["restartCount"] for one in found)
    unready = sum(not one["ready"] for one in found)
    assert 0 < unready < 60


def test_the_same_seed_gives_the_same_pods() -> None:
    assert load(many(seed=3), "pods") == load(many(seed=3), "pods")
    assert set(load(many(seed=3), "pods")).isdisjoint(load(many(seed=4), "pods"))
