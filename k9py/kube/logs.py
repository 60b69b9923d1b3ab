"""Follows the log of one container through cuts of the connection and restarts, until it has ended for good.

The log API itself knows nothing of restarts: its stream just ends, and the next one may be of another container. So it
goes in turns: look at the pod, read until the stream ends, look again. What cannot be seen in the lines is said in
remarks between them.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager

from k9py.kube.container import ContainerFacts, path_of, read_container
from k9py.kube.log_course import Turn, judge
from k9py.kube.log_lines import LogLines
from k9py.kube.pace import HEALTHY, Backoff, Pace
from k9py.kube.wire import Sender
from k9py.values.errors import ApiError, K9pyError, Unreachable
from k9py.values.log import NEWEST, LogLine, LogSource, Span
from k9py.values.request import Request

SILENCE = 300.0
"""A log may well be quiet for so long. Taking it up again costs nothing, and finds out a connection that is dead."""
LONGEST_WAIT = 2.0


class LogTail:
    """What a span says of a log, and what follows.

    A previous container (`source.previous`) writes no more: its log is never followed, nor are the first bytes of one.
    """

    def __init__(
        self,
        transport: Sender,
        source: LogSource,
        span: Span = NEWEST,
        *,
        follow: bool = True,
        pace: Pace | None = None,
    ) -> None:
        self._transport = transport
        self._source = source
        wanted = {"tailLines": span.tail_lines, "sinceSeconds": span.since_seconds, "limitBytes": span.limit_bytes}
        self._first = {name: str(value) for name, value in wanted.items() if value is not None}
        self._follow = follow and not source.previous and span.limit_bytes is None
        self._pace = pace or Pace()
        self._backoff = Backoff(self._pace, most=LONGEST_WAIT)
        self._lines = LogLines()
        self._facts: ContainerFacts | None = None
        self._opened = self._ended = self._opened_once = self._missed = False
        self._looks = 0
        self._remarked = ""

    async def batches(self) -> AsyncGenerator[list[LogLine]]:
        """Lines as they come, those of one chunk at once, until no more are to come.

        What a person must know besides comes as remarks (lines without a stamp). ApiError or LoginFailed if the log
        cannot be had; Unreachable only if it is not followed.
        """
        going_on = True
        while going_on:
            try:
                turn, remarks = await self._look()
                async with aclosing(self._read(turn, remarks)) as batches:
                    async for lines in batches:
                        yield lines
                going_on = self._follow and turn is not Turn.STOP
            except K9pyError as problem:
                if remarks := self._excuse(problem):
                    yield remarks
            if going_on:
                await self._pace.sleep(self._backoff.advance())
        if rest := self._lines.take_rest():
            yield rest

    async def _read(self, turn: Turn, remarks: list[LogLine]) -> AsyncGenerator[list[LogLine]]:
        """What there is to read until the next look."""
        if self._missed:
            async with aclosing(self._read_missed()) as batches:
                async for lines in batches:
                    yield lines
        if remarks:
            yield remarks
        if turn is Turn.READ:
            async with self._open() as chunks:
                async for chunk in chunks:
                    if lines := self._take(chunk):
                        yield lines
            self._ended = True

    async def _look(self) -> tuple[Turn, list[LogLine]]:
        self._opened = False
        if not self._follow:
            return Turn.READ, []
        before, self._facts = self._facts, await read_container(self._transport, self._source)
        if self._facts is None:
            return Turn.READ, []
        self._looks += 1
        verdict = judge(before, self._facts, ended=self._ended, looks=self._looks)
        is_another = before is not None and before.run != self._facts.run
        # the connection was cut, and it was started again before its log could be taken up
        self._missed = is_another and self._opened_once and not self._ended and not verdict.anew
        is_over = verdict.turn is Turn.STOP or is_another
        last = self._lines.take_rest() if is_over and self._ended else []
        if verdict.anew:
            self._lines.forget()
        return verdict.turn, last + self._remark(verdict.remark)

    async def _read_missed(self) -> AsyncGenerator[list[LogLine]]:
        """What it wrote after the cut, before it was started again: only the log of the previous run has it."""
        self._missed = False
        try:
            async with self._open(previous=True) as chunks:
                async for chunk in chunks:
                    if lines := self._lines.read(chunk):
                        yield lines
            if rest := self._lines.take_rest():
                yield rest
        except K9pyError as problem:
            yield [LogLine("", f"what it wrote before that can't be had: {problem.message}")]

    @asynccontextmanager
    async def _open(self, previous: bool = False) -> AsyncGenerator[AsyncIterator[bytes]]:
        source = self._source
        path = f"{path_of(source)}/log"
        since = self._lines.since
        query = {"container": source.container, "timestamps": "true"} | ({"sinceTime": since} if since else self._first)
        flags = {"follow": self._follow and not previous, "previous": source.previous or previous}
        query |= {name: "true" for name, is_set in flags.items() if is_set}
        self._ended, self._looks = False, 0
        self._opened_once = True
        request = Request("GET", path, query, accept="*/*")
        async with self._transport.stream(request, silence=SILENCE) as chunks:
            self._opened = True
            self._lines.begin()
            began = self._pace.now()
            yield chunks
            if self._pace.now() - began >= HEALTHY:
                self._backoff.reset()

    def _take(self, chunk: bytes) -> list[LogLine]:
        lines = self._lines.read(chunk)
        if lines:
            self._backoff.reset()
            self._remarked = ""
        return lines

    def _excuse(self, problem: K9pyError) -> list[LogLine]:
        """The remark of a problem that will pass, none if it only cut what was being read; others are raised."""
        if not self._follow or not self._will_pass(problem):
            raise problem
        return [] if self._opened else self._remark(problem.message)

    def _will_pass(self, problem: K9pyError) -> bool:
        if isinstance(problem, ApiError):
            # 400 and 404: the kubelet has not got as far as the pod's status says
            early = problem.status in (400, 404) and self._facts is not None
            return early or problem.status == 429 or problem.status >= 500
        return isinstance(problem, Unreachable)

    def _remark(self, text: str) -> list[LogLine]:
        """A remark, unless it was the last thing said."""
        if not text or text == self._remarked:
            return []
        self._remarked = text
        return [LogLine("", text)]
