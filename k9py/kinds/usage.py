"""Cells of CPU and memory, for pods and nodes alike: what is used, and its share of what was asked for or is there."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from k9py.kinds.pod_budget import Budget
from k9py.store.column import Column, Joined
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


def millicore_cell(amount: int) -> Cell:
    """So many thousandths of a core."""
    return _amount_cell(amount, "m")


def size_cell(size: int) -> Cell:
    """A size in bytes, said in mebibytes."""
    return _amount_cell(mebibytes(size), "Mi")


def share_cell(used: int, whole: int, *, warns: bool = True) -> Cell:
    """Percent of the whole, rounded down. One that `warns` says by its tone when there is little left."""
    return _percent_cell(percent(used, whole), warns) if whole else NO_WHOLE


def usage_columns(budget: Callable[[Any], Budget]) -> tuple[Column, ...]:
    """CPU and memory of pods or containers, and their shares of what was asked for and of what is allowed."""

    def cell(read: Callable[[Usage, Budget], Cell]) -> Callable[[Any, Joined], Cell]:
        def of(obj: Any, joined: Joined) -> Cell:
            usage = joined.usage.get((obj.metadata.namespace, obj.metadata.name))
            return read(usage, budget(obj)) if usage else UNMEASURED

        return of

    shares: tuple[tuple[str, Callable[[Usage, Budget], Cell]], ...] = (
        ("CPU", lambda usage, _: cpu_cell(usage)),
        ("%CPU/R", lambda usage, own: share_cell(millicores(usage.cpu), own.cpu_request, warns=False)),
        ("%CPU/L", lambda usage, own: share_cell(millicores(usage.cpu), own.cpu_limit)),
        ("MEM", lambda usage, _: memory_cell(usage)),
        ("%MEM/R", lambda usage, own: share_cell(int(usage.memory), own.memory_request, warns=False)),
        ("%MEM/L", lambda usage, own: share_cell(int(usage.memory), own.memory_limit)),
    )
    return tuple(Column(title, cell(read), "right", numeric=True) for title, read in shares)


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
