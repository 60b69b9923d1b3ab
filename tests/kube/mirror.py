"""What a reflector has told, kept the simplest way: the oracle's counterpart in tests of reflectors."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from k9py.kube.pace import Pace
from k9py.values.batch import Batch, FeedState, Phase, ServerColumn

Key = tuple[str, str]


class Mirror:
    """Objects or rows by key, all batches and all states, and a way to wait for any of them."""

    def __init__(self) -> None:
        self.objects: dict[Key, Any] = {}
        self.batches: list[Batch] = []
        self.states: list[FeedState] = []
        self.columns: tuple[ServerColumn, ...] | None = None
        self.vanished: list[str] = []
        """Names of objects that were there and are not any more, in that order."""
        self._listed: set[Key] | None = None
        self._moved = asyncio.Event()

    def apply(self, batch: Batch) -> None:
        self.batches.append(batch)
        self.columns = batch.columns or self.columns
        if batch.begins_list:
            self._listed = set()
        for deleted, raw in batch.changes:
            self._change(deleted, msgspec.json.decode(raw))
        if batch.ends_list:
            assert self._listed is not None
            for key in self.objects.keys() - self._listed:
                self._drop(key)
            self._listed = None
        self._wake()

    def note(self, state: FeedState) -> None:
        self.states.append(state)
        self._wake()

    @property
    def names(self) -> list[str]:
        return sorted(name for _, name in self.objects)

    @property
    def phases(self) -> list[Phase]:
        """The phases gone through, each once in a row."""
        phases = [state.phase for state in self.states]
        return [phase for phase, before in zip(phases, [None, *phases], strict=False) if phase != before]

    @property
    def live(self) -> bool:
        return bool(self.states) and self.states[-1].phase is Phase.LIVE

    async def until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            await self._moved.wait()

    def _change(self, deleted: bool, obj: Any) -> None:
        metadata = obj["object"]["metadata"] if "cells" in obj else obj["metadata"]
        key = (metadata.get("namespace", ""), metadata["name"])
        if deleted:
            self._drop(key)
            return
        self.objects[key] = obj
        if self._listed is not None:
            self._listed.add(key)

    def _drop(self, key: Key) -> None:
        if self.objects.pop(key, None) is not None:
            self.vanished.append(key[1])

    def _wake(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()


class FakeTime:
    """A clock that only tests move, and sleeps that are over at once; `slept` are the seconds that they asked for."""

    def __init__(self) -> None:
        self.now = 1_000_000.0
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)

    @property
    def pace(self) -> Pace:
        return Pace(sleep=self.sleep, now=lambda: self.now, chance=lambda: 0.5)

    @property
    def waits(self) -> list[float]:
        """The sleeps that were any."""
        return [seconds for seconds in self.slept if seconds]
