"""What an object owns, and what that owns in turn, as far as it can have events: kept up to date."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from collections.abc import Collection as Names

from k9py.session.feed import Feed
from k9py.session.session import Session
from k9py.store.collection import Name

OWNED = ("deployments.apps", "statefulsets.apps", "daemonsets.apps", "replicasets.apps", "jobs.batch", "pods")
"""What owners own: the kinds that events are mostly about."""


class Descendants:
    """The uids of an object and of all that hangs on it. `on_change` is called when they may be others."""

    def __init__(self, session: Session, uid: str, on_change: Callable[[], None]) -> None:
        self._session = session
        self._uid = uid
        self._on_change = on_change
        self._feeds: list[Feed] = []
        self._ends: list[Callable[[], None]] = []

    async def open(self, namespace: str) -> None:
        """Watch what may be owned."""
        for resource in await asyncio.gather(*(self._session.known(word) for word in OWNED)):
            if resource:
                feed = self._session.open(resource, namespace)
                self._feeds.append(feed)
                self._ends.append(feed.collection.listen(self._told))
        self._on_change()

    def close(self) -> None:
        """Let it all go."""
        for end in self._ends:
            end()
        for feed in self._feeds:
            feed.release()
        self._feeds.clear()
        self._ends.clear()

    def uids(self) -> frozenset[str]:
        """Them all, as they are known now."""
        owned: defaultdict[str, list[str]] = defaultdict(list)
        for feed in self._feeds:
            for record in feed.collection.records.values():
                for owner in record.obj.metadata.owner_references or ():
                    owned[owner.uid].append(record.obj.metadata.uid)
        found, pending = {self._uid}, [self._uid]
        while pending:
            fresh = [uid for uid in owned[pending.pop()] if uid not in found]
            found.update(fresh)
            pending += fresh
        return frozenset(found)

    def _told(self, _names: Names[Name]) -> None:
        self._on_change()
