"""What a screen shows, as bytes that have another terminal show the same: for a shell that moves there."""

from __future__ import annotations

from itertools import groupby

from k9py.ui.terminal.looks import (
    BLINK,
    BOLD,
    DIM,
    HIDDEN,
    ITALIC,
    PLAIN,
    REVERSE,
    RGB,
    STRIKE,
    UNDERLINE,
    Look,
)
from k9py.ui.terminal.rows import Row
from k9py.ui.terminal.screen import Screen

_CODES = {BOLD: 1, DIM: 2, ITALIC: 3, UNDERLINE: 4, BLINK: 5, REVERSE: 7, HIDDEN: 8, STRIKE: 9}
_MOVED = (1, 9, 1000, 1002, 1003, 1004, 1006, 1007, 2004)
"""Private modes by which a program has asked for other keys, for the mouse, for the focus, for marked pastes."""


def replay(screen: Screen) -> bytes:
    """Its rows down to the cursor, the cursor where it is, and the modes that its program has set."""
    parts = ["\x1b[?1049h\x1b[H"] if screen.alternate else []
    rows = screen.rows if screen.alternate else screen.rows[: screen.y + 1]
    parts.append("\r\n".join(map(_line, rows)))
    parts.append(f"\x1b[{screen.y + 1};{screen.column + 1}H" if screen.alternate else _to_column(screen.column))
    parts += [f"\x1b[?{mode}h" for mode in _MOVED if mode in screen.modes]
    parts += ["\x1b[?7l"] * (not screen.wraps) + ["\x1b[?25l"] * (25 not in screen.modes) + ["\x1b="] * screen.keypad
    return "".join((*parts, _set(screen.look))).encode()


def _to_column(column: int) -> str:
    return f"\r\x1b[{column}C" if column else "\r"


def _line(row: Row) -> str:
    """The signs of a row with their looks, without what is empty at its end."""
    end = len(row.chars)
    while end and row.chars[end - 1] == " " and row.looks[end - 1] == PLAIN:
        end -= 1
    parts, at = [], 0
    for look, same in groupby(row.looks[:end]):
        begin, at = at, at + sum(1 for _ in same)
        parts.append(_set(look) + "".join(row.chars[begin:at]))
    return "".join((*parts, "\x1b[0m"))


def _set(look: Look) -> str:
    """SGR for a look, whatever was before."""
    codes = ["0", *(str(code) for flag, code in _CODES.items() if look.flags & flag)]
    codes += [*_colour(30, look.ink), *_colour(40, look.ground)]
    return f"\x1b[{';'.join(codes)}m"


def _colour(base: int, colour: int | None) -> list[str]:
    """The numbers of a colour: 30 is the base of what is written, 40 of what is behind it."""
    if colour is None:
        return []
    if colour < 16:
        return [str(base + colour if colour < 8 else base + 52 + colour)]
    if colour < RGB:
        return [f"{base + 8};5;{colour}"]
    return [f"{base + 8};2;{colour >> 16 & 255};{colour >> 8 & 255};{colour & 255}"]
