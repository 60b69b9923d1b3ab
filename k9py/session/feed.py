"""One kind of one context: a collection that is filled while a screen holds it, here by watching the server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from k9py.kinds.kind import Kind
from k9py.kinds.registry import decoder, kind_for
from k9py.kube.forms import Form, Objects, Rows
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
GRAVITY = (Phase.STALE, Phase.DENIED, Phase.CONNECTING, Phase.SYNCING, Phase.LIVE)
"""Of several feeds that one stands for, the first of these that any of them has."""


class Feed:
    """A live collection of one kind in one namespace ("" = all of them). Who fills it is a subclass's affair."""

    def __init__(
        self,
        context: str,
        resource: Resource,
        namespace: str,
        tasks: Tasks,
        on_state: Callable[[Feed], None],
        on_closed: Callable[[Feed], None],
    ) -> None:
        self.resource = resource
        self.namespace = namespace
        self.kind: Kind = kind_for(resource)
        self.collection = Collection(context, resource, decoder(self.kind), self.kind.keep_whole)
        self._tasks = tasks
        self._on_state = on_state
        self._on_closed = on_closed
        self._holders = 0
        self._wanted = asyncio.Event()
        self._linger: asyncio.TimerHandle | None = None
        self._running: list[asyncio.Task[Any]] = []
        self._joined: list[tuple[Feed, Callable[[], None]]] = []

    @property
    def state(self) -> FeedState:
        """How it is doing."""
        return self.collection.state

    @property
    def linger(self) -> float:
        """Seconds that it goes on after the last screen let it go."""
        return LINGER

    @property
    def held(self) -> bool:
        """Whether anybody wants it now; else it only lingers."""
        return self._holders > 0

    async def wanted(self) -> None:
        """Wait until somebody holds it: what is asked again and again need not be while nobody looks."""
        await self._wanted.wait()

    def hold(self) -> Feed:
        """Keep it alive until as many calls of release."""
        self._holders += 1
        self._wanted.set()
        if self._linger:
            self._linger.cancel()
            self._linger = None
        return self

    def release(self) -> None:
        """Let go; nobody holding it for as long as it lingers closes it."""
        self._holders -= 1
        if not self._holders:
            self._wanted.clear()
            self._linger = asyncio.get_running_loop().call_later(self.linger, self.close)

    def join(self, work: Coroutine[Any, Any, None], doing: str) -> None:
        """Run something beside it that ends with it (a metrics poll)."""
        self._running.append(self._tasks.start(work, doing))

    def join_feed(self, other: Feed, wire: Callable[[Collection, Collection], Callable[[], None]]) -> None:
        """Hold another feed beside this one, wired to it (`wire(theirs, ours)` answers what undoes it)."""
        self._joined.append((other, wire(other.collection, self.collection)))

    def close(self) -> None:
        """End it now."""
        for other, unwire in self._joined:
            unwire()
            other.release()
        for task in self._running:
            task.cancel()
        self._on_closed(self)

    def told(self, state: FeedState) -> None:
        """Take in how it is doing now, and pass it on."""
        self.collection.state = state
        self._on_state(self)


class WatchedFeed(Feed):
    """What a reflector hears of the server."""

    def __init__(
        self,
        transport: Transport,
        resource: Resource,
        namespace: str,
        tasks: Tasks,
        on_state: Callable[[Feed], None],
        on_closed: Callable[[Feed], None],
    ) -> None:
        super().__init__(transport.context.name, resource, namespace, tasks, on_state, on_closed)
        self._doing = f"watching {resource.gvr.full_name}"
        self.join(self._watch(transport), self._doing)

    async def _watch(self, transport: Transport) -> None:
        """For ever: what goes wrong outside, a reflector survives; when it fails itself, a new one begins anew."""
        pace = Pace()
        while True:
            reflector = Reflector(
                transport, self.resource, self.namespace, self.collection.apply, self.told, form=_form_of(self.kind)
            )
            try:
                await reflector.run()
            except Exception as error:
                self._tasks.faults.report(error, self._doing)
                reason = f"k9py failed while watching: {first_line(error)}, see the log"
                self.told(FeedState(Phase.STALE, since=time.time(), reason=reason))
            await pace.sleep(pace.between(RESTART * 0.8, RESTART * 1.2))


def worst(feeds: Sequence[Feed]) -> FeedState:
    """How feeds are doing together. What one alone says is said with its name."""
    feed = min(feeds, key=lambda feed: GRAVITY.index(feed.state.phase))
    state = feed.state
    if state.phase is Phase.SYNCING:
        return FeedState(Phase.SYNCING, sum(each.state.count for each in feeds))
    if state.reason and len(feeds) > 1:
        return FeedState(state.phase, state.count, state.since, f"{feed.resource.gvr.plural}: {state.reason}")
    return state


def together(feeds: Sequence[Feed], lacking: Mapping[str, str]) -> FeedState:
    """How the feeds of one table are doing: live as soon as one is; of the others, and of `lacking`, it is said why."""
    if len(feeds) < 2 and not lacking:
        return feeds[0].state if feeds else FeedState()
    if not any(feed.state.phase is Phase.LIVE for feed in feeds):
        return worst(feeds)
    several = len({feed.collection.context for feed in feeds}) + len(lacking) > 1
    apart = [(feed.collection.context if several else feed.namespace, feed.state) for feed in feeds]
    said = {name: state.reason or state.phase.value for name, state in apart if state.phase is not Phase.LIVE}
    return FeedState(Phase.LIVE, reason="; ".join(f"{name}: {why}" for name, why in {**said, **lacking}.items()))


def _form_of(kind: Kind) -> Form:
    """In what form a kind is read."""
    return Rows("Metadata" if kind.light else "Object") if kind.table else Objects()
