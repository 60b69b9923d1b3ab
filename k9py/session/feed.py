"""One kind of one context, watched: a reflector that fills a collection for as long as a screen holds it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

from k9py.kinds.kind import Kind
from k9py.kinds.registry import decoder, kind_for
from k9py.kube.pace import Pace
from k9py.kube.reflector import Reflector
from k9py.kube.transport import Transport
from k9py.session.faults import first_line
from k9py.session.tasks import Tasks
from k9py.store.collection import Collection
from k9py.values.batch import FeedState, Phase
from k9py.values.resource import Resource

LINGER = 60.0
"""Seconds that a feed goes on after the last screen let it go, so that coming back is instant."""
RESTART = 5.0
"""Seconds after which a reflector that failed in itself is replaced by a new one."""


class Feed:
    """The live collection of one kind in one namespace ("" = all of them)."""

    def __init__(
        self,
        transport: Transport,
        resource: Resource,
        namespace: str,
        tasks: Tasks,
        on_state: Callable[[Feed], None],
        on_closed: Callable[[Feed], None],
    ) -> None:
        self.resource = resource
        self.namespace = namespace
        self.kind: Kind = kind_for(resource)
        self.collection = Collection(transport.context.name, resource, decoder(self.kind), self.kind.keep_whole)
        self._tasks = tasks
        self._on_state = on_state
        self._on_closed = on_closed
        self._holders = 0
        self._linger: asyncio.TimerHandle | None = None
        self._running: list[asyncio.Task[Any]] = []
        self._joined: list[tuple[Feed, Callable[[], None]]] = []
        self._doing = f"watching {resource.gvr.full_name}"
        self._run(self._watch(transport), self._doing)

    @property
    def state(self) -> FeedState:
        """How the watch is doing."""
        return self.collection.state

    @property
    def held(self) -> bool:
        """Whether anybody wants it now; else it only lingers."""
        return self._holders > 0

    def hold(self) -> Feed:
        """Keep it watched until as many calls of release."""
        self._holders += 1
        if self._linger:
            self._linger.cancel()
            self._linger = None
        return self

    def release(self) -> None:
        """Let go; nobody holding it for LINGER seconds closes it."""
        self._holders -= 1
        if not self._holders:
            self._linger = asyncio.get_running_loop().call_later(LINGER, self.close)

    def join(self, work: Coroutine[Any, Any, None], doing: str) -> None:
        """Run something beside the watch that ends with it (a metrics poll)."""
        self._run(work, doing)

    def join_feed(self, other: Feed, wire: Callable[[Collection, Collection], Callable[[], None]]) -> None:
        """Hold another feed beside this one, wired to it (`wire(theirs, ours)` answers what undoes it)."""
        self._joined.append((other, wire(other.collection, self.collection)))

    def close(self) -> None:
        """Stop watching now."""
        for other, unwire in self._joined:
            unwire()
            other.release()
        for task in self._running:
            task.cancel()
        self._on_closed(self)

    def _run(self, work: Coroutine[Any, Any, None], doing: str) -> None:
        self._running.append(self._tasks.start(work, doing))

    async def _watch(self, transport: Transport) -> None:
        """For ever: what goes wrong outside, a reflector survives; when it fails itself, a new one begins anew."""
        pace = Pace()
        while True:
            reflector = Reflector(
                transport, self.resource, self.namespace, self.collection.apply, self._told, table=self.kind.table
            )
            try:
                await reflector.run()
            except Exception as error:
                self._tasks.faults.report(error, self._doing)
                reason = f"k9py failed while watching: {first_line(error)}, see the log"
                self._told(FeedState(Phase.STALE, since=time.time(), reason=reason))
            await pace.sleep(pace.between(RESTART * 0.8, RESTART * 1.2))

    def _told(self, state: FeedState) -> None:
        self.collection.state = state
        self._on_state(self)
