"""Cells of CPU and memory, for pods and nodes alike: what is used, and its share of what was asked for or is there."""

from __future__ import annotations

from functools import lru_cache

from k9py.values.cell import Cell, Tone
from k9py.values.quantity import mebibytes, millicores, percent
from k9py.values.usage import Usage

UNMEASURED = Cell("-", Tone.DIM)
"""There are no metrics of it."""

NO_WHOLE = Cell("n/a", Tone.DIM)
"""Nothing that it could be a share of."""

_HIGH, _CRITICAL = 70, 90


def cpu_cell(usage: Usage | None) -> Cell:
    """CPU in thousandths of a core."""
    return _amount_cell(millicores(usage.cpu), "m") if usage else UNMEASURED


def memory_cell(usage: Usage | None) -> Cell:
    """Memory in mebibytes."""
    return _amount_cell(mebibytes(usage.memory), "Mi") if usage else UNMEASURED


def share_cell(used: int, whole: int, *, warns: bool = True) -> Cell:
    """Percent of the whole, rounded down. One that `warns` says by its tone when there is little left."""
    return _percent_cell(percent(used, whole), warns) if whole else NO_WHOLE


@lru_cache(maxsize=4096)
def _amount_cell(amount: int, unit: str) -> Cell:
    return Cell(f"{amount}{unit}", Tone.PLAIN, amount)


@lru_cache(maxsize=1024)
def _percent_cell(share: int, warns: bool) -> Cell:
    return Cell(str(share), _feel(share) if warns else Tone.PLAIN, share)


def _feel(share: int) -> Tone:
    if share >= _CRITICAL:
        return Tone.BAD
    return Tone.WARN if share >= _HIGH else Tone.PLAIN
