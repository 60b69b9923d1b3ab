"""Keeps what is painted of a table for as long as it would be painted the same."""

from __future__ import annotations

from collections.abc import Hashable

from textual.strip import Strip

from k9py.store.order import Sort
from k9py.store.row import Row
from k9py.store.view import View
from k9py.ui.painting import Palette, StyleOf, cell_text, paint_empty
from k9py.ui.widgets.table_layout import Place, TableLayout, lay_out
from k9py.ui.widgets.table_paint import paint_header, paint_row
from k9py.values.resource import Key

_CACHED_ROWS = 2_000
Signature = Hashable
"""All that the look of a row depends on, but for the layout and the styles."""


class TablePainter:
    """Layout, styles, and the rows painted with them. Where any of the three changes, the rows are forgotten."""

    def __init__(self, style_of: StyleOf) -> None:
        self.now = 0.0
        """Epoch seconds for which ages are painted."""
        self.layout = TableLayout()
        self._layout_key: Hashable = None
        self._window = self.layout.window(0)
        self._style_of = style_of
        self._palette = Palette(style_of)
        self._rows: dict[Key, tuple[Signature, Strip]] = {}

    def lay_out(self, view: View, room: int, scrolled: int) -> bool:
        """Place the columns for a view; whether they, their widths, the order or the room have changed."""
        titles = tuple(column.title for column in view.columns)
        key = (id(view), titles, tuple(view.widths), view.sort, room)
        if key == self._layout_key:
            return False
        self._layout_key = key
        self.layout = lay_out(view.columns, view.widths, room)
        self.look_at(scrolled)
        return True

    def look_at(self, scrolled: int) -> None:
        """Paint what is seen at a sideways scroll position."""
        self._window = self.layout.window(scrolled)
        self._rows.clear()

    def restyle(self) -> None:
        """Read the styles anew."""
        self._palette = Palette(self._style_of)
        self._rows.clear()

    def place_at(self, x: int) -> Place | None:
        """The column that is seen at a cell."""
        return self._window.place_at(x)

    def sign(self, row: Row, overlays: tuple[str, ...]) -> Signature:
        """What tells whether a row would be painted otherwise."""
        ages = tuple([cell_text(cell, self.now) for cell in row.cells if cell.since is not None])
        return (row.key, row.version, overlays, ages)

    def row(self, row: Row, overlays: tuple[str, ...], signature: Signature) -> Strip:
        """A row as it looks now."""
        kept = self._rows.get(row.key)
        if kept is not None and kept[0] == signature:
            return kept[1]
        strip = paint_row(row, self._window, self.layout.room, self._palette, self.now, overlays)
        if len(self._rows) >= _CACHED_ROWS:
            self._rows.clear()
        self._rows[row.key] = (signature, strip)
        return strip

    def header(self, sort: Sort) -> Strip:
        """The titles."""
        styles = self._style_of("header", False), self._style_of("sorted", False)
        return paint_header(self._window, self.layout.room, sort, *styles)

    def blank(self, text: str, width: int) -> Strip:
        """A line without a row."""
        return paint_empty(text, width, self._style_of("empty", False))
