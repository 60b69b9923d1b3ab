"""One row of a view: the cells of one object, and the measures that painting and sorting need of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from rich.cells import cell_len

from k9py.store.column import Column, Joined
from k9py.store.order import Place
from k9py.values.cell import Cell, Tone
from k9py.values.resource import Key
from k9py.values.text import clean

AGE_WIDTH = 6
"""Cells that an age needs: `7y364d` is the longest."""

_AGO_WIDTH = AGE_WIDTH + len(" ( ago)")
ODD = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What reading a cell may raise when an object is not as its kind expects."""


class Row(msgspec.Struct, gc=False, eq=False):
    """What a table paints. The cells stand in the order of the view's columns; `version` is new when a cell is.

    `text` is what a filter sees of it: everything but the ages; `hidden` the same of the columns that are not shown,
    None until a filter asks. `tie` is where it stands among rows that are worth the same.
    """

    key: Key
    obj: Any
    cells: tuple[Cell, ...]
    tone: Tone
    version: int
    text: str
    widths: tuple[int, ...]
    tie: Place
    place: Place = ()
    shown: bool = False
    hidden: str | None = None

    @property
    def uid(self) -> str:
        """The identity of the object that has this name now: a pod of a StatefulSet may be another than before."""
        uid: str = self.obj.metadata.uid
        return uid


def make_row(key: Key, tie: Place, obj: Any, cells: tuple[Cell, ...], tone: Tone, version: int) -> Row:
    """A row of cells as they were read: nothing that is not fit for a terminal is left in them."""
    text = " ".join([cell.text for cell in cells])
    if not text.isprintable():
        text, cells = clean(text), tuple([cell._replace(text=clean(cell.text)) for cell in cells])
    return Row(key, obj, cells, tone, version, text, _measure(cells, len if text.isascii() else cell_len), tie)


def read_cells(columns: Sequence[Column], obj: Any, joined: Joined) -> tuple[Cell, ...]:
    """The cells of one object."""
    return tuple([column.cell(obj, joined) for column in columns])


def read_what_can_be(columns: Sequence[Column], obj: Any, joined: Joined) -> tuple[Cell, ...]:
    """The cells of an object that is not as its kind expects: `?` where a cell cannot be read."""
    return tuple([_read_if_possible(column, obj, joined) for column in columns])


def _read_if_possible(column: Column, obj: Any, joined: Joined) -> Cell:
    try:
        return column.cell(obj, joined)
    except ODD:
        return Cell("?", Tone.BAD)


def _measure(cells: Sequence[Cell], size: Callable[[str], int]) -> tuple[int, ...]:
    return tuple(
        [
            size(text) if since is None else size(text) + _AGO_WIDTH if text else AGE_WIDTH
            for text, _tone, _value, since in cells
        ]
    )
