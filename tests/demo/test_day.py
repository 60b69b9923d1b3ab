"""A cluster that runs for long keeps what there is, and nothing of what has gone."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest

from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Change
from k9py.demo.node import log
from k9py.demo.plan import Plan
from k9py.demo.serve import build

NOW = 1_764_093_600.0
HOUR = 3600.0
SLOW = {"Correlator._buckets"}
"""Who says too much is known for over two hours."""


class Watched:
    """A cluster that has run for long, and what had gone for good an hour before: events last as long."""

    def __init__(self) -> None:
        self.cluster = build(Plan(), NOW)
        self.gone: dict[object, str] = {}
        self.cluster.store.listen_all(self._hear)
        self.pass_time(HOUR / 2)
        gone, self.gone = self.gone, {}
        self.pass_time(HOUR + 60)
        living = set(chain.from_iterable((one.key, one.meta.uid) for one in everything(self.cluster)))
        self.gone = {one: what for one, what in gone.items() if one not in living}

    def pass_time(self, seconds: float) -> None:
        for _ in range(int(seconds) // 60):
            self.cluster.clock.advance(60.0)

    def _hear(self, change: Change) -> None:
        if change.type == "DELETED":
            name = "/".join(change.entry.key)
            self.gone |= {change.entry.key: name, change.entry.meta.uid: name}


def everything(cluster: Cluster) -> Iterator[Any]:
    return chain.from_iterable(map(cluster.store.entries, cluster.store.collections()))


@pytest.fixture(scope="module")
def watched() -> Watched:
    return Watched()


def test_there_was_a_day(watched: Watched) -> None:
    """Pods and jobs have come and gone, so that there is something to be forgotten."""
    kinds = {name.partition("/")[0] for name in watched.gone.values()}
    assert {"pods", "jobs.batch"} <= kinds
    assert len(watched.gone) > 100


def test_what_has_gone_is_forgotten(watched: Watched) -> None:
    """No controller, kubelet or index holds the key or the uid of what was deleted an hour ago."""
    held = {
        f"{holder} still knows {watched.gone[found]}"
        for holder, keys in containers()
        for found in parts(keys)
        if found in watched.gone
    }
    assert sorted(held) == []


def containers() -> Iterator[tuple[str, list[object]]]:
    """What all objects of the cluster's parts keep in their dicts and sets."""
    for one in gc.get_objects():
        kind = type(one)
        if not str(kind.__module__).startswith("k9py.demo."):
            continue
        for name in {
            *getattr(one, "__dict__", ()),
            *chain.from_iterable(getattr(c, "__slots__", ()) for c in kind.mro()),
        }:
            kept = getattr(one, name, None)
            if isinstance(kept, dict | set) and (holder := f"{kind.__qualname__}.{name}") not in SLOW:
                yield holder, list(kept)


def parts(keys: list[object]) -> Iterator[object]:
    """Keys, and what is in those that are put together: an event is known by the uid that it is about."""
    for key in keys:
        yield key
        if type(key) is tuple:
            yield from key


def test_what_waits_to_be_done_is_bounded(watched: Watched) -> None:
    """The end of each event, and a few things for each pod."""
    store = watched.cluster.store
    assert len(watched.cluster.clock._timers) < store.count("events") + 6 * store.count("pods")


def test_kubelets_have_the_pods_that_there_are(watched: Watched) -> None:
    cluster = watched.cluster
    pods = {entry.meta.uid for entry in cluster.store.entries("pods")}
    for entry in cluster.store.entries("nodes"):
        kubelet = cluster.kubelets.on(entry.key.name)
        assert kubelet is not None
        assert {*kubelet.runs, *kubelet.dormant} <= pods
        assert len(kubelet._used) <= len(kubelet.runs) + len(kubelet.dormant)


def test_history_is_that_of_ten_minutes(watched: Watched) -> None:
    """A real etcd is compacted every five minutes: who comes with an older version lists again."""
    store = watched.cluster.store
    heard: deque[Change] = deque()
    store.listen_all(heard.append)
    watched.pass_time(600.0)
    kept = sum(len(store.since(name, store._collections[name].forgotten)) for name in store.collections())
    assert 0 < kept <= len(heard)


def test_logs_are_bounded(watched: Watched) -> None:
    logs = [one for one in gc.get_objects() if isinstance(one, log.Log)]
    assert logs
    assert max(len(one.lines) for one in logs) <= log.KEPT == 2_000
