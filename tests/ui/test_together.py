"""Several namespaces and several contexts in one table."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from k9py.ui.screens import table_page
from tests.kube.scripted import ScriptedServer, refuse, serve
from tests.kube.scripted.faults import hold
from tests.ui.pages.objects import ago, fill, put_pod, put_service
from tests.ui.pages.show import NOWHERE, Shown, show

REFUSED = refuse(403, "Forbidden", "no pods there for you")


def contexts(shown: Shown) -> set[str]:
    """Of which contexts there are rows."""
    view = shown.pane().view
    return {view.key_at(index).context for index in range(len(view))} if view is not None else set()


def namespaces(shown: Shown) -> set[str]:
    view = shown.pane().view
    return {view.key_at(index).namespace for index in range(len(view))} if view is not None else set()


def fill_moon(server: ScriptedServer) -> None:
    put_pod(server, "crater-1", "far")
    put_service(server, "web", "far", port=80)


# ── namespaces ───────────────────────────────────────────────────────────────────────────────────────────────────────


def fill_without_all(server: ScriptedServer) -> None:
    """Pods of all namespaces at once may not be listed."""
    fill(server)
    server.fault("/api/v1/pods", "list", *[REFUSED] * 99)


async def test_several_namespaces_are_watched_one_by_one(tmp_path: Path) -> None:
    async with show(tmp_path, content=fill_without_all, namespace="shop", ready=False) as shown:
        await shown.command("pods kube-system,shop")
        await shown.lists("pods")
        await shown.until(lambda: namespaces(shown) == {"kube-system", "shop"}, "rows of both")
        assert "kube-system, shop" in shown.title()
        assert shown.app.session
        feeds = shown.app.session.feeds
        held = {feed.namespace for feed in feeds if feed.resource.gvr.plural == "pods" and feed.held}
        assert {"kube-system", "shop"} <= held


async def test_one_of_several_that_does_not_exist_is_said(tmp_path: Path) -> None:
    async with show(tmp_path) as shown:
        await shown.command("pods shop,shpo")
        await shown.sees("✖", "there is no namespace shpo")


async def test_one_of_several_that_is_denied_leaves_the_other(tmp_path: Path) -> None:
    def content(server: ScriptedServer) -> None:
        fill_without_all(server)
        server.fault("/api/v1/namespaces/kube-system/pods", "list", *[REFUSED] * 9)

    async with show(tmp_path, content=content, namespace="shop", ready=False) as shown:
        await shown.command("pods kube-system,shop")
        await shown.sees("live: kube-system: ", "no pods there for you")
        assert namespaces(shown) == {"shop"}


# ── contexts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
async def moon() -> AsyncIterator[ScriptedServer]:
    """Another cluster, with a pod and a service."""
    async with serve() as server:
        fill_moon(server)
        yield server


async def test_contexts_are_shown_together_with_a_column_that_says_which(tmp_path: Path, moon: ScriptedServer) -> None:
    async with show(tmp_path, contexts={"moon": moon.url}) as shown:
        await shown.command("pods @lab,moon")
        await shown.lists("pods")
        await shown.until(lambda: contexts(shown) == {"lab", "moon"}, "rows of both")
        await shown.sees("CONTEXT", "lab", "moon far crater-1")
        put_pod(moon, "crater-2", "far")
        await shown.sees("crater-2")


async def test_a_context_is_added_and_left_while_the_others_go_on(tmp_path: Path, moon: ScriptedServer) -> None:
    async with show(tmp_path, contexts={"moon": moon.url}) as shown:
        await shown.command("pods")
        await shown.lists("pods")
        await shown.press("down", "down")
        before = shown.pane().cursor_key
        await shown.command("@+moon")
        await shown.until(lambda: contexts(shown) == {"lab", "moon"}, "rows of both")
        assert shown.pane().cursor_key == before
        await shown.command("services")
        await shown.lists("services")
        await shown.until(lambda: contexts(shown) == {"lab", "moon"}, "rows of both")
        await shown.command("@-moon")
        await shown.until(lambda: contexts(shown) == {"lab"}, "rows of one")
        assert "CONTEXT" not in shown.text
        assert not any(feed.held for feed in shown.app.hub.sessions["moon"].feeds)


async def test_a_key_on_a_row_goes_to_its_own_cluster(tmp_path: Path, moon: ScriptedServer) -> None:
    async with show(tmp_path, contexts={"moon": moon.url}) as shown:
        await shown.command("pods @lab,moon /crater")
        await shown.until(lambda: shown.names() == ["crater-1"], "one row")
        await shown.press("y")
        await shown.sees("namespace: far", "name: crater-1")


async def test_events_of_several_clusters_folded_and_unfolded(tmp_path: Path, moon: ScriptedServer) -> None:
    for number, name in enumerate(("landed-1", "landed-2")):
        put_event(moon, name, "far", reason="Landed", uid=f"u{number}")
    async with show(tmp_path, contexts={"moon": moon.url}) as shown:
        put_event(shown.server, "sold", "shop", reason="SaleStarted", uid="u")
        await shown.command("events @lab,moon")
        await shown.until(lambda: contexts(shown) == {"lab", "moon"}, "rows of both")
        await shown.sees("CONTEXT", "SaleStarted", "Landed")
        assert len(shown.names()) == 2
        await shown.press("f")
        await shown.until(lambda: len(shown.names()) == 3 and contexts(shown) == {"lab", "moon"}, "each for itself")
        await shown.command("@-moon")
        await shown.until(lambda: contexts(shown) == {"lab"}, "rows of one")


def put_event(server: ScriptedServer, name: str, namespace: str, *, reason: str, uid: str) -> None:
    about = {"kind": "Service", "namespace": namespace, "name": "web", "uid": "web"}
    server.store.put(
        "/api/v1/events",
        name,
        namespace,
        metadata={"uid": uid, "creationTimestamp": ago(hours=1)},
        involvedObject=about,
        reason=reason,
        message="다 잘 되었다 🚀",
        type="Normal",
        lastTimestamp=ago(hours=1),
    )


async def test_rows_of_several_clusters_are_not_acted_upon_together(tmp_path: Path, moon: ScriptedServer) -> None:
    async with show(tmp_path, contexts={"moon": moon.url}) as shown:
        await shown.command("pods @lab,moon")
        await shown.until(lambda: contexts(shown) == {"lab", "moon"}, "rows of both")
        await shown.press("home", "space", "end", "space")
        await shown.press("y")
        await shown.sees("✖ YAML: the marked rows are of several clusters")


async def test_a_dead_cluster_shows_as_such_and_holds_up_nothing(tmp_path: Path) -> None:
    async with show(tmp_path, contexts={"dead": NOWHERE}) as shown:
        await shown.command("pods @lab,dead")
        await shown.sees("live: dead: ", "refuses connections")
        assert contexts(shown) == {"lab"}
        assert "● lab" in shown.header


async def test_a_cluster_that_does_not_answer_holds_up_nothing(tmp_path: Path, moon: ScriptedServer) -> None:
    silent = asyncio.Event()
    for path in ("/api/v1/pods", "/version", "/api", "/apis"):
        for sort in ("list", "get"):
            moon.fault(path, sort, hold(silent.wait))
    async with show(tmp_path, contexts={"moon": moon.url}) as shown:
        await shown.command("pods @lab,moon")
        await shown.lists("pods")
        await shown.sees("web-1", "live: moon: ")
        silent.set()
        await shown.until(lambda: contexts(shown) == {"lab", "moon"}, "rows of both")


async def test_a_kind_that_only_one_of_them_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_page, "RETRY", 1_000)
    async with show(tmp_path, contexts={"dead": NOWHERE}) as shown:
        await shown.command("services @lab,dead")
        await shown.sees("live: dead: ", "refuses connections")
        assert contexts(shown) == {"lab"}


async def test_contexts_are_added_on_their_page(tmp_path: Path, moon: ScriptedServer) -> None:
    async with show(tmp_path, contexts={"moon": moon.url}) as shown:
        await shown.command("ctx")
        await shown.opens("contexts")
        await shown.press("down", "space")
        await shown.sees("+ moon")
        await shown.command("pods")
        await shown.until(lambda: contexts(shown) == {"lab", "moon"}, "rows of both")


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("pods @lab,mars", "there is no context mars"),
        ("@+mars", "no context mars"),
        ("@-lab", "lab is the context in use"),
    ],
)
async def test_what_cannot_be_shown_together_is_said(tmp_path: Path, command: str, says: str) -> None:
    async with show(tmp_path) as shown:
        await shown.command(command)
        await shown.sees("✖", says)


async def test_a_context_that_is_asked_for_twice_in_a_moment_is_shown_once(tmp_path: Path) -> None:
    async with serve() as moon:
        fill_moon(moon)
        async with show(tmp_path, contexts={"moon": moon.url}) as shown:
            await shown.command("svc -A @lab,moon")
            await shown.opens("services")
            await shown.until(lambda: contexts(shown) == {"lab", "moon"}, "rows of both")
            page = shown.page
            assert isinstance(page, table_page.TablePage)
            page.table.part("moon")
            page.spread()
            page.spread()
            await shown.until(lambda: "moon" in page.table.contexts and not page._joining)
            await shown.until(lambda: "moon" in contexts(shown))
            await shown.settles()
            view = page.table.view
            assert view is not None
            keys = [view.key_at(index) for index in range(len(view))]
            assert len(keys) == len(set(keys))
