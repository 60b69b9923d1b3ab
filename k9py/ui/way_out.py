"""The way out of a program that has the whole terminal: Enter ~ . as in ssh, whatever the other end does."""

from __future__ import annotations

HINT = "Enter ~ . leaves"


class WayOut:
    """Looks through what is typed. At the begin of a line `~.` leaves, and `~~` is one `~`."""

    def __init__(self) -> None:
        self._at_begin = True
        self._held = False

    def read(self, typed: bytes) -> tuple[bytes, bool]:
        """What of it is for the program, and whether the person leaves: what comes after that is dropped."""
        if not self._held and b"~" not in typed:
            self._at_begin = typed[-1:] in (b"\r", b"\n") if typed else self._at_begin
            return typed, False
        passed = bytearray()
        for sign in typed:
            if self._held:
                self._held = False
                if sign == ord("."):
                    return bytes(passed), True
                passed += b"~" if sign == ord("~") else bytes((ord("~"), sign))
            elif self._at_begin and sign == ord("~"):
                self._held = True
                continue
            else:
                passed.append(sign)
            self._at_begin = sign in b"\r\n"
        return bytes(passed), False
