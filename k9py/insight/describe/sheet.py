"""The paper that descriptions are written on: lines of cells, aligned as kubectl aligns them.

Cells of lines that follow each other stand below each other: the columns of Go's text/tabwriter, by which kubectl's
texts are so familiar. A cell that ends its line makes no column wider.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from rich.cells import cell_len

from k9py.values.prose import Part, Token
from k9py.values.text import clean

NONE, UNSET, UNKNOWN = "<none>", "<unset>", "<unknown>"
_DIM = frozenset({NONE, UNSET, UNKNOWN, "<default>"})
_APART = 2
"""Cells between two columns."""


class Cell(NamedTuple):
    """A text that fits on a line, and what it is."""

    text: str
    part: Part | None = None


def bad(text: str) -> Cell:
    """Something that a person must not overlook."""
    return Cell(text, "bad")


Said = str | Cell
Row = tuple[Cell, ...]


class Sheet:
    """Written from top to bottom; read as a Prose once it is complete."""

    def __init__(self) -> None:
        self._rows: list[Row] = []

    def line(self, *cells: Said, level: int = 0) -> None:
        """A line of cells, two spaces further in for each level."""
        told = [_tell(cell) for cell in cells] or [Cell("")]
        told[0] = told[0]._replace(text=f"{'  ' * level}{told[0].text}")
        self._rows.append(tuple(told))

    def field(self, key: str, value: Said = "", *more: Said, level: int = 0) -> None:
        """`Key:  value`; a value of several lines goes on below itself."""
        first, *others = value.split("\n") if isinstance(value, str) else (value,)
        self.line(Cell(f"{key}:", "key"), first, *more, level=level)
        for other in others:
            self.line("", other, level=level)

    def section(self, key: str, level: int = 0) -> None:
        """`Key:` alone: what belongs to it follows a level further in."""
        self.line(Cell(f"{key}:", "key"), level=level)

    def listing(self, key: str, values: Iterable[Said], level: int = 0, none: str = NONE) -> None:
        """Values below each other, the first beside the key; `none` where there are none."""
        first, *others = list(values) or [none]
        self.field(key, first, level=level)
        for other in others:
            self.line("", other, level=level)

    def block(self, key: str, texts: Iterable[str], level: int = 0) -> None:
        """Texts of any number of lines below the key, a level further in; nothing at all where there are none."""
        lines = [line for text in texts for line in text.split("\n")]
        if lines:
            self.section(key, level)
        for line in lines:
            self.line(line, level=level + 1)

    def table(self, titles: Sequence[str], rows: Iterable[Sequence[Said]], level: int = 1) -> None:
        """Titles, dashes below them, and rows."""
        self.line(*(Cell(title, "key") for title in titles), level=level)
        self.line(*(Cell("-" * len(title), "mark") for title in titles), level=level)
        for row in rows:
            self.line(*row, level=level)

    # reading it

    @cached_property
    def _laid_out(self) -> list[list[int]]:
        """The width of each cell but the last of its line."""
        return _lay_out(self._rows)

    @cached_property
    def lines(self) -> Sequence[str]:
        """The lines, aligned."""
        return [_write(row, widths) for row, widths in zip(self._rows, self._laid_out, strict=True)]

    def tokens(self, number: int) -> Sequence[Token]:
        """What is told apart in a line."""
        return tuple(_tokens(self._rows[number], self._laid_out[number]))


def _tell(said: Said) -> Cell:
    if isinstance(said, Cell):
        return said._replace(text=clean(said.text))
    return Cell(clean(said), "mark" if said in _DIM else None)


def _lay_out(rows: Sequence[Row]) -> list[list[int]]:
    widths = [[cell_len(cell.text) + _APART for cell in row[:-1]] for row in rows]
    for column in range(max(map(len, widths), default=0)):
        for run in _runs(widths, column):
            widest = max(widths[number][column] for number in run)
            for number in run:
                widths[number][column] = widest
    return widths


def _runs(widths: Sequence[Sequence[int]], column: int) -> Iterator[range]:
    """Where lines that follow each other have a cell in a column."""
    start: int | None = None
    for number, row in enumerate(widths):
        if len(row) > column:
            start = number if start is None else start
        elif start is not None:
            yield range(start, number)
            start = None
    if start is not None:
        yield range(start, len(widths))


def _write(row: Row, widths: Sequence[int]) -> str:
    cells = [cell.text + " " * (width - cell_len(cell.text)) for cell, width in zip(row, widths, strict=False)]
    return "".join([*cells, row[-1].text]).rstrip()


def _tokens(row: Row, widths: Sequence[int]) -> Iterator[Token]:
    start = 0
    for number, (text, part) in enumerate(row):
        if part and text:
            yield Token(start + len(text) - len(text.lstrip()), start + len(text), part)
        if number < len(widths):
            start += len(text) + widths[number] - cell_len(text)
