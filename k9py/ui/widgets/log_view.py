"""A log on the screen: follows its end until one scrolls up, and then holds still while lines go on coming.

Only the rows on the screen are painted, and what is shown is worked out a few milliseconds at a time, so that a
million lines cost no more than fifty.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, ClassVar

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from k9py.ui.painting import paint_empty
from k9py.ui.widgets.line_view import ReadingView
from k9py.ui.widgets.log_buffer import CAPACITY, Line, LogBuffer
from k9py.ui.widgets.log_paint import (
    HUES,
    MOST_LABEL,
    STAMP_WIDTH,
    Form,
    PaintedLine,
    paint_label,
    paint_line,
    paint_stamp,
    write_line,
    write_time,
)
from k9py.ui.widgets.log_sieve import Sieve
from k9py.values.log import REMARK, Entry
from k9py.values.log_reading import Level

SLICE = 0.008
"""Seconds of a frame for working out what is shown."""
LEAST = 0.002
"""Of these, however many lines are coming."""
_WHOLE = ("text", "stamp", "remark", "context", "empty")
_OVERLAYS = (
    *("match", "current", "selected", "count", "message", "field", "value"),
    *(f"level-{level.name.lower()}" for level in Level if level),
)
_SOURCES = tuple(f"source-{hue}" for hue in range(HUES))


class LogView(ReadingView, can_focus=True):
    """Lines go down by `extend`; that something about it is another comes up as a message."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "toggle_follow", "Autoscroll", id="log.follow", show=False),
        Binding("t", "toggle_timestamps", "Timestamps", id="log.timestamps", show=False),
        Binding("T", "toggle_local", "Local time", id="log.local", show=False),
        Binding("w", "toggle_wrap", "Wrap", id="log.wrap", show=False),
        Binding("J", "toggle_read", "Read JSON", id="log.read", show=False),
        Binding("u", "toggle_fold", "Fold repeated", id="log.fold", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"log--{part}" for part in (*_WHOLE, *_OVERLAYS, *_SOURCES)}

    class FollowChanged(Message):
        """It follows the end or no longer does, or lines are shown in another way."""

        def __init__(self, log_view: LogView, following: bool) -> None:
            super().__init__()
            self.log_view = log_view
            self.following = following

        @property
        def control(self) -> LogView:
            return self.log_view

    def __init__(self, *, capacity: int = CAPACITY, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._buffer = LogBuffer(capacity)
        self._following = True
        self._timestamps = False
        self._local = False
        self._wrap = False
        self._labels: Sequence[str] = ()
        self._label_width = 0
        self._hues: dict[int, int] = {}
        """By source, in the order in which they are seen first: most containers never say a word."""
        self._steering = False
        self._held: tuple[int, int] | None = None
        """The line that is to stay where it is, and on which row of the screen, while blocks are being sifted."""
        self._current: int | None = None
        """The line that a search has gone to."""
        self._selected: tuple[int, int] | None = None
        """The lines at which the selection began and to which it goes."""
        self._styles: dict[str, Style] = {}
        self._lines: LRUCache[int, PaintedLine] = LRUCache(512)

    # what it holds

    @property
    def count(self) -> int:
        """How many lines are kept."""
        return len(self._buffer)

    @property
    def shown(self) -> int:
        """How many of them are shown."""
        return self._buffer.shown

    @property
    def dropped(self) -> int:
        """How many have fallen off the top."""
        return self._buffer.dropped

    @property
    def busy(self) -> bool:
        """Whether what is shown is still being worked out."""
        return self._buffer.busy

    @property
    def progress(self) -> float:
        """How much of that is done."""
        return self._buffer.progress

    def extend(self, entries: Sequence[Entry]) -> None:
        """Take in lines, many at once: called by the frame clock."""
        buffer, top = self._buffer, self.scroll_offset.y
        end_in_sight = buffer.rows < top + self.page.height
        late = bool(entries) and entries[0].key < buffer.last_key
        gone = buffer.extend(entries)
        if late:
            self._lines.clear()
        with self._steer():
            self._resize_content()
            if self._following:
                self.scroll_rows(buffer.rows)
            elif gone:
                self.scroll_rows(max(0, top - gone))
        if self._following or end_in_sight or gone or late:
            self.refresh()

    def clear(self) -> None:
        """Forget all lines and follow again: the log is another's now."""
        self._buffer.clear()
        self._lines.clear()
        self._held = self._current = self._selected = None
        self._set_following(True)
        with self._steer():
            self._resize_content()
            self.scroll_cells(0)
        self.refresh()

    # which lines it shows, and how

    @property
    def sieve(self) -> Sieve:
        """Which lines are shown."""
        return self._buffer.sieve

    def show(self, **changes: Any) -> None:
        """Show other lines, as the fields of a Sieve say."""
        if "pattern" in changes:
            self._current = None
        with self._hold_position():
            self._buffer.show(replace(self.sieve, **changes), self._near)
        self.advance()
        self.post_message(self.FollowChanged(self, self._following))

    @property
    def following(self) -> bool:
        """Whether the newest line is kept in sight."""
        return self._following

    @following.setter
    def following(self, following: bool) -> None:
        self._set_following(following)
        if following:
            self._held = None
            with self._steer():
                self.scroll_rows(self._buffer.rows)

    @property
    def timestamps(self) -> bool:
        """Whether each line's time stands before it."""
        return self._timestamps

    @property
    def wrap(self) -> bool:
        """Whether long lines go on in the next row, rather than out of sight."""
        return self._wrap

    @property
    def last_key(self) -> int:
        """The key of the newest line."""
        return self._buffer.last_key

    def set_labels(self, labels: Sequence[str]) -> None:
        """Have the names of sources before their lines; none where it is clear whose they are."""
        if labels != self._labels:
            with self._hold_position():
                self._labels = labels
                self._label_width = min(MOST_LABEL, max(map(len, labels), default=-1)) + 1
            self.advance()

    def _change(self, **changes: bool) -> None:
        with self._hold_position():
            for name, value in changes.items():
                setattr(self, f"_{name}", value)
        self.advance()
        self.post_message(self.FollowChanged(self, self._following))

    def action_bottom(self) -> None:
        self.following = True

    def action_toggle_follow(self) -> None:
        self.following = not self.following

    def action_toggle_timestamps(self) -> None:
        self._change(timestamps=not self._timestamps)

    def action_toggle_local(self) -> None:
        """Local time and back; times are shown then, whether they were or not."""
        self._change(local=not self._local, timestamps=True)

    def action_toggle_wrap(self) -> None:
        self._change(wrap=not self._wrap)
        self.scroll_cells(0)

    def action_toggle_read(self) -> None:
        self.show(reads=not self.sieve.reads)

    def action_toggle_fold(self) -> None:
        self.show(folds=not self.sieve.folds)

    # where it is scrolled to

    @property
    def _indent(self) -> int:
        return (STAMP_WIDTH if self._timestamps else 0) + self._label_width

    @property
    def _room(self) -> int:
        """Cells at which a line is wrapped; 0 when it is not."""
        room = self.page.width - self._indent
        return max(2, room) if self._wrap and room > 0 else 0

    @property
    def _near(self) -> int:
        """The number of a line near which one looks."""
        if self._following or self._held is None:
            return self._buffer.dropped + len(self._buffer)
        return self._held[0]

    @contextmanager
    def _steer(self) -> Iterator[None]:
        """Scroll by ourselves: only where a person scrolls to says whether they want to follow."""
        before, self._steering = self._steering, True
        try:
            yield
        finally:
            self._steering = before

    @contextmanager
    def _hold_position(self) -> Iterator[None]:
        """Change how lines are shown, with the line at the top staying there (or the end in sight)."""
        if self._held is None:
            self._held = self._find_held()
        yield
        self._lines.clear()
        with self._steer():
            self._resize_content()
            self._settle()
        self.refresh()
        if not self._buffer.busy:
            self._held = None

    def _find_held(self) -> tuple[int, int]:
        """The line that a search went to, if it is in sight, else the one at the top."""
        buffer, top = self._buffer, self.scroll_offset.y
        if self._current is not None and self._current >= buffer.dropped:
            y = buffer.row_of(self._current) - top
            if 0 <= y < self.page.height:
                return self._current, y
        return (buffer.locate(top)[0] if top < buffer.rows else buffer.dropped), 0

    def _settle(self) -> None:
        if self._following or self._held is None:
            self.scroll_rows(self._buffer.rows)
        else:
            number, y = self._held
            self.scroll_rows(max(0, self._buffer.row_of(number) - y))

    def _resize_content(self) -> None:
        self._buffer.wrap(self._room, self._near)
        width = self.page.width if self._wrap else self._buffer.widest + self._indent
        self.set_content_size(Size(width, self._buffer.rows))

    def advance(self, seconds: float = SLICE) -> None:
        """Work for a moment on what is to be shown; what is left is done later."""
        if self._buffer.busy:
            with self._hold_position():
                self._buffer.sift(max(LEAST, seconds))
            if self._buffer.busy:
                self.work_soon()

    def work_soon(self) -> None:
        """Have `advance` called again, after all else that waits."""
        self.call_later(self.advance)

    def _set_following(self, following: bool) -> None:
        if following != self._following:
            self._following = following
            self.post_message(self.FollowChanged(self, following))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if not self._steering and round(old_value) != round(new_value):
            self._held = None
            self._set_following(new_value >= self.max_scroll_y)

    def on_resize(self) -> None:
        with self._hold_position():
            pass
        self.advance()

    def write(self, line: Line) -> str:
        """A line as it is on the screen, in full."""
        stamp = write_time(line.time, self._local) if self._timestamps and line.time != REMARK else ""
        label = self._label_of(line.source) if self._labels else ""
        return " ".join(part for part in (stamp, label, write_line(line, self.sieve.reads)) if part)

    def _label_of(self, source: int) -> str:
        return self._labels[source] if source < len(self._labels) else ""

    # what it paints

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()
        self._lines.clear()

    def render_line(self, y: int) -> Strip:
        width, row, left = self.page.width, y + self.scroll_offset.y, self.scroll_offset.x
        if row >= self._buffer.rows:
            middle = not self._buffer.rows and y == self.page.height // 2
            return paint_empty(self.empty_text if middle else "", width, self._style("empty"))
        number, part = self._buffer.locate(row)
        line = self._buffer.line(number)
        strip = Strip.join([*self._before(line, part), self._painted(line).row(part)])
        strip = strip.crop(left, left + width).adjust_cell_length(width, self._style("text"))
        return strip.apply_style(self._style("selected")) if self._is_selected(number) else strip

    def _is_selected(self, number: int) -> bool:
        return self._selected is not None and min(self._selected) <= number <= max(self._selected)

    def _before(self, line: Line, part: int) -> Iterator[Strip]:
        """What stands before a line: when it was written, and by whom."""
        if self._timestamps:
            yield paint_stamp(line.time, part, self._local, self._style("stamp"))
        if self._label_width:
            hue = self._hues.setdefault(line.source, len(self._hues) % HUES)
            yield paint_label(self._label_of(line.source), part, self._label_width, self._style(f"source-{hue}"))

    def _painted(self, line: Line) -> PaintedLine:
        painted = self._lines.get(line.number)
        if painted is None or line.repeats > 1:
            sieve = self.sieve
            highlight = None if sieve.inverted else sieve.pattern
            form = Form(sieve.reads, self._room, highlight, sieve.hidden and bool(sieve.context))
            painted = paint_line(line, form, line.number == self._current, self._style, self.app.console)
            self._lines[line.number] = painted
        return painted

    def _style(self, part: str) -> Style:
        style = self._styles.get(part)
        if style is None:
            style = self._styles[part] = self.get_component_rich_style(f"log--{part}", partial=part in _OVERLAYS)
        return style
