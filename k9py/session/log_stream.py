"""Several logs in one, in the order of time: those of pods that are there, and of pods that come later."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from k9py.kinds.wellknown import PODS
from k9py.kube.logs import LogTail
from k9py.kube.transport import Transport
from k9py.session.tail import QUIET, Tail
from k9py.session.tasks import Tasks
from k9py.store.collection import Name, Unreadable
from k9py.values.batch import Phase
from k9py.values.log import Entry, LogSource, LogWish, PodLogs, Span

if TYPE_CHECKING:
    from k9py.session.feed import Feed
    from k9py.session.session import Session

MOST_TAILS = 200
"""Logs that are followed at once."""
START = 1.0
"""Seconds in which each of the first logs is expected to begin: older lines of one come before newer ones of others."""

_key = itemgetter(0)
_source = itemgetter(1)


class LogStream:
    """What a wish means, while it is open. `on_lines` is called when there may be something to take, or to say."""

    def __init__(
        self,
        session: Session,
        transport: Transport,
        tasks: Tasks,
        wish: LogWish,
        span: Span,
        on_lines: Callable[[], None],
    ) -> None:
        self.wish = wish
        self.sources: list[LogSource] = []
        """Whose lines are told, as entries count them."""
        self.left_out = 0
        """Logs that are not followed, as there are too many."""
        self._transport = transport
        self._tasks = tasks
        self._span = span
        self._on_lines = on_lines
        self._tails: list[Tail] = []
        self._ready: list[Entry] = []
        self._patience = START
        self._timer: asyncio.TimerHandle | None = None
        self._leave: list[Callable[[], None]] = []
        self._feeds: list[Feed] = []
        for pod in wish.pods:
            self._admit(pod)
        if wish.keep:
            self._feeds = session.open_all(PODS, wish.namespaces)
            for feed in self._feeds:
                self._watch(feed)
        self._patience = 0.0

    @property
    def ended(self) -> bool:
        """Whether no more will come."""
        return not self._feeds and all(tail.ended for tail in self._tails)

    @property
    def trouble(self) -> str:
        """Why no pods can be found."""
        troubled = (feed.state for feed in self._feeds if feed.state.phase in (Phase.DENIED, Phase.STALE))
        return next((state.reason for state in troubled), "")

    @property
    def looking(self) -> bool:
        """Whether the pods are not all known yet."""
        return any(feed.state.phase not in (Phase.LIVE, Phase.DENIED, Phase.STALE) for feed in self._feeds)

    def close(self) -> None:
        """Follow nothing any longer."""
        for leave in self._leave:
            leave()
        for tail in self._tails:
            tail.close()
        if self._timer:
            self._timer.cancel()

    def take(self, most: int) -> list[Entry]:
        """The lines that come next, in order. What may be preceded by others that are on their way is kept back."""
        fresh = [entry for tail in self._tails for entry in tail.take()]
        if fresh:
            self._ready += fresh
            if len(self._tails) > 1:
                self._ready.sort(key=_key)
        ready = len(self._ready)
        if len(self._tails) > 1:
            expected = [tail.key for tail in self._tails if tail.expects_more]
            ready = bisect_right(self._ready, min(expected), key=_key) if expected else ready
        taken, self._ready = self._ready[: min(ready, most)], self._ready[min(ready, most) :]
        for number, count in Counter(map(_source, taken)).items():
            self._tails[number].told(count)
        self._come_back(more=ready > most)
        return taken

    def _come_back(self, more: bool) -> None:
        """Have the rest taken: at once where there is more, else when nothing is expected before it."""
        if more:
            self._on_lines()
        elif self._ready and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(QUIET, self._wake)

    def _wake(self) -> None:
        self._timer = None
        self._on_lines()

    def _watch(self, feed: Feed) -> None:
        records = feed.collection.records

        def look(names: Collection[Name]) -> None:
            for name in names:
                if record := records.get(name):
                    self._look(record.obj)
            self._on_lines()

        self._leave += [feed.collection.listen(look), feed.release]
        look(tuple(records))

    def _look(self, pod: Any) -> None:
        keep = self.wish.keep
        if keep and not isinstance(pod, Unreadable) and keep(pod):
            self._admit(pod.logs)

    def _admit(self, pod: PodLogs) -> None:
        """Follow the containers of a pod that are not followed yet."""
        wish = self.wish
        for name in pod.containers:
            source = LogSource(pod.namespace, pod.pod, name, wish.previous)
            if wish.container in ("", name) and not self._follows(source, pod.uid):
                self._start(source, pod.uid)

    def _follows(self, source: LogSource, uid: str) -> bool:
        """Whether it is followed. Of a pod that took the place of another of its name the log is begun anew."""
        return any(tail.source == source and (tail.uid == uid or not tail.ended) for tail in self._tails)

    def _start(self, source: LogSource, uid: str) -> None:
        if len(self._tails) >= MOST_TAILS:
            self.left_out += 1
            return
        log = LogTail(self._transport, source, self._span)
        number = len(self._tails)
        self._tails.append(Tail(log, source, uid, number, self._on_lines, self._tasks, self._patience))
        self.sources.append(source)
