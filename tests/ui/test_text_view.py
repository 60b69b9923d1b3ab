from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from rich.style import Style
from textual import on
from textual.events import MouseScrollDown
from textual.pilot import Pilot

from k9py.store.filter import FilterError
from k9py.ui.styles import style_paths
from k9py.ui.themes import DARK, LIGHT
from k9py.ui.widgets.text_view import TextView
from k9py.values.prose import Token
from tests.ui.helpers import Stage, read_lines

HEIGHT = 10
NUMBERED = [f"line {number}" for number in range(100)]


class TextStage(Stage):
    """Keeps how the search stood whenever the text view said that it went somewhere."""

    CSS_PATH = [path for path in style_paths() if path.name == "text.tcss"]  # noqa: RUF012 - of App

    def __init__(self, text: TextView, theme: str = DARK) -> None:
        super().__init__(text, theme)
        self.text_view = text
        self.said: list[str] = []

    @on(TextView.Searched)
    def _searched(self, message: TextView.Searched) -> None:
        self.said.append(message.control.found)


class Scene:
    def __init__(self, stage: TextStage, pilot: Pilot[None]) -> None:
        self.stage, self.pilot, self.text = stage, pilot, stage.text_view

    @property
    def lines(self) -> list[str]:
        """What is seen, without the cell before it."""
        return read_lines(self.text)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def filter(self, text: str) -> None:
        self.text.filter(text)
        await self.pilot.pause()

    async def show(self, *lines: str) -> None:
        self.text.show(lines)
        await self.pilot.pause()

    def painted(self, y: int, wanted: str) -> Style | None:
        """The style in which a text stands on a line of the screen."""
        strip = self.text.render_line(y)
        return next((segment.style for segment in strip if segment.text == wanted), None)


@asynccontextmanager
async def scene(lines: Sequence[str] = NUMBERED, width: int = 30, theme: str = DARK) -> AsyncIterator[Scene]:
    stage = TextStage(TextView(), theme)
    async with stage.run_test(size=(width, HEIGHT)) as pilot:
        stage.text_view.focus()
        stage.text_view.show(lines)
        await pilot.pause()
        yield Scene(stage, pilot)


# ── moving ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("keys", "top"),
    [
        (("j", "down", "k"), 1),
        (("k", "up"), 0),
        (("pagedown",), HEIGHT - 1),
        (("ctrl+f", "ctrl+f", "ctrl+b"), HEIGHT - 1),
        (("G",), 100 - HEIGHT),
        (("end", "j"), 100 - HEIGHT),
        (("G", "g"), 0),
        (("end", "pageup", "home"), 0),
    ],
)
async def test_keys_go_up_and_down(keys: Sequence[str], top: int) -> None:
    async with scene() as shown:
        await shown.press(*keys)
        assert shown.lines == NUMBERED[top : top + HEIGHT]


async def test_the_wheel_scrolls() -> None:
    async with scene() as shown:
        await shown.pilot._post_mouse_events([MouseScrollDown], shown.text, offset=(3, 3))
        await shown.pilot.wait_for_scheduled_animations()
        assert shown.text.scroll_offset.y > 0


async def test_long_lines_are_seen_by_going_sideways_and_no_further_than_they_are_long() -> None:
    line = "".join(f"{number:04}" for number in range(20))
    async with scene([line, "short"]) as shown:
        await shown.press("l")
        assert shown.lines[:2] == [line[8:36], ""]
        await shown.press("right", *["l"] * 20)
        assert shown.lines[0] == line[-28:]
        await shown.press("h", "left")
        assert shown.lines[0] == line[-44:-16]
        await shown.press(*["h"] * 20)
        assert shown.lines[:2] == [line[:28], "short"]


async def test_wide_signs_are_counted_in_cells() -> None:
    async with scene(["결제" * 20, "x" * 50]) as shown:
        await shown.press(*["l"] * 20)
        assert shown.lines[0] == "결제" * 7


async def test_a_new_text_keeps_the_place_as_far_as_there_is_one() -> None:
    async with scene([f"{line}{'x' * 50}" for line in NUMBERED]) as shown:
        await shown.press(*"jjjj", "l")
        await shown.show(*("changed " * 10 for _ in NUMBERED))
        assert (shown.text.scroll_offset.x, shown.text.scroll_offset.y) == (8, 4)
        await shown.show("short", "text")
        assert shown.lines[:3] == ["short", "text", ""]


async def test_nothing_to_show_has_its_reason_in_the_middle() -> None:
    async with scene([]) as shown:
        shown.text.empty_text = "reading …"
        assert [line.strip() for line in shown.lines if line] == ["reading …"]
        await shown.press("j", "G", "n", "l")
        await shown.filter("x")
        assert shown.text.found == "/x is not in it"


# ── painting ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_nothing_of_a_line_that_a_terminal_obeys_is_painted() -> None:
    async with scene(["\x1b]0;title\x07a\x1b[31mb\tc\u202e\rd"]) as shown:
        assert shown.lines[0] == "ab      c d"


@pytest.mark.parametrize("theme", [DARK, LIGHT])
async def test_parts_of_lines_have_colours_of_their_own(theme: str) -> None:
    async with scene([], theme=theme) as shown:
        shown.text.show(
            ["key: 12", "text"], lambda number: [Token(0, 4, "key"), Token(5, 7, "number")][: 2 - 2 * number]
        )
        styles = [shown.painted(0, "key:"), shown.painted(0, "12"), shown.painted(1, "text")]
        colours = [style.color for style in styles if style]
        assert len(colours) == len(set(colours)) == 3


async def test_another_theme_repaints() -> None:
    async with scene(["text"]) as shown:
        before = shown.painted(0, "text")
        shown.stage.theme = LIGHT
        await shown.pilot.pause()
        after = shown.painted(0, "text")
        assert before
        assert after
        assert before.color != after.color


async def test_only_the_lines_in_sight_are_read_for_their_parts() -> None:
    asked: set[int] = set()

    def tokens(number: int) -> Sequence[Token]:
        asked.add(number)
        return ()

    async with scene([]) as shown:
        shown.text.show([f"line {number}" for number in range(20_000)], tokens)
        await shown.pilot.pause()
        await shown.press("G", "pageup")
        assert len(asked) < 60


# ── searching ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_search_goes_to_the_first_match_and_n_to_the_next_and_round() -> None:
    async with scene() as shown:
        await shown.filter("5$")
        assert shown.text.found == "/5$ 1 of 10"
        places = []
        for key in ("n", "n", "N", "N", "N"):
            await shown.press(key)
            places.append(shown.text.found)
        assert places == [f"/5$ {place} of 10" for place in (2, 3, 2, 1, 10)]
        assert "line 95" in shown.lines
        await shown.press("n")
        assert shown.text.found == "/5$ 1 of 10"
        assert shown.stage.said[-1] == "/5$ 1 of 10"


async def test_a_search_hides_nothing_and_marks_what_it_finds() -> None:
    async with scene(["one two", "two one two", "three"]) as shown:
        await shown.filter("TWO")
        assert shown.lines[:3] == ["one two", "two one two", "three"]
        current, other = shown.painted(0, "two"), shown.painted(1, "two")
        assert current
        assert other
        assert (current.reverse, other.reverse) == (True, None)
        unmarked = shown.painted(2, "three")
        assert unmarked
        assert other.bgcolor != unmarked.bgcolor
        await shown.press("n")
        moved = shown.painted(1, "two")
        assert moved
        assert moved.reverse


async def test_several_matches_of_a_line_are_gone_to_one_after_the_other() -> None:
    line = f"x{'-' * 100}x{'-' * 100}x"
    async with scene([line, *NUMBERED]) as shown:
        await shown.filter("x")
        lefts = []
        for key in ("n", "n", "n", "N", "N"):
            await shown.press(key)
            assert "x" in shown.lines[0]
            lefts.append(shown.text.scroll_offset.x)
        first, last, start, *back = lefts
        assert 0 == start < first < last
        assert back == [last, first]


async def test_a_search_is_taken_back() -> None:
    async with scene() as shown:
        await shown.filter("line 70")
        top = shown.text.scroll_offset.y
        assert top > 0
        await shown.filter("")
        assert (shown.text.filter_text, shown.text.found, shown.text.hints()) == ("", "", ())
        assert shown.text.scroll_offset.y == top
        text = shown.painted(70 - top, "line 70")
        assert text
        assert not text.bold
        await shown.press("n")
        assert shown.text.scroll_offset.y == top


async def test_what_matches_nothing_in_particular_marks_nothing() -> None:
    async with scene() as shown:
        await shown.filter("z*")
        assert shown.text.found == "/z* is not in it"
        await shown.press("n", "N")
        assert shown.text.scroll_offset.y == 0


@pytest.mark.parametrize(
    ("text", "complaint"),
    [("(", "bad regular expression"), ("-l app=web", "no labels"), ("!web", "can't be marked")],
)
async def test_what_cannot_be_searched_is_said_and_the_former_search_stays(text: str, complaint: str) -> None:
    async with scene() as shown:
        await shown.filter("line 7")
        with pytest.raises(FilterError, match=complaint):
            shown.text.filter(text)
        assert shown.text.filter_text == "line 7"
        assert shown.text.found == "/line 7 1 of 11"


async def test_a_new_text_is_searched_at_once_and_n_goes_on_from_where_one_was() -> None:
    async with scene() as shown:
        await shown.filter("0$")
        await shown.press("n", "n")
        await shown.show(*NUMBERED[:45])
        assert shown.text.found == "/0$ 3 of 5"
        await shown.press("n")
        assert shown.text.found == "/0$ 4 of 5"
        await shown.show("nothing")
        assert shown.text.found == "/0$ is not in it"
        await shown.show("10", "20")
        await shown.press("n")
        assert shown.text.found == "/0$ 1 of 2"


async def test_keys_of_a_search_are_told_while_it_finds_something() -> None:
    async with scene() as shown:
        await shown.filter("9")
        assert [hint.key for hint in shown.text.hints()] == ["n", "N"]
        await shown.filter("nowhere")
        assert shown.text.hints() == ()
