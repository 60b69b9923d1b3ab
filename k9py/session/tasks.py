"""Tasks that live longer than any screen: one that fails takes no other with it, and is heard of."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from k9py.session.faults import Faults


class Tasks:
    """What a Session has running. Closing it cancels them all and waits until they are gone."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self._running: set[asyncio.Task[Any]] = set()

    def __len__(self) -> int:
        return len(self._running)

    def cancel(self) -> None:
        """Have all that runs end; `close` waits for it."""
        for task in self._running:
            task.cancel()

    def start(self, work: Coroutine[Any, Any, Any], doing: str) -> asyncio.Task[Any]:
        """Run it; `doing` completes the sentence "an error occurred while …"."""
        task = asyncio.create_task(work, name=doing)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    async def close(self) -> None:
        """Cancel what runs, and wait for it."""
        self.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self.faults.report(error, task.get_name())
