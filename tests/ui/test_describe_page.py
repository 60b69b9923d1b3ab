"""The description of an object: what it says of any kind, and how it follows what it is about."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from k9py.ui import saving
from k9py.ui.screens import describe_page, document_page
from k9py.ui.screens.describe_page import DescribePage
from k9py.ui.widgets.text_view import TextView
from k9py.values.prose import whole_text
from tests.kube.scripted import ScriptedServer, refuse
from tests.ui.pages.objects import fill
from tests.ui.pages.show import Shown, show, title_of

EVENTS = "/api/v1/events"
LEASES = "/apis/coordination.k8s.io/v1/leases"
OF_SHOP = "/api/v1/namespaces/shop/events"
LONG_AGO = "2025-01-01T00:00:00Z"
BEGAN = 1_735_689_600.0
"""The same in seconds."""


def put_lease(server: ScriptedServer, holder: str = "somebody 🛒", **metadata: Any) -> None:
    server.store.put(
        LEASES,
        "결제",
        "shop",
        metadata={"creationTimestamp": LONG_AGO, "labels": {"app": "결제", "tier": "front"}, **metadata},
        spec={"holderIdentity": holder, "leaseDurationSeconds": 15},
    )


def put_event(server: ScriptedServer, reason: str, message: str, kind: str = "Normal", name: str = "결제") -> None:
    lease = server.store.get(LEASES, "결제", "shop")
    assert lease
    about = {"kind": "Lease", "namespace": "shop", "name": name, "uid": lease["metadata"]["uid"]}
    server.store.put(
        EVENTS,
        f"{name}.{reason.lower()}",
        "shop",
        involvedObject=about,
        reason=reason,
        message=message,
        type=kind,
        source={"component": "holder"},
        firstTimestamp=LONG_AGO,
        lastTimestamp=LONG_AGO,
    )


def with_lease(server: ScriptedServer) -> None:
    fill(server)
    put_lease(server)
    put_event(server, "Held", "somebody took it")


@asynccontextmanager
async def open_description(folder: Path, **how: Any) -> AsyncIterator[tuple[Shown, TextView]]:
    """The description of the lease, once it is read."""
    with patch.multiple(describe_page, SOON=0.01, TICK=0.02), patch.object(document_page, "PACE", 0.01):
        async with show(folder, **{"command": "leases shop", "content": with_lease, **how}) as shown:
            await shown.lists("leases")
            await shown.press("d")
            await shown.opens("describe 결제")
            text = shown.page.query_one(TextView)
            await shown.until(lambda: bool(text._lines), "a text")
            await shown.settles()
            yield shown, text


async def test_any_kind_is_told_by_its_fields_and_events(tmp_path: Path) -> None:
    async with open_description(tmp_path) as (shown, text):
        assert shown.says(
            "Name: 결제",
            "Labels: app=결제",
            "API Version: coordination.k8s.io/v1",
            "Holder Identity: somebody 🛒",
            "Lease Duration Seconds: 15",
            "Type Reason Age From Message",
            "somebody took it",
        )
        assert title_of(text) == "home › leases › Lease shop/결제"
        assert "live" in str(text.border_subtitle)


async def test_it_follows_the_object_and_its_events(tmp_path: Path) -> None:
    async with open_description(tmp_path) as (shown, _):
        put_lease(shown.server, holder="another")
        await shown.sees("Holder Identity: another")
        put_event(shown.server, "Lost", "nobody renewed it", "Warning")
        await shown.sees("Warning Lost", "nobody renewed it")


async def test_what_happens_to_others_is_not_read(tmp_path: Path) -> None:
    async with open_description(tmp_path) as (shown, _):
        asked = len(shown.server.asked("list"))
        put_event(shown.server, "Other", "of another", name="other")
        put_event(shown.server, "Mine", "of this one")
        await shown.sees("of this one")
        assert len(shown.server.asked("list")) == asked + 1
        assert not shown.says("of another")


async def test_ages_go_on(tmp_path: Path) -> None:
    clock = [65.0]
    with patch.object(describe_page, "now", lambda: BEGAN + clock[0]):
        async with open_description(tmp_path) as (shown, _):
            await shown.sees("Held 65s")
            clock[0] = 200.0
            await shown.sees("Held 3m20s")


async def test_events_that_may_not_be_read_are_said_in_their_place(tmp_path: Path) -> None:
    def denied(server: ScriptedServer) -> None:
        with_lease(server)
        server.fault(OF_SHOP, "list", *[refuse(403, "Forbidden", "events are [not] for you")] * 50)

    async with open_description(tmp_path, content=denied) as (shown, _):
        assert shown.says("Holder Identity: somebody", "Events: may not be read (forbidden: events are [not] for you)")


async def test_what_is_deleted_keeps_its_last_words(tmp_path: Path) -> None:
    async with open_description(tmp_path) as (shown, text):
        shown.server.store.delete(LEASES, "결제", "shop")
        await shown.until(lambda: "deleted" in title_of(text))
        await shown.press("r")
        await shown.settles()
        assert shown.says("Holder Identity: somebody")


async def test_it_is_searched_copied_and_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "screens_folder", lambda: tmp_path / "screens")
    async with open_description(tmp_path) as (shown, text):
        await shown.filter("holder")
        await shown.until(lambda: "/holder 1 of 2" in title_of(text), "the search")
        await shown.press("n")
        await shown.until(lambda: "/holder 2 of 2" in title_of(text), "the next")
        await shown.press("escape", "c")
        await shown.sees("copied")
        page = shown.page
        assert isinstance(page, DescribePage)
        assert page._prose
        assert shown.app.clipboard == whole_text(page._prose)
        assert "Holder Identity:         somebody 🛒\n" in shown.app.clipboard
        await shown.press("ctrl+s")
        await shown.sees("saved to")
        [saved] = (tmp_path / "screens" / "lab").iterdir()
        assert saved.read_text() == shown.app.clipboard
        assert re.fullmatch(r"describe_leases.coordination.k8s.io_shop_결제_[\d-]+\.txt", saved.name)
        assert saved.stat().st_mode & 0o077 == 0


async def test_a_page_that_is_left_lets_everything_go(tmp_path: Path) -> None:
    async with open_description(tmp_path) as (shown, _):
        page = shown.page
        assert isinstance(page, DescribePage)
        await shown.until(lambda: len(page._leave) == 4, "the feeds of the leases and of the events")
        assert shown.app.session
        feeds = [feed for feed in shown.app.session.feeds if feed.resource.gvr.plural in ("leases", "events")]
        held = {feed: feed._holders for feed in feeds}
        await shown.press("escape")
        await shown.opens("leases")
        await shown.until(lambda: all(feed._holders == held[feed] - 1 for feed in feeds), "the feeds released")
