"""Feeds that no server has: rows made of the records of other feeds, and rows that a coroutine computes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from collections.abc import Collection as Names
from functools import partial
from typing import Any

import msgspec

from k9py.session.faults import first_line
from k9py.session.feed import RESTART, Feed, worst
from k9py.session.tasks import Tasks
from k9py.store.collection import Name, Unreadable
from k9py.values.batch import FeedState, Phase
from k9py.values.resource import Resource

SLICE = 0.004
"""Seconds for which rows are made at a time: others wait for the loop, too."""


class DerivedFeed(Feed):
    """Rows that a kind makes of each record of other feeds: of one that has changed, and of no other.

    `of` names the one object that rows are made of, "" for all of them.
    """

    def __init__(
        self,
        sources: Sequence[Feed],
        resource: Resource,
        namespace: str,
        of: str,
        tasks: Tasks,
        on_state: Callable[[Feed], None],
        on_closed: Callable[[Feed], None],
    ) -> None:
        super().__init__(sources[0].collection.context, resource, namespace, tasks, on_state, on_closed)
        self.of = of
        self._sources = tuple(sources)
        self._made: list[dict[Name, tuple[Any, tuple[Name, ...]]]] = [{} for _ in sources]
        self._dirty: dict[tuple[int, Name], None] = {}
        self._work = asyncio.Event()
        for index, source in enumerate(sources):
            self._mark(index, source.collection.records.keys())
            self.join_feed(source, lambda theirs, ours, index=index: theirs.listen(partial(self._mark, index)))  # type: ignore[misc]
        self.join(self._run(), f"making {resource.gvr.plural}")

    @property
    def state(self) -> FeedState:
        """The worst of what it is made of; all is there when all rows are made."""
        state = worst(self._sources)
        if state.phase is Phase.LIVE and self._dirty and not self.collection.records:
            return FeedState(Phase.SYNCING, 0)
        return state

    def _mark(self, index: int, names: Names[Name]) -> None:
        records, made = self._sources[index].collection.records, self._made[index]
        for name in names:
            record, known = records.get(name), made.get(name)
            if self._covers(name) and (record.obj if record else None) is not (known[0] if known else None):
                self._dirty[index, name] = None
        if self._dirty:
            self._work.set()

    def _covers(self, name: Name) -> bool:
        return (not self.namespace or name[0] == self.namespace) and (not self.of or name[1] == self.of)

    async def _run(self) -> None:
        while True:
            await self._work.wait()
            self._work.clear()
            while self._dirty:
                self._make_some()
                await asyncio.sleep(0)
            self._on_state(self)  # all is there now

    def _make_some(self) -> None:
        """Make rows for as long as one may without holding up others, and tell of them at once."""
        changes: dict[Name, Any] = {}
        until = time.perf_counter() + SLICE
        while self._dirty and time.perf_counter() < until:
            index, name = next(iter(self._dirty))
            del self._dirty[index, name]
            changes.update(self._make(index, name))
        self.collection.put(changes)

    def _make(self, index: int, name: Name) -> dict[Name, Any]:
        """The rows of one record, None for those that it has no longer."""
        collection, made = self._sources[index].collection, self._made[index]
        record = collection.records.get(name)
        self.collection.faults.pop(name, None)
        _, before = made.pop(name, (None, ()))
        changes: dict[Name, Any] = dict.fromkeys(before)
        if record is None:
            return changes
        rows: dict[Name, Any] = {}
        if not isinstance(record.obj, Unreadable):
            try:
                whole = partial(self._whole, index, name)
                rows = dict(self.kind.make(self._sources[index].resource, record.obj, whole))
            except (msgspec.MsgspecError, ValueError) as error:
                self.collection.faults[name] = first_line(error)
        made[name] = (record.obj, tuple(rows))
        return changes | rows

    def _whole(self, index: int, name: Name) -> bytes:
        return self._sources[index].collection.whole(*name) or b"{}"


class ComputedFeed(Feed):
    """Rows that a coroutine puts: `work(feed)` runs for as long as the feed is open.

    It calls `put`, `told` when its state changes, and `pause` to wait until it is to look again.
    """

    def __init__(
        self,
        context: str,
        resource: Resource,
        namespace: str,
        work: Callable[[ComputedFeed], Awaitable[None]],
        tasks: Tasks,
        on_state: Callable[[Feed], None],
        on_closed: Callable[[Feed], None],
    ) -> None:
        super().__init__(context, resource, namespace, tasks, on_state, on_closed)
        self._woken = asyncio.Event()
        self._doing = f"computing {resource.gvr.plural}"
        self.join(self._run(work), self._doing)

    @property
    def linger(self) -> float:
        """Nobody else can come back to it."""
        return 0.0

    def put(self, rows: Mapping[Name, Any]) -> None:
        """These are the rows now; only those that are others than before are touched. It is live with that."""
        gone = dict.fromkeys(self.collection.records.keys() - rows.keys())
        self.collection.put({**gone, **rows})
        if self.state.phase is not Phase.LIVE:
            self.told(FeedState(Phase.LIVE))

    def wake(self) -> None:
        """Have it looked again now."""
        self._woken.set()

    async def pause(self, seconds: float | None = None) -> None:
        """Wait so long, or until it is woken, and in any case until somebody looks."""
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            pass
        self._woken.clear()
        await self.wanted()

    async def _run(self, work: Callable[[ComputedFeed], Awaitable[None]]) -> None:
        """What fails is told, and begun anew."""
        while True:
            try:
                await work(self)
                return
            except Exception as error:
                self._tasks.faults.report(error, self._doing)
                reason = f"k9py failed while {self._doing}: {first_line(error)}, see the log"
                self.told(FeedState(Phase.STALE, since=time.time(), reason=reason))
            await asyncio.sleep(RESTART)
