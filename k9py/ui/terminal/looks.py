"""How a cell looks: its colours and attributes, as programs set them with SGR (ECMA-48 8.3.117)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

RGB = 1 << 24
"""A colour from here on is red, green and blue; below it one of the 256 of the palette."""

BOLD, DIM, ITALIC, UNDERLINE, BLINK, REVERSE, HIDDEN, STRIKE = (1 << bit for bit in range(8))

_ON = {1: BOLD, 2: DIM, 3: ITALIC, 4: UNDERLINE, 5: BLINK, 6: BLINK, 7: REVERSE, 8: HIDDEN, 9: STRIKE, 21: UNDERLINE}
_OFF = {22: BOLD | DIM, 23: ITALIC, 24: UNDERLINE, 25: BLINK, 27: REVERSE, 28: HIDDEN, 29: STRIKE}
_INK = {39: None, **{30 + n: n for n in range(8)}, **{90 + n: 8 + n for n in range(8)}}
_GROUND: dict[int, int | None] = {code + 10: colour for code, colour in _INK.items()}
_EXTENDED = {38: "ink", 48: "ground", 58: ""}
"""What the next numbers are a colour of; that of underlines is not shown."""
_TAKEN = {"5": 2, "2": 4}
"""How many numbers a colour takes, by the first of them."""


class Look(NamedTuple):
    """Colours (None is the terminal's own) and attributes of a cell."""

    ink: int | None = None
    ground: int | None = None
    flags: int = 0


PLAIN = Look()


@lru_cache(maxsize=4096)
def on_ground(ground: int | None) -> Look:
    """The look of a cell that was erased: it keeps the background."""
    return PLAIN if ground is None else Look(None, ground)


@lru_cache(maxsize=4096)
def change_look(look: Look, params: str) -> Look:
    """A look after an SGR with these parameters. What is not known changes nothing."""
    for code, rest in _codes(params):
        look = _set_colour(look, code, rest) if code in _EXTENDED else _set(look, code, rest)
    return look


def _codes(params: str) -> Iterator[tuple[int, Sequence[str]]]:
    """The codes, each with what belongs to it: after colons, or for colours after semicolons as well."""
    groups = [group.split(":") for group in params.split(";")]
    at = 0
    while at < len(groups):
        code, rest = _number(groups[at][0]), groups[at][1:]
        at += 1
        if code in _EXTENDED and not rest:
            rest = [group[0] for group in groups[at : at + 4]]
            rest = rest[: _TAKEN.get(rest[0] if rest else "", 1)]
            at += len(rest)
        yield code, rest


def _set(look: Look, code: int, rest: Sequence[str]) -> Look:
    if code == 0:
        return PLAIN
    if code == 4 and rest[:1] == ["0"]:
        code = 24
    if code in _INK:
        return look._replace(ink=_INK[code])
    if code in _GROUND:
        return look._replace(ground=_GROUND[code])
    return look._replace(flags=(look.flags | _ON.get(code, 0)) & ~_OFF.get(code, 0))


def _set_colour(look: Look, code: int, words: Sequence[str]) -> Look:
    part, colour = _EXTENDED[code], _read_colour(words)
    return look if colour is None or not part else look._replace(**{part: colour})


def _read_colour(words: Sequence[str]) -> int | None:
    """`5 n` is one of 256, `2 r g b` any (ISO 8613-6 has a colour space before them); None for what is neither."""
    if len(words) >= 2 and words[0] == "5":
        number = _number(words[1])
        return number if number < 256 else None
    if len(words) >= 4 and words[0] == "2":
        first = 2 if len(words) > 4 else 1
        red, green, blue = (min(_number(word), 255) for word in words[first : first + 3])
        return RGB | red << 16 | green << 8 | blue
    return None


def _number(word: str) -> int:
    return int(word) if word.isdecimal() else 0
