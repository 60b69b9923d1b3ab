"""Feeds that fail and recover, what they prove of the server, the namespaces, and how all of it ends."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiohttp import web

from k9py.kinds.wellknown import NODES, PODS
from k9py.kube import credentials
from k9py.kube import transport as transport_module
from k9py.kube.credentials import Credential
from k9py.kube.kubeconfig import Entry, read_kubeconfig
from k9py.kube.transport import ConnectOptions, Transport
from k9py.session import feed as feed_module
from k9py.session import session as session_module
from k9py.session.hub import Hub
from k9py.store.collection import Collection
from k9py.values.batch import Batch, FeedState, Phase
from k9py.values.namespaces import ALL, Namespaces
from tests.kube.pki import Pki
from tests.kube.scripted import ScriptedServer, refuse
from tests.kube.scripted.faults import answer, hold
from tests.kube.scripted.kinds import SECRETS, SERVICES
from tests.kube.stub import write_kubeconfig
from tests.ui.pages.objects import NAMESPACES, fill, put_service
from tests.unit.test_session import Open, names, opened
from tests.unit.waiting import until

AWAY = refuse(500, "InternalError", "etcd is away")
NEWER = answer(200, '{"gitVersion": "v1.37.0"}', "application/json")
WHOAMI = "/apis/authentication.k8s.io/v1/selfsubjectreviews"


def asked(it: Open, path: str) -> int:
    return len([seen for seen in it.server.requests if seen.path == path])


# ── a feed that fails in itself ──────────────────────────────────────────────────────────────────────────────────────


async def test_a_watch_that_fails_in_itself_is_told_and_begun_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_module, "RESTART", 0.01)
    apply = Collection.apply
    failures = [KeyError("first\nsecond")]

    def fail_once(self: Collection, batch: Batch) -> None:
        if failures:
            raise failures.pop()
        apply(self, batch)

    monkeypatch.setattr(Collection, "apply", fail_once)
    async with opened(tmp_path) as it:
        states: list[FeedState] = []
        began = time.time()
        feed = it.session.open(SERVICES)
        it.session.on_change = lambda: states.append(feed.state)
        await it.live(feed)
        assert names(feed) == {"web", "결제", "kube-dns"}
        stale = next(state for state in states if state.phase is Phase.STALE)
        assert stale.reason == r"k9py failed while watching: 'first\nsecond', see the log"
        assert stale.since >= began
        assert it.hub.faults.count == 1
        put_service(it.server, "cart", port=80)
        await until(lambda: "cart" in names(feed))
        assert it.session.open(SERVICES) is feed


async def test_a_feed_is_held_by_who_opened_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as it:
        feed = it.session.open(SERVICES)
        it.session.open(SERVICES)
        assert feed.held
        feed.release()
        assert feed.held
        feed.release()
        assert not feed.held
        assert feed in it.session.feeds  # it lingers
        assert it.session.open(SERVICES).held


# ── what feeds prove ─────────────────────────────────────────────────────────────────────────────────────────────────


async def test_there_is_no_trouble_while_something_is_live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "RETRY", 0.01)
    denied = [refuse(403, "Forbidden", "no version for you")] * 1_000

    def silent(server: ScriptedServer) -> None:
        fill(server)
        server.fault("/version", "get", *denied)

    async with opened(tmp_path, silent) as it:
        await until(lambda: it.session.trouble is not None)
        feed = it.session.open(SERVICES)
        await it.live(feed)
        assert it.session.trouble is None
        await until(lambda: asked(it, WHOAMI) == 1)  # which does not wait for the version


async def test_a_server_without_a_version_is_asked_once(tmp_path: Path) -> None:
    def nameless(server: ScriptedServer) -> None:
        fill(server)
        server.fault("/version", "get", *[answer(200, "{}", "application/json")] * 1_000)

    async with opened(tmp_path, nameless) as it:
        await until(lambda: asked(it, WHOAMI) == 1)
        assert asked(it, "/version") == 1


async def go_stale_and_recover(it: Open) -> None:
    feed = it.session.open(SERVICES)
    path = SERVICES.path()
    await until(lambda: it.server.streaming(path) == 1, "a watch")
    it.server.fault(path, "watch", AWAY)
    it.server.cut()
    await until(lambda: feed.state.phase is Phase.STALE, "stale")
    await it.live(feed)


async def test_a_server_that_comes_back_is_asked_its_version_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "VERSION_HOLDS", 0.0)
    async with opened(tmp_path) as it:
        await until(lambda: it.session.version == "v1.36.3")
        it.server.fault("/version", "get", AWAY, NEWER)
        await go_stale_and_recover(it)
        await until(lambda: asked(it, "/version") == 2)
        assert it.session.version == "v1.36.3"  # it did not answer: what was known stays
        await go_stale_and_recover(it)
        await until(lambda: it.session.version == "v1.37.0")


async def test_it_is_asked_again_once_a_minute_at_most(tmp_path: Path) -> None:
    async with opened(tmp_path) as it:
        await until(lambda: it.session.version == "v1.36.3")
        await go_stale_and_recover(it)
        await go_stale_and_recover(it)
        assert asked(it, "/version") == 1


# ── namespaces ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_namespaces_are_watched_from_the_first_question_on(tmp_path: Path) -> None:
    async with opened(tmp_path) as it:
        assert it.session.feeds == []
        assert it.session.known_namespaces() == []
        await until(lambda: it.session.known_namespaces() == ["default", "kube-system", "shop"])
        it.server.store.put(NAMESPACES, "new")
        await until(lambda: "new" in it.session.known_namespaces())
        assert [feed.resource.gvr.plural for feed in it.session.feeds if feed.held] == ["namespaces"]
        assert len([seen for seen in it.server.asked("list") if seen.path == NAMESPACES]) == 1


async def test_who_may_not_list_namespaces_is_told_those_of_what_is_watched(tmp_path: Path) -> None:
    def guarded(server: ScriptedServer) -> None:
        fill(server)
        server.rights.denied["list", "namespaces"] = "not you"

    async with opened(tmp_path, guarded) as it:
        it.session.known_namespaces()
        await it.live(it.session.open(SERVICES))
        await until(lambda: it.session._namespace_check is not None and it.session._namespace_check.done())
        assert it.session.known_namespaces() == ["kube-system", "shop"]
        assert it.server.asked("list")[-1].path != NAMESPACES
        assert [feed.resource for feed in it.session.feeds] == [SERVICES]


async def test_a_namespace_keeps_its_place_among_the_recent_ones(tmp_path: Path) -> None:
    async with opened(tmp_path, namespace="shop") as it:
        it.session.use_namespaces(Namespaces.of("kube-system"))
        it.session.use_namespaces(Namespaces.of("shop"))
        it.session.use_namespaces(ALL)
        assert it.session.namespaces == ALL
        assert it.session.recent_namespaces == [Namespaces.of("shop"), Namespaces.of("kube-system")]
        for number in range(8):
            it.session.use_namespaces(Namespaces.of(f"n{number}"))
        assert it.session.recent_namespaces == [
            Namespaces.of(name) for name in ("kube-system", *(f"n{number}" for number in range(8)))
        ]


async def test_a_look_for_a_namespace_does_not_wait_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(tmp_path) as it:
        assert not await it.session.lacks_namespace("shop")
        assert await it.session.lacks_namespace("nowhere")
        monkeypatch.setattr(session_module, "LOOK", 0.05)
        it.server.fault(f"{NAMESPACES}/slow", "get", hold(asyncio.Event().wait))
        assert not await it.session.lacks_namespace("slow")


# ── opening and closing ──────────────────────────────────────────────────────────────────────────────────────────────


async def test_who_opens_a_context_at_the_same_time_gets_the_same_session(tmp_path: Path) -> None:
    async with opened(tmp_path) as it:
        one, two = await asyncio.gather(it.hub.open("other"), it.hub.open("other"))
        assert one is two


class Plugin:
    """A login that takes as long as it is let."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.ended = asyncio.Event()

    async def obtain(self, entry: Entry, interactive: bool, now: float) -> Credential:
        self.begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.ended.set()
        raise AssertionError


async def test_a_login_that_nobody_waits_for_any_more_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plugin = Plugin()
    monkeypatch.setattr(transport_module, "obtain", plugin.obtain)
    kubeconfig = write_kubeconfig(tmp_path / "config", "http://127.0.0.1:1")
    opening = asyncio.create_task(Transport.open(kubeconfig, "it", ConnectOptions()))
    await plugin.begun.wait()
    opening.cancel()
    await asyncio.wait([opening])
    assert opening.cancelled()
    assert plugin.ended.is_set()


async def test_who_gives_up_opening_leaves_it_to_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(tmp_path) as it:
        plugin, obtain = Plugin(), credentials.obtain
        monkeypatch.setattr(transport_module, "obtain", plugin.obtain)
        first, second = (asyncio.create_task(it.hub.open("other")) for _ in range(2))
        await plugin.begun.wait()
        monkeypatch.setattr(transport_module, "obtain", obtain)
        first.cancel()
        assert (await second).context.name == "other"


class Stuck:
    """A connection that never gets closed."""

    async def close(self) -> None:
        await asyncio.Event().wait()


async def test_the_end_takes_no_longer_than_it_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport_module, "CLOSING", 0.05)
    kubeconfig = write_kubeconfig(tmp_path / "config", "http://127.0.0.1:1")
    transport = await Transport.open(kubeconfig, "it", ConnectOptions())
    real = transport._connection
    transport._connection = Stuck()  # type: ignore[assignment]
    await transport.close()
    assert real is not None
    await real.close()


@contextmanager
def served_over_tls(folder: Path) -> Iterator[tuple[ScriptedServer, asyncio.AbstractEventLoop]]:
    """A small cluster in a thread and a loop of its own, which go on when the loop of the test has ended."""
    pki, server, stop, ready = Pki(folder), ScriptedServer(), asyncio.Event(), threading.Event()
    context = pki.server_context(pki.sign("server"))
    fill(server)

    async def serve() -> None:
        runner = web.AppRunner(server.application(), handler_cancellation=True, shutdown_timeout=0, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
        server.url = f"https://127.0.0.1:{runner.addresses[0][1]}"
        ready.set()
        await stop.wait()
        await runner.cleanup()

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    ready.wait()
    try:
        authority = {"certificate-authority": str(pki.ca.certificate)}
        write_kubeconfig(folder / "config", server.url, authority, {"token": "secret"})
        yield server, loop
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


async def say_nothing(request: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError


def test_nothing_is_open_when_the_hub_has_closed(tmp_path: Path) -> None:
    async def use(server: ScriptedServer, loop: asyncio.AbstractEventLoop) -> None:
        hub = Hub(read_kubeconfig(str(tmp_path / "config"), {}), ConnectOptions())
        session = await hub.open("it")
        services = session.open(SERVICES)
        feeds = [session.open(PODS), session.open(NODES), services]
        await until(lambda: session.user == "tester" and all(feed.state.phase is Phase.LIVE for feed in feeds))
        await until(lambda: server.streaming(SERVICES.path()) == 1)
        silent = SECRETS.path()
        server.fault(silent, "list", say_nothing)
        session.open(SECRETS)
        await until(lambda: any(seen.path == silent for seen in server.requests))
        loop.call_soon_threadsafe(time.sleep, 0.5)  # it won't agree to the end of any connection in time
        services.close()
        await asyncio.wait(services._running)
        await hub.close()

    with served_over_tls(tmp_path) as served, warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        asyncio.run(use(*served))
        gc.collect()
        left = [str(each.message) for each in warned if issubclass(each.category, ResourceWarning)]
    assert [line for line in left if "transport" in line] == []
