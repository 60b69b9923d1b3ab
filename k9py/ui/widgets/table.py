"""The one table of k9py: paints the few visible rows of a View, however many it has.

Cursor, marks and scroll position are keys, so that rows may come and go without anything slipping under a finger.
Nothing is done per row and frame: a painted row is kept until its version, its state or the text of its ages changes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.strip import Strip

from k9py.store.row import Row
from k9py.store.view import View
from k9py.ui.painting import wrap_empty
from k9py.ui.widgets.line_view import RIGHT, LineView
from k9py.ui.widgets.marks import Marks
from k9py.ui.widgets.table_painter import Signature, TablePainter
from k9py.values.resource import Key

_HEADER = 1


class ResourceTable(LineView, can_focus=True):
    """A View on the screen. Attributes go down (`show`, `refresh_view`, `tick`, `empty_text`), messages up."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", id="table.down", show=False),
        Binding("up,k", "move(-1)", "Up", id="table.up", show=False),
        Binding("home,g", "top", "Top", id="table.top", show=False),
        Binding("end,G", "bottom", "Bottom", id="table.bottom", show=False),
        Binding("pagedown,ctrl+f", "page(1)", "Page down", id="table.page-down", show=False),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", id="table.page-up", show=False),
        Binding("left,h", "shift(-1)", "Left", id="table.left", show=False),
        Binding("right,l", "shift(1)", "Right", id="table.right", show=False),
        Binding("space", "mark", "Mark", id="table.mark", show=False),
        Binding("ctrl+@,ctrl+space", "mark_range", "Mark range", id="table.mark-range", show=False),
        Binding("ctrl+backslash", "clear_marks", "Clear marks", id="table.clear-marks", show=False),
        Binding("enter", "open", "Open", id="table.open", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"table--{tone}" for tone in ("plain", "ok", "added", "busy", "warn", "bad", "done", "going", "dim")),
        *(f"table--{part}" for part in ("header", "sorted", "cursor", "cursor-blurred", "mark", "empty")),
    }

    class TableMessage(Message):
        """What all messages of a table have in common."""

        def __init__(self, table: ResourceTable) -> None:
            super().__init__()
            self.table = table

        @property
        def control(self) -> ResourceTable:
            return self.table

    class Moved(TableMessage):
        """The cursor is on another key or on none, or a person has put it where it was."""

        def __init__(self, table: ResourceTable, key: Key | None) -> None:
            super().__init__(table)
            self.key = key

    class Opened(TableMessage):
        """Enter was pressed on a row, or it was clicked twice."""

        def __init__(self, table: ResourceTable, key: Key) -> None:
            super().__init__(table)
            self.key = key

    class SortPicked(TableMessage):
        """A title was clicked."""

        def __init__(self, table: ResourceTable, title: str) -> None:
            super().__init__(table)
            self.title = title

    class MarksChanged(TableMessage):
        """Rows were marked or unmarked."""

    def __init__(
        self,
        *,
        id: str | None = None,
        classes: str | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.loading_rows = False
        """While rows still arrive for the first time, a cursor that nobody has moved stays on the first row."""
        self._clock = clock
        self._view: View | None = None
        self._painter = TablePainter(self._style_of)
        self._cursor: Key | None = None
        self._cursor_index = 0
        self._touched = False
        self._top_key: Key | None = None
        self._marks = Marks()
        self._painted: dict[int, Signature] = {}

    # what it shows

    @property
    def view(self) -> View | None:
        """The View that is shown."""
        return self._view

    def show(self, view: View) -> None:
        """Show another View, or the same one after it was narrowed, filtered or sorted. A cursor that it has stays."""
        if view is not self._view:
            self._view = view
            self._touched = self._touched and self._cursor is not None and view.get(self._cursor) is not None
        self.refresh_view()

    def refresh_view(self) -> None:
        """Follow the View after its flush: keep the rows where they are on the screen, paint what has changed."""
        if self._view is None:
            return
        self._painter.now = self._clock()
        at_top = self.scroll_offset.y == 0
        top_key = self._top_key
        line = self._cursor_index - self.scroll_offset.y
        held = 0 <= line < self._lines
        if self._painter.lay_out(self._view, self.page.width, self.scroll_offset.x):
            self._repaint_all()
        self.set_content_size(Size(self._painter.layout.width, self._count + _HEADER))
        self._follow_cursor()
        top = self._cursor_index - line if held else self._view.index_of(top_key) if top_key else None
        if top is not None and not at_top:
            self.scroll_rows(top)
        if held:
            self._scroll_to_cursor()
        self._remember_top()
        if self._marks.forget_gone(self._view):
            self.post_message(self.MarksChanged(self))
        self._repaint_changed()

    def tick(self) -> None:
        """A second has passed: paint the visible rows whose ages now read otherwise."""
        self._painter.now = self._clock()
        self._repaint_changed()

    # the cursor and the marks

    @property
    def cursor_key(self) -> Key | None:
        """The key under the cursor."""
        return self._cursor

    @property
    def cursor_row(self) -> Row | None:
        """The row under the cursor."""
        return self._view.get(self._cursor) if self._view and self._cursor else None

    @property
    def marks(self) -> set[Key]:
        """The keys of the marked rows, those that a filter hides among them."""
        return self._marks.keys

    def targets(self) -> list[Row]:
        """What an action applies to: the marked rows that are shown, in their order, else the one under the cursor."""
        row = self.cursor_row
        marked = self._marks.rows(self._view) if self._view else []
        return marked or ([row] if row else [])

    def go_to(self, key: Key) -> bool:
        """Put the cursor on a row, if it is there."""
        index = self._view.index_of(key) if self._view is not None else None
        if index is not None:
            self._go_to(index)
        return index is not None

    def action_move(self, rows: int) -> None:
        self._go_to(self._cursor_index + rows)

    def action_top(self) -> None:
        self._go_to(0)

    def action_bottom(self) -> None:
        self._go_to(self._count - 1)

    def action_page(self, pages: int) -> None:
        self._go_to(self._cursor_index + pages * max(1, self._lines - 1))

    def action_shift(self, columns: int) -> None:
        here, stops = self.scroll_offset.x, self._painter.layout.stops
        left, right = [stop for stop in stops if stop < here], [stop for stop in stops if stop > here]
        target = right[:1] if columns > 0 else left[-1:]
        self.scroll_cells(target[0] if target else here)

    def action_mark(self) -> None:
        if row := self.cursor_row:
            self._marks.toggle(row)
            self._marks_changed()

    def action_mark_range(self) -> None:
        if self._view and self._cursor:
            self._marks.span(self._view, self._cursor_index)
            self._marks_changed()

    def unmark(self, keys: Iterable[Key]) -> None:
        """Take the marks of these keys back: what was asked for them is done."""
        if self._marks.unmark(keys):
            self._marks_changed()

    def action_clear_marks(self) -> None:
        self._marks.clear()
        self._marks_changed()

    def action_open(self) -> None:
        if self._cursor is not None:
            self._touched = True
            self.post_message(self.Opened(self, self._cursor))

    def _marks_changed(self) -> None:
        self._touched = True
        self._repaint_changed()
        self.post_message(self.MarksChanged(self))

    def _go_to(self, index: int) -> None:
        """Put the cursor on a row, as a person has asked."""
        self._touched = True
        if self._count:
            before = self._cursor
            self._set_cursor(index)
            if self._cursor == before:  # at the end of the table: a person has pointed at this row all the same
                self.post_message(self.Moved(self, before))
            self._scroll_to_cursor()
            self._repaint_changed()

    def _set_cursor(self, index: int) -> None:
        self._cursor_index = max(0, min(index, self._count - 1))
        key = self._view.key_at(self._cursor_index) if self._view and self._count else None
        if key != self._cursor:
            self._cursor = key
            self.post_message(self.Moved(self, key))

    def _follow_cursor(self) -> None:
        """The cursor stays on its key; when that is gone, it takes the row that is now in its place."""
        index = self._view.index_of(self._cursor) if self._view and self._cursor else None
        if not self._touched and (self.loading_rows or index is None):
            index = 0
        self._set_cursor(self._cursor_index if index is None else index)

    # where it is scrolled to

    @property
    def _count(self) -> int:
        return len(self._view) if self._view is not None else 0

    @property
    def _lines(self) -> int:
        """How many rows are seen."""
        return max(1, self.page.height - _HEADER)

    def _scroll_to_cursor(self) -> None:
        top = self.scroll_offset.y
        self.scroll_rows(max(self._cursor_index - self._lines + 1, min(top, self._cursor_index)))

    def _remember_top(self) -> None:
        top = self.scroll_offset.y
        self._top_key = self._view.key_at(top) if self._view is not None and top < self._count else None

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._painted.clear()
        self._remember_top()

    def watch_scroll_x(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_x(old_value, new_value)
        self._painter.look_at(self.scroll_offset.x)
        self._repaint_all()

    # what it paints

    def _style_of(self, name: str, partial: bool) -> Style:
        return self.get_component_rich_style(f"table--{name}", partial=partial)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._painter.restyle()
        self._repaint_all()

    def on_resize(self) -> None:
        if self._view is not None:
            self._view.flush()
            self.refresh_view()

    def on_focus(self) -> None:
        self._repaint_changed()

    def on_blur(self) -> None:
        self._repaint_changed()

    def _repaint_all(self) -> None:
        self._painted.clear()
        self.refresh()

    def _repaint_changed(self) -> None:
        """Refresh those visible lines that would now be painted otherwise."""
        width, height = self.page
        for y in range(height):
            if self._painted.get(y) != self._sign_line(y):
                self.refresh(Region(0, y, width, 1))

    def _row_on(self, y: int) -> Row | None:
        """The row on a line of the screen."""
        index = y - _HEADER + self.scroll_offset.y
        return self._view.row_at(index) if self._view is not None and y >= _HEADER and index < self._count else None

    def _sign_line(self, y: int) -> Signature:
        row = self._row_on(y)
        return self._painter.sign(row, self._overlays(row.key)) if row else self._blank_text(y)

    def _blank_text(self, y: int) -> str:
        if self._count or y < _HEADER:
            return ""
        width, height = self.page
        lines = wrap_empty(self.empty_text, width, height - _HEADER)
        line = y - max(_HEADER, height // 2 - len(lines) // 2)
        return lines[line] if 0 <= line < len(lines) else ""

    def _overlays(self, key: Key) -> tuple[str, ...]:
        mark = ("mark",) if key in self._marks else ()
        if key != self._cursor:
            return mark
        return (*mark, "cursor" if self.has_focus else "cursor-blurred")

    def render_line(self, y: int) -> Strip:
        signature = self._painted[y] = self._sign_line(y)
        if y < _HEADER and self._view is not None:
            return self._painter.header(self._view.sort)
        row = self._row_on(y)
        if row is None:
            return self._painter.blank(self._blank_text(y), self.page.width)
        return self._painter.row(row, self._overlays(row.key), signature)

    # the mouse

    def on_click(self, event: events.Click) -> None:
        """A title sorts, a row takes the cursor, and a second click on the same row opens it."""
        offset = event.get_content_offset(self)
        if offset is None or self._view is None:
            return
        index = offset.y - _HEADER + self.scroll_offset.y
        if event.button == RIGHT:
            self._ask_menu(offset.y, event.screen_offset)
        elif offset.y < _HEADER:
            self._pick_sort(offset.x)
        elif index < self._count:
            again = event.chain == 2 and self._view.key_at(index) == self._cursor
            self._go_to(index)
            if again:
                self.action_open()

    def _ask_menu(self, y: int, at: Offset) -> None:
        """The menu of a row: that of the marked ones for one of them, of any other row alone, where the cursor goes."""
        if row := self._row_on(y):
            marked = row.key in self._marks
            if not marked:
                self._go_to(y - _HEADER + self.scroll_offset.y)
            self.post_message(self.MenuAsked(self, at, marked))

    def _pick_sort(self, x: int) -> None:
        place = self._painter.place_at(x)
        if place is not None:
            self.post_message(self.SortPicked(self, place.column.title))
