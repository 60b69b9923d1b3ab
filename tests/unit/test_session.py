"""A session alive on a small cluster: its feeds, what it finds out, and what fails without taking the rest along."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from k9py.kinds.wellknown import DEPLOYMENTS, NODES, PODS
from k9py.kube.kubeconfig import read_kubeconfig
from k9py.kube.metrics import read_metrics
from k9py.kube.transport import ConnectOptions
from k9py.session import feed as feed_module
from k9py.session import session as session_module
from k9py.session import usage as usage_module
from k9py.session.feed import Feed
from k9py.session.hub import Hub
from k9py.session.session import Session
from k9py.values.batch import Phase
from k9py.values.errors import ApiError
from k9py.values.log import NEWEST, LogWish, PodLogs
from k9py.values.namespaces import ALL, Namespaces
from k9py.values.request import Request
from k9py.values.resource import Key
from tests.kube.scripted import ScriptedServer, refuse, serve
from tests.kube.scripted.kinds import GADGETS, SERVICES, define_gadgets, stop_serving
from tests.kube.scripted.server import dump_kubeconfig
from tests.ui.pages.objects import fill, put_deployment, put_pod, put_service, silence_kubelets, write_log
from tests.unit.waiting import until

WEB_1 = LogWish("web-1", (PodLogs("shop", "web-1", ("main",), "main"),))


@dataclass
class Open:
    """A session, its hub, and the server that it leads to."""

    server: ScriptedServer
    hub: Hub
    session: Session
    told: list[str] = field(default_factory=list)

    async def live(self, *feeds: Feed) -> None:
        await until(lambda: all(feed.state.phase is Phase.LIVE for feed in feeds), "feeds live")


@asynccontextmanager
async def opened(
    folder: Path, content: Callable[[ScriptedServer], None] = fill, namespace: str | None = None
) -> AsyncIterator[Open]:
    async with serve() as server:
        content(server)
        path = folder / "config"
        path.write_text(dump_kubeconfig({"lab": server.url, "other": server.url}, "lab"))
        hub = Hub(read_kubeconfig(str(path), {}), ConnectOptions())
        it = Open(server, hub, await hub.open("lab", None if namespace is None else Namespaces.of(namespace)))
        hub.faults.tell = it.told.append
        try:
            yield it
        finally:
            await hub.close()


def names(feed: Feed) -> set[str]:
    return {name for _, name in feed.collection.records}


# ── feeds ────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_feed_is_one_for_all_who_hold_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as it:
        one, two = it.session.open(NODES), it.session.open(NODES)
        assert one is two
        await it.live(one)
        assert names(one) == {"worker-a", "worker-b"}
        assert len([seen for seen in it.server.asked("list") if seen.path == "/api/v1/nodes"]) == 1


async def test_a_feed_ends_when_the_last_has_let_it_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_module, "LINGER", 0.0)
    async with opened(tmp_path) as it:
        feed = it.session.open(SERVICES, "shop")
        it.session.open(SERVICES, "shop")
        path = SERVICES.path("shop")
        await until(lambda: it.server.streaming(path) == 1, "a watch")
        feed.release()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert feed in it.session.feeds
        feed.release()
        await until(lambda: feed not in it.session.feeds, "the feed closed")
        await until(lambda: it.server.streaming(path) == 0, "the watch ended")
        assert it.session.open(SERVICES, "shop") is not feed


async def test_a_feed_that_is_taken_up_again_in_time_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_module, "LINGER", 1_000)
    async with opened(tmp_path) as it:
        feed = it.session.open(SERVICES, "shop")
        await it.live(feed)
        feed.release()
        monkeypatch.setattr(feed_module, "LINGER", 0.0)
        assert it.session.open(SERVICES, "shop") is feed
        put_service(it.server, "cart", port=80)
        await until(lambda: "cart" in names(feed))
        assert len([seen for seen in it.server.asked("list") if seen.path == SERVICES.path("shop")]) == 1


async def test_what_all_namespaces_are_watched_for_serves_a_single_one(tmp_path: Path) -> None:
    async with opened(tmp_path) as it:
        everywhere = it.session.open(PODS)
        await it.live(everywhere)
        assert it.session.open(PODS, "shop") is everywhere


async def test_a_namespace_that_is_watched_does_not_serve_all(tmp_path: Path) -> None:
    async with opened(tmp_path) as it:
        shop = it.session.open(SERVICES, "shop")
        everywhere = it.session.open(SERVICES)
        assert shop is not everywhere
        await it.live(shop, everywhere)
        assert names(shop) < names(everywhere)


async def test_what_has_no_namespace_is_one_feed(tmp_path: Path) -> None:
    async with opened(tmp_path) as it:
        assert it.session.open(NODES, "shop") is it.session.open(NODES)


async def test_nodes_hold_the_pods_that_they_count_and_let_them_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path) as it:
        nodes = it.session.open(NODES)
        pods = next(feed for feed in it.session.feeds if feed.resource is PODS)
        await it.live(nodes, pods)
        assert dict(nodes.collection.joined.pods_on_node) == {"worker-a": 3, "worker-b": 5}
        put_pod(it.server, "more", node="worker-a")
        await until(lambda: nodes.collection.joined.pods_on_node["worker-a"] == 4)
        monkeypatch.setattr(feed_module, "LINGER", 0.0)
        nodes.release()
        await until(lambda: it.session.feeds == [], "both feeds closed")


async def test_a_denied_feed_leaves_the_others_alone(tmp_path: Path) -> None:
    def guarded(server: ScriptedServer) -> None:
        fill(server)
        server.fault("/api/v1/nodes", "list", refuse(403, "Forbidden", "nodes is forbidden"))

    async with opened(tmp_path, guarded) as it:
        nodes, pods = it.session.open(NODES), it.session.open(PODS)
        await it.live(pods)
        await until(lambda: nodes.state.phase is Phase.DENIED)
        assert nodes.state.reason == "nodes is forbidden"


async def test_a_feed_that_failed_is_not_live_until_it_has_begun_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path) as it:
        feed = it.session.open(DEPLOYMENTS)
        await it.live(feed)
        states: list[Phase] = []
        it.session.on_change = lambda: states.append(feed.state.phase)
        monkeypatch.setattr(feed_module, "RESTART", 0.01)

        def fail_once(names: object) -> None:
            undo()
            raise ValueError("an odd one")

        undo = feed.collection.listen(fail_once)
        put_deployment(it.server, "api")
        await until(lambda: it.hub.faults.count == 1)
        assert it.told == ["ValueError while watching deployments.apps: an odd one"]
        await until(lambda: Phase.STALE in states)
        await it.live(feed)
        put_deployment(it.server, "later")
        await until(lambda: {"api", "later"} <= names(feed))
        assert it.hub.faults.count == 1


async def test_closing_the_hub_stops_all_that_runs(tmp_path: Path) -> None:
    async with opened(tmp_path) as it:
        session = it.session
        feeds = [session.open(resource) for resource in (PODS, NODES, DEPLOYMENTS)]
        await it.live(*feeds)
        await it.hub.close()
        assert len(session._tasks) == 0
        assert it.hub.sessions == {}
        await until(lambda: it.server.streaming() == 0, "no watch is open")
        assert it.hub.faults.count == 0


# ── what the server offers ───────────────────────────────────────────────────────────────────────────────────────────


async def test_it_introduces_itself(tmp_path: Path) -> None:
    async with opened(tmp_path) as it:
        await until(lambda: it.session.user == "tester" and it.session.version == "v1.36.3")
        assert await it.session.find("svc") == SERVICES
        assert it.session.trouble is None


async def test_words_are_looked_up_once_discovery_has_answered(tmp_path: Path) -> None:
    async with opened(tmp_path) as it:
        found = await it.session.find("secrets")  # at once: nothing has been answered yet
        assert found
        assert found.kind == "Secret"


async def test_a_crd_made_meanwhile_is_found_without_a_restart(tmp_path: Path) -> None:
    async with opened(tmp_path) as it:
        assert await it.session.find("gadgets") is None
        define_gadgets(it.server)
        assert await it.session.find("gd") == GADGETS


async def test_words_that_are_asked_for_at_the_same_time_share_one_discovery(tmp_path: Path) -> None:
    async with opened(tmp_path) as it:
        await it.session.find("pods")
        await it.session.offers.answered()
        before = len([seen for seen in it.server.requests if seen.path == "/apis"])
        assert await asyncio.gather(*(it.session.find(f"nothing-{n}") for n in range(5))) == [None] * 5
        assert len([seen for seen in it.server.requests if seen.path == "/apis"]) == before + 1


async def test_half_a_discovery_is_noted_and_the_rest_is_there(tmp_path: Path) -> None:
    def half(server: ScriptedServer) -> None:
        fill(server)
        server.fault("/apis", "get", *[refuse(503, "ServiceUnavailable", "not now")] * 2)

    async with opened(tmp_path, half) as it:
        assert await it.session.known("svc") == SERVICES
        await until(lambda: "do not answer" in it.session.notes.get("discovery", ""))
        assert await it.session.find("deployments") == DEPLOYMENTS  # known without being told


async def test_a_server_that_comes_up_later_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "RETRY", 0.01)

    def down(server: ScriptedServer) -> None:
        fill(server)
        starting = refuse(503, "ServiceUnavailable", "it is starting")
        server.fault("/version", "get", starting, starting)
        for path in ("/api", "/apis"):  # once: the version may be had before the first discovery has failed
            server.fault(path, "get", starting)

    async with opened(tmp_path, down) as it:
        await until(lambda: it.session.trouble is not None)
        assert str(it.session.trouble) == "it is starting"
        await until(lambda: it.session.version == "v1.36.3")
        assert it.session.trouble is None
        assert await it.session.find("svc") == SERVICES


# ── metrics ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_usage_is_joined_and_follows_the_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usage_module, "INTERVAL", 0.01)
    async with opened(tmp_path) as it:
        pods = it.session.open(PODS)
        touched: list[tuple[str, str]] = []
        pods.collection.listen(touched.extend)
        await until(lambda: ("shop", "web-1") in pods.collection.joined.usage)
        assert pods.collection.joined.usage["shop", "web-1"].cpu == pytest.approx(0.045)
        await it.live(pods)
        touched.clear()
        it.server.running.use("web-1", "shop", "200m", "58Mi")
        await until(lambda: pods.collection.joined.usage["shop", "web-1"].cpu == pytest.approx(0.2))
        assert set(touched) == {("shop", "web-1")}  # only rows whose figures are others now
        assert not it.session.notes.get("metrics")


async def test_a_cluster_without_metrics_is_noted_once(tmp_path: Path) -> None:
    def without(server: ScriptedServer) -> None:
        fill(server)
        silence_kubelets(server)
        stop_serving(server, "metrics.k8s.io")

    async with opened(tmp_path, without) as it:
        changes: list[str] = []
        it.session.on_change = lambda: changes.append(it.session.notes.get("metrics", ""))
        it.session.open(PODS)
        it.session.open(NODES)
        await until(lambda: bool(it.session.notes.get("metrics")))
        await until(lambda: it.session.notes["metrics"].startswith("no metrics: this cluster does not serve"))
        assert [path for path in it.server.requests if "metrics" in path.path] == []


async def test_dead_metrics_are_noted_and_dashes_again_and_forgiven(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usage_module, "INTERVAL", 0.01)
    async with opened(tmp_path) as it:
        pods = it.session.open(PODS)
        await until(lambda: bool(pods.collection.joined.usage))
        silence_kubelets(it.server)
        fault = refuse(503, "ServiceUnavailable", "the server is currently unable to handle the request")
        noted: list[str] = []
        it.session.on_change = lambda: noted.append(it.session.notes.get("metrics", ""))
        it.server.fault("/apis/metrics.k8s.io/v1beta1/pods", "list", fault)
        await until(lambda: any(line.startswith("no metrics: ") for line in noted))
        await until(lambda: bool(pods.collection.joined.usage) and not it.session.notes["metrics"])
        assert it.hub.faults.count == 0


async def test_a_failure_of_k9py_itself_ends_no_poll(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usage_module, "INTERVAL", 0.01)
    good, calls = read_metrics, []

    async def fails_once(*args: Any) -> Any:
        calls.append(args)
        if len(calls) == 1:
            raise RuntimeError("not thought of")
        return await good(*args)

    monkeypatch.setattr(usage_module, "read_metrics", fails_once)
    async with opened(tmp_path) as it:
        pods = it.session.open(PODS)
        await until(lambda: it.hub.faults.count == 1)
        await until(lambda: bool(pods.collection.joined.usage), "read again")
        assert it.session.notes["metrics"] == ""
        assert "not thought of" in it.told[0]


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_whole_object_comes_from_what_is_watched_or_is_read(tmp_path: Path) -> None:
    async with opened(tmp_path) as it:
        pods = it.session.open(PODS)
        await it.live(pods)
        raw = await it.session.whole(Key("lab", PODS.gvr, "shop", "web-1"), PODS)
        assert json.loads(raw)["metadata"]["name"] == "web-1"
        assert it.server.asked("get") == [] or "/pods/" not in str(it.server.asked("get"))
        raw = await it.session.whole(Key("lab", SERVICES.gvr, "shop", "web"), SERVICES)
        assert json.loads(raw)["spec"]["ports"][0]["port"] == 80
        with pytest.raises(ApiError) as raised:
            await it.session.whole(Key("lab", SERVICES.gvr, "shop", "none"), SERVICES)
        assert raised.value.missing


async def test_read_decodes_what_a_path_answers(tmp_path: Path) -> None:
    async with opened(tmp_path) as it:
        found = await it.session.read(Request("GET", DEPLOYMENTS.path("shop", "web", "scale")))
        assert found["kind"] == "Scale"
        assert found["spec"] == {"replicas": 3}


async def test_a_tail_keeps_its_lines_until_they_are_taken_and_ends_with_one_remark(tmp_path: Path) -> None:
    async with opened(tmp_path) as it:
        woken: list[int] = []
        tail = it.session.follow(WEB_1, NEWEST, lambda: woken.append(1))
        await until(lambda: len(tail._tails[0]._waiting) == 3)
        write_log(it.server, "web-1", "more")
        await until(lambda: len(tail._tails[0]._waiting) == 4)
        assert woken == [1]  # once for all that wait
        assert [line.text for line in tail.take(9)][-1] == "more"
        assert tail.take(9) == []
        tail.close()
        await until(lambda: it.server.streaming("/api/v1/namespaces/shop/pods/web-1/log") == 0)


async def test_a_log_that_cannot_be_had_says_why(tmp_path: Path) -> None:
    async with opened(tmp_path) as it:
        it.server.fault("/api/v1/namespaces/shop/pods/web-1/log", "log", refuse(403, "Forbidden", "no logs for you"))
        tail = it.session.follow(WEB_1, NEWEST, lambda: None)
        await until(lambda: tail.ended)
        assert [line.text for line in tail.take(9)] == ["no logs for you — ask for a role that allows it"]


# ── namespaces ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_namespaces_used_lately_come_first_and_keep_their_places(tmp_path: Path) -> None:
    async with opened(tmp_path, namespace="shop") as it:
        pods = it.session.open(PODS)
        await it.live(pods)
        await until(lambda: it.session.known_namespaces()[:2] == ["shop", "default"])
        it.session.use_namespaces(Namespaces.of("kube-system"))
        assert it.session.known_namespaces() == ["shop", "kube-system", "default"]
        it.session.use_namespaces(Namespaces.of("shop"))
        it.session.use_namespaces(ALL)
        assert it.session.namespaces == ALL
        assert it.session.recent_namespaces == [Namespaces.of("shop"), Namespaces.of("kube-system")]
        for number in range(20):
            it.session.use_namespaces(Namespaces.of(f"n{number}"))
        assert it.session.recent_namespaces == [Namespaces.of(f"n{number}") for number in range(11, 20)]
