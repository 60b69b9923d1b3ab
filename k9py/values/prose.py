"""A text to read, with what is told apart in it: what pages show, search, copy and save."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple, Protocol

Part = Literal["key", "number", "word", "remark", "mark", "bad"]


class Token(NamedTuple):
    """What is told apart from the text around it in a line, from `start` up to `end`."""

    start: int
    end: int
    part: Part


class Prose(Protocol):
    """Lines, and their tokens by the number of the line."""

    @property
    def lines(self) -> Sequence[str]:
        """The lines, without their ends."""

    def tokens(self, number: int) -> Sequence[Token]:
        """What is told apart in a line."""


def whole_text(prose: Prose) -> str:
    """What a file of it would hold."""
    return "\n".join([*prose.lines, ""])
