"""A log that is being followed: lines wait here until the next frame takes them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing

from k9py.kube.logs import LogTail
from k9py.kube.transport import Transport
from k9py.session.tasks import Tasks
from k9py.values.errors import K9pyError
from k9py.values.log import LogLine, LogSource


class Tail:
    """Lines of one container. `on_lines` is called when some have come and none were waiting."""

    def __init__(
        self, transport: Transport, source: LogSource, on_lines: Callable[[], None], tasks: Tasks, tail_lines: int
    ) -> None:
        self.source = source
        self.ended = False
        self._on_lines = on_lines
        self._waiting: list[LogLine] = []
        self._log = LogTail(transport, source, tail_lines=tail_lines, follow=not source.previous)
        self._task = tasks.start(self._follow(), f"following the log of {source.namespace}/{source.pod}")

    def take(self) -> list[LogLine]:
        """The lines that came since the last call."""
        lines, self._waiting = self._waiting, []
        return lines

    def close(self) -> None:
        """Follow it no longer."""
        self._task.cancel()

    async def _follow(self) -> None:
        try:
            async with aclosing(self._log.batches()) as batches:
                async for lines in batches:
                    self._add(lines)
        except K9pyError as error:
            self._add([LogLine("", error.line)])
        self.ended = True
        self._on_lines()

    def _add(self, lines: list[LogLine]) -> None:
        idle = not self._waiting
        self._waiting += lines
        if idle:
            self._on_lines()
