"""A log on the screen: follows its end until one scrolls up, and then holds still while lines go on coming.

Only the rows on the screen are painted, so that a hundred thousand lines cost no more than fifty.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from k9py.ui.painting import paint_empty
from k9py.ui.widgets.line_view import ReadingView
from k9py.ui.widgets.log_buffer import LogBuffer
from k9py.ui.widgets.log_paint import STAMP_WIDTH, LogStyles, PaintedLine, paint_line, paint_stamp
from k9py.values.log import LogLine

_CAPACITY = 100_000


class LogView(ReadingView, can_focus=True):
    """Lines go down by `extend`; whether it follows comes up as a message."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "toggle_follow", "Autoscroll", id="log.follow", show=False),
        Binding("t", "toggle_timestamps", "Timestamps", id="log.timestamps", show=False),
        Binding("w", "toggle_wrap", "Wrap", id="log.wrap", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "log--text",
        "log--stamp",
        "log--remark",
        "log--match",
        "log--empty",
    }

    class FollowChanged(Message):
        """It follows the end, or no longer does."""

        def __init__(self, log_view: LogView, following: bool) -> None:
            super().__init__()
            self.log_view = log_view
            self.following = following

        @property
        def control(self) -> LogView:
            return self.log_view

    def __init__(self, *, capacity: int = _CAPACITY, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._buffer = LogBuffer(capacity)
        self._following = True
        self._timestamps = False
        self._wrap = False
        self._highlight: re.Pattern[str] | None = None
        self._steering = False
        self._styles: LogStyles | None = None
        self._lines: LRUCache[int, PaintedLine] = LRUCache(512)

    # what it holds

    @property
    def count(self) -> int:
        """How many lines are kept."""
        return len(self._buffer)

    @property
    def shown(self) -> int:
        """How many of them the filter lets through."""
        return self._buffer.shown

    @property
    def dropped(self) -> int:
        """How many have fallen off the top."""
        return self._buffer.dropped

    def extend(self, lines: Sequence[LogLine]) -> None:
        """Take in lines, many at once: called by the frame clock."""
        end_in_sight = self._buffer.rows < self.scroll_offset.y + self.page.height
        gone = self._buffer.extend(lines)
        with self._steer():
            self._resize_content()
            if self._following:
                self.scroll_rows(self._buffer.rows)
            elif gone:
                self.scroll_rows(self.scroll_offset.y - gone)
        if self._following or end_in_sight or gone:
            self.refresh()

    def clear(self) -> None:
        """Forget all lines and follow again: the log is another's now."""
        self._buffer.clear()
        self._lines.clear()
        self._set_following(True)
        with self._steer():
            self._resize_content()
            self.scroll_cells(0)
        self.refresh()

    # how it shows them

    @property
    def following(self) -> bool:
        """Whether the newest line is kept in sight."""
        return self._following

    @following.setter
    def following(self, following: bool) -> None:
        self._set_following(following)
        if following:
            with self._steer():
                self.scroll_rows(self._buffer.rows)

    @property
    def timestamps(self) -> bool:
        """Whether each line's time stands before it."""
        return self._timestamps

    @timestamps.setter
    def timestamps(self, timestamps: bool) -> None:
        with self._hold_position():
            self._timestamps = timestamps

    @property
    def wrap(self) -> bool:
        """Whether long lines go on in the next row, rather than out of sight."""
        return self._wrap

    @wrap.setter
    def wrap(self, wrap: bool) -> None:
        with self._hold_position():
            self._wrap = wrap
            self.scroll_cells(0)

    def set_filter(self, keep: Callable[[str], bool] | None, highlight: re.Pattern[str] | None = None) -> None:
        """Show only lines whose text (without colours) is kept, with all that `highlight` finds in them marked."""
        with self._hold_position():
            self._highlight = highlight
            self._buffer.filter(keep)

    def action_bottom(self) -> None:
        self.following = True

    def action_toggle_follow(self) -> None:
        self.following = not self.following

    def action_toggle_timestamps(self) -> None:
        self.timestamps = not self.timestamps

    def action_toggle_wrap(self) -> None:
        self.wrap = not self.wrap

    # where it is scrolled to

    @property
    def _indent(self) -> int:
        return STAMP_WIDTH if self._timestamps else 0

    @property
    def _room(self) -> int:
        """Cells at which a line is wrapped; 0 when it is not."""
        room = self.page.width - self._indent
        return max(2, room) if self._wrap and room > 0 else 0

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
        buffer = self._buffer
        top = buffer.locate(self.scroll_offset.y)[0] if self.scroll_offset.y < buffer.rows else buffer.dropped
        yield
        self._lines.clear()
        with self._steer():
            self._resize_content()
            self.scroll_rows(buffer.rows if self._following else buffer.row_of(top))
        self.refresh()

    def _resize_content(self) -> None:
        self._buffer.wrap(self._room)
        width = self.page.width if self._wrap else self._buffer.widest + self._indent
        self.set_content_size(Size(width, self._buffer.rows))

    def _set_following(self, following: bool) -> None:
        if following != self._following:
            self._following = following
            self.post_message(self.FollowChanged(self, following))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if not self._steering and round(old_value) != round(new_value):
            self._set_following(new_value >= self.max_scroll_y)

    def on_resize(self) -> None:
        with self._hold_position():
            pass

    # what it paints

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles = None
        self._lines.clear()

    def render_line(self, y: int) -> Strip:
        width, row = self.page.width, y + self.scroll_offset.y
        styles = self._read_styles()
        if row >= self._buffer.rows:
            middle = not self._buffer.rows and y == self.page.height // 2
            return paint_empty(self.empty_text if middle else "", width, styles.remark)
        number, part = self._buffer.locate(row)
        line = self._buffer.line(number)
        strip = self._painted(number, line).row(part)
        if self._timestamps:
            strip = Strip.join([paint_stamp(line, part, styles.stamp), strip])
        left = self.scroll_offset.x
        return strip.crop(left, left + width).adjust_cell_length(width, styles.text)

    def _painted(self, number: int, line: LogLine) -> PaintedLine:
        painted = self._lines.get(number)
        if painted is None:
            painted = paint_line(line, self._read_styles(), self._highlight, self._room, self.app.console)
            self._lines[number] = painted
        return painted

    def _read_styles(self) -> LogStyles:
        if self._styles is None:
            full = self.get_component_rich_style
            match = full("log--match", partial=True)
            self._styles = LogStyles(full("log--text"), full("log--stamp"), full("log--remark"), match)
        return self._styles
