"""The time of the cluster. It follows the real one at a speed, or stands still until a test steps it."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache

_LOG = logging.getLogger(__name__)


@lru_cache(maxsize=1024)
def _stamp(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Timer:
    """Something that is to be done at a time, unless it is cancelled before."""

    __slots__ = ("do", "when")

    def __init__(self, when: float, do: Callable[[], None] | None) -> None:
        self.when = when
        self.do = do

    def cancel(self) -> None:
        """It will not be done."""
        self.do = None


class Clock:
    """Seconds since the epoch, and what is due when. Whatever is due runs one after the other, in order of its time."""

    def __init__(self, start: float) -> None:
        self._now = start
        self._timers: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()
        self._read: Callable[[], float] | None = None
        self._sooner = asyncio.Event()

    @property
    def now(self) -> float:
        """Seconds since the epoch."""
        return self._read() if self._read else self._now

    def stamp(self, seconds: float | None = None) -> str:
        """A time as metav1.Time writes it: `2026-01-01T00:00:00Z`. Now, if none is given."""
        return _stamp(int(self.now if seconds is None else seconds))

    def micro_stamp(self, seconds: float | None = None) -> str:
        """A time as metav1.MicroTime writes it: `2026-01-01T00:00:00.000000Z`."""
        return datetime.fromtimestamp(self.now if seconds is None else seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def after(self, delay: float, do: Callable[[], None]) -> Timer:
        """Do something in so many seconds of the cluster's time; 0 is as soon as what runs now has ended."""
        return self.at(self.now + delay, do)

    def at(self, when: float, do: Callable[[], None]) -> Timer:
        """Do something at that time."""
        timer = Timer(when, do)
        heapq.heappush(self._timers, (when, next(self._order), timer))
        self._sooner.set()
        return timer

    def every(self, period: float, do: Callable[[], None]) -> Timer:
        """Do something again and again, first after one period. Cancelling the answer ends it."""

        def again() -> None:
            timer.when += period
            heapq.heappush(self._timers, (timer.when, next(self._order), timer))
            do()

        timer = self.after(period, again)
        return timer

    def advance(self, seconds: float) -> None:
        """Let so much time pass at once. What fails raises here."""
        end = self._now + seconds
        while self._timers and self._timers[0][0] <= end:
            when, _, timer = heapq.heappop(self._timers)
            self._now = max(self._now, when)
            if timer.do:
                timer.do()
        self._now = end

    def skip(self, seconds: float) -> None:
        """Let so much time pass in which nothing happens: whatever waits is put off by as much, as by a long sleep."""
        self._now += seconds
        for _, _, timer in self._timers:
            timer.when += seconds
        self._timers = [(timer.when, order, timer) for _, order, timer in self._timers]

    async def run(self, speed: float = 1.0) -> None:
        """Follow the real time, so many times as fast, until cancelled. What fails is logged, and the rest goes on."""
        loop = asyncio.get_running_loop()
        began, start = loop.time(), self._now
        self._read = lambda: start + (loop.time() - began) * speed
        try:
            while True:
                self._sooner.clear()
                self._run_due(loop.time() + 0.02)
                wait = (self._timers[0][0] - self.now) / speed if self._timers else None
                await self._pause(wait)
        finally:
            self._now, self._read = self.now, None

    def _run_due(self, until: float) -> None:
        """Run what is due, but give way to requests when it takes long."""
        loop = asyncio.get_running_loop()
        while self._timers and self._timers[0][0] <= self.now:
            timer = heapq.heappop(self._timers)[2]
            if timer.do:
                try:
                    timer.do()
                except Exception:
                    _LOG.exception("a controller of the embedded cluster has failed")
            if loop.time() > until:
                return

    async def _pause(self, wait: float | None) -> None:
        if wait is not None and wait <= 0:
            await asyncio.sleep(0)
            return
        try:
            async with asyncio.timeout(wait):
                await self._sooner.wait()
        except TimeoutError:
            pass
