"""Watches: what is told of what happens, to whom, and from when on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientSession, StreamReader

from k9py.demo.api.registry import Deletion, Intent
from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj
from k9py.demo.http import watching
from k9py.demo.serve import serving
from tests.demo.asking import asking, make_cluster

MAPS = "/api/v1/namespaces/shop/configmaps"
WATCH_LIST = "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
PARTIAL = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"


@asynccontextmanager
async def _watching(cluster: Cluster, path: str, accept: str = "application/json") -> AsyncIterator[StreamReader]:
    async with (
        serving(cluster) as running,
        ClientSession() as session,
        session.get(running.url + path, headers={"Accept": accept}) as response,
    ):
        assert response.status == 200, await response.text()
        yield response.content


async def _next(stream: StreamReader) -> tuple[str, Any]:
    event = json.loads(await stream.readline())
    return event["type"], event["object"]


async def _names(stream: StreamReader, count: int) -> list[tuple[str, str]]:
    events = [await _next(stream) for _ in range(count)]
    return [(kind, obj["metadata"].get("name", "")) for kind, obj in events]


def _put(cluster: Cluster, name: str, namespace: str = "shop", **labels: str) -> None:
    metadata = {"name": name, "namespace": namespace, "labels": labels}
    cluster.registry.make("configmaps", {"kind": "ConfigMap", "apiVersion": "v1", "metadata": metadata})


def _label(cluster: Cluster, name: str, **labels: str) -> None:
    def change(obj: Obj) -> Obj:
        obj["metadata"]["labels"] = labels
        return obj

    cluster.registry.patch("configmaps", ("shop", name), change)


def _delete(cluster: Cluster, name: str) -> None:
    cluster.registry.discard("configmaps", "shop", name)


async def test_first_what_is_there_then_what_happens() -> None:
    cluster = make_cluster()
    _put(cluster, "a")
    async with _watching(cluster, f"{MAPS}?watch=1") as stream:
        assert await _names(stream, 1) == [("ADDED", "a")]
        _put(cluster, "b")
        _label(cluster, "b", x="y")
        _delete(cluster, "a")
        assert await _names(stream, 3) == [("ADDED", "b"), ("MODIFIED", "b"), ("DELETED", "a")]


async def test_from_a_version_on_nothing_is_missed() -> None:
    cluster = make_cluster()
    _put(cluster, "a")
    then = cluster.store.version
    _put(cluster, "b")
    _delete(cluster, "a")
    async with _watching(cluster, f"{MAPS}?watch=true&resourceVersion={then}") as stream:
        assert await _names(stream, 2) == [("ADDED", "b"), ("DELETED", "a")]


async def test_a_version_that_is_forgotten_is_told_in_an_event() -> None:
    cluster = make_cluster()
    _put(cluster, "a")
    cluster.store.compact()
    async with _watching(cluster, f"{MAPS}?watch=1&resourceVersion=1") as stream:
        kind, status = await _next(stream)
        assert (kind, status["code"], status["reason"]) == ("ERROR", 410, "Expired")
        assert status["message"] == f"too old resource version: 1 ({cluster.store.version})"
        assert await stream.read() == b""


async def test_the_end_of_what_was_there_is_marked() -> None:
    cluster = make_cluster()
    _put(cluster, "a")
    async with _watching(cluster, f"{MAPS}?{WATCH_LIST}") as stream:
        assert (await _next(stream))[0] == "ADDED"
        kind, mark = await _next(stream)
    metadata = {"resourceVersion": str(cluster.store.version), "annotations": {"k8s.io/initial-events-end": "true"}}
    assert (kind, mark) == ("BOOKMARK", {"kind": "ConfigMap", "apiVersion": "v1", "metadata": metadata})


async def test_a_bookmark_says_how_far_a_reader_has_come_who_is_told_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "FIRST_BOOKMARK", 0.02)
    cluster = make_cluster()
    path = f"{MAPS}?watch=1&allowWatchBookmarks=true&resourceVersion={cluster.store.version}"
    async with _watching(cluster, f"{path}&labelSelector=never") as stream:
        _put(cluster, "a")
        kind, mark = await _next(stream)
        assert (kind, mark["metadata"]) == ("BOOKMARK", {"resourceVersion": str(cluster.store.version)})


async def test_who_cannot_mark_the_end_sends_what_is_there_all_the_same() -> None:
    cluster = make_cluster(frozenset({"watchlist"}))
    _put(cluster, "a")
    async with _watching(cluster, f"{MAPS}?watch=1&allowWatchBookmarks=true") as stream:
        _put(cluster, "b")
        assert await _names(stream, 2) == [("ADDED", "a"), ("ADDED", "b")]
    async with asking(cluster) as client:
        refused = await client.ask("GET", f"{MAPS}?{WATCH_LIST}")
    assert (refused.status, "unless the WatchList feature gate is enabled" in refused.message) == (422, True)


async def test_an_object_that_comes_to_match_comes_and_one_that_no_longer_does_goes() -> None:
    cluster = make_cluster()
    _put(cluster, "a", tier="back")
    async with _watching(cluster, f"{MAPS}?watch=1&labelSelector=tier%3Dfront&resourceVersion=2") as stream:
        _label(cluster, "a", tier="front")
        _label(cluster, "a", tier="front", more="x")
        _label(cluster, "a", tier="back")
        _label(cluster, "a", tier="none")
        _put(cluster, "b", tier="front")
        events = [await _next(stream) for _ in range(4)]
    assert [(kind, obj["metadata"]["name"]) for kind, obj in events] == [
        ("ADDED", "a"),
        ("MODIFIED", "a"),
        ("DELETED", "a"),
        ("ADDED", "b"),
    ]
    last = events[2][1]["metadata"]
    assert last["labels"] == {"tier": "front", "more": "x"}  # as it was last seen, but in the version of the change
    assert int(last["resourceVersion"]) == int(events[1][1]["metadata"]["resourceVersion"]) + 1


async def test_one_namespace_and_one_name() -> None:
    cluster = make_cluster()
    cluster.registry.make("namespaces", {"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "shop-dev"}})
    async with _watching(cluster, f"{MAPS}?watch=1&fieldSelector=metadata.name%3Db") as stream:
        _put(cluster, "a")
        _put(cluster, "b", "shop-dev")
        _put(cluster, "b")
        _label(cluster, "b", x="y")
        assert await _names(stream, 2) == [("ADDED", "b"), ("MODIFIED", "b")]


@pytest.mark.parametrize("path", ["/api/v1/watch/namespaces/shop/configmaps/b", "/api/v1/watch/configmaps"])
async def test_the_old_paths_of_watches(path: str) -> None:
    cluster = make_cluster()
    async with _watching(cluster, path) as stream:
        _put(cluster, "b")
        assert await _names(stream, 1) == [("ADDED", "b")]


async def test_a_watch_of_one_object_by_its_path_is_a_read() -> None:
    cluster = make_cluster()
    _put(cluster, "a")
    async with _watching(cluster, f"{MAPS}/a?watch=true") as stream:
        assert json.loads(await stream.read())["kind"] == "ConfigMap"


async def test_a_table_names_its_columns_once() -> None:
    cluster = make_cluster()
    _put(cluster, "a")
    async with _watching(cluster, f"{MAPS}?{WATCH_LIST}", TABLE) as stream:
        _, first = await _next(stream)
        assert [column["name"] for column in first["columnDefinitions"]] == ["Name", "Data", "Age"]
        assert first["rows"][0]["cells"] == ["a", 0, "0s"]
        kind, mark = await _next(stream)
        assert (kind, mark["columnDefinitions"], mark["rows"][0]["cells"]) == ("BOOKMARK", None, ["", 0, "<unknown>"])
        assert mark["rows"][0]["object"]["metadata"]["resourceVersion"] == str(cluster.store.version)
        _put(cluster, "b")
        _, second = await _next(stream)
        assert (second["columnDefinitions"], second["rows"][0]["cells"][0]) == (None, "b")


async def test_metadata_only() -> None:
    cluster = make_cluster()
    _put(cluster, "a")
    async with _watching(cluster, f"{MAPS}?watch=1", PARTIAL) as stream:
        _, obj = await _next(stream)
    assert set(obj) == {"kind", "apiVersion", "metadata"}


async def test_a_pod_that_is_let_go_is_told_in_its_last_state() -> None:
    cluster = make_cluster()
    metadata = {"name": "p", "namespace": "shop"}
    pod = {"kind": "Pod", "apiVersion": "v1", "metadata": metadata, "spec": {"nodeName": "n", "containers": []}}
    cluster.registry.make("pods", pod)
    path = f"/api/v1/pods?watch=1&fieldSelector=spec.nodeName%3Dn&resourceVersion={cluster.store.version}"
    async with _watching(cluster, path) as stream:
        served = cluster.catalog.storage("pods")
        cluster.registry.delete(served, "shop", "p", Deletion(grace=0), Intent())
        kind, obj = await _next(stream)
    assert (kind, obj["metadata"]["name"]) == ("DELETED", "p")
    assert obj["metadata"]["resourceVersion"] == str(cluster.store.version)


async def test_a_watch_ends_when_its_time_is_over_and_leaves_nothing_behind() -> None:
    cluster = make_cluster()
    async with serving(cluster) as running, ClientSession() as session:
        async with session.get(f"{running.url}{MAPS}?watch=1&timeoutSeconds=1") as response:
            assert cluster.store._collection("configmaps").listeners
            assert await response.content.read() == b""
        assert not cluster.store._collection("configmaps").listeners


async def test_a_reader_that_leaves_is_forgotten_at_once() -> None:
    cluster = make_cluster()
    listeners = cluster.store._collection("configmaps").listeners
    async with serving(cluster) as running, ClientSession() as session:
        async with session.get(f"{running.url}{MAPS}?watch=1"):
            assert listeners
        for _ in range(10_000):
            if not listeners:
                break
            await asyncio.sleep(0)
    assert not listeners


async def test_many_events_come_in_order() -> None:
    cluster = make_cluster()
    for number in range(1200):
        _put(cluster, f"m{number:04}")
    async with _watching(cluster, f"{MAPS}?watch=1") as stream:
        for number in range(1200):
            _label(cluster, f"m{number:04}", x="y")
        names = await _names(stream, 2400)
    assert names[:1200] == [("ADDED", f"m{number:04}") for number in range(1200)]
    assert names[1200:] == [("MODIFIED", f"m{number:04}") for number in range(1200)]


async def test_what_is_worked_out_when_it_is_asked_for_cannot_be_watched() -> None:
    async with asking(make_cluster()) as client:
        refused = await client.ask("GET", "/apis/metrics.k8s.io/v1beta1/nodes?watch=1")
    assert refused.status == 405
    assert refused.message == 'watch is not supported on resources of kind "nodes.metrics.k8s.io"'
