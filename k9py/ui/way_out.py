"""The way out of a program that has the whole terminal: Enter ~ . as in ssh, whatever the other end does."""

from __future__ import annotations

import re

HINT = "Enter ~ . leaves"

_ANSWER = re.compile(rb"\x1b\[([?>=]?[\d;]*(\$y|[Rcnt])|[IO])")
"""What a terminal says by itself: where its cursor is, what it is, its modes and size, and whether it has the focus."""
_BEGIN = re.compile(rb"\x1b(\[([?>=]?[\d;]*\$?)?)?")


class WayOut:
    """Looks through what is typed. At the begin of a line `~.` leaves, and `~~` is one `~`.

    A program may ask the terminal something at its prompt, as busybox's shell asks where the cursor is. The answer
    comes from the keyboard, and is nothing that a person has typed.
    """

    def __init__(self) -> None:
        self._at_begin = True
        self._held = False
        self._answer = b""
        """The begin of what may be an answer."""

    def read(self, typed: bytes) -> tuple[bytes, bool]:
        """What of it is for the program, and whether the person leaves: what comes after that is dropped."""
        if not (self._held or self._answer or b"~" in typed or b"\x1b" in typed):
            self._at_begin = typed[-1:] in (b"\r", b"\n") if typed else self._at_begin
            return typed, False
        passed = bytearray()
        for sign in typed:
            if self._held:
                self._held = False
                if sign == ord("."):
                    return bytes(passed), True
                passed += b"~" if sign == ord("~") else bytes((ord("~"), sign))
                self._at_begin = sign in b"\r\n"
            elif self._at_begin and not self._answer and sign == ord("~"):
                self._held = True
            else:
                passed.append(sign)
                self._note(sign)
        return bytes(passed), False

    def _note(self, sign: int) -> None:
        answer = self._answer + bytes((sign,))
        self._answer = answer if _BEGIN.fullmatch(answer) else b""
        if not self._answer and not _ANSWER.fullmatch(answer):
            self._at_begin = sign in b"\r\n"
