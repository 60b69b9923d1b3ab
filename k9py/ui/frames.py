"""One repaint clock: what became dirty is painted together, at most 30 times a second, and never when nothing is."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from k9py.session.faults import Faults

PERIOD = 1 / 30
"""Seconds between two frames. Textual itself paints at up to 60 a second; tables need not."""

Paint = Callable[[], None]


class Frames:
    """Collects painters, calls each once a frame. `painted` counts frames, `slowest` is the longest one, in seconds."""

    def __init__(self, faults: Faults) -> None:
        self.painted = 0
        self.slowest = 0.0
        self._faults = faults
        self._dirty: dict[Paint, None] = {}
        self._wake = asyncio.Event()

    def mark(self, paint: Paint) -> None:
        """Have it called with the next frame. Marking twice is marking once."""
        self._dirty[paint] = None
        self._wake.set()

    async def run(self) -> None:
        """The clock. It must run inside the app's own context, for painters refresh widgets."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            began = time.perf_counter()
            self._paint()
            took = time.perf_counter() - began
            self.painted += 1
            self.slowest = max(self.slowest, took)
            await asyncio.sleep(max(PERIOD - took, 0.002))

    def _paint(self) -> None:
        dirty, self._dirty = self._dirty, {}
        for paint in dirty:
            try:
                paint()
            except Exception as error:
                self._faults.report(error, "painting")
