"""What stands in one place of a table: text, how it feels, and what it is worth when sorted."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Any, NamedTuple


class Tone(Enum):
    """How a cell or row feels. A theme gives each its colour; a glyph or word always says the same without colour."""

    PLAIN = ""
    OK = "ok"
    ADDED = "added"
    BUSY = "busy"
    WARN = "warn"
    BAD = "bad"
    DONE = "done"
    GOING = "going"
    DIM = "dim"


_GRAVITY = {
    tone: place
    for place, tone in enumerate(
        (
            *(Tone.PLAIN, Tone.DIM, Tone.DONE, Tone.OK, Tone.ADDED),
            *(Tone.BUSY, Tone.WARN, Tone.BAD, Tone.GOING),
        )
    )
}


def worst(tones: Iterable[Tone]) -> Tone:
    """The one that is most to be looked at; that something is going leaves nothing else to say. PLAIN of none."""
    return max(tones, key=_GRAVITY.__getitem__, default=Tone.PLAIN)


class Cell(NamedTuple):
    """One cell. Painted it is `text`; with `since` (epoch seconds) it is the age, or `text (age ago)` if it has a text.

    `value` is what a sort compares (the text, when None); cells of one column hold values of one type.
    """

    text: str = ""
    tone: Tone = Tone.PLAIN
    value: Any = None
    since: float | None = None
