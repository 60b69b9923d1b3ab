"""The hub and its kubeconfig, which others write while k9py runs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from k9py.kinds.wellknown import PODS
from k9py.kube.kubeconfig import locate, read_kubeconfig
from k9py.kube.stamps import read_stamps
from k9py.kube.transport import ConnectOptions
from k9py.session import hub as hub_module
from k9py.session.feed import Feed
from k9py.session.hub import Hub
from k9py.values.batch import Phase
from k9py.values.errors import ConfigError
from k9py.values.request import Request
from tests.kube.scripted import ScriptedServer, serve
from tests.kube.scripted.server import dump_kubeconfig
from tests.ui.pages.objects import put_pod
from tests.unit.test_session import opened
from tests.unit.waiting import until


@dataclass
class Looked:
    """A hub that looks after its kubeconfig, and what it has said."""

    path: Path
    hub: Hub
    told: list[str] = field(default_factory=list)
    changes: int = 0

    def write(self, contexts: Mapping[str, str]) -> None:
        """Another kubeconfig in its place, at once."""
        new = self.path.with_suffix(".new")
        new.write_text(dump_kubeconfig(dict(contexts), next(iter(contexts), "")))
        new.replace(self.path)

    def count(self) -> None:
        self.changes += 1

    def names(self) -> list[str]:
        return [context.name for context in self.hub.kubeconfig.contexts]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "LOOK", 0.01)


@asynccontextmanager
async def looked_after(folder: Path, contexts: Mapping[str, str] | None) -> AsyncIterator[Looked]:
    path = folder / "config"
    it = Looked(path, Hub(locate(str(path), {}), ConnectOptions()))
    if contexts is not None:
        it.write(contexts)
        it.hub.kubeconfig = read_kubeconfig(str(path), {})
    it.hub.tell, it.hub.on_change = it.told.append, it.count
    it.hub.begin()
    try:
        yield it
    finally:
        await it.hub.close()
    assert not it.hub.faults.count


def pods_of(feed: Feed) -> set[str]:
    return {name for _, name in feed.collection.records}


async def is_live(feed: Feed) -> None:
    await until(lambda: feed.state.phase is Phase.LIVE, "the feed live")


def filled(server: ScriptedServer, pod: str) -> ScriptedServer:
    put_pod(server, pod)
    return server


async def test_contexts_come_and_go(tmp_path: Path) -> None:
    async with looked_after(tmp_path, {"one": "http://a"}) as it:
        it.write({"one": "http://a", "two": "http://b"})
        await until(lambda: it.names() == ["one", "two"], "two contexts")
        await until(lambda: it.changes == 1, "the change told")
        it.write({"two": "http://b"})
        await until(lambda: it.names() == ["two"], "one context")
    assert not it.told  # none of them was open


async def test_a_kubeconfig_comes_where_there_was_none(tmp_path: Path) -> None:
    async with looked_after(tmp_path, None) as it:
        assert it.names() == []
        it.write({"one": "http://a"})
        await until(lambda: it.names() == ["one"], "the context")


async def test_a_kubeconfig_that_is_broken_is_told_and_what_was_known_holds(tmp_path: Path) -> None:
    async with looked_after(tmp_path, {"one": "http://a"}) as it:
        it.path.write_text("contexts: [")
        await until(lambda: bool(it.told), "the error told")
        assert it.told[0].endswith("what was read before holds")
        assert it.names() == ["one"]
        it.write({"two": "http://b"})
        await until(lambda: it.names() == ["two"], "the new context")


async def test_a_context_that_is_taken_away_keeps_what_it_shows_until_it_is_back(tmp_path: Path) -> None:
    async with serve() as server, looked_after(tmp_path, {"lab": filled(server, "web").url}) as it:
        session = await it.hub.open("lab")
        feed = session.open(PODS)
        await is_live(feed)
        it.write({"other": server.url})
        await until(lambda: feed.state.phase is Phase.STALE and "no context 'lab'" in feed.state.reason, "stale")
        assert pods_of(feed) == {"web"}
        assert it.told == ["context lab is no longer in the kubeconfig: its tables are stale"]
        put_pod(server, "api")
        it.write({"other": server.url, "lab": server.url})
        await is_live(feed)
        assert pods_of(feed) == {"web", "api"}
        assert not session.notes["kubeconfig"]


async def test_a_context_that_leads_elsewhere_shows_what_is_there(tmp_path: Path) -> None:
    async with serve() as one, serve() as two, looked_after(tmp_path, {"lab": filled(one, "web").url}) as it:
        filled(two, "api")
        session = await it.hub.open("lab")
        feed = session.open(PODS)
        await is_live(feed)
        await until(lambda: bool(session.version), "the version")
        asked = len(two.requests)
        it.write({"lab": two.url})
        await until(lambda: pods_of(feed) == {"api"}, "the pods of the other")
        await is_live(feed)
        assert len(two.requests) > asked
        assert session.transport.server == two.url


async def test_files_that_the_kubeconfig_names_are_looked_after(tmp_path: Path) -> None:
    async with serve() as server, looked_after(tmp_path, {"lab": filled(server, "web").url}) as it:
        server.cluster.tokens["renewed"] = server.cluster.tokens["secret"]
        token = tmp_path / "token"
        token.write_text("secret")
        it.path.write_text(it.path.read_text().replace('"token": "secret"', f'"tokenFile": "{token}"'))
        session = await it.hub.open("lab")
        await is_live(session.open(PODS))
        token.write_text("renewed")
        await until(lambda: session.transport.stamps == read_stamps([token]), "the file read again")
        await session.transport.send(Request("GET", "/version"))
        assert server.requests[-1].headers["Authorization"] == "Bearer renewed"


async def test_contexts_live_side_by_side_and_are_opened_once(tmp_path: Path) -> None:
    async with opened(tmp_path) as it:
        other = await it.hub.open("other")
        assert other is not it.session
        assert await it.hub.open("other") is other
        assert set(it.hub.sessions) == {"lab", "other"}
        with pytest.raises(ConfigError, match="mars"):
            await it.hub.open("mars")
