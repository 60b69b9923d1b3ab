"""Garbage: what has lost all its owners goes; owners wait for what they own where they are asked to.

Source: pkg/controller/garbagecollector.
"""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from k9py.demo.controllers.controller import Controller
from k9py.demo.controllers.owning import disown, let_go
from k9py.demo.core.store import Change, Entry, Key, OwnerRef

FOREGROUND = "foregroundDeletion"
ORPHAN = "orphan"


class _Owners(NamedTuple):
    """The owners of an object: those that live, those that wait for it to go, the uids of those that are gone."""

    solid: int
    waiting: frozenset[str]
    gone: frozenset[str]


class GarbageCollector(Controller):
    """Looks at an object when it is made, when its owners go, and when it is to go with what it owns."""

    name: ClassVar[str] = "garbage-collector"

    def start(self) -> None:
        """Watch everything."""
        for collection in self.store.collections():
            for entry in self.store.entries(collection):
                self._hear(Change("ADDED", entry, None))
        self.store.listen_all(self._hear)

    def reconcile(self, entry: Entry) -> None:
        """Delete it, or let it go, if that is due."""
        if not entry.meta.deletion_timestamp:
            self._judge(entry)
        elif ORPHAN in entry.meta.finalizers:
            self._orphan(entry)
        elif FOREGROUND in entry.meta.finalizers:
            self._take_down(entry)

    def _hear(self, change: Change) -> None:
        entry, old = change.entry, change.old
        if change.type == "DELETED":
            self._mourn(entry)
            return
        meta = entry.meta
        if meta.deletion_timestamp and (FOREGROUND in meta.finalizers or ORPHAN in meta.finalizers):
            self.enqueue(entry.key)
        elif meta.owner_references and (old is None or old.meta.owner_references != meta.owner_references):
            owners = self._owners(entry)
            if owners.gone or owners.waiting or not owners.solid:
                self.enqueue(entry.key)

    def _mourn(self, entry: Entry) -> None:
        """Something is gone: look at what it owned, and at those who have waited for that."""
        for owned in self.store.owned(entry.meta.uid):
            self.enqueue(owned.key)
        for ref in entry.meta.owner_references:
            key = self._key(entry, ref)
            owner = self.store.get(key) if key else None
            if owner and FOREGROUND in owner.meta.finalizers:
                self.enqueue(owner.key)

    def _judge(self, entry: Entry) -> None:
        """Delete what has no living owner; forget dead ones beside living ones."""
        owners = self._owners(entry)
        lost = owners.gone | owners.waiting
        if not lost:
            return
        if owners.solid:
            disown(self.registry, entry.key, lost)
            return
        how = "Background"
        if ORPHAN in entry.meta.finalizers:
            how = "Orphan"
        elif FOREGROUND in entry.meta.finalizers or (owners.waiting and any(self.store.owned(entry.meta.uid))):
            how = "Foreground"
        self.registry.discard(entry.key.collection, entry.key.namespace, entry.key.name, entry.meta.uid, how)

    def _take_down(self, entry: Entry) -> None:
        """Delete what it owns; it goes itself when nothing is left that holds it."""
        uid = entry.meta.uid
        for owned in list(self.store.owned(uid)):
            if not owned.meta.deletion_timestamp:
                self._judge(owned)
        blocking = (
            ref
            for owned in self.store.owned(uid)
            for ref in owned.meta.owner_references
            if ref.uid == uid and ref.block_owner_deletion
        )
        if next(blocking, None) is None:
            let_go(self.registry, entry.key, FOREGROUND)

    def _orphan(self, entry: Entry) -> None:
        for owned in list(self.store.owned(entry.meta.uid)):
            disown(self.registry, owned.key, {entry.meta.uid})
        let_go(self.registry, entry.key, ORPHAN)

    def _owners(self, entry: Entry) -> _Owners:
        solid, waiting, gone = 0, set(), set()
        for ref in entry.meta.owner_references:
            owner = self._find(entry, ref)
            if owner is None:
                gone.add(ref.uid)
            elif isinstance(owner, Entry) and owner.meta.deletion_timestamp and FOREGROUND in owner.meta.finalizers:
                waiting.add(ref.uid)
            else:
                solid += 1
        return _Owners(solid, frozenset(waiting), frozenset(gone))

    def _find(self, entry: Entry, ref: OwnerRef) -> Entry | bool | None:
        """The owner; None if it is gone; True if nobody can tell, because its kind is not served."""
        key = self._key(entry, ref)
        if key is None:
            return True
        owner = self.store.get(key)
        return owner if owner and owner.meta.uid == ref.uid else None

    def _key(self, entry: Entry, ref: OwnerRef) -> Key | None:
        served = self.cluster.catalog.of_kind(ref.api_version, ref.kind)
        if served is None or (served.namespaced and not entry.key.namespace):
            return None
        return Key(served.storage, entry.key.namespace if served.namespaced else "", ref.name)
