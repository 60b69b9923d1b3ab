"""The lines of a log in a ring, and which row of the screen belongs to which line: filtered, wrapped, in one place.

Widths are taken once, when a line comes: so turning wrapping on for a hundred thousand lines is a few divisions each,
and exact. Lines are known by number, counted from the first one ever seen; numbers outlive what falls off the top.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, islice

from rich.cells import cell_len, chop_cells

from k9py.values.log import LogLine
from k9py.values.text import plain

Keep = Callable[[str], bool]


def measure(text: str) -> int:
    """How many cells a line takes, however much of it is colours."""
    return len(text) if text.isascii() and text.isprintable() else cell_len(plain(text))


def fold(text: str, room: int) -> list[int]:
    """The cells at which the rows of a wrapped line begin; text without colours."""
    if text.isascii():
        return list(range(0, len(text), room)) or [0]
    starts = [0]
    for part in chop_cells(text, room):
        starts.append(starts[-1] + cell_len(part))
    return starts[:-1] or [0]


class LogBuffer:
    """At most `capacity` lines, and their rows."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._keep: Keep | None = None
        self._room = 0
        self.clear()

    def clear(self) -> None:
        """Forget all lines, and what was dropped."""
        self.dropped = 0
        """How many lines have fallen off the top: also the number of the first line that is left."""
        self.widest = 0
        """Cells of the widest line seen."""
        self._lines: list[LogLine] = []
        self._widths = array("q")
        self._shown = array("q")
        self._ends = array("q")
        self._base = 0

    def __len__(self) -> int:
        return len(self._lines)

    @property
    def shown(self) -> int:
        """How many lines the filter lets through."""
        return len(self._shown)

    @property
    def rows(self) -> int:
        """How many rows they take."""
        return self._ends[-1] - self._base if self._ends else 0

    def line(self, number: int) -> LogLine:
        """A line by its number."""
        return self._lines[number - self.dropped]

    def extend(self, lines: Sequence[LogLine]) -> int:
        """Take lines in; how many rows have fallen off the top for them."""
        if len(lines) > self._capacity:
            return self._skip(len(lines) - self._capacity) + self.extend(lines[-self._capacity :])
        first = self.dropped + len(self._lines)
        widths = [measure(line.text) for line in lines]
        self.widest = max(self.widest, max(widths, default=0))
        self._lines.extend(lines)
        self._widths.extend(widths)
        self._show(range(first, first + len(lines)))
        return self._drop(max(0, len(self._lines) - self._capacity))

    def filter(self, keep: Keep | None) -> None:
        """Show only lines whose plain text is kept, and k9py's own remarks; None shows all."""
        self._keep = keep
        self._shown, self._ends, self._base = array("q"), array("q"), 0
        self._show(range(self.dropped, self.dropped + len(self._lines)))

    def wrap(self, room: int) -> None:
        """Wrap lines at `room` cells; 0 gives each line one row."""
        if room != self._room:
            self._room = room
            self._ends, self._base = array("q"), 0
            self._place(self._shown)

    def locate(self, row: int) -> tuple[int, int]:
        """The number of the line that has a row, and which of its rows it is."""
        at = bisect_right(self._ends, row + self._base)
        start = self._ends[at - 1] if at else self._base
        return self._shown[at], row + self._base - start

    def row_of(self, number: int) -> int:
        """The first row of a line, or of the first shown line after it; the number of rows when there is none."""
        at = bisect_left(self._shown, number)
        return self._ends[at - 1] - self._base if at else 0

    def _drop(self, count: int) -> int:
        if not count:
            return 0
        self.dropped += count
        del self._lines[:count], self._widths[:count]
        gone = bisect_left(self._shown, self.dropped)
        before = self._base
        self._base = self._ends[gone - 1] if gone else self._base
        del self._shown[:gone], self._ends[:gone]
        return self._base - before

    def _skip(self, count: int) -> int:
        """More lines than there is room for: those that would fall off at once are only counted."""
        rows = self._drop(len(self._lines))
        self.dropped += count
        return rows

    def _show(self, numbers: Iterable[int]) -> None:
        kept = array("q", self._kept(numbers))
        self._shown.extend(kept)
        self._place(kept)

    def _kept(self, numbers: Iterable[int]) -> Iterable[int]:
        keep = self._keep
        if keep is None:
            return numbers
        lines, first = self._lines, self.dropped
        return [n for n in numbers if not (line := lines[n - first]).stamp or keep(plain(line.text))]

    def _place(self, numbers: Iterable[int]) -> None:
        """Append the rows of lines: each end is where the next line begins."""
        end = self._ends[-1] if self._ends else self._base
        self._ends.extend(islice(accumulate(map(self._height, numbers), initial=end), 1, None))

    def _height(self, number: int) -> int:
        room = self._room
        width = self._widths[number - self.dropped]
        if not room or width <= room:
            return 1
        rows = -(-width // room)
        if rows == -(-width // max(1, room - 1)):
            return rows
        # a wide character that does not fit leaves a cell free: only then may there be a row more
        return len(fold(plain(self.line(number).text), room))
