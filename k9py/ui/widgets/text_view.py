"""A text to read: paints the lines in sight and no others, so that twenty thousand cost no more than fifty.

`/` hides nothing here, as the lines around a match are what one looks for: it marks what it finds and goes there.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Size
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip

from k9py.store.filter import FilterError, parse_filter
from k9py.ui.painting import paint_empty
from k9py.ui.widgets.key_bar import KeyHint
from k9py.ui.widgets.line_view import ReadingView
from k9py.values.prose import Token
from k9py.values.text import clean

Tokens = Callable[[int], Sequence[Token]]
"""What is told apart in the line of a number."""

Span = tuple[int, int]


class TextView(ReadingView, can_focus=True):
    """Lines go down by `show`; that a search went somewhere comes up as a message."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "match(1)", "Next match", id="text.next-match", show=False),
        Binding("N", "match(-1)", "Previous match", id="text.previous-match", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"text--{part}"
        for part in ("text", "key", "number", "word", "remark", "mark", "bad", "match", "current", "selected", "empty")
    }

    class Searched(Message):
        """Something else is searched for, or another match is the current one."""

        def __init__(self, text_view: TextView) -> None:
            super().__init__()
            self.text_view = text_view

        @property
        def control(self) -> TextView:
            return self.text_view

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.filter_text = ""
        self._lines: list[str] = []
        self._tokens: Tokens = _tell_nothing_apart
        self._pattern: re.Pattern[str] | None = None
        self._hits: list[int] = []
        self._at = (0, -1)
        """Line and column of the match that one has gone to."""
        self._strips: LRUCache[int, Strip] = LRUCache(512)
        self._styles: dict[str, Style] = {}

    def show(self, lines: Sequence[str], tokens: Tokens | None = None) -> None:
        """Show these lines in place of the former ones, scrolled to where those were."""
        self._lines = [_fit(line) for line in lines]
        self._tokens = tokens or _tell_nothing_apart
        self._find()
        self.set_content_size(Size(_measure(self._lines), len(self._lines)))
        self.scroll_cells(min(self.scroll_offset.x, self.max_scroll_x))

    # the search

    def filter(self, text: str) -> None:
        """Mark what is found and go to the first. Raises FilterError, and then leaves the former search."""
        found = parse_filter(text)
        if found and found.pattern is None:
            raise FilterError("lines of a text have no labels", "type a text or a regular expression")
        if found and found.inverted:
            raise FilterError("what is not there can't be marked", r"\! is the sign itself")
        self._pattern = found.pattern if found else None
        self.filter_text = text
        self._at = (0, -1)
        self._find()
        self.action_match(1)
        self.post_message(self.Searched(self))

    @property
    def found(self) -> str:
        """How the search stands: `/text 2 of 17`, counted in lines; empty while there is none."""
        if self._pattern is None:
            return ""
        if not self._hits:
            return f"/{self.filter_text} is not in it"
        return f"/{self.filter_text} {bisect_right(self._hits, self._at[0]) or 1} of {len(self._hits):,}"

    def hints(self) -> tuple[KeyHint, ...]:
        """The keys of a search that found something."""
        return (KeyHint("n", "Next"), KeyHint("N", "Previous")) if self._hits else ()

    def action_match(self, by: int) -> None:
        if self._hits:
            line, (start, end) = self._step(by)
            self._forget_painted(self._at[0], line)
            self._at = (line, start)
            self._reveal(line, start, end)
            self.post_message(self.Searched(self))

    def _step(self, by: int) -> tuple[int, Span]:
        """The match after the one that one is at (before it, where `by` is negative), on its line or another."""
        line, column = self._at
        onwards = [span for span in self._matches(line) if (span[0] - column) * by > 0]
        if not onwards:
            place = bisect_right(self._hits, line) if by > 0 else bisect_left(self._hits, line) - 1
            line = self._hits[place % len(self._hits)]
            onwards = self._matches(line)
        return line, onwards[0 if by > 0 else -1]

    def _find(self) -> None:
        """Search all lines anew."""
        pattern = self._pattern
        self._hits = [n for n, line in enumerate(self._lines) if pattern and any(m[0] for m in pattern.finditer(line))]
        self._strips.clear()
        self.refresh()

    def _matches(self, number: int) -> list[Span]:
        if self._pattern is None or number >= len(self._lines):
            return []
        return [match.span() for match in self._pattern.finditer(self._lines[number]) if match[0]]

    def _reveal(self, number: int, start: int, end: int) -> None:
        """Scroll so far that a match is in sight, with some of what stands around it."""
        line, (width, height) = self._lines[number], self.page
        if not 0 <= number - self.scroll_offset.y < height:
            self.scroll_rows(max(0, number - height // 3))
        first, last = cell_len(line[:start]), cell_len(line[:end])
        if first < self.scroll_offset.x or last > self.scroll_offset.x + width:
            self.scroll_cells(0 if last <= width else max(0, first - width // 3))

    # what is selected with the mouse

    @property
    def selected(self) -> str:
        """What is selected; empty where nothing is."""
        selection = self.text_selection
        return selection.extract("\n".join(self._lines)) if selection else ""

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        return selection.extract("\n".join(self._lines)), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        self._strips.clear()
        self.refresh()

    # what it paints

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()
        self._strips.clear()

    def render_line(self, y: int) -> Strip:
        width, number = self.page.width, y + self.scroll_offset.y
        if number >= len(self._lines):
            middle = not self._lines and y == self.page.height // 2
            return paint_empty(self.empty_text if middle else "", width, self._style("empty"))
        strip = self._strips.get(number)
        if strip is None:
            strip = self._strips[number] = self._paint(number)
        left = self.scroll_offset.x
        strip = strip.crop(left, left + width).adjust_cell_length(width, self._style("text"))
        return strip.apply_offsets(left, number)

    def _paint(self, number: int) -> Strip:
        text = Text(self._lines[number], end="")
        for start, end, part in self._tokens(number):
            text.stylize(self._style(part), start, end)
        for start, end in self._matches(number):
            text.stylize(self._style("current" if (number, start) == self._at else "match"), start, end)
        if (selection := self.text_selection) and (span := selection.get_span(number)):
            text.stylize(self._style("selected"), span[0], len(text) if span[1] == -1 else span[1])
        segments = Segment.apply_style(text.render(self.app.console), self._style("text"))
        return Strip(segments, cell_len(text.plain))

    def _style(self, part: str) -> Style:
        style = self._styles.get(part)
        if style is None:
            style = self._styles[part] = self.get_component_rich_style(
                f"text--{part}", partial=part not in ("text", "empty")
            )
        return style

    def _forget_painted(self, *numbers: int) -> None:
        """Have lines painted anew: the current match is no longer, or now, on them."""
        for number in numbers:
            self._strips.discard(number)
        self.refresh()


def _tell_nothing_apart(_number: int) -> Sequence[Token]:
    return ()


def _fit(line: str) -> str:
    """A line fit for a terminal, with its tabs as far as one would show them."""
    return line if line.isprintable() else "\t".join(clean(part) for part in line.split("\t")).expandtabs()


def _measure(lines: Sequence[str]) -> int:
    """The cells of the widest line. Only those are measured that may be it: no sign takes more than two."""
    widest = 0
    for line in lines:
        if len(line) * 2 > widest:
            widest = max(widest, len(line) if line.isascii() else cell_len(line))
    return widest
