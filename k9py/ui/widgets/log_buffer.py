"""The lines of a log in blocks, and which row of the screen belongs to which line: filtered, folded, wrapped.

When something else is to be shown, blocks are sifted a few at a time, those in sight first: a million lines take a
while, and meanwhile everything goes on. Until it is sifted, a block has no rows. Lines are known by number, counted
from the first one ever seen; numbers outlive what falls off the top.
"""

from __future__ import annotations

import time
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from math import inf
from typing import NamedTuple

from k9py.ui.widgets.log_block import Block
from k9py.ui.widgets.log_sieve import Sieve, arrange, study
from k9py.values.log import Entry

CAPACITY = 1_000_000
BLOCK = 1_024
"""Lines: what is shown of them is worked out in pieces of a millisecond, whatever is looked for."""
MOST_BYTES = 512 * 2**20
LATEST = 4_096
"""Lines that are put in order again when one comes late: of a source that was cut off, or slower than others."""


class Line(NamedTuple):
    """A line that is kept. `found` tells that it is one of those that are looked for."""

    number: int
    time: int
    source: int
    text: str
    coloured: str
    repeats: int
    found: bool


class LogBuffer:
    """At least `capacity` lines, by whole blocks, and their rows."""

    def __init__(self, capacity: int = CAPACITY, block: int = BLOCK, most_bytes: int = MOST_BYTES) -> None:
        self._capacity = capacity
        self._size = min(block, capacity)
        self._most_bytes = most_bytes
        self.sieve = Sieve()
        self._room = 0
        self._turn = 0
        self.clear()

    def clear(self) -> None:
        """Forget all lines, and what was dropped."""
        self.dropped = 0
        """How many lines have fallen off the top: also the number of the first line that is left."""
        self.widest = 0
        """Cells of the widest line seen."""
        self.shown = 0
        """How many lines are shown."""
        self.found = 0
        """How many lines are among those that are looked for."""
        self.rows = 0
        """How many rows they take."""
        self._blocks: list[Block] = []
        self._queue: list[Block] = []
        self._bytes = 0

    def __len__(self) -> int:
        return self._blocks[-1].first + len(self._blocks[-1]) - self.dropped if self._blocks else 0

    @property
    def busy(self) -> bool:
        """Whether blocks are still to be sifted."""
        return bool(self._queue)

    @property
    def progress(self) -> float:
        """How much of it is sifted."""
        return 1 - len(self._queue) / len(self._blocks) if self._queue else 1.0

    @property
    def last_key(self) -> int:
        """The key of the last line."""
        return self._blocks[-1].keys[-1] if self._blocks else 0

    # lines come and go

    def extend(self, entries: Sequence[Entry]) -> int:
        """Take lines in, in their order; how many rows have fallen off the top for them."""
        if not entries:
            return 0
        if entries[0].key < self.last_key:
            back = self._take_back(entries[0].key)
            entries = sorted([*back, *entries], key=lambda entry: entry.key)
        at = 0
        while at < len(entries):
            block = self._open_block()
            first = len(block)
            part = entries[at : at + self._size - first]
            block.add(part)
            at += len(part)
            self._bytes += block.size - (block.ends[first - 1] if first else 0)
            self.widest = max(self.widest, max(block.widths[first:]))
            if block.turn == self._turn:
                self._sift(block)
        gone = self._drop()
        self._count()
        return gone

    def _open_block(self) -> Block:
        """The last block, if there is room in it."""
        if self._blocks and len(self._blocks[-1]) < self._size:
            return self._blocks[-1]
        block = Block(self.dropped + len(self))
        block.turn = self._turn
        self._blocks.append(block)
        return block

    def _take_back(self, key: int) -> list[Entry]:
        """Remove the lines at the end that come after a key, but no more than LATEST."""
        back: list[Entry] = []
        while self._blocks and len(back) < LATEST:
            block = self._blocks[-1]
            length = bisect_right(block.keys, key)
            if length == len(block):
                break
            self._bytes -= block.size
            back = block.cut(length) + back
            self._bytes += block.size
            if not length:
                self._forget(block)
            else:
                self._sift(block)
                break
        return back

    def _forget(self, block: Block) -> None:
        self._blocks.remove(block)
        if block in self._queue:
            self._queue.remove(block)

    def _drop(self) -> int:
        """Let whole blocks go that are more than there is room for."""
        rows = 0
        while len(self) - len(self._blocks[0]) >= self._capacity or (
            self._bytes > self._most_bytes and len(self._blocks) > 1
        ):
            block = self._blocks[0]
            self._forget(block)
            rows += block.row_count
            self._bytes -= block.size
            self.dropped += len(block)
        return rows

    # what is shown

    def show(self, sieve: Sieve, near: int = 0) -> None:
        """Show other lines, or in another form; those near a number are sifted first."""
        if sieve != self.sieve:
            self.sieve = sieve
            self._sift_anew(near)

    def wrap(self, room: int, near: int = 0) -> None:
        """Wrap lines at `room` cells; 0 gives each line one row."""
        if room != self._room:
            self._room = room
            self._sift_anew(near)

    def _sift_anew(self, near: int) -> None:
        self._turn += 1
        self._queue = []
        for block in self._blocks:
            block.show_nothing()
        if self.sieve.shows_all and not self.sieve.sought and not self._room:
            for block in self._blocks:
                self._sift(block)
        else:
            self._queue = sorted(self._blocks, key=lambda block: -abs(block.first - near))
        self._count()

    def sift(self, seconds: float) -> None:
        """Go on for some seconds, or until a piece of a block is done."""
        end = time.perf_counter() + seconds
        while self._queue and (self._queue[-1].turn == self._turn or self._sift(self._queue[-1], end)):
            self._queue.pop()
            if time.perf_counter() >= end:
                break
        self._count()

    def _sift(self, block: Block, end: float = inf) -> bool:
        """Sift a block; whether that was done before a time of the clock."""
        for _ in study(block, self.sieve, self._room):
            if time.perf_counter() >= end:
                return False
        block.turn = self._turn
        self._arrange_around(block)
        return True

    def _arrange_around(self, block: Block) -> None:
        """Arrange a block, and those beside it where lines around matches may reach over."""
        self._arrange(block)
        if self.sieve.hidden and self.sieve.context:
            at = self._index(block.first)
            for beside in self._blocks[max(0, at - 1) : at + 2]:
                if beside is not block and beside.turn == self._turn:
                    self._arrange(beside)

    def _arrange(self, block: Block) -> None:
        lead = trail = 0
        if self.sieve.hidden and (context := self.sieve.context):
            at = self._index(block.first)
            if at and (hits := self._blocks[at - 1].hits):
                lead = max(0, context + 1 - (len(self._blocks[at - 1]) - hits[-1]))
            if at + 1 < len(self._blocks) and (hits := self._blocks[at + 1].hits):
                trail = max(0, context - hits[0])
        arrange(block, self.sieve, lead, trail, self._room)

    def _count(self) -> None:
        """Count rows anew: there are a thousand blocks at most."""
        rows = shown = found = 0
        for block in self._blocks:
            block.rows_before = rows
            rows += block.row_count
            shown += block.shown_count
            found += len(block.hits)
        self.rows, self.shown, self.found = rows, shown, found

    # from rows to lines and back

    def _index(self, number: int) -> int:
        """Which block has the line of a number; all but the last one are full."""
        return (number - self.dropped) // self._size

    def _block(self, number: int) -> Block:
        return self._blocks[self._index(number)]

    def line(self, number: int) -> Line:
        """A line by its number."""
        block = self._block(number)
        at = number - block.first
        text = block.text(at)
        hits = block.hits
        place = bisect_left(hits, at)
        return Line(
            number,
            block.times[at],
            block.sources[at],
            text,
            block.coloured.get(at, text),
            block.repeats.get(at, 1),
            place < len(hits) and hits[place] == at,
        )

    def locate(self, row: int) -> tuple[int, int]:
        """The number of the line that has a row, and which of its rows it is."""
        block = self._blocks[bisect_right(self._blocks, row, key=lambda block: block.rows_before) - 1]
        at, part = block.locate(row - block.rows_before)
        return block.first + at, part

    def row_of(self, number: int) -> int:
        """The first row of a line, or of the first shown line after it; the number of rows when there is none."""
        at = self._index(max(number, self.dropped))
        if at >= len(self._blocks):
            return self.rows
        block = self._blocks[at]
        index = max(0, number - block.first)
        place = min(index, len(block)) if block.shown is None else bisect_left(block.shown, index)
        return block.rows_before + block.row_at(place)

    def step(self, number: int, by: int) -> int | None:
        """The line after (before) a number that is among those that are looked for; None where there is none."""
        at = min(max(0, self._index(number)), len(self._blocks) - 1)
        while 0 <= at < len(self._blocks):
            block = self._blocks[at]
            index = number - block.first
            place = bisect_right(block.hits, index) if by > 0 else bisect_left(block.hits, index) - 1
            if 0 <= place < len(block.hits):
                return block.first + block.hits[place]
            at += by
        return None

    def rank(self, number: int) -> int:
        """How many lines up to a number are among those that are looked for."""
        count = 0
        for block in self._blocks:
            if block.first + len(block) > number:
                return count + bisect_right(block.hits, number - block.first)
            count += len(block.hits)
        return count

    def shown_lines(self, first: int, last: int) -> Iterator[Line]:
        """The lines that are shown between two numbers, both included."""
        for block in self._blocks:
            if block.first <= last and block.first + len(block) > first:
                for index in range(len(block)) if block.shown is None else block.shown:
                    if first <= block.first + index <= last:
                        yield self.line(block.first + index)
