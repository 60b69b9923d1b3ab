"""Several shells in panes, out of sight, ended, opened again and closed."""

from __future__ import annotations

from pathlib import Path

import pytest

from k9py.ui.screens.shell_page import CLOSE, LEAVE, ShellPage
from k9py.ui.screens.shells_page import ShellsPage
from tests.ui.shell_scene import show_shells
from tests.ui.talks import FakeTalk


async def test_shells_go_on_while_one_looks_elsewhere(tmp_path: Path) -> None:
    async with show_shells(tmp_path) as scene:
        talk = await scene.open()
        await scene.shown.sees("● lab 1 shell ")
        await scene.after_prefix("tab")
        await scene.shown.press("escape")
        assert scene.shown.pages == ["home"]
        await scene.shown.sees("● lab 1 shell ")
        await scene.says(talk, "line\r\n" * 50 + "the end")
        await scene.shown.command("shells")
        await scene.shown.sees("shop/web-1", "main", "sh", "running")
        await scene.shown.press("enter")
        await scene.shown.until(lambda: isinstance(scene.shown.page, ShellPage) and scene.shown.focus == "shell")
        await scene.shown.settles()
        assert scene.lines[-1] == "the end"
        assert not talk.closed


async def test_several_shells_beside_one_table(tmp_path: Path) -> None:
    async with show_shells(tmp_path) as scene:
        one, two = await scene.open("web-1"), await scene.open("web-2")
        assert scene.shown.pages == ["home", "shell"]
        await scene.shown.sees("2 shells", "2 of 2 · Shell shop/web-2")
        await scene.after_prefix("n")
        await scene.shown.sees("1 of 2 · Shell shop/web-1")
        await scene.shown.press("a")
        await scene.after_prefix("p")
        await scene.shown.press("b")
        await scene.after_prefix("1")
        await scene.shown.press("c")
        assert (one.typed, two.typed) == (b"ac", b"b")
        one.say("one")
        two.say("two")
        await scene.shown.settles()
        assert scene.lines == ["one"]


async def test_the_table_is_the_one_that_the_shell_was_opened_from(tmp_path: Path) -> None:
    async with show_shells(tmp_path, command="deployments shop") as scene:
        await scene.shown.lists("deployments")
        await scene.shown.press("j")
        under = scene.shown.under_cursor()
        await scene.open()
        await scene.shown.until(lambda: scene.shown.title().split("›")[-1].strip().startswith("Deployments"))
        await scene.shown.until(lambda: scene.shown.under_cursor() == under, "the cursor on the same row")


async def test_what_has_ended_says_how_and_can_be_read(tmp_path: Path) -> None:
    async with show_shells(tmp_path) as scene:
        talk = await scene.open()
        await scene.says(talk, "one\r\ntwo \x1b[?1049hvim")
        talk.end("the connection was lost: \x1b[31mreset")
        await scene.shown.sees("two", "vim", "── the connection was lost: reset ──", "r Connect again")
        assert "shell " not in scene.shown.header
        await scene.shown.press("a")
        assert talk.typed == b""
        await scene.shown.press("x")
        await scene.shown.until(lambda: scene.shown.focus == "table")
        assert len(scene.shown.app.consoles) == 0


async def test_what_has_ended_is_opened_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with show_shells(tmp_path) as scene:
        talk = await scene.open()
        opened: list[FakeTalk] = []

        def reopen(session: object, channel: object, size: tuple[int, int]) -> FakeTalk:
            assert (session, channel) == (talk.session, talk.channel)
            opened.append(FakeTalk(talk.session, 2))
            return opened[0]

        monkeypatch.setattr(scene.shown.app.hub.shells, "open", reopen)
        await scene.after_prefix("r")  # not while it runs
        assert not opened
        talk.end()
        await scene.shown.sees("r Connect again")
        await scene.shown.press("r")
        await scene.shown.until(lambda: bool(opened))
        await scene.shown.press("l", "s")
        assert opened[0].typed == b"ls"
        assert [id(console.talk) for console in scene.shown.app.consoles] == [*map(id, opened)]


async def test_a_shell_that_runs_is_closed_only_after_a_question(tmp_path: Path) -> None:
    async with show_shells(tmp_path) as scene:
        talk = await scene.open()
        await scene.after_prefix("x")
        await scene.shown.sees("sh in shop/web-1 runs", LEAVE, CLOSE)
        await scene.shown.press("enter")
        assert not talk.closed
        await scene.after_prefix("x")
        await scene.shown.press("j", "enter")
        await scene.shown.until(lambda: talk.closed)
        await scene.shown.until(lambda: scene.shown.focus == "table")
        assert "1 shell" not in scene.shown.header


async def test_shells_are_closed_from_their_page(tmp_path: Path) -> None:
    async with show_shells(tmp_path) as scene:
        one, two = await scene.open("web-1"), await scene.open("web-2")
        two.end("exit code 3")
        await scene.after_prefix("l")
        await scene.shown.opens("shells")
        await scene.shown.sees("exit code 3", "1 running")
        await scene.shown.press("j", "ctrl+d")
        await scene.shown.until(lambda: len(scene.shown.app.consoles) == 1)
        assert not one.closed
        await scene.shown.press("ctrl+d", "j", "enter")
        await scene.shown.sees("no shells yet")
        assert isinstance(scene.shown.page, ShellsPage)
        assert one.closed
        await scene.shown.press("escape")
        assert scene.shown.pages == ["home", "shell"]
        assert scene.shown.focus == "table"
