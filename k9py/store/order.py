"""How rows are sorted: natural order, and keys that make descending order ascending so that bisect can keep it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from k9py.store.column import Column
from k9py.values.cell import Cell

Place = tuple[Any, ...]
"""Where a row belongs: what its column is worth, then its identity, so that no two rows share a place."""

_DIGITS = re.compile("[0-9]+")
_LEAST = float("-inf")
_LAST = 0x10FFFF


class Sort(NamedTuple):
    """By which column a view is sorted."""

    title: str
    descending: bool = False


@lru_cache(maxsize=65_536)
def natural(text: str) -> str:
    """Text that compares as people sort: `pod-9` before `pod-10`. No two texts become the same."""
    return _DIGITS.sub(_weighted, text)


def _weighted(digits: re.Match[str]) -> str:
    # the more digits the later; nine of them and more are said by several digits, so that "9…" stays above "8"
    nines, rest = divmod(len(digits[0]), 9)
    return f"{'9' * nines}{rest}{digits[0]}"


class _Flip(dict[int, int]):
    """Turns the order of characters round, for str.translate."""

    def __missing__(self, code: int) -> int:
        self[code] = flipped = _LAST - code
        return flipped


_FLIP = _Flip()


def rank(column: Column, cell: Cell, descending: bool) -> float | str:
    """What a cell is worth when its column is sorted by, as a key that ascends."""
    if column.numeric:
        value: float = _LEAST if cell.value is None else cell.value
        return -value if descending else value
    text = natural(cell.text if cell.value is None else str(cell.value))
    # the end of a text counts as its last character: a text that goes on is the greater one
    return text.translate(_FLIP) + chr(_LAST) if descending else text
