"""Bytes of a program, cut into text, control characters and sequences. However they are cut, the same comes out."""

from __future__ import annotations

import codecs
import re
import time
from math import inf

from k9py.ui.terminal.screen import Screen

_TOKEN = re.compile(
    r"(?P<text>[^\x00-\x1f\x7f-\x9f]+)"
    r"|(?P<control>[\x00-\x1a\x1c-\x1f\x7f-\x9f]{1,16})"
    r"|\x1b\[(?P<sequence>[0-?]{0,256}[ -/]{0,8}[@-~])"
    r"|\x1b(?P<string>[\]PX^_])"
    r"|\x1b(?P<escape>[ -/]{0,4}[0-Z\\`-~])"
    r"|(?P<part>\x1b(?:\[[0-?]{0,256}[ -/]{0,8}|[ -/]{0,4}))"
)
_STRING = 4096
"""Signs of a string (a title …) that are read; the rest of it is passed over."""
_ENDS = {"]": re.compile("[\x07\x18\x1a\x1b\x9c]"), "": re.compile("[\x18\x1a\x1b\x9c]")}
"""Where a string ends: the bell ends only commands for the system (OSC)."""


_CHECK = 16
"""Tokens between two looks at the clock; a sequence may mean much work."""


class Parser:
    """Feeds a screen."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._text = ""
        """What has been read, from `_at` on not yet done: at the end the begin of a sequence that is not whole yet."""
        self._at = 0
        self._kind = ""
        """The sort of string that is being read, or empty."""
        self._read: list[str] = []
        self._length = 0

    def feed(self, data: bytes, deadline: float = inf) -> bool:
        """Have the screen do what these bytes say; False when the time (of `time.perf_counter`) is over before that.

        Then `go_on` does the rest.
        """
        self._text = self._text[self._at :] + self._decode(data)
        self._at = 0
        return self.go_on(deadline)

    def go_on(self, deadline: float = inf) -> bool:
        """Do what is left to be done; False when the time is over before that."""
        while self._at < len(self._text):
            if self._kind:
                whole = self._read_string()
            else:
                whole = self._read_tokens(deadline)
                if whole and time.perf_counter() > deadline:
                    return False
            if not whole:
                break  # until more has come
        return True

    def _read_tokens(self, deadline: float) -> bool:
        """Up to the end, to where a string begins, or to the deadline. False where a sequence is not whole yet."""
        screen, text = self._screen, self._text
        for count, match in enumerate(_TOKEN.finditer(text, self._at), 1):
            self._at = match.end()
            sort = match.lastgroup
            if sort == "text":
                screen.draw(match[0])
            elif sort == "sequence":
                screen.sequence(match[3])
            elif sort == "control":
                for char in match[0]:
                    screen.control(char)
            elif sort == "escape":
                screen.escape(match[5])
            elif sort == "string":
                self._kind, self._read, self._length = match[4], [], 0
                return True
            elif self._at == len(text):
                self._at = match.start()
                return False
            if (sort == "sequence" or not count % _CHECK) and time.perf_counter() > deadline:
                return True
        return True

    def _read_string(self) -> bool:
        """Read a string on. False where it may end with what comes next."""
        text, at = self._text, self._at
        found = _ENDS["]" if self._kind == "]" else ""].search(text, at)
        end = found.start() if found else len(text)
        if found and found[0] == "\x1b" and end + 1 == len(text):
            return False
        if self._length < _STRING:
            self._read.append(text[at : min(end, at + _STRING - self._length)])
            self._length += end - at
        self._at = end
        if found:
            self._end_string(found[0])
        return True

    def _end_string(self, sign: str) -> None:
        """Its end: a bell, or ESC and a backslash (ST). Any other sequence breaks it off, and so do CAN and SUB."""
        if sign == "\x1b":
            whole = self._text[self._at + 1] == "\\"
            self._at += 2 if whole else 0
        else:
            whole = sign in "\x07\x9c"
            self._at += 1
        if whole:
            self._screen.string(self._kind, "".join(self._read))
        self._kind = ""
