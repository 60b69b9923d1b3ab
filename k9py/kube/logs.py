"""Follows the log of one container through cuts of the connection and restarts, until it has ended for good.

The log API itself knows nothing of restarts: its stream just ends, and the next one may be of another container. So it
goes in turns: look at the pod, read until the stream ends, look again. What cannot be seen in the lines is said in
remarks between them.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from enum import Enum

from k9py.kube.container import ContainerFacts, read_container
from k9py.kube.log_lines import LogLines
from k9py.kube.pace import Backoff, Pace
from k9py.kube.wire import Sender
from k9py.values.errors import ApiError, K9pyError, Unreachable
from k9py.values.log import LogLine, LogSource
from k9py.values.request import Request

SILENCE = 300.0
"""A log may well be quiet for so long. Taking it up again costs nothing, and finds out a connection that is dead."""
LONGEST_WAIT = 5.0
LOOKS = 3
"""After the end of a stream a pod may still call its dead container running: looked at so often before it is believed,
so that the remark of a restart comes before the new lines, and not after them."""


class Turn(Enum):
    """What a look at the pod leads to."""

    READ = "read"
    WAIT = "wait"
    STOP = "stop"


class LogTail:
    """The last `tail_lines` lines of a log (of the last `since_seconds`, if given), and what follows.

    A previous container (`source.previous`) writes no more: its log is never followed.
    """

    def __init__(
        self,
        transport: Sender,
        source: LogSource,
        *,
        tail_lines: int = 1000,
        since_seconds: int | None = None,
        follow: bool = True,
        pace: Pace | None = None,
    ) -> None:
        self._transport = transport
        self._source = source
        self._first = {"tailLines": str(tail_lines)}
        if since_seconds is not None:
            self._first["sinceSeconds"] = str(since_seconds)
        self._follow = follow and not source.previous
        self._pace = pace or Pace()
        self._backoff = Backoff(self._pace, most=LONGEST_WAIT)
        self._lines = LogLines()
        self._facts: ContainerFacts | None = None
        self._opened = False
        self._looks = 0
        self._remarked = ""

    async def batches(self) -> AsyncGenerator[list[LogLine]]:
        """Lines as they come, those of one chunk at once, until no more are to come.

        What a person must know besides comes as remarks (lines without a stamp). ApiError or LoginFailed if the log
        cannot be had; without following Unreachable, too.
        """
        going_on = True
        while going_on:
            try:
                turn, remarks = await self._look()
                if remarks:
                    yield remarks
                if turn is Turn.READ:
                    async with self._open() as chunks:
                        async for chunk in chunks:
                            if lines := self._take(chunk):
                                yield lines
                    self._looks = 1
                going_on = turn is not Turn.STOP and self._follow
            except K9pyError as problem:
                if remarks := self._excuse(problem):
                    yield remarks
            if going_on:
                await self._pace.sleep(self._backoff.advance())
        if rest := self._lines.take_rest():
            yield rest
'''
