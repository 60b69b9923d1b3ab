"""Lines as a terminal's driver makes them: for a program that reads its input without a terminal of its own."""

from __future__ import annotations

from rich.cells import cell_len

_ENTER, _ERASE, _KILL, _END = "\r\n", "\x7f\b", "\x15", "\x04"


class LineInput:
    """What is typed, shown as it is typed, and given to the program a line at a time."""

    def __init__(self) -> None:
        self._line = ""

    def type(self, data: bytes) -> tuple[bytes, bytes, bool]:
        """What is to be shown, what is for the program, and whether its input ends (ctrl-d where nothing is typed)."""
        if data.startswith(b"\x1b"):  # arrows and the like move nothing here
            return b"", b"", False
        shown, passed = "", ""
        for sign in data.decode("utf-8", "replace"):
            if sign in _ENTER:
                passed += f"{self._line}\n"
                shown, self._line = f"{shown}\r\n", ""
            elif sign in _ERASE or sign == _KILL:
                kept = "" if sign == _KILL else self._line[:-1]
                shown += "\b \b" * (cell_len(self._line) - cell_len(kept))
                self._line = kept
            elif sign == _END:
                if not self._line:
                    return shown.encode(), passed.encode(), True
                passed, self._line = passed + self._line, ""
            elif sign.isprintable() or sign == "\t":
                shown, self._line = shown + sign, self._line + sign
        return shown.encode(), passed.encode(), False
