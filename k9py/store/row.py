"""One row of a view: the cells of one object, and the measures that painting and sorting need of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

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


class Row:
    """What a table paints. The cells stand in the order of the view's columns; `version` is new when a cell is."""

    __slots__ = ("cells", "hidden", "key", "obj", "place", "shown", "text", "tie", "tone", "version", "widths")

    def __init__(self, key: Key, obj: Any, cells: tuple[Cell, ...], tone: Tone, version: int) -> None:
        self.key = key
        self.obj = obj
        self.tone = tone
        self.version = version
        self.shown = False
        self.place: Place = ()
        self.tie: Place = ()
        self.hidden: str | None = None
        """The text of the columns that are not shown, for filters; None until one asks."""
        self.text, self.cells = _clean(cells)
        self.widths = _measure(self.cells, cell_len if not self.text.isascii() else len)

    @property
    def uid(self) -> str:
        """The identity of the object that has this name now: a pod of a StatefulSet may be another than before."""
        uid: str = self.obj.metadata.uid
        return uid


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


def _clean(cells: tuple[Cell, ...]) -> tuple[str, tuple[Cell, ...]]:
    """The text of a row, which is what a filter sees of it: everything but the ages; and cells fit for a terminal."""
    text = " ".join([cell.text for cell in cells])
    if text.isprintable():
        return text, cells
    return clean(text), tuple([cell._replace(text=clean(cell.text)) for cell in cells])


def _measure(cells: Sequence[Cell], size: Callable[[str], int]) -> tuple[int, ...]:
    return tuple(
        [
            size(text) if since is None else size(text) + _AGO_WIDTH if text else AGE_WIDTH
            for text, _tone, _value, since in cells
        ]
    )
