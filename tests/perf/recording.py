"""A terminal that disturbs nothing: it notes what a program writes and when, and looks at it afterwards.

To parse what is written costs as much as to write it, and both would share the machine's cores. So while something is
measured, bytes are only kept with the moment of their arrival; the screen is built from them later, and then it is
known after which of them it showed what.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.terminal import Emulator, Terminal

SIZE = (200, 50)
#: Queries that Textual waits for, or that change how it writes.
_ANSWERS = {b"\x1b[c": "\x1b[?62;22c", b"\x1b[?2026$p": "\x1b[?2026;2$y", b"\x1b[6n": "\x1b[1;1R"}


@dataclass(frozen=True)
class Chunk:
    """What came at once, and when (monotonic seconds)."""

    at: float
    data: bytes


@dataclass(frozen=True)
class Probe:
    """Something that a line of the screen is to show: looked for from `since` on, its delay counted from `at`."""

    since: float
    at: float
    row: int
    text: str


class Recording(Terminal):
    """A program in a terminal whose screen is built only when somebody looks."""

    def __init__(self, argv: Sequence[str]) -> None:
        self.chunks: list[Chunk] = []
        self._built = 0
        self.began = time.monotonic()
        super().__init__(argv, SIZE, keep_raw=0)

    def _read(self) -> None:
        while data := self._next():
            for query, answer in _ANSWERS.items():
                if query in data:
                    self._write(answer)
            with self._changed:
                self.chunks.append(Chunk(time.monotonic(), data))
                self.bytes_out += len(data)
                self._last_output = self.chunks[-1].at
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def build(self) -> list[str]:
        """The screen's lines as they are now."""
        with self._changed:
            for chunk in self.chunks[self._built :]:
                self._emulator.feed(chunk.data)
            self._built = len(self.chunks)
            return self._emulator.lines()

    def wait_bytes(self, wanted: bytes, since: int = 0, timeout: float = 30) -> bool:
        """Wait until chunks from number `since` on hold these bytes; whether they came."""
        end = time.monotonic() + timeout
        at, tail = since, b""
        while True:
            with self._changed:
                if not self._changed.wait_for(lambda: self._ended or len(self.chunks) > at, end - time.monotonic()):  # noqa: B023
                    return False
                data = tail + b"".join(chunk.data for chunk in self.chunks[at:])
                at, ended = len(self.chunks), self._ended
            if wanted in data:
                return True
            if ended:
                raise TimeoutError("the program has ended:\n" + "\n".join(self.build()))
            tail = data[-len(wanted) :]

    def wait_shown(self, holds: Callable[[str], bool], timeout: float = 60) -> str:
        """Wait until a screen holds, looking at it four times a second; that screen."""
        end = time.monotonic() + timeout
        while not holds(text := "\n".join(self.build())):
            if time.monotonic() > end or not self.alive:
                raise TimeoutError(f"not seen after {timeout:.0f} s:\n{text}")
            time.sleep(0.25)
        return text

    def first_time(self, holds: Callable[[str], bool]) -> float:
        """Seconds from the program's start until its screen held."""
        emulator = Emulator(*SIZE)
        for chunk in self.chunks:
            emulator.feed(chunk.data)
            if holds("\n".join(emulator.lines())):
                return chunk.at - self.began
        raise LookupError("the screen never held")

    def delays(self, probes: Sequence[Probe]) -> dict[Probe, float]:
        """Seconds until each of the probes was seen, given in the order of time; those never seen are left out."""
        emulator, waiting, found = Emulator(*SIZE), deque(probes), {}
        for chunk in self.chunks:
            emulator.feed(chunk.data)
            while len(waiting) > 1 and waiting[1].since <= chunk.at:
                waiting.popleft()
            if waiting and waiting[0].since <= chunk.at and waiting[0].text in _row(emulator, waiting[0].row):
                probe = waiting.popleft()
                found[probe] = max(0.0, chunk.at - probe.at)
        return found


def _row(emulator: Emulator, row: int) -> str:
    cells = emulator.screen.buffer[row]
    return "".join(cells[x].data for x in range(emulator.screen.columns))
