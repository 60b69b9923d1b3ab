"""A shell in a pane: read back what it wrote, search in it, take some of it along; title and keys for the last line."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType
from textual.selection import Selection
from textual.strip import Strip

from k9py.store.filter import FilterError, parse_filter
from k9py.ui.consoles import Console
from k9py.ui.painting import border_text
from k9py.ui.terminal.rows import Line, Row
from k9py.ui.widgets.key_bar import KeyHint
from k9py.ui.widgets.terminal_paint import cells_of, lay_over
from k9py.ui.widgets.terminal_view import TerminalView
from k9py.values.text import clean

if TYPE_CHECKING:
    from k9py.ui.app import K9pyApp

AFTER_PREFIX = (
    KeyHint("tab", "Table"),
    KeyHint("Z", "Full"),
    KeyHint("n", "Next"),
    KeyHint("s", "Scroll"),
    KeyHint("x", "Close"),
    KeyHint("slash", "Search"),
    KeyHint("l", "Shells"),
    KeyHint("q", "Leave"),
    KeyHint("f", "Whole terminal"),
    KeyHint("colon", "Command"),
    KeyHint("ctrl+]", "^] itself"),
)
TYPING = (KeyHint("ctrl+]", "then:"), *AFTER_PREFIX[:7], KeyHint("question_mark", "More"))
READING = (
    KeyHint("slash", "Search"),
    KeyHint("n", "Next"),
    KeyHint("N", "Before"),
    KeyHint("v", "Select"),
    KeyHint("c", "Copy"),
)
ENDED = (KeyHint("r", "Connect again"), KeyHint("x", "Close"), KeyHint("tab", "Table"))


class TerminalPane(TerminalView):
    """A TerminalView in which one reads: `reading` is on after the prefix and `s`, and once the shell has ended."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "match(1)", "Next match", id="shell.next-match", show=False),
        Binding("N", "match(-1)", "Match before", id="shell.previous-match", show=False),
        Binding("v", "select", "Select lines", id="shell.select", show=False),
        Binding("c", "copy", "Copy", id="shell.copy", show=False),
        Binding("r", "ask('r')", "Connect again", id="shell.again", show=False),
        Binding("x", "ask('x')", "Close", id="shell.close", show=False),
        Binding("enter,i", "type", "Type again", id="shell.type", show=False),
        Binding("escape,q", "read_no_longer", "Type again", id="shell.leave-reading", show=False),
    ]

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.filter_text = ""
        self.place = ""
        """Which of how many shells it is, for the title: `2 of 3`."""
        self._pattern: re.Pattern[str] | None = None
        self._hits: list[int] = []
        self._current: int | None = None
        """The line that a search has gone to, counted from the first that there ever was; so are hits."""
        self._selected: tuple[int, int] | None = None

    def show(self, console: Console | None) -> None:
        if console is not self.console:
            self._forget_search()
            self._selected = None
        super().show(console)

    # keys of its own, while none are for the program

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Reading is left only where it was begun; what has ended cannot be typed in."""
        if action in ("type", "read_no_longer"):
            return self.reading
        if action == "ask":
            return self.console is not None and self.console.ended
        return super().check_action(action, parameters)

    def action_ask(self, key: str) -> None:
        self.on_ask(key)

    def read(self) -> None:
        """Keys move in what was written, until one goes back to typing."""
        self.reading = True
        self._painted_rows = []
        self.refresh()
        self.post_message(self.Changed(self))

    def action_type(self) -> None:
        self.reading = False
        self._selected = None
        self._forget_search()
        self.follow()
        self.refresh()
        self.post_message(self.Changed(self))

    def action_read_no_longer(self) -> None:
        """Take the selection back, then the search, then type again."""
        if self._selected:
            self._selected = None
        elif self.filter_text:
            self._forget_search()
        else:
            self.action_type()
        self._redraw()

    # lines, counted from the first that there ever was

    @property
    def _gone(self) -> int:
        return self.console.terminal.screen.gone if self.console else 0

    @property
    def _end(self) -> int:
        return self._gone + (self.console.terminal.lines if self.console else 0)

    def _line(self, number: int) -> Line | Row:
        assert self.console
        return self.console.terminal.line(number - self._gone)

    def _text(self, number: int) -> str:
        return self._line(number).text

    def _redraw(self) -> None:
        self.refresh()
        self.post_message(self.Changed(self))

    # the search

    def filter(self, text: str) -> None:
        """Mark what is found, and go to the last of it. Raises FilterError, and then leaves the former search."""
        found = parse_filter(text)
        if found and (found.pattern is None or found.inverted):
            raise FilterError("what a shell wrote is searched by a text", "type a text or a regular expression")
        self._pattern = found.pattern if found else None
        self.filter_text = text
        self._current = None
        self._find()
        if self._hits:
            self.action_match(-1)
        self._redraw()

    def _forget_search(self) -> None:
        self.filter_text, self._pattern, self._hits, self._current = "", None, [], None

    def _find(self) -> None:
        pattern = self._pattern
        lines = range(self._gone, self._end) if pattern else ()
        self._hits = [number for number in lines if pattern and any(m[0] for m in pattern.finditer(self._text(number)))]

    def action_match(self, by: int) -> None:
        """Go to the next line with a match, or the one before; from the last to the first."""
        self._find()  # more may have been written, and some has gone
        if not self._hits:
            return
        if self._current is None:
            here = len(self._hits) if by < 0 else -1
        else:
            here = bisect_right(self._hits, self._current) - 1 if by > 0 else bisect_left(self._hits, self._current)
        self._current = self._hits[(here + by) % len(self._hits)]
        row, height = self._current - self._gone, self.page.height
        if not 0 <= row - self.scroll_offset.y < height:
            self.scroll_rows(max(0, row - height // 3))
        self._redraw()

    @property
    def found(self) -> str:
        """How a search stands: `/text 3 of 17`."""
        if not self.filter_text:
            return ""
        if not self._hits:
            return f"/{self.filter_text} is not in it"
        at = bisect_right(self._hits, self._current) if self._current is not None else 0
        return f"/{self.filter_text} {at:,} of {len(self._hits):,}"

    # what is selected and copied

    @property
    def allow_select(self) -> bool:
        """With the mouse one selects, unless the program wants to hear of it."""
        return super().allow_select and not (self.live and self.wants_mouse)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        return selection.extract("\n".join(self._text(number) for number in range(self._gone, self._end))), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        self.refresh()

    def action_select(self) -> None:
        """Select from the line of a match on, or the last one in sight; again: no longer."""
        if self._selected:
            self._selected = None
        elif self.console:
            last = self._gone + min(self.console.terminal.lines, self.scroll_offset.y + self.page.height) - 1
            begin = self._current if self._current is not None else last
            self._selected = (begin, begin)
        self._redraw()

    def action_move(self, rows: int) -> None:
        if not self._selected:
            super().action_move(rows)
            return
        first, last = self._selected
        last = min(max(self._gone, last + rows), self._end - 1)
        self._selected = (first, last)
        row, top, height = last - self._gone, self.scroll_offset.y, self.page.height
        if not top <= row < top + height:
            self.scroll_rows(row if row < top else row - height + 1)
        self._redraw()

    def action_page(self, pages: int) -> None:
        if self._selected:
            self.action_move(pages * max(1, self.page.height - 1))
        else:
            super().action_page(pages)

    def selected_lines(self) -> list[str]:
        """The lines that are selected, else those in sight, without the empty ones at the end.

        A line that was too long for the screen is one again.
        """
        if self._selected:
            first, last = min(self._selected), max(self._selected)
        else:
            first = self._gone + self.scroll_offset.y
            last = min(self._end, first + self.page.height) - 1
        while last > first and not self._text(last):
            last -= 1
        lines, goes_on = [""], True
        for number in range(max(first, self._gone), last + 1):
            text = self._text(number)
            lines[-1:] = [lines[-1] + text] if goes_on else [lines[-1], text]
            goes_on = bool(self._line(number).wraps)
        return lines

    def action_copy(self) -> None:
        """Copy through the terminal (OSC 52): what is selected, by the mouse or by lines, else what is in sight."""
        if self.console is None:
            return
        marked = self.text_selection
        found = self.get_selection(marked) if marked else None
        lines = found[0].split("\n") if found else self.selected_lines()
        self.app.copy_to_clipboard("\n".join(lines))
        said = "copied 1 line" if len(lines) == 1 else f"copied {len(lines):,} lines"
        cast("K9pyApp", self.app).say(said)
        self._selected = None
        self._redraw()

    # what it paints

    def _paint_line(self, console: Console, number: int, width: int) -> Strip:
        strip = super()._paint_line(console, number, width)
        line = number + self._gone
        if self._pattern:
            text = self._text(line)
            spans = [cells_of(text, *match.span()) for match in self._pattern.finditer(text) if match[0]]
            strip = lay_over(strip, spans, self._style("match"))
            if line == self._current:
                strip = lay_over(strip, spans[:1], self._style("current"))
        if self._selected and min(self._selected) <= line <= max(self._selected):
            strip = lay_over(strip, [(0, width)], self._style("selected"))
        if (marked := self.text_selection) and (span := marked.get_span(number)):
            text = self._text(line)
            cells = cells_of(text, span[0], len(text) if span[1] == -1 else span[1])
            strip = lay_over(strip, [cells], self._style("selected"))
        return strip.apply_offsets(0, number)

    # how it stands

    def hints(self) -> tuple[KeyHint, ...]:
        """Its keys, for the last line."""
        if self.console is None:
            return ()
        if self.prefixed:
            return AFTER_PREFIX
        if self._selected:
            return (KeyHint("c", "Copy"), KeyHint("escape", "Leave"))
        if self.console.ended:
            return (*ENDED, *READING)
        if self.reading:
            return (*READING, KeyHint("escape", "Type again"))
        return TYPING

    def caption(self) -> None:
        """The border's title: which shell, and how it stands."""
        console = self.console
        if console is None:
            self.border_title, self.border_subtitle = "Shells", ""
            return
        screen = console.terminal.screen
        about = clean(console.talk.title)
        parts = [self.place, about, screen.title if screen.title not in about else "", console.state]
        self.border_title = border_text(" · ".join(part for part in parts if part))
        below = [self.found, self._where(), f"{screen.width}x{screen.height}"]
        self.border_subtitle = border_text(" · ".join(part for part in below if part))

    def _where(self) -> str:
        if self.prefixed:
            return "^] …"
        if self._selected:
            return f"{abs(self._selected[1] - self._selected[0]) + 1:,} selected"
        if not self.following and self.console:
            lines = self.console.terminal.lines - self.page.height
            return f"line {self.scroll_offset.y + 1:,} of {lines + self.page.height:,}"
        return "reading" if self.reading else ""
