from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual import on
from textual.events import MouseScrollUp
from textual.pilot import Pilot

from k9py.ui.widgets.log_buffer import LogBuffer
from k9py.ui.widgets.log_form import fold
from k9py.ui.widgets.log_reader import LogReader
from k9py.ui.widgets.log_sieve import Sieve
from k9py.ui.widgets.log_view import LogView
from k9py.values.log import REMARK, Entry, read_stamp
from k9py.values.text import plain
from tests.ui.helpers import Stage, read_lines

STAMP = "2026-01-01T09:14:02.123456789Z"


TIME = read_stamp(STAMP)


def lines_of(*texts: str) -> list[Entry]:
    return [Entry(TIME, 0, TIME, text) for text in texts]


def remark(text: str) -> Entry:
    return Entry(TIME, 0, REMARK, text)


def numbered(first: int, count: int) -> list[Entry]:
    return lines_of(*(f"line {number}" for number in range(first, first + count)))


class LogStage(Stage):
    """Keeps what the log view says."""

    def __init__(self, log: LogReader) -> None:
        super().__init__(log)
        self.log_view = log
        self.said: list[bool] = []

    @on(LogView.FollowChanged)
    def _changed(self, message: LogView.FollowChanged) -> None:
        self.said.append(message.following)


class Scene:
    def __init__(self, stage: LogStage, pilot: Pilot[None]) -> None:
        self.stage, self.pilot, self.log = stage, pilot, stage.log_view

    @property
    def lines(self) -> list[str]:
        return read_lines(self.log)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def extend(self, lines: Sequence[Entry]) -> None:
        self.log.extend(lines)
        await self.pilot.pause()


@asynccontextmanager
async def show(
    lines: Sequence[Entry] = (), *, size: tuple[int, int] = (40, 10), capacity: int = 1_000
) -> AsyncIterator[Scene]:
    stage = LogStage(LogReader(capacity=capacity))
    async with stage.run_test(size=size) as pilot:
        stage.log_view.focus()
        await pilot.pause()
        scene = Scene(stage, pilot)
        await scene.extend(lines)
        yield scene


# following


async def test_follows_the_end() -> None:
    async with show(numbered(0, 25)) as scene:
        assert scene.lines == [f"line {n}" for n in range(15, 25)]
        await scene.extend(numbered(25, 5))
        assert scene.lines[-1] == "line 29"
        assert (scene.log.count, scene.log.shown, scene.log.dropped) == (30, 30, 0)


async def test_scrolling_up_pauses_and_the_end_resumes() -> None:
    async with show(numbered(0, 50)) as scene:
        await scene.press("k")
        held = scene.lines
        await scene.extend(numbered(50, 30))
        assert scene.lines == held
        assert not scene.log.following
        await scene.press("G")
        assert scene.lines[-1] == "line 79"
        await scene.extend(numbered(80, 1))
        assert scene.lines[-1] == "line 80"
        assert scene.stage.said == [False, True]


async def test_coming_back_to_the_end_resumes() -> None:
    async with show(numbered(0, 50)) as scene:
        await scene.press("k", "k", "j")
        assert not scene.log.following
        await scene.press("j")
        assert scene.log.following
        await scene.press("g", "ctrl+f")
        assert scene.lines[0] == "line 9"
        assert not scene.log.following


async def test_s_turns_autoscroll_off_and_on() -> None:
    async with show(numbered(0, 50)) as scene:
        await scene.press("s")
        await scene.extend(numbered(50, 5))
        assert scene.lines[-1] == "line 49"
        await scene.press("s")
        assert scene.lines[-1] == "line 54"


async def test_the_wheel_pauses() -> None:
    async with show(numbered(0, 50)) as scene:
        await scene.pilot._post_mouse_events([MouseScrollUp], scene.log)
        await scene.pilot.pause()
        assert not scene.log.following
        assert scene.lines[-1] == "line 47"


async def test_what_falls_off_the_top_does_not_move_what_is_read() -> None:
    async with show(numbered(0, 150), capacity=100) as scene:
        await scene.press("k", "ctrl+b")
        held = scene.lines
        await scene.extend(numbered(150, 60))
        assert scene.lines == held
        assert (scene.log.count, scene.log.dropped) == (110, 100)
        await scene.extend(numbered(210, 1_000))
        assert scene.lines[0] == "line 1100"
        assert (scene.log.count, scene.log.dropped) == (110, 1100)


async def test_clear_begins_anew() -> None:
    async with show(numbered(0, 100)) as scene:
        await scene.press("g")
        scene.log.clear()
        await scene.extend(lines_of("other"))
        assert scene.lines == ["other", *[""] * 9]
        assert scene.log.following
        assert scene.log.count == 1


async def test_resizing_keeps_the_end_in_sight() -> None:
    async with show(numbered(0, 100)) as scene:
        await scene.pilot.resize_terminal(40, 5)
        await scene.pilot.pause()
        assert scene.lines[-1] == "line 99"
        assert scene.log.following
        await scene.pilot.resize_terminal(40, 30)
        await scene.pilot.pause()
        assert scene.lines[-1] == "line 99"
        assert scene.lines[0] == "line 70"


# filtering


async def test_a_filter_keeps_the_position_and_marks_matches() -> None:
    async with show(numbered(0, 100)) as scene:
        await scene.press("g", *["j"] * 50)
        scene.log.show(pattern=re.compile("5"))
        await scene.pilot.pause()
        assert scene.lines[0] == "line 50"
        assert scene.log.shown == 19
        marked = [s.text for s in scene.log.render_line(0) if s.style and s.style.bold]
        assert marked == ["5"]
        await scene.extend(numbered(100, 60))
        assert scene.log.shown == 19 + 15
        scene.log.show(pattern=None)
        await scene.pilot.pause()
        assert scene.lines[:2] == ["line 50", "line 51"]


async def test_a_filter_sees_no_colours_and_keeps_remarks() -> None:
    coloured = lines_of("\x1b[31mER\x1b[0mROR")
    async with show([*coloured, remark("container restarted"), *lines_of("fine")]) as scene:
        scene.log.show(pattern=re.compile("ERROR"))
        await scene.pilot.pause()
        assert scene.lines[:3] == ["ERROR", "container restarted", ""]


# how it looks


async def test_colours_stay_and_nothing_else_does() -> None:
    text = "\x1b[31mred\x1b[0m \x1b[2J\x1b]0;title\x07\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\\tend\x1b[5;1H"
    async with show(lines_of(text)) as scene:
        assert scene.lines[0] == "red link        end"
        first = next(iter(scene.log.render_line(0)))
        assert first.text == "red"
        assert first.style
        assert first.style.color
        assert first.style.color.number == 1


async def test_timestamps() -> None:
    seoul = Entry(TIME, 0, read_stamp("2026-01-01T18:14:02.123456789+09:00"), "b")
    async with show([*lines_of("a"), seoul, remark("remark")]) as scene:
        await scene.press("t")
        assert scene.lines[:3] == ["2026-01-01T09:14:02Z a", "2026-01-01T09:14:02Z b", " " * 21 + "remark"]
        await scene.press("t")
        assert scene.lines[:2] == ["a", "b"]


async def test_wrapping_shows_everything() -> None:
    text = "".join(f"{n:04}" for n in range(25))
    async with show(lines_of(text, "end"), size=(31, 8)) as scene:
        assert scene.lines[:2] == [text[:30], "end"]
        await scene.press("w")
        assert scene.lines[:5] == [text[:30], text[30:60], text[60:90], text[90:], "end"]
        await scene.press("t", "g")
        assert scene.lines[:2] == ["2026-01-01T09:14:02Z " + text[:9], " " * 21 + text[9:18]]


async def test_sideways() -> None:
    text = "".join(f"{n:04}" for n in range(25))
    async with show(lines_of(text), size=(31, 4)) as scene:
        await scene.press("l")
        assert scene.lines[0] == text[8:38]
        await scene.press(*["l"] * 20)
        assert scene.lines[0] == text[70:]
        await scene.press(*["h"] * 20)
        assert scene.lines[0] == text[:30]


async def test_korean_and_emoji_are_cut_between_characters() -> None:
    text = "안녕하세요 세계 🚀 " * 6
    async with show(lines_of(text), size=(22, 12)) as scene:
        await scene.press("w")
        strips = [scene.log.render_line(y) for y in range(12)]
        assert {cell_len(strip.text) for strip in strips} == {21}
        rows = scene.lines
        assert "".join(rows).replace(" ", "") == text.replace(" ", "")


async def test_an_empty_log_says_why() -> None:
    async with show(size=(20, 5)) as scene:
        scene.log.empty_text = "waiting"
        await scene.pilot.pause()
        assert scene.lines[2].strip() == "waiting"
        assert scene.lines[1] == ""


async def test_a_very_long_line() -> None:
    async with show(lines_of("x" * 1_000_000 + "end")) as scene:
        await scene.press("w")
        assert scene.lines[-1].endswith("end")


# the buffer


texts = st.text(st.sampled_from("ab가나🚀 é\x1b\t"), max_size=60)
steps = st.one_of(
    st.tuples(st.just("extend"), st.lists(texts, max_size=12)),
    st.tuples(st.just("wrap"), st.sampled_from([0, 2, 7, 20])),
    st.tuples(st.just("filter"), st.sampled_from(["", "a", "가"])),
)


BLOCK = 4


@settings(max_examples=300, deadline=None)
@given(st.lists(steps, max_size=12))
def test_the_buffer_is_what_a_naive_one_would_be(steps: list[tuple[str, object]]) -> None:
    buffer, kept, dropped, room, sought = LogBuffer(8, BLOCK), list[str](), 0, 0, ""
    for _, value in steps:
        if isinstance(value, list):
            buffer.extend(lines_of(*value))
            kept += value
            while len(kept) - BLOCK >= 8:
                del kept[:BLOCK]
                dropped += BLOCK
        elif isinstance(value, int):
            room = value
            buffer.wrap(room)
        else:
            sought = str(value)
            buffer.show(Sieve(re.compile(sought) if sought else None))
        while buffer.busy:
            buffer.sift(0)
        rows = [
            (dropped + at, part)
            for at, text in enumerate(kept)
            if sought in plain(text)
            for part in range(len(fold(plain(text), room)) if room else 1)
        ]
        assert buffer.dropped == dropped
        assert len(buffer) == len(kept)
        assert buffer.rows == len(rows)
        assert [buffer.locate(row) for row in range(buffer.rows)] == rows
        assert all(buffer.row_of(number) == rows.index((number, 0)) for number, _ in rows)


@given(texts)
def test_a_line_is_as_wide_as_it_is_painted(text: str) -> None:
    buffer = LogBuffer()
    buffer.extend(lines_of(text))
    assert buffer.widest == cell_len(plain(text))
    assert buffer.line(0).text == plain(text)


@pytest.mark.parametrize("capacity", [1, 10])
def test_more_lines_at_once_than_there_is_room_for(capacity: int) -> None:
    buffer = LogBuffer(capacity)
    buffer.extend(numbered(0, 5))
    buffer.extend(numbered(5, 100))
    assert buffer.dropped + len(buffer) == 105
    assert capacity <= len(buffer) < 2 * capacity
    assert buffer.line(104).text == "line 104"
    assert buffer.rows == len(buffer)


async def test_lines_may_come_before_it_is_on_the_screen() -> None:
    log = LogReader()
    log.extend(numbered(0, 30))
    stage = LogStage(log)
    async with stage.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        assert read_lines(log)[-1] == "line 29"
