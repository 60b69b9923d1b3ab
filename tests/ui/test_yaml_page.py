"""The page of an object's YAML: what it shows, and that it lives."""

from __future__ import annotations

import asyncio
import re
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import yaml
from aiohttp import web

from k9py.ui import saving
from k9py.ui.screens import document_page
from k9py.ui.screens.explain_pane import ExplainPane
from k9py.ui.screens.yaml_page import YamlPage
from k9py.ui.widgets.text_view import TextView
from tests.kube.scripted import ScriptedServer, refuse
from tests.kube.scripted.faults import answer
from tests.ui.pages.objects import PODS, SECRETS, ago, fill, put_pod
from tests.ui.pages.show import Shown, show, title_of

LOGIN = "/api/v1/namespaces/shop/secrets/login"


def put_secret(server: ScriptedServer, **data: bytes) -> None:
    server.store.put(
        SECRETS,
        "login",
        "shop",
        kind="Secret",
        apiVersion="v1",
        metadata={"creationTimestamp": ago(days=1)},
        type="Opaque",
        data={name: b64encode(value).decode() for name, value in data.items()},
    )


def with_secret(server: ScriptedServer) -> None:
    fill(server)
    put_secret(server, password=b"hunter2", lines=b"one\ntwo\n", key=b"\xff\x01")


def with_lines(server: ScriptedServer) -> None:
    fill(server)
    put_pod(server, "web-1", app="web", labels={f"label-{number:02}": "x" for number in range(60)})


@asynccontextmanager
async def open_yaml(folder: Path, kind: str, name: str, **how: Any) -> AsyncIterator[tuple[Shown, TextView]]:
    """The page of one object, once it is read (or could not be)."""
    with patch.object(document_page, "PACE", 0.01):
        async with show(folder, command=f"{kind} shop /{name}", **how) as shown:
            await shown.lists(kind)
            await shown.until(lambda: shown.under_cursor() == name, name)
            await shown.press("y")
            await shown.opens(f"yaml {name}")
            text = shown.page.query_one(TextView)
            await shown.until(lambda: bool(text._lines), "a text")
            await shown.settles()
            yield shown, text


async def test_the_text_is_yaml_of_the_object(tmp_path: Path) -> None:
    async with open_yaml(tmp_path, "pods", "web-1") as (shown, text):
        await shown.press("c")
        await shown.sees("copied")
        found = yaml.safe_load(shown.app.clipboard)
        kept = shown.server.store.get(PODS, "web-1", "shop")
        assert kept
        assert found["spec"] == kept["spec"]
        assert found["metadata"]["labels"] == {"app": "web", "tier": "front"}
        assert list(found) == ["apiVersion", "kind", "metadata", "spec", "status"]
        assert title_of(text) == "home › pods › Pod shop/web-1"


async def test_a_change_is_shown_as_it_comes_and_the_place_is_kept(tmp_path: Path) -> None:
    async with open_yaml(tmp_path, "pods", "web-1", content=with_lines, size=(120, 20)) as (shown, text):
        await shown.press("j", "j", "j")
        put_pod(shown.server, "web-1", app="web", labels={f"label-{number:02}": "y" for number in range(60)})
        await shown.sees('label-03: "y"')
        assert text.scroll_offset.y == 3
        assert [seen.path for seen in shown.server.asked("get") if seen.path.endswith("/pods/web-1")] == []


async def test_a_kind_known_by_its_columns_is_read_again_when_its_row_changes(tmp_path: Path) -> None:
    async with open_yaml(tmp_path, "secrets", "login", content=with_secret) as (shown, _):
        asked = [seen.path for seen in shown.server.asked("get")].count(LOGIN)
        put_secret(shown.server, password=b"longer-than-before")
        await shown.sees("password: ••• 18 bytes")
        await shown.settles()
        assert [seen.path for seen in shown.server.asked("get")].count(LOGIN) == asked + 1


async def test_only_one_reading_is_under_way_and_the_last_change_is_not_missed(tmp_path: Path) -> None:
    async with open_yaml(tmp_path, "secrets", "login", content=with_secret) as (shown, _):
        asked, answered = 0, asyncio.Event()

        async def wait(request: web.Request) -> web.StreamResponse:
            nonlocal asked
            asked += 1
            found = shown.server.store.get(SECRETS, "login", "shop")
            response = web.json_response(found)
            await answered.wait()
            return response

        shown.server.fault(LOGIN, "get", wait)
        put_secret(shown.server, password=b"12345")
        await shown.until(lambda: asked == 1, "the first reading")
        for size in (6, 7, 8, 9):
            put_secret(shown.server, password=b"x" * size)
        version = shown.server.store.get(SECRETS, "login", "shop")
        assert version
        page = shown.page
        assert isinstance(page, YamlPage)
        assert page._feed
        records = page._feed.collection.records
        wanted = version["metadata"]["resourceVersion"]
        await shown.until(lambda: records["shop", "login"].obj.metadata.resource_version == wanted, "the last change")
        await shown.settles()
        assert asked == 1
        answered.set()
        await shown.sees("password: ••• 9 bytes")


async def test_what_is_deleted_keeps_its_last_text_and_is_followed_when_it_is_made_anew(tmp_path: Path) -> None:
    async with open_yaml(tmp_path, "pods", "web-1") as (shown, text):
        shown.server.store.delete(PODS, "web-1", "shop")
        await shown.until(lambda: title_of(text) == "home › pods › Pod shop/web-1 · deleted")
        await shown.press("r")
        await shown.settles()
        assert "name: web-1" in shown.text
        assert "deleted" in title_of(text)
        put_pod(shown.server, "web-1", app="anew")
        await shown.sees("app: anew")
        await shown.until(lambda: title_of(text) == "home › pods › Pod shop/web-1")


async def test_a_page_that_is_left_lets_its_feed_go(tmp_path: Path) -> None:
    async with open_yaml(tmp_path, "pods", "web-1") as (shown, _):
        page = shown.page
        assert isinstance(page, YamlPage)
        feed = page._feed
        assert feed
        holders, listeners = feed._holders, len(feed.collection._listeners)
        await shown.press("escape")
        await shown.opens("pods")
        await shown.until(lambda: feed._holders == holders - 1, "the feed released")
        assert len(feed.collection._listeners) == listeners - 1


# ── secrets ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_secret_is_masked_until_x_decodes_it(tmp_path: Path) -> None:
    async with open_yaml(tmp_path, "secrets", "login", content=with_secret) as (shown, _):
        await shown.sees("key: ••• 2 bytes", "lines: ••• 8 bytes", "password: ••• 7 bytes", "x Decode")
        assert "hunter2" not in shown.text
        await shown.press("x")
        await shown.sees("stringData:", "password: hunter2", "lines: |", "key: /wE=  # 2 bytes", "x Mask")
        await shown.press("c", "x")
        await shown.until(lambda: "hunter2" not in shown.text)
        found = yaml.safe_load(shown.app.clipboard)
        assert found["stringData"] == {"password": "hunter2", "lines": "one\ntwo\n"}
        assert found["data"] == {"key": "/wE="}


async def test_what_is_no_secret_has_nothing_to_decode(tmp_path: Path) -> None:
    async with open_yaml(tmp_path, "pods", "web-1") as (shown, _):
        before = shown.text
        await shown.press("x")
        await shown.settles()
        assert shown.text == before
        assert "x Decode" not in shown.text


# ── searching ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_slash_searches_and_escape_takes_it_back_before_the_page(tmp_path: Path) -> None:
    async with open_yaml(tmp_path, "pods", "web-1", content=with_lines, size=(120, 20)) as (shown, text):
        await shown.filter("label-5[89]")
        await shown.sees("label-58: x", "n Next")
        await shown.until(lambda: "/label-5[89] 1 of 2" in title_of(text))
        await shown.press("n")
        await shown.until(lambda: "/label-5[89] 2 of 2" in title_of(text))
        await shown.press("escape")
        await shown.until(lambda: "label-5" not in title_of(text))
        assert shown.pages[-1] == "yaml web-1"
        await shown.press("escape")
        await shown.opens("pods")


async def test_it_is_saved_as_it_is_shown_secrets_masked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "screens_folder", lambda: tmp_path / "screens")
    async with open_yaml(tmp_path, "secrets", "login", content=with_secret) as (shown, _):
        await shown.press("ctrl+s")
        await shown.sees("saved to")
        [saved] = (tmp_path / "screens" / "lab").iterdir()
        assert saved.name.startswith("yaml_secrets_shop_login_")
        assert yaml.safe_load(saved.read_text())["data"]["password"] == "••• 7 bytes"


# ── what the field under the cursor is for ───────────────────────────────────────────────────────────────────────────

V3, V2 = "/openapi/v3/api/v1", "/openapi/v2"


def explanation(shown: Shown) -> ExplainPane:
    return shown.page.query_one(ExplainPane)


async def go_to(shown: Shown, text: TextView, words: str) -> None:
    """Put the cursor on the first line with these words."""
    line = next(number for number, line in enumerate(text._lines) if words in line)
    await shown.press("g", *["j"] * line)


async def test_the_field_under_the_cursor_is_explained(tmp_path: Path) -> None:
    async with open_yaml(tmp_path, "pods", "web-1", size=(120, 20)) as (shown, text):
        await shown.press("i")
        await shown.sees("apiVersion <string>")
        await go_to(shown, text, "nodeName:")
        await shown.until(lambda: title_of(explanation(shown)) == "spec.nodeName", "the title")
        await shown.until(lambda: explanation(shown)._lines[:1] == ["nodeName  <string>"], "its type")
        assert "NodeName indicates in which node this pod is scheduled" in " ".join(explanation(shown)._lines)
        await go_to(shown, text, "containers:")
        await shown.until(lambda: explanation(shown)._lines[:1] == ["containers  <[]Container>  required"], "its type")
        assert any(re.match(r" +image +<string>", line) for line in explanation(shown)._lines)
        await shown.press("i")
        await shown.until(lambda: explanation(shown).has_class("-hidden"), "no explanation")
        await shown.press("g", "j", "j")
        assert text.scroll_offset.y == 2


async def test_a_server_without_v3_is_asked_for_v2(tmp_path: Path) -> None:
    async with open_yaml(tmp_path, "pods", "web-1") as (shown, text):
        shown.server.fault(V3, "get", answer(404, "404 page not found"))
        await shown.press("i")
        await go_to(shown, text, "nodeName:")
        await shown.until(lambda: explanation(shown)._lines[:1] == ["nodeName  <string>"], "its type")
        assert [seen.path for seen in shown.server.asked("get") if "openapi" in seen.path] == [V3, V2]


async def test_why_there_is_no_explanation_is_said_and_the_next_try_succeeds(tmp_path: Path) -> None:
    async with open_yaml(tmp_path, "pods", "web-1") as (shown, _):
        shown.server.fault(V3, "get", refuse(500, "InternalError", "no [schema] today"))
        await shown.press("i")
        await shown.sees("✖ no [schema] today")
        await shown.press("i", "i")
        await shown.sees("apiVersion <string>")


async def test_a_search_moves_the_cursor(tmp_path: Path) -> None:
    async with open_yaml(tmp_path, "pods", "web-1", content=with_lines, size=(90, 24)) as (shown, _):
        await shown.press("i")
        await shown.filter("nodeName")
        await shown.until(lambda: title_of(explanation(shown)) == "spec.nodeName", "the field that was found")
        assert shown.page.has_class("-stacked")


# ── when it cannot be read ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (refuse(404, "NotFound", 'secrets "login" not found'), '✖ secrets "login" not found'),
        (refuse(403, "Forbidden", "secrets are [not] for you"), "✖ secrets are [not] for you"),
        (answer(200, "[]", "application/json"), "✖ what the server sent is no object"),
    ],
    ids=["gone", "denied", "garbage"],
)
async def test_why_it_cannot_be_read_stands_on_the_page_until_it_can(tmp_path: Path, fault: Any, said: str) -> None:
    def refusing(server: ScriptedServer) -> None:
        with_secret(server)
        server.fault(LOGIN, "get", fault)

    async with open_yaml(tmp_path, "secrets", "login", content=refusing) as (shown, _):
        assert said in shown.text
        await shown.press("m", "x", "x", "m", "c")
        assert said in shown.text
        assert not shown.app.clipboard
        await shown.press("r")
        await shown.sees("password: ••• 7 bytes")
        assert said not in shown.text


async def test_a_later_failure_stands_below_the_last_text(tmp_path: Path) -> None:
    async with open_yaml(tmp_path, "secrets", "login", content=with_secret) as (shown, text):
        shown.server.fault(LOGIN, "get", refuse(403, "Forbidden", "no longer for you"))
        await shown.press("r")
        await shown.until(lambda: "✖ no longer for you" in str(text.border_subtitle))
        assert "password: ••• 7 bytes" in shown.text
        await shown.press("r")
        await shown.until(lambda: "live" in str(text.border_subtitle))


async def test_keys_do_nothing_before_it_is_read(tmp_path: Path) -> None:
    answered = asyncio.Event()

    async def wait(request: web.Request) -> web.StreamResponse:
        await answered.wait()
        return web.json_response({"metadata": {"name": "login"}, "data": {"password": "aHVudGVyMg=="}})

    async with show(tmp_path, command="secrets shop", content=with_secret) as shown:
        await shown.lists("secrets")
        shown.server.fault(LOGIN, "get", wait)
        await shown.press("y")
        await shown.opens("yaml login")
        await shown.sees("reading …")
        await shown.press(*"mxcnNjGglhr", "m", "x")
        assert not shown.app.clipboard
        answered.set()
        await shown.sees("password: ••• 7 bytes")
