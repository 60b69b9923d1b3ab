"""A block of lines of a log: kept as one piece of UTF-8, so that a million lines fit, and are searched in one go.

What is shown of it, and in which rows, is kept beside it: it is made anew when something else is to be shown.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Sequence

from rich.cells import cell_len

from k9py.values.log import REMARK, Entry
from k9py.values.text import only_colours, plain

_COLOUR = "\x1b"

_HANGUL = re.compile("[ -~가-힣]*")


def _measure(text: str, size: int) -> int:
    """How many cells a text of so many bytes takes: of most lines that is soon said, Korean ones included."""
    if size == len(text):
        return size
    # such a letter has three bytes and takes two cells
    return len(text) + (size - len(text)) // 2 if _HANGUL.fullmatch(text) else cell_len(text)


class Block:
    """Lines from number `first` on. `turn` is that of the sieve by which it was sifted last."""

    __slots__ = (
        "_data",
        "_new",
        "coloured",
        "edges",
        "ends",
        "first",
        "heights",
        "hits",
        "keys",
        "levels",
        "matches",
        "prints",
        "remarks",
        "repeats",
        "rows",
        "rows_before",
        "searched",
        "shown",
        "sources",
        "times",
        "turn",
        "widths",
    )

    def __init__(self, first: int) -> None:
        self.first = first
        self.turn = -1
        self._data = b""
        self._new: list[bytes] = []
        self.ends = array("I")
        """Where each line ends in the data, behind its end of line."""
        self.keys = array("q")
        self.times = array("q")
        self.sources = array("H")
        self.widths = array("I")
        self.levels = bytearray()
        """The levels of the first lines: as many as were asked for."""
        self.prints = array("q")
        """Likewise what tells those apart that do not say the same."""
        self.coloured: dict[int, str] = {}
        """The lines that have colours, with them."""
        self.remarks: list[int] = []
        self.show_nothing()

    def show_nothing(self) -> None:
        """It is not sifted: nothing of it is shown."""
        self.searched = 0
        """How many of the first lines were searched, for `matches`: the sieve's pattern finds them."""
        self.matches = array("H")
        self.heights = array("I")
        """How many rows the first lines take; 0 where that is not known."""
        self.hits = array("H")
        self.shown: array[int] | None = array("H")
        """What is shown; None for all lines."""
        self.rows: array[int] | None = None
        """Where the rows of each shown line end; None where each has one."""
        self.rows_before = 0
        self.repeats: dict[int, int] = {}
        """How many lines a shown one stands for, where that is more than one."""
        self.edges = (0, 0)

    def __len__(self) -> int:
        return len(self.ends)

    @property
    def data(self) -> bytes:
        """The text of all lines, without colours, each with an end of line."""
        if self._new:
            self._data = b"".join([self._data, *self._new])
            self._new.clear()
        return self._data

    @property
    def size(self) -> int:
        """Bytes of its text."""
        return self.ends[-1] if self.ends else 0

    def add(self, entries: Sequence[Entry]) -> None:
        """Take lines in."""
        end = self.size
        for key, source, time, raw in entries:
            text = raw if raw.isprintable() else self._strip(raw)
            piece = text.encode(errors="replace") + b"\n"
            width = _measure(text, len(piece) - 1)
            end += len(piece)
            self._new.append(piece)
            self.ends.append(end)
            self.keys.append(key)
            self.times.append(time)
            self.sources.append(source)
            self.widths.append(width)
            if time == REMARK:
                self.remarks.append(len(self.ends) - 1)

    def _strip(self, raw: str) -> str:
        """The text of a line without its colours, which are kept where it has any."""
        kept = only_colours(raw)
        if _COLOUR in kept:
            self.coloured[len(self.ends)] = kept
        return plain(kept)

    def text(self, index: int) -> str:
        """A line without its colours."""
        return self.data[self.start(index) : self.ends[index] - 1].decode()

    def start(self, index: int) -> int:
        """Where a line begins in the data."""
        return self.ends[index - 1] if index else 0

    def piece(self, first: int, last: int) -> bytes:
        """The text of the lines from one on, up to before another."""
        return self.data[self.start(first) : self.start(last)]

    def texts(self, first: int, last: int) -> list[str]:
        """These lines, without their colours."""
        return self.piece(first, last).decode().split("\n")[:-1]

    def entry(self, index: int) -> Entry:
        """A line as it was taken in."""
        text = self.coloured.get(index) or self.text(index)
        return Entry(self.keys[index], self.sources[index], self.times[index], text)

    def cut(self, length: int) -> list[Entry]:
        """Give back the lines behind the first `length` ones; nothing of it is sifted then."""
        back = [self.entry(index) for index in range(length, len(self))]
        self._data = self.data[: self.start(length)]
        for column in (self.ends, self.keys, self.times, self.sources, self.widths, self.levels, self.prints):
            del column[length:]
        self.coloured = {index: text for index, text in self.coloured.items() if index < length}
        self.remarks = [index for index in self.remarks if index < length]
        self.turn = -1
        self.show_nothing()
        return back

    # what is shown of it

    @property
    def shown_count(self) -> int:
        """How many lines are shown."""
        return len(self) if self.shown is None else len(self.shown)

    @property
    def row_count(self) -> int:
        """How many rows they take."""
        if self.rows is None:
            return self.shown_count
        return self.rows[-1] if self.rows else 0

    def locate(self, row: int) -> tuple[int, int]:
        """The line that has a row, and which of its rows it is."""
        at, part = row, 0
        if self.rows is not None:
            at = bisect_right(self.rows, row)
            part = row - (self.rows[at - 1] if at else 0)
        return (at if self.shown is None else self.shown[at]), part

    def row_at(self, place: int) -> int:
        """The first row of the shown line at a place among the shown ones."""
        if self.rows is None:
            return place
        return self.rows[place - 1] if place else 0
