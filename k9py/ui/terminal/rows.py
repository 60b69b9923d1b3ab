"""Rows of cells while a program may still write in them, and lines that have gone by, kept small."""

from __future__ import annotations

import unicodedata
from itertools import groupby
from typing import Any, NamedTuple

from rich.cells import get_character_cell_size

from k9py.ui.terminal.looks import PLAIN, Look

width_of = get_character_cell_size
"""Cells of a sign: as Textual counts them, so that what is painted stays in its columns."""

_MOST = 8
"""Signs in one cell: a letter and what is written above and below it."""


class Row:
    """Cells of the screen. The right half of a wide sign is an empty string. Rows may be wider than the screen.

    `wraps` is after how many cells the text goes on in the next row, 0 where it does not; `wide` says that there may be
    wide signs. `painted` is what a painter has made of it, None once it has changed.
    """

    __slots__ = ("chars", "looks", "painted", "wide", "wraps")

    def __init__(self, width: int, look: Look = PLAIN) -> None:
        self.chars = [" "] * width
        self.looks = [look] * width
        self.wraps = 0
        self.wide = False
        self.painted: Any = None

    @property
    def blank(self) -> bool:
        """Whether there is nothing to see in it."""
        return self.chars.count(" ") == len(self.chars) and self.looks.count(PLAIN) == len(self.looks)

    @property
    def text(self) -> str:
        """Its signs, without the spaces at the end; up to where the text goes on in the next row, with them."""
        return "".join(self.chars[: self.wraps]) if self.wraps else "".join(self.chars).rstrip(" ")

    def widen(self, width: int) -> None:
        """Have at least so many cells."""
        lacking = width - len(self.chars)
        if lacking > 0:
            self.chars += [" "] * lacking
            self.looks += [PLAIN] * lacking
        self.painted = None

    def split(self, x: int) -> None:
        """Have no wide sign stand across the border before a cell: its halves become spaces."""
        if self.wide and 0 < x < len(self.chars) and not self.chars[x]:
            self.chars[x - 1] = self.chars[x] = " "

    def put(self, x: int, chars: str, look: Look) -> None:
        """Write signs of one cell each."""
        end = x + len(chars)
        if self.wide:
            self.split(x)
            self.split(end)
        if end > self.wraps:
            self.wraps = 0
        self.chars[x:end] = chars
        self.looks[x:end] = [look] * len(chars)
        self.painted = None

    def put_wide(self, x: int, char: str, look: Look) -> None:
        """Write a sign of two cells."""
        if x + 2 > self.wraps:
            self.wraps = 0
        self.wide = True
        self.split(x)
        self.split(x + 2)
        self.chars[x : x + 2] = (char, "")
        self.looks[x : x + 2] = (look, look)
        self.painted = None

    def join(self, x: int, mark: str) -> None:
        """Add what is written above or below the sign in a cell, or coming before it, as far as it is shown."""
        if not self.chars[x] and x:
            x -= 1
        if joins(mark, self.chars[x]):
            self.chars[x] += mark
            self.painted = None

    def erase(self, begin: int, end: int, look: Look) -> None:
        """Have nothing in these cells; at or beyond the last one, nor in those that are out of sight."""
        self.split(begin)
        self.split(end)
        count = end - begin
        self.chars[begin:end] = [" "] * count
        self.looks[begin:end] = [look] * count
        self.painted = None

    def erase_rest(self, begin: int, look: Look) -> None:
        """Have nothing from a cell on, nor in those that are out of sight."""
        self.erase(begin, len(self.chars), look)
        self.wraps = 0
        self.wide = self.wide and begin > 0

    def shift_right(self, x: int, count: int, end: int, look: Look) -> None:
        """Put blank cells before a cell; those that go beyond the end are lost."""
        count = min(count, end - x)
        if end > self.wraps:
            self.wraps = 0
        for border in (x, end - count, end):
            self.split(border)
        self.chars[x:end] = [" "] * count + self.chars[x : end - count]
        self.looks[x:end] = [look] * count + self.looks[x : end - count]
        self.painted = None

    def shift_left(self, x: int, count: int, end: int, look: Look) -> None:
        """Take cells out; blank ones come in at the end."""
        count = min(count, end - x)
        for border in (x, x + count, end):
            self.split(border)
        self.chars[x:end] = self.chars[x + count : end] + [" "] * count
        self.looks[x:end] = self.looks[x + count : end] + [look] * count
        self.painted = None


def joins(mark: str, base: str) -> bool:
    """Whether a sign of no width is shown with the one before it.

    Signs that only steer how others are drawn are not: terminals differ in how many cells are left of these then.
    """
    if unicodedata.category(mark) in ("Cf", "Cc", "Zl", "Zp", "Cs") or "\ufe00" <= mark <= "\ufe0f":
        return False
    if "\U0001f3fb" <= mark <= "\U0001f3ff":  # colours of skin: where there is none, a sign of its own
        return width_of(base[0]) == 2 and len(base) == 1
    return len(base) < _MOST


class Line(NamedTuple):
    """A row that has gone by: its text, how many signs of it have which look (none: all plain), and `wraps`."""

    text: str
    runs: tuple[tuple[int, Look], ...] = ()
    wraps: bool = False


_NUMBERED: list[Look] = []
_NUMBERS: dict[Look, int] = {}
_MOST_LOOKS = 50_000
"""Looks that are told apart in what has gone by: more than any program has, unless it means harm."""


def pack(row: Row) -> str:
    """A row, kept small: its text, and where there is more to it, that after a NUL, two signs for each run.

    Ten thousand lines that are strings are nothing to the garbage collector, which tuples are not.
    """
    looks = row.looks
    if looks.count(PLAIN) == len(looks):
        return f"{row.text}\0w" if row.wraps else row.text
    end = row.wraps or len(looks)
    while not row.wraps and end and row.chars[end - 1] == " " and looks[end - 1] == PLAIN:
        end -= 1
    parts, at = ["".join(row.chars[:end]), "\0", "w" if row.wraps else "-"], 0
    for look, same in groupby(looks[:end]):
        begin, at = at, at + sum(1 for _ in same)
        parts.append(chr(sum(map(len, row.chars[begin:at]))) + chr(_number_of(look)))
    return "".join(parts)


def _number_of(look: Look) -> int:
    number = _NUMBERS.get(look)
    if number is None:
        if len(_NUMBERED) >= _MOST_LOOKS:
            return _number_of(PLAIN)
        number = _NUMBERS[look] = len(_NUMBERED)
        _NUMBERED.append(look)
    return number


_number_of(PLAIN)


def open_line(packed: str) -> Line:
    """A line that was kept."""
    text, _, rest = packed.partition("\0")
    if not rest:
        return Line(text)
    runs = tuple((ord(rest[at]), _NUMBERED[ord(rest[at + 1])]) for at in range(1, len(rest), 2))
    return Line(text, runs, rest[0] == "w")


def unpack(packed: str, width: int) -> Row:
    """A row of at least so many cells, as it was before it was packed."""
    line, row = open_line(packed), Row(0)
    looks = (look for count, look in line.runs for _ in range(count))
    for char in line.text:
        look = next(looks, PLAIN)
        cells = width_of(char)
        if cells == 0 and row.chars:
            row.chars[-1 if row.chars[-1] else -2] += char
            continue
        row.chars += (char, "") if cells == 2 else (char,)
        row.looks += [look] * cells
        row.wide = row.wide or cells == 2
    row.wraps = len(row.chars) * line.wraps
    row.widen(width)
    return row
