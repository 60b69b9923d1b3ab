"""A log that is being followed: its lines wait here until they are taken."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing

from k9py.kube.logs import LogTail
from k9py.session.tasks import Tasks
from k9py.values.errors import K9pyError
from k9py.values.log import REMARK, Entry, LogLine, LogSource, read_stamp

MOST_WAITING = 20_000
"""Lines that wait: of a log with more to tell, no more is read until some were taken. None is ever let go."""
QUIET = 0.2
"""Seconds without a line after which no more of what was written already is expected."""


class Tail:
    """Lines of the source that `number` counts. `on_lines` is called when some have come and none were waiting.

    `key` is that of the newest line; `patient` the time until which more may come that is older than that of others.
    """

    def __init__(
        self,
        log: LogTail,
        source: LogSource,
        uid: str,
        number: int,
        on_lines: Callable[[], None],
        tasks: Tasks,
        patience: float,
    ) -> None:
        self.source = source
        self.uid = uid
        """Of the pod, as it was when this began."""
        self.ended = False
        self.key = 0
        self.patient = time.monotonic() + patience
        self._number = number
        self._on_lines = on_lines
        self._waiting: list[Entry] = []
        self._untold = 0
        self._room = asyncio.Event()
        self._room.set()
        self._log = log
        self._task = tasks.start(self._follow(), f"following the log of {source.namespace}/{source.pod}")

    @property
    def expects_more(self) -> bool:
        """Whether more that was written already is to come."""
        return not self.ended and (not self._room.is_set() or time.monotonic() < self.patient)

    def take(self) -> list[Entry]:
        """The lines that came since the last call."""
        lines, self._waiting = self._waiting, []
        return lines

    def told(self, count: int) -> None:
        """So many of its lines are dealt with."""
        self._untold -= count
        if self._untold < MOST_WAITING:
            self._room.set()

    def close(self) -> None:
        """Follow it no longer."""
        self._task.cancel()

    async def _follow(self) -> None:
        try:
            async with aclosing(self._log.batches()) as batches:
                async for lines in batches:
                    self._add(lines)
                    await self._room.wait()
        except K9pyError as error:
            self._add([LogLine("", error.line)])
        self.ended = True
        self._on_lines()

    def _add(self, lines: list[LogLine]) -> None:
        idle = not self._waiting
        self._waiting += [self._entry(line) for line in lines]
        self.patient = time.monotonic() + QUIET
        self._untold += len(lines)
        if self._untold >= MOST_WAITING:
            self._room.clear()
        if idle:
            self._on_lines()

    def _entry(self, line: LogLine) -> Entry:
        when = read_stamp(line.stamp) if line.stamp else REMARK
        self.key = max(self.key, when) if when != REMARK or self.key else time.time_ns()
        return Entry(self.key, self._number, when, line.text)
