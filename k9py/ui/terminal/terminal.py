"""A terminal as a whole: bytes go in when they come, the screen takes them in when a frame has time for it."""

from __future__ import annotations

import time
from collections import deque
from math import inf

from k9py.ui.terminal.grid import KEPT
from k9py.ui.terminal.parser import Parser
from k9py.ui.terminal.rows import Line, Row, open_line
from k9py.ui.terminal.screen import Screen

BEHIND = 1_000_000
"""Bytes that may wait before whoever sends them should wait, too."""
_PIECE = 16_384


class Terminal:
    """A screen with what has gone by above it: `lines` many, numbered from 0 at the oldest that is kept."""

    def __init__(self, width: int = 80, height: int = 24, kept: int = KEPT) -> None:
        self.screen = Screen(width, height, kept)
        self._parser = Parser(self.screen)
        self._queue: deque[bytes] = deque()
        self._waiting = 0
        self._halfway = False
        """Whether the parser has not yet done all that it was fed."""

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        return self.screen.width, self.screen.height

    @property
    def lines(self) -> int:
        """How many lines there are: those that have gone by, and the rows of the screen."""
        return len(self.screen.history) + self.screen.height

    @property
    def busy(self) -> bool:
        """Whether there is something to take in."""
        return self._halfway or bool(self._queue)

    @property
    def behind(self) -> bool:
        """Whether so much waits that no more should come."""
        return self._waiting > BEHIND

    def line(self, number: int) -> Line | Row:
        """One of the lines."""
        gone_by = len(self.screen.history)
        return open_line(self.screen.history[number]) if number < gone_by else self.screen.rows[number - gone_by]

    def feed(self, data: bytes) -> None:
        """What the program has written. It is taken in by `advance`."""
        if data:
            self._queue += (data[at : at + _PIECE] for at in range(0, len(data), _PIECE))
            self._waiting += len(data)

    def advance(self, seconds: float = inf) -> None:
        """Take in what waits, for about so long; `busy` says whether some is left."""
        deadline = time.perf_counter() + seconds
        while self.busy:
            if self._halfway:
                self._halfway = not self._parser.go_on(deadline)
            else:
                piece = self._queue.popleft()
                self._waiting -= len(piece)
                self._halfway = not self._parser.feed(piece, deadline)
            if time.perf_counter() > deadline:
                return
