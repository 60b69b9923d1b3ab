"""k9s's column VALID: empty where an object is as it should be, else what of it is not, in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from k9py.kinds.conditions import conditions_tone, telling
from k9py.store.column import Column, Joined
from k9py.values.cell import Cell, Tone

_WELL = frozenset((Tone.PLAIN, Tone.OK, Tone.ADDED, Tone.DONE, Tone.DIM))

Say = Callable[[Any], str]
"""What is wrong with an object in one respect; "" where nothing is."""


def valid_column(tone: Callable[[Any, Joined], Tone], *says: Say) -> Column:
    """Wide, as in k9s. It says something of what feels other than well, and of nothing else."""

    def cell(obj: Any, joined: Joined) -> Cell:
        feels = tone(obj, joined)
        if feels in _WELL:
            return Cell()
        if feels is Tone.GOING:
            return Cell("Terminating", feels)
        return Cell("; ".join(filter(None, (say(obj) for say in says))) or "not yet as it is wanted", feels)

    return Column("VALID", cell, wide=True)


def says_ready(have: Say | Callable[[Any], int], wanted: Callable[[Any], int], what: str = "ready") -> Say:
    """`1 of 3 ready`, while it is not all of them."""

    def say(obj: Any) -> str:
        return "" if have(obj) == wanted(obj) else f"{have(obj)} of {wanted(obj)} {what}"

    return say


def says_conditions(obj: Any) -> str:
    """Those that are not as they should be: `Progressing=False (ProgressDeadlineExceeded)`."""
    conditions = obj.status.conditions
    return telling(conditions) if conditions_tone(conditions) in (Tone.BAD, Tone.BUSY) else ""
