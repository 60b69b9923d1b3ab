"""One row or header line of a table, painted: the cells that are seen, in their tones, as one Strip.

Pieces of one style are joined, as every change of style costs bytes on the way to a terminal far away.
"""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from k9py.store.order import Sort
from k9py.store.row import Row
from k9py.ui.painting import GLYPHS, Palette, cell_text, crop_middle
from k9py.ui.widgets.table_layout import GLYPH, Place, Window
from k9py.values.cell import Cell, Tone
from k9py.values.text import crop, pad

_CURSOR_SIGN = "▸"
_MARK_SIGN = "✓"


class _Line:
    """Text appended from left to right; neighbours of one style become one segment."""

    def __init__(self, blank: Style) -> None:
        self._blank = blank
        self._segments: list[Segment] = []
        self._parts: list[str] = []
        self._style = blank
        self._width = 0

    def add(self, start: int, text: str, width: int, style: Style) -> None:
        """Append text that is `width` cells wide, from cell `start` on."""
        if start > self._width:
            self._append(" " * (start - self._width), self._blank)
        self._append(text, style)
        self._width = start + width

    def finish(self, width: int) -> Strip:
        """The line, `width` cells long."""
        self.add(max(width, self._width), "", 0, self._blank)
        self._end_segment()
        return Strip(self._segments, self._width).adjust_cell_length(width, self._blank)

    def _append(self, text: str, style: Style) -> None:
        if style is not self._style:
            self._end_segment()
            self._style = style
        self._parts.append(text)

    def _end_segment(self) -> None:
        if text := "".join(self._parts):
            self._segments.append(Segment(text, self._style))
        self._parts.clear()


def paint_row(row: Row, window: Window, width: int, palette: Palette, now: float, overlays: tuple[str, ...]) -> Strip:
    """One row in its tone; `overlays` are component classes: cursor, cursor-blurred, mark."""
    base = palette.tone(_calm(row.tone), *overlays)
    line = _Line(base)
    line.add(0, _sign(overlays), 1, base)
    for place in window.places:
        cell = row.cells[place.index]
        toned = palette.tone(cell.tone, *overlays)
        start, room = place.start, place.width
        if place.column.glyph:
            start += _lead(cell, place, now)
            line.add(start, GLYPHS[cell.tone], 1, toned)
            start, room = start + GLYPH, place.end - start - GLYPH
        plain = cell.tone is Tone.PLAIN or cell.tone is row.tone
        line.add(start, _fit(cell, place, room, now), room, base if plain else toned)
    return line.finish(width)


def _lead(cell: Cell, place: Place, now: float) -> int:
    """Cells before the sign: it stands beside its number, too, where that stands at the right."""
    if place.column.align == "left":
        return 0
    return max(0, place.width - GLYPH - cell_len(cell_text(cell, now)))


def _calm(tone: Tone) -> Tone:
    """What is well is not coloured as a row: most rows are, and colour is for what wants to be looked at."""
    return Tone.PLAIN if tone is Tone.OK else tone


def _sign(overlays: tuple[str, ...]) -> str:
    if "mark" in overlays:
        return _MARK_SIGN
    return _CURSOR_SIGN if overlays else " "


def _fit(cell: Cell, place: Place, room: int, now: float) -> str:
    text = cell_text(cell, now)
    if cell.since is not None and cell.text and cell_len(text) > room:
        text = cell.text
    if place.column.title == "NAME":
        text = crop_middle(text, room)
    return pad(text, room, place.column.align)


def paint_header(window: Window, width: int, sort: Sort, plain: Style, sorted_style: Style) -> Strip:
    """The titles, that of the sorted column with an arrow beside it, and `‹` `›` where there are more columns."""
    line = _Line(plain)
    for place in window.places:
        if window.more_left and place.start == window.frozen:
            line.add(window.frozen - 1, "‹", 1, plain)
        _add_title(line, place, sort, plain, sorted_style)
    if window.more_right:
        line.add(width - 1, "›", 1, plain)
    return line.finish(width)


def _add_title(line: _Line, place: Place, sort: Sort, plain: Style, sorted_style: Style) -> None:
    title = place.column.title
    if title != sort.title:
        line.add(place.start, pad(title, place.width, place.column.align), place.width, plain)
        return
    arrow = "↓" if sort.descending else "↑"
    # the arrow stands in the gap, so that no title moves when another one is sorted by
    if place.column.align == "right" and len(title) < place.width:
        line.add(place.start, pad(arrow + title, place.width, "right"), place.width, sorted_style)
    else:
        line.add(place.start, pad(crop(title, place.width) + arrow, place.width + 1), place.width + 1, sorted_style)
