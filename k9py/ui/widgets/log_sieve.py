"""What is shown of a log: which lines, found how, and folded where they repeat. Worked out a block at a time.

Most of what people look for is a word: that is found in a whole block at once. Only a true regular expression looks at
each line.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import compress

from rich.cells import cell_len

from k9py.store.filter import FilterError, parse_filter
from k9py.ui.widgets.log_block import Block
from k9py.ui.widgets.log_form import compose, count_rows, join
from k9py.values.log import REMARK
from k9py.values.log_reading import Level, level_of

MOST_CONTEXT = 100
"""Lines around a match that may be asked for: fewer than a block has."""

PIECE = 64
"""Lines: learning what must be known of so many takes a millisecond at most."""

_SPECIAL = re.compile(r"[\\.^$*+?{}\[\]()|]")
_OPTION = re.compile(r"-(?:C ?(\d+)|(s)) ")
_TIMES = re.compile(rb"\d\d(?:\d\d[-/]\d\d[-/]\d\d[T ]?|:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)")


@dataclass(frozen=True)
class Sieve:
    """What is shown. A line must be of one of `sources` (None: of any), and of `level` at least.

    Of those that are, `pattern` finds some (those that it does not match, where `inverted`); where it `hides`, only
    they are shown, with `context` lines around each. `folds` shows lines that repeat once; `reads` shows what they say.
    """

    pattern: re.Pattern[str] | None = None
    inverted: bool = False
    hides: bool = True
    context: int = 0
    level: Level = Level.NONE
    sources: frozenset[int] | None = None
    folds: bool = False
    reads: bool = False

    @property
    def shows_all(self) -> bool:
        """Whether it hides nothing."""
        return not (self.hidden or self.folds or self.level or self.sources is not None)

    @property
    def hidden(self) -> bool:
        """Whether lines that do not match are hidden."""
        return self.pattern is not None and self.hides

    @property
    def sought(self) -> bool:
        """Whether something is looked for."""
        return self.pattern is not None

    @cached_property
    def word(self) -> bytes:
        """What is looked for, where it is just a word whose letter case is easily put aside; else nothing."""
        text = self.pattern.pattern if self.pattern else ""
        plain = not _SPECIAL.search(text) and (text.isascii() or text.lower() == text.upper())
        return text.lower().encode(errors="replace") if plain else b""


def parse_log_filter(text: str) -> Sieve:
    """What is typed after `/` in a log: `regex`, `!regex`, `-C 3 regex` with lines around it, `-s regex` hides nothing.

    Raises FilterError.
    """
    options = _OPTION.match(text)
    sought = text[options.end() :] if options else text
    found = parse_filter(sought)
    if found is None or sought.strip() in ("-C", "-s"):
        return Sieve()
    if found.pattern is None or found.selector is not None:
        raise FilterError("lines of a log have no labels", "type a text or a regular expression")
    context = int(options[1]) if options and options[1] else 0
    if context > MOST_CONTEXT:
        raise FilterError(f"at most {MOST_CONTEXT} lines around a match")
    return Sieve(found.pattern, found.inverted, hides=not (options and options[2]), context=context)


# what must be known of a block


def study(block: Block, sieve: Sieve, room: int) -> Iterator[None]:
    """Learn of a block what a sieve must know, a few lines at a time.

    What was learnt is kept in the block: one may leave off at any time, lines may come, and one begins again.
    """
    if sieve.level:
        yield from _learn(block, block.levels, lambda first, last: map(level_of, block.texts(first, last)))
    if pattern := sieve.pattern:
        yield from _search(block, sieve, pattern)
    if sieve.folds:
        yield from _learn(block, block.prints, lambda first, last: _prints(block.piece(first, last)))
    if room:
        wanted = _wanted(block, sieve, 0, 0)
        yield from _learn(block, block.heights, lambda first, last: _heights(block, first, last, wanted, sieve, room))


def _learn(block: Block, known: bytearray | array[int], learn: Callable[[int, int], Iterable[int]]) -> Iterator[None]:
    """Learn something of each line of which it is not known yet."""
    while (first := len(known)) < len(block):
        known.extend(learn(first, min(len(block), first + PIECE)))
        yield


def _search(block: Block, sieve: Sieve, pattern: re.Pattern[str]) -> Iterator[None]:
    """Search the lines that were not searched yet; then take those for hits that the sieve lets pass."""
    while (first := block.searched) < len(block):
        last = len(block) if sieve.word else min(len(block), first + PIECE)
        found = _find_word(block, first, last, sieve.word) if sieve.word else _find_pattern(block, first, last, pattern)
        if sieve.inverted:
            left_out = set(found)
            found = (index for index in range(first, last) if index not in left_out)
        block.matches.extend(found)
        block.searched = last
        yield
    times, passes = block.times, _passes(block, sieve)
    hits = (index for index in block.matches if times[index] != REMARK and (passes is None or passes[index]))
    block.hits = array("H", hits)


def _prints(data: bytes) -> Iterable[int]:
    """Of lines that say the same, times aside, the same number."""
    return map(hash, _TIMES.sub(b"", data).split(b"\n")[:-1])


def _find_word(block: Block, first: int, last: int, word: bytes) -> Iterator[int]:
    """The lines with a word in them: UTF-8 has no letter in the middle of another, and lower() changes ASCII only."""
    ends, base = block.ends, block.start(first)
    data = block.piece(first, last).lower()
    at = data.find(word)
    while at >= 0:
        index = bisect_right(ends, at + base)
        yield index
        at = data.find(word, ends[index] - base)


def _find_pattern(block: Block, first: int, last: int, pattern: re.Pattern[str]) -> Iterator[int]:
    search = pattern.search
    return (index for index, text in enumerate(block.texts(first, last), first) if search(text))


def _passes(block: Block, sieve: Sieve) -> bytearray | None:
    """Which lines have a source and a level that are wanted; None: all. A remark has no level."""
    wanted = None
    if sieve.level:
        wanted = block.levels.translate(bytes(level >= sieve.level for level in range(256)))
        for index in block.remarks:
            wanted[index] = 1
    if sieve.sources is not None:
        sources = sieve.sources
        of_these = bytearray(source in sources for source in block.sources)
        wanted = of_these if wanted is None else bytearray(map(int.__and__, wanted, of_these))
    return wanted


# what is shown of it


def arrange(block: Block, sieve: Sieve, lead: int, trail: int, room: int) -> None:
    """Work out what is shown of a block that was studied, and in which rows of `room` cells (0: one row each).

    `lead` and `trail` are how many of its first and last lines stand around matches of the blocks beside it.
    """
    block.shown, block.repeats = None, {}
    if not sieve.shows_all:
        block.shown = array("H", _shown(block, sieve, lead, trail))
        if sieve.folds:
            _fold(block)
    block.rows = array("I", _ends_of_rows(block, room, sieve.reads)) if room else None


def _shown(block: Block, sieve: Sieve, lead: int, trail: int) -> Iterable[int]:
    wanted = _wanted(block, sieve, lead, trail)
    return range(len(block)) if wanted is None else compress(range(len(block)), wanted)


def _wanted(block: Block, sieve: Sieve, lead: int, trail: int) -> bytearray | None:
    """Which lines are shown, those that repeat included; None: all."""
    wanted = _passes(block, sieve)
    if sieve.hidden:
        around = _around(block, sieve.context, lead, trail)
        wanted = around if wanted is None else bytearray(map(int.__and__, around, wanted))
    return wanted


def _around(block: Block, context: int, lead: int, trail: int) -> bytearray:
    """The lines that were found, those around them, and all remarks."""
    size = len(block)
    wanted = bytearray(size)
    for index in block.hits:
        begin, end = max(0, index - context), min(size, index + context + 1)
        wanted[begin:end] = b"\1" * (end - begin)
    for index in block.remarks:
        wanted[index] = 1
    wanted[:lead] = b"\1" * min(lead, size)
    if trail:
        wanted[max(0, size - trail) :] = b"\1" * min(trail, size)
    return wanted


def _fold(block: Block) -> None:
    """Of lines that say the same one after the other, times aside, show the first with how many they are."""
    firsts, counts = array("H"), block.repeats
    last: tuple[int, bool] | None = None
    for index in block.shown or ():
        said = (block.prints[index], block.times[index] == REMARK)
        if said == last:
            counts[firsts[-1]] = counts.get(firsts[-1], 1) + 1
        else:
            firsts.append(index)
            last = said
    block.shown = firsts


def _ends_of_rows(block: Block, room: int, reads: bool) -> Iterator[int]:
    end = 0
    heights, repeats = block.heights, block.repeats
    for index in range(len(block)) if block.shown is None else block.shown:
        known = heights[index] if index not in repeats else 0
        end += known or _height(block, index, room, reads)
        yield end


def _heights(block: Block, first: int, last: int, wanted: bytearray | None, sieve: Sieve, room: int) -> Iterator[int]:
    """The rows of lines that may be shown."""
    for index in range(first, last):
        yield _height(block, index, room, sieve.reads) if wanted is None or wanted[index] else 0


def _height(block: Block, index: int, room: int, reads: bool) -> int:
    """How many rows of `room` cells a line takes."""
    repeats, width = block.repeats.get(index, 1), block.widths[index]
    if reads or repeats > 1:
        text = join(compose(block.text(index), repeats, reads and block.times[index] != REMARK))
        return count_rows(cell_len(text), text, room)
    return 1 if width <= room else count_rows(width, block.text(index), room)
