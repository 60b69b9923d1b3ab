"""One kind of one context, watched: a reflector that fills a collection for as long as a screen holds it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from k9py.kinds.kind import Kind
from k9py.kinds.registry import decoder, kind_for
from k9py.kube.reflector import Reflector
from k9py.kube.transport import Transport
from k9py.session.tasks import Tasks
from k9py.store.collection import Collection
from k9py.values.batch import FeedState
from k9py.values.resource import Resource

LINGER = 60.0
"""Seconds that a feed goes on after the last screen let it go, so that coming back is instant."""


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
        reflector = Reflector(transport, resource, namespace, self.collection.apply, self._told, table=self.kind.table)
        self._run(reflector.run(), f"watching {resource.gvr.full_name}")

    @property
    def state(self) -> FeedState:
        """How the watch is doing."""
        return self.collection.state

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

    def join(self, work: Any, doing: str) -> None:
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

    def _run(self, work: Any, doing: str) -> None:
        self._running.append(self._tasks.start(work, doing))

    def _told(self, state: FeedState) -> None:
        self.collection.state = state
        self._on_state(self)
