"""The log of one container, as a kubelet keeps and serves it."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import NamedTuple

from k9py.demo.core.clock import Clock

KEPT = 2_000
"""Lines of a log that are kept; a real kubelet rotates by size (containerLogMaxSize)."""


class Line(NamedTuple):
    """A line: its number in the log, when it was written (seconds since the epoch), its text and stream."""

    number: int
    time: float
    text: bytes
    stream: str


class Log:
    """Lines in order. Readers who follow are woken by each write, and let go when it ends."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.lines: deque[Line] = deque(maxlen=KEPT)
        self.ended = False
        self._count = 0
        self._moved: asyncio.Event | None = None

    def write(self, text: str | bytes, stream: str = "stdout") -> None:
        """Append a line."""
        raw = text.encode() if isinstance(text, str) else text
        self.lines.append(Line(self._count, self._clock.now, raw, stream))
        self._count += 1
        self._wake()

    def end(self) -> None:
        """The container has stopped: nothing more will be written."""
        self.ended = True
        self._wake()

    async def moved(self) -> None:
        """Wait until something is written, or it ends."""
        if self._moved is None:
            self._moved = asyncio.Event()
        await self._moved.wait()

    def _wake(self) -> None:
        if self._moved is not None:
            self._moved.set()
            self._moved = None
