"""What a table and a log have in common: many rows, of which a few are painted, line by line."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Offset, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView

from k9py.ui.surviving import Surviving

RIGHT = 3
"""The right button of a mouse, as Textual counts them."""
_STEP = 8
"""Cells that one goes sideways at a time where there is no cursor."""


class LineView(Surviving, ScrollView):
    """A ScrollView whose content may grow thirty times a second."""

    class MenuAsked(Message):
        """The right mouse button was pressed on a row, at `at` on the screen. `marked`: it is one of those marked."""

        def __init__(self, view: LineView, at: Offset, marked: bool = False) -> None:
            super().__init__()
            self.view = view
            self.at = at
            self.marked = marked

        @property
        def control(self) -> LineView:
            return self.view

    empty_text = reactive("", layout=False)
    """What stands in the middle while there are no rows: why there are none."""

    @property
    def page(self) -> Size:
        """The cells that content is painted in."""
        # asked for each line: Textual's own scrollable_content_region takes 15 µs
        return self.container_size - (self.scrollbar_size_vertical, self.scrollbar_size_horizontal)

    def set_content_size(self, size: Size) -> None:
        """Say how large the content is.

        Set as the reactive that it is, the virtual size would have the whole screen laid out and painted anew. Nothing
        depends on it but the scroll bar, which always has its place.
        """
        if size == self.virtual_size:
            return
        self.set_reactive(ScrollView.virtual_size, size)
        if self.is_attached:
            self.vertical_scrollbar.window_virtual_size = size.height
        self.scroll_rows(min(self.scroll_offset.y, self.max_scroll_y))

    def scroll_rows(self, top: int) -> None:
        """Have a row at the top, as far as there are enough below it."""
        if top != self.scroll_offset.y and self.is_attached:
            self.scroll_to(y=top, animate=False, force=True)

    def scroll_cells(self, left: int) -> None:
        """Have a cell at the left, as far as there are enough to its right."""
        if left != self.scroll_offset.x and self.is_attached:
            self.scroll_to(x=left, animate=False, force=True)


class ReadingView(LineView):
    """A LineView without a cursor: its keys move what is in sight."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", id="reading.down", show=False),
        Binding("up,k", "move(-1)", "Up", id="reading.up", show=False),
        Binding("pagedown,ctrl+f", "page(1)", "Page down", id="reading.page-down", show=False),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", id="reading.page-up", show=False),
        Binding("home,g", "top", "Top", id="reading.top", show=False),
        Binding("end,G", "bottom", "End", id="reading.bottom", show=False),
        Binding("left,h", "shift(-1)", "Left", id="reading.left", show=False),
        Binding("right,l", "shift(1)", "Right", id="reading.right", show=False),
    ]

    def action_move(self, rows: int) -> None:
        self.scroll_rows(self.scroll_offset.y + rows)

    def action_page(self, pages: int) -> None:
        self.scroll_rows(self.scroll_offset.y + pages * max(1, self.page.height - 1))

    def action_top(self) -> None:
        self.scroll_rows(0)

    def action_bottom(self) -> None:
        self.scroll_rows(self.virtual_size.height)

    def action_shift(self, steps: int) -> None:
        self.scroll_cells(self.scroll_offset.x + steps * _STEP)
