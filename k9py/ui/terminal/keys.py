"""Keys, pasted text and the mouse as a terminal sends them to a program (xterm's control sequences, "Special Keys")."""

from __future__ import annotations

import re
import unicodedata

from textual.keys import KEY_NAME_REPLACEMENTS

_PLAIN = {
    "enter": "\r",
    "tab": "\t",
    "escape": "\x1b",
    "backspace": "\x7f",
    "space": " ",
    "shift+tab": "\x1b[Z",
    "ctrl+@": "\0",
    "ctrl+at": "\0",
    "ctrl+space": "\0",
    "ctrl+backslash": "\x1c",
    "ctrl+right_square_bracket": "\x1d",
    "ctrl+left_square_bracket": "\x1b",
    "ctrl+circumflex_accent": "\x1e",
    "ctrl+underscore": "\x1f",
    "ctrl+slash": "\x1f",
    "ctrl+minus": "\x1f",
    "ctrl+question_mark": "\x7f",
    "ctrl+backspace": "\b",
    **dict(zip((f"ctrl+{digit}" for digit in range(2, 9)), "\0\x1b\x1c\x1d\x1e\x1f\x7f", strict=True)),
}
_CURSOR = {"up": "A", "down": "B", "right": "C", "left": "D", "home": "H", "end": "F"}
_EDITING = {"insert": 2, "delete": 3, "pageup": 5, "pagedown": 6}
_FUNCTION = dict(zip((f"f{n}" for n in range(5, 13)), (15, 17, 18, 19, 20, 21, 23, 24), strict=True))
_FIRST_FUNCTION = dict(zip(("f1", "f2", "f3", "f4"), "PQRS", strict=True))
_WEIGHTS = {"shift": 1, "alt": 2, "meta": 2, "ctrl": 4}
_LONG_NAMES = {short: long for long, short in KEY_NAME_REPLACEMENTS.items()}
_JUNK = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")

WHEEL_UP, WHEEL_DOWN = 64, 65
"""Buttons of the mouse as they are reported; 0, 1 and 2 are the left, the middle and the right one."""
MOVED = 32
MOUSE_MODES = frozenset({9, 1000, 1002, 1003})


def encode_key(key: str, character: str | None, application: bool = False) -> bytes:
    """A key of Textual's, with the sign it stands for, as bytes; none for a key that no program knows.

    `application` is the mode of the cursor keys (DECCKM).
    """
    if key in _PLAIN:
        return _PLAIN[key].encode()
    *held, name = key.split("+") if key != "+" else [key]
    if re.fullmatch(r"f(1[3-9]|2[0-4])", name):
        held, name = [*held, "shift"], f"f{int(name[1:]) - 12}"
    if {"super", "hyper"} & set(held):  # these are for the window manager
        return b""
    if "ctrl" in held and (control := _PLAIN.get(f"ctrl+{name}")):
        return f"\x1b{control}".encode() if {"alt", "meta"} & set(held) else control.encode()
    weight = sum({_WEIGHTS.get(each, 0) for each in held})
    if sequence := _special(name, weight, application):
        return sequence.encode()
    return _sign(name, character, weight).encode()


def _special(name: str, weight: int, application: bool) -> str:
    """The sequence of a key that stands for no sign, or empty."""
    if letter := _CURSOR.get(name):
        if weight:
            return f"\x1b[1;{weight + 1}{letter}"
        return f"\x1bO{letter}" if application else f"\x1b[{letter}"
    if letter := _FIRST_FUNCTION.get(name):
        return f"\x1b[1;{weight + 1}{letter}" if weight else f"\x1bO{letter}"
    if number := _EDITING.get(name) or _FUNCTION.get(name):
        return f"\x1b[{number};{weight + 1}~" if weight else f"\x1b[{number}~"
    return ""


def _sign(name: str, character: str | None, weight: int) -> str:
    """A sign, alone or with keys that are held down; empty for what is none."""
    sign = _PLAIN.get(name) or character or (name if len(name) == 1 else _sign_of(name))
    if weight & 4 and len(name) == 1 and "a" <= name.lower() <= "z":
        sign = chr(ord(name.lower()) - 96)
    elif weight & 1 and character is None and len(name) == 1:
        sign = name.upper()
    return f"\x1b{sign}" if weight & 2 and sign else sign


def _sign_of(name: str) -> str:
    """The sign that Textual has a name for: `full_stop`; empty for what is none."""
    try:
        return unicodedata.lookup(_LONG_NAMES.get(name, name).replace("_", " "))
    except KeyError:
        return ""


def encode_paste(text: str, bracketed: bool) -> bytes:
    """Pasted text, in the brackets that a program has asked for, without what could end them or steers."""
    text = _JUNK.sub("", text.replace("\r\n", "\r").replace("\n", "\r"))
    return f"\x1b[200~{text}\x1b[201~".encode() if bracketed else text.encode()


def encode_mouse(button: int, x: int, y: int, modes: set[int], released: bool = False, held: int = 0) -> bytes:
    """Something done with the mouse in a cell (counted from 0), as the modes say that it is to be told.

    None of it where they do not want to hear of it: 9 presses only, 1000 also releases, 1002 also dragging, 1003 all.
    """
    wanted = modes & MOUSE_MODES
    moved = bool(button & MOVED)
    if not wanted or (wanted == {9} and (released or moved or button > 2)):
        return b""
    if moved and not (1003 in modes or (1002 in modes and button & 3 != 3)):
        return b""
    code = button | held
    if 1006 in modes:
        return f"\x1b[<{code};{x + 1};{y + 1}{'m' if released else 'M'}".encode()
    if released:
        code = code | 3
    return b"\x1b[M" + bytes(min(32 + number, 255) for number in (code, x + 1, y + 1))
