"""Shells in panes: what a person presses gets there, what programs write is seen, and nothing ends by being left."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from textual import events

from k9py.session.shells import Shell
from k9py.ui.consoles import LINES, Console
from k9py.ui.shells import show_console
from tests.ui.shell_scene import PREFIX, show_shells
from tests.ui.talks import FakeTalk

# keys


async def test_all_keys_are_for_the_shell(tmp_path: Path) -> None:
    async with show_shells(tmp_path) as scene:
        talk = await scene.open()
        keys = ("a", "q", ":", "/", "?", "0", "1", "[", "-", "Z", "ctrl+c", "ctrl+d", "ctrl+k", "ctrl+p", "ctrl+q")
        scene.shown.send(*keys, "escape", "tab", "shift+tab", "up", "pageup", "f1", "f10", "alt+b", "enter", "한")
        await scene.shown.settles()
        wanted = b"aq:/?01[-Z\x03\x04\x0b\x10\x11\x1b\t\x1b[Z\x1b[A\x1b[5~\x1bOP\x1b[21~\x1bb\r" + "한".encode()
        assert talk.typed == wanted
        assert scene.shown.pages[-1] == "shell"
        assert not scene.shown.prompt.is_open


async def test_arrows_are_as_the_program_wants_them(tmp_path: Path) -> None:
    async with show_shells(tmp_path) as scene:
        talk = await scene.open()
        await scene.says(talk, "\x1b[?1h")
        await scene.shown.press("up")
        await scene.says(talk, "\x1b[?1l")
        await scene.shown.press("up")
        assert talk.typed == b"\x1bOA\x1b[A"


async def test_the_prefix_leads_out_and_tab_back(tmp_path: Path) -> None:
    async with show_shells(tmp_path) as scene:
        talk = await scene.open()
        await scene.shown.press(PREFIX)
        await scene.shown.sees("^] …", "tab Table", "f Whole terminal")
        await scene.shown.press("tab")
        assert scene.shown.focus == "table"
        await scene.shown.press("j", "tab")
        assert scene.shown.focus == "shell"
        await scene.after_prefix(PREFIX)
        await scene.after_prefix("e")  # means nothing, and is not typed either
        await scene.shown.press("b")
        assert talk.typed == b"\x1db"


async def test_a_command_can_be_given_and_the_keys_come_back(tmp_path: Path) -> None:
    async with show_shells(tmp_path) as scene:
        talk = await scene.open()
        await scene.after_prefix("colon")
        await scene.shown.until(lambda: scene.shown.prompt.is_open)
        await scene.shown.press("escape")
        await scene.shown.press("x")
        assert talk.typed == b"x"
        await scene.after_prefix("question_mark")
        await scene.shown.sees("Help", "After ctrl-]", "n Next")


async def test_what_is_pasted_is_in_brackets_where_they_are_wanted(tmp_path: Path) -> None:
    async with show_shells(tmp_path) as scene:
        talk = await scene.open()
        scene.paste("one\ntwo")
        await scene.shown.settles()
        await scene.says(talk, "\x1b[?2004h")
        scene.paste("three")
        await scene.shown.settles()
        assert talk.typed == b"one\rtwo\x1b[200~three\x1b[201~"


async def test_in_a_burst_each_key_is_for_what_those_before_it_have_led_to(tmp_path: Path) -> None:
    async with show_shells(tmp_path) as scene:
        one, two = await scene.open("web-1"), await scene.open("web-2")
        scene.shown.send("l", "s")
        scene.paste(" -l")
        scene.shown.send("enter", PREFIX, "n", "w", PREFIX, "e", "x", PREFIX, "tab", ":", *"shells", "enter")
        await scene.shown.opens("shells")
        assert (one.typed, two.typed) == (b"wx", b"ls -l\r")


# what is seen


async def test_what_is_written_is_seen_and_nothing_else_gets_to_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with show_shells(tmp_path) as scene:
        written: list[str] = []
        talk = await scene.open()
        assert scene.shown.app._driver
        monkeypatch.setattr(scene.shown.app._driver, "write", written.append)
        await scene.says(talk, "한글 🚀 \x1b[31mred\x1b[m\x1b]52;c;aGk=\x07\x1b]0;[b]title\x07\r\n$ \x07")
        assert scene.lines == ["한글 🚀 red", "$"]
        assert "[b]title" in scene.shown.text
        assert not any("52;" in data for data in written)
        assert all(line.isprintable() for line in scene.shown.lines)
        red = next(segment for segment in scene.pane.render_line(0) if segment.text == "red")
        assert red.style
        assert red.style.color
        assert red.style.color.triplet == scene.shown.app.ansi_theme.ansi_colors[1]


async def test_the_cursor_is_shown_where_it_is(tmp_path: Path) -> None:
    async with show_shells(tmp_path) as scene:
        talk = await scene.open()
        await scene.says(talk, "ab\x1b[1;2H")
        assert [segment.text for segment in scene.pane.render_line(0)][:2] == ["a", "b"]
        await scene.says(talk, "\x1b[?25l")
        assert scene.pane.render_line(0).text.startswith("ab")
        assert len(scene.pane.render_line(0)._segments) == 1


async def test_queries_are_answered_out_of_sight_too(tmp_path: Path) -> None:
    async with show_shells(tmp_path) as scene:
        talk = await scene.open()
        await scene.after_prefix("q")
        assert scene.shown.pages == ["home"]
        await scene.says(talk, "\x1b[6n")
        assert talk.typed == b"\x1b[1;1R"


async def test_the_program_is_told_its_size_once_it_has_settled(tmp_path: Path) -> None:
    async with show_shells(tmp_path) as scene:
        talk = await scene.open()
        await scene.says(talk, "\r\n".join(f"line {n}" for n in range(100)))
        before, sizes = talk.sizes[-1], len(talk.sizes)
        await scene.after_prefix("Z")
        await scene.shown.until(lambda: len(talk.sizes) > sizes, "another size")
        assert talk.sizes[-1] > before
        assert talk.sizes[-1] == (100, 39)
        assert scene.lines[-1] == "line 99"
        await scene.after_prefix("Z")
        await scene.shown.until(lambda: talk.sizes[-1] == before, "the former size")
        assert len(talk.sizes) == sizes + 2
        assert scene.lines[-1] == "line 99"
        await scene.after_prefix("Z", PREFIX, "tab")  # the table comes back for it
        assert scene.shown.focus == "table"
        await scene.shown.sees("web-2")
        await scene.shown.press("Z", "tab")  # and so does the shell, from a table that fills the page
        assert scene.shown.focus == "shell"
        await scene.shown.sees("line 99")


# scrolling, searching, copying


async def test_one_scrolls_back_and_comes_back_by_typing(tmp_path: Path) -> None:
    async with show_shells(tmp_path) as scene:
        talk = await scene.open()
        await scene.says(talk, "\r\n".join(f"line {n}" for n in range(300)))
        await scene.shown.press("shift+pageup")
        await scene.shown.settles()
        top = scene.lines[0]
        assert not scene.pane.following
        await scene.says(talk, "\r\nmore" * 5)
        assert scene.lines[0] == top
        await scene.shown.press("l")
        assert (scene.lines[-1], talk.typed) == ("more", b"l")


async def test_one_stays_where_one_has_scrolled_to_while_the_oldest_goes(tmp_path: Path) -> None:
    async with show_shells(tmp_path) as scene:
        talk = await scene.open()
        await scene.says(talk, "".join(f"line {n}\r\n" for n in range(11_000)))
        await scene.shown.until(lambda: not scene.pane.console or not scene.pane.console.terminal.busy)
        await scene.after_prefix("s")
        await scene.shown.press("pageup")
        await scene.shown.settles()
        top = scene.lines[0]
        await scene.says(talk, "".join(f"more {n}\r\n" for n in range(500)))
        assert scene.lines[0] == top
        assert scene.pane.console
        assert len(scene.pane.console.terminal.screen.history) == 10_000


async def test_reading_searches_and_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with show_shells(tmp_path) as scene:
        written: list[str] = []
        talk = await scene.open()
        await scene.says(talk, "\r\n".join(f"결제 {n} {'ERROR' if n % 50 == 7 else 'ok'}" for n in range(300)))
        await scene.after_prefix("slash")
        await scene.shown.type("error")
        await scene.shown.press("enter")
        await scene.shown.sees("/error 6 of 6")
        assert "결제 257 ERROR" in scene.lines
        await scene.shown.press("N")
        await scene.shown.sees("/error 5 of 6")
        assert "결제 207 ERROR" in scene.lines
        await scene.shown.press("n", "n")
        await scene.shown.sees("/error 1 of 6")
        assert scene.shown.app._driver
        monkeypatch.setattr(scene.shown.app._driver, "write", written.append)
        await scene.shown.press("v", "j", "c")
        await scene.shown.sees("copied 2 lines")
        copied = next(data for data in written if data.startswith("\x1b]52;c;"))
        assert b64decode(copied[7:-1]).decode() == "결제 7 ERROR\n결제 8 ok"
        await scene.shown.press("escape", "escape", "x")
        assert talk.typed == b"x"
        assert scene.lines[-1] == "결제 299 ok"


async def test_a_line_that_was_too_long_for_the_pane_is_copied_as_one(tmp_path: Path) -> None:
    async with show_shells(tmp_path) as scene:
        talk = await scene.open()
        words = " ".join(f"word-{n}" for n in range(30))
        await scene.says(talk, f"{words}\r\n한글" * 2)
        await scene.after_prefix("c")
        assert scene.shown.app.clipboard == f"{words}\n한글{words}\n한글"


async def test_what_one_should_know_stands_first(tmp_path: Path) -> None:
    async with show_shells(tmp_path) as scene:
        session = scene.shown.app.session
        assert session
        talk = FakeTalk(session)
        talk.channel = replace(talk.channel, remark="output only, it takes no input")
        show_console(scene.shown.app, scene.shown.app.consoles.add(cast(Shell, talk)))
        await scene.shown.sees("── output only, it takes no input ──")


async def test_a_bad_search_says_why(tmp_path: Path) -> None:
    async with show_shells(tmp_path) as scene:
        await scene.open()
        await scene.after_prefix("slash")
        await scene.shown.type("(")
        await scene.shown.press("enter")
        await scene.shown.sees("bad regular expression")


def wheel(up: bool, x: int = 5, y: int = 5) -> events.MouseEvent:
    sort = events.MouseScrollUp if up else events.MouseScrollDown
    return sort(None, x, y, 0, 0, 0, False, False, False)


async def test_the_wheel_scrolls_or_is_for_the_program(tmp_path: Path) -> None:
    async with show_shells(tmp_path) as scene:
        talk = await scene.open()
        await scene.says(talk, "\r\n".join(f"line {n}" for n in range(300)))
        before = scene.lines[0]
        scene.pane.post_message(wheel(up=True))
        await scene.shown.settles()
        assert scene.lines[0] != before
        scene.pane.post_message(wheel(up=False))
        await scene.shown.settles()
        assert (scene.lines[0], scene.pane.following) == (before, True)
        await scene.says(talk, "\x1b[?1049h")
        scene.pane.post_message(wheel(up=True))
        await scene.shown.settles()
        assert talk.typed == b"\x1b[A" * 3
        await scene.says(talk, "\x1b[?1000h\x1b[?1006h")
        scene.pane.post_message(wheel(up=True))
        await scene.shown.settles()
        assert talk.typed.endswith(b"\x1b[<64;5;5M")


# much output


async def test_much_output_stops_the_program_and_not_the_screen(tmp_path: Path) -> None:
    async with show_shells(tmp_path) as scene:
        talk = await scene.open()
        talk.say(b"the quick brown fox jumps over the lazy dog\r\n" * 50_000 + b"the end")
        assert talk.waits
        painted = scene.shown.app.frames.painted
        await scene.shown.press("a")
        assert talk.typed == b"a"
        console = scene.pane.console
        assert isinstance(console, Console)
        assert console.terminal.busy
        await scene.shown.until(lambda: not console.terminal.busy, "all of it")
        await scene.shown.settles()
        assert (talk.waits, talk.waited) == (False, 1)
        assert scene.lines[-1] == "the end"
        assert scene.shown.app.frames.painted - painted > 3


async def test_line_feeds_of_what_has_no_terminal_are_new_lines(tmp_path: Path) -> None:
    async with show_shells(tmp_path) as scene:
        session = scene.shown.app.session
        assert session
        talk = FakeTalk(session, tty=False)
        show_console(scene.shown.app, scene.shown.app.consoles.add(cast(Shell, talk)))
        await scene.shown.until(lambda: bool(talk.sizes))
        await scene.says(talk, "one\ntwo")
        assert scene.lines == [f"── {LINES} ──", "one", "two"]


async def test_what_has_no_terminal_is_given_lines_and_an_end(tmp_path: Path) -> None:
    async with show_shells(tmp_path) as scene:
        session = scene.shown.app.session
        assert session
        talk = FakeTalk(session, tty=False)
        show_console(scene.shown.app, scene.shown.app.consoles.add(cast(Shell, talk)))
        await scene.shown.until(lambda: bool(talk.sizes))
        await scene.shown.press("l", "x", "backspace", "s")
        await scene.shown.until(lambda: scene.lines[-1] == "ls", "what is typed")
        assert talk.typed == b""
        await scene.shown.press("enter")
        assert talk.typed == b"ls\n"
        await scene.shown.press("ctrl+d")
        assert talk.input_ended


async def test_a_key_that_is_held_down_ends_no_prefix(tmp_path: Path) -> None:
    async with show_shells(tmp_path) as scene:
        talk = await scene.open()
        for key in ("left_control", PREFIX, "left_shift"):
            scene.pane.take_input(events.Key(key, None))
        assert scene.pane.prefixed
        assert talk.typed == b""
        scene.pane.take_input(events.Key(PREFIX, None))
        assert talk.typed == b"\x1d"
