"""A text with a cursor, while there is something to be said of the line that it is on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip

from k9py.ui.widgets.text_view import TextView, Tokens


class PointedView(TextView):
    """A TextView whose keys move a cursor once there is one; that it has moved comes up as a message."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"text--pointer"}

    class Pointed(Message):
        """The cursor is on another line, or the lines are others."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.pointer: int | None = None
        """The line that the cursor is on."""

    def point(self, line: int | None) -> None:
        """Put the cursor on a line, or take it away."""
        self.pointer = None if line is None else min(max(line, 0), max(len(self._lines) - 1, 0))
        if self.pointer is not None:
            self._keep_in_sight(self.pointer)
        self.refresh()
        self.post_message(self.Pointed())

    def _keep_in_sight(self, line: int) -> None:
        top, height = self.scroll_offset.y, max(1, self.page.height)
        if line < top:
            self.scroll_rows(line)
        elif line >= top + height:
            self.scroll_rows(line - height + 1)

    def show(self, lines: Sequence[str], tokens: Tokens | None = None) -> None:
        super().show(lines, tokens)
        if self.pointer is not None:
            self.point(self.pointer)

    def action_move(self, rows: int) -> None:
        if self.pointer is None:
            super().action_move(rows)
        else:
            self.point(self.pointer + rows)

    def action_page(self, pages: int) -> None:
        if self.pointer is None:
            super().action_page(pages)
        else:
            self.point(self.pointer + pages * max(1, self.page.height - 1))

    def action_top(self) -> None:
        super().action_top()
        if self.pointer is not None:
            self.point(0)

    def action_bottom(self) -> None:
        super().action_bottom()
        if self.pointer is not None:
            self.point(len(self._lines))

    def action_match(self, by: int) -> None:
        super().action_match(by)
        if self.pointer is not None and self._hits:
            self.point(self._at[0])

    def render_line(self, y: int) -> Strip:
        strip = super().render_line(y)
        if self.pointer is None or y + self.scroll_offset.y != self.pointer:
            return strip
        return Strip(Segment.apply_style(strip, post_style=self._style("pointer")), strip.cell_length)
