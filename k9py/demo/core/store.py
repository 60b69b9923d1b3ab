"""What etcd is to a cluster: objects as the bytes that are served, in versions, with their history for watches.

Objects are bytes, so that nobody can change one in place: who wants to change it reads a copy and puts it back.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping
from itertools import takewhile
from typing import Any, NamedTuple

import msgspec

Obj = dict[str, Any]
"""A Kubernetes object as JSON has it."""

HISTORY = 10_000
"""So many changes of a collection can be watched after the fact; who has missed more lists again (410)."""

HISTORY_BYTES = 32 << 20
"""And so many bytes of them, whichever is less."""

COMPACTION = 300.0
"""Seconds between compactions: each forgets what had happened when the one before came (--etcd-compaction-interval)."""

SNAPSHOTS = 8
"""So many past states of collections are kept ready for the lists that are read in pages."""


class Key(NamedTuple):
    """Where an object is stored. `collection` is a full name of the storage: `pods`, `deployments.apps`."""

    collection: str
    namespace: str
    name: str


class OwnerRef(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """An entry of metadata.ownerReferences."""

    api_version: str
    kind: str
    name: str
    uid: str
    controller: bool = False
    block_owner_deletion: bool = False


class Meta(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """What the cluster itself needs of an object's metadata without reading it whole."""

    name: str
    uid: str = ""
    namespace: str = ""
    generation: int = 0
    creation_timestamp: str = ""
    deletion_timestamp: str | None = None
    labels: Mapping[str, str] = {}
    owner_references: tuple[OwnerRef, ...] = ()
    finalizers: tuple[str, ...] = ()

    @property
    def controller(self) -> OwnerRef | None:
        """The owner that manages it."""
        return next((owner for owner in self.owner_references if owner.controller), None)


class _Head(msgspec.Struct, frozen=True, gc=False):
    metadata: Meta


_read_head = msgspec.json.Decoder(_Head).decode
_read = msgspec.json.Decoder().decode
_write = msgspec.json.Encoder().encode


class Entry:
    """One object in one version. `raw` is its JSON, kind and apiVersion first."""

    __slots__ = ("fields", "key", "meta", "raw", "version")

    def __init__(self, key: Key, raw: bytes, version: int) -> None:
        self.key = key
        self.raw = raw
        self.version = version
        self.meta = _read_head(raw).metadata
        self.fields: Mapping[str, str] | None = None
        """What field selectors have read of it (api/select.py), once for all who watch."""

    def read(self) -> Obj:
        """The object, a copy of the caller's own."""
        found: Obj = _read(self.raw)
        return found


class Change(NamedTuple):
    """A step of the history. `type` is ADDED, MODIFIED or DELETED; `old` what was there before."""

    type: str
    entry: Entry
    old: Entry | None


class Gone(Exception):
    """That version is not known any more."""


class _Collection:
    """The objects of one kind, its history, and who listens."""

    def __init__(self) -> None:
        self.entries: dict[Key, Entry] = {}
        self.history: deque[Change] = deque()
        self.forgotten = 0
        self._size = 0
        self.listeners: dict[object, Callable[[Change], None]] = {}
        self.ordered: list[Key] = []
        """All keys in the order in which etcd gives them."""

    def note(self, change: Change) -> None:
        """Take a change into the order and the history, and tell of it."""
        key = change.entry.key
        if change.type == "ADDED":
            insort(self.ordered, key, key=_order)
        elif change.type == "DELETED":
            del self.ordered[bisect_left(self.ordered, _order(key), key=_order)]
        self.history.append(change)
        self._size += len(change.entry.raw)
        while len(self.history) > HISTORY or (self._size > HISTORY_BYTES and len(self.history) > 1):
            self._forget_first()
        for hear in list(self.listeners.values()):
            hear(change)

    def forget(self, version: int) -> None:
        """Know no changes up to that version any more. Where there are none, who has seen an older one goes on."""
        while self.history and self.history[0].entry.version <= version:
            self._forget_first()

    def _forget_first(self) -> None:
        entry = self.history.popleft().entry
        self.forgotten = entry.version
        self._size -= len(entry.raw)

    def after(self, version: int) -> Iterator[Change]:
        """All changes after that version, the last one first. Raises Gone if some of them are not known any more."""
        if version < self.forgotten:
            raise Gone
        return takewhile(lambda change: change.entry.version > version, reversed(self.history))

    def keys(self, namespace: str) -> list[Key]:
        """All keys, or those of one namespace."""
        return _in_namespace(self.ordered, namespace)


def _in_namespace(keys: list[Key], namespace: str) -> list[Key]:
    if not namespace:
        return keys
    begin = bisect_left(keys, f"{namespace}/", key=_order)
    return keys[begin : bisect_left(keys, f"{namespace}0", begin, key=_order)]  # 0 is what comes after the slash


def _order(key: Key) -> str:
    """As etcd sorts: `shop-dev/a` stands before `shop/a`."""
    return f"{key.namespace}/{key.name}"


class Past(NamedTuple):
    """A collection as it was in some version."""

    entries: Mapping[Key, Entry]
    ordered: list[Key]


class Page(NamedTuple):
    """A part of a list: as of which version, what is in it, and how many keys follow, kept or not.

    `last` is the place (namespace/name) after which it goes on; empty if it ends here.
    """

    version: int
    entries: list[Entry]
    last: str = ""
    remaining: int = 0


class Store:
    """All objects. Everything that changes it goes through `put` and `remove`."""

    def __init__(self) -> None:
        self.version = 1
        self._collections: dict[str, _Collection] = {}
        self._owned: dict[str, set[Key]] = {}
        self._pasts: OrderedDict[tuple[str, int], Past] = OrderedDict()
        self._hearers: list[Callable[[Change], None]] = []

    def get(self, key: Key) -> Entry | None:
        """The object as it is now."""
        return self._collection(key.collection).entries.get(key)

    def entries(self, collection: str, namespace: str = "") -> list[Entry]:
        """All objects of a collection, or of one namespace, in order of their keys."""
        found = self._collection(collection)
        entries = found.entries
        return [entries[key] for key in found.keys(namespace)]

    def count(self, collection: str) -> int:
        """How many there are."""
        return len(self._collection(collection).entries)

    def collections(self) -> list[str]:
        """The names of those that hold something."""
        return sorted(name for name, found in self._collections.items() if found.entries)

    def owned(self, uid: str) -> Iterator[Entry]:
        """What names that owner in its ownerReferences, in order of the keys."""
        for key in sorted(self._owned.get(uid, ())):
            entry = self.get(key)
            if entry is not None:
                yield entry

    def put(self, key: Key, obj: Obj) -> Entry:
        """Write an object. Its resourceVersion becomes the new one; `kind` and `apiVersion` come first."""
        self.version += 1
        obj["metadata"]["resourceVersion"] = str(self.version)
        ordered = {"kind": obj.pop("kind"), "apiVersion": obj.pop("apiVersion"), "metadata": obj.pop("metadata"), **obj}
        obj.clear()
        obj.update(ordered)
        entry = Entry(key, _write(ordered), self.version)
        found = self._collection(key.collection)
        old = found.entries.get(key)
        found.entries[key] = entry
        self._own(entry, old)
        self._note(found, Change("MODIFIED" if old else "ADDED", entry, old))
        return entry

    def remove(self, key: Key, last: Obj | None = None) -> Entry:
        """Take an object out, with that last state; answers it in the version of its removal. KeyError for none."""
        found = self._collection(key.collection)
        old = found.entries.pop(key)
        self.version += 1
        obj = old.read() if last is None else last
        obj["metadata"]["resourceVersion"] = str(self.version)
        entry = Entry(key, _write(obj), self.version)
        self._own(None, old)
        self._note(found, Change("DELETED", entry, old))
        return entry

    def listen(self, collection: str, hear: Callable[[Change], None]) -> Callable[[], None]:
        """Hear of each change, within the call that makes it. Calling the answer ends it."""
        token = object()
        listeners = self._collection(collection).listeners
        listeners[token] = hear
        return lambda: listeners.pop(token, None) and None

    def follow(self, collection: str, hear: Callable[[Change], None]) -> Callable[[], None]:
        """Hear of what is there as if it were new, then of each change."""
        for entry in self.entries(collection):
            hear(Change("ADDED", entry, None))
        return self.listen(collection, hear)

    def listen_all(self, hear: Callable[[Change], None]) -> None:
        """Hear of each change of every collection, of those that are yet to come too."""
        self._hearers.append(hear)

    def since(self, collection: str, version: int) -> list[Change]:
        """All changes after that version. Raises Gone if some of them are not known any more."""
        return list(self._collection(collection).after(version))[::-1]

    def compact(self) -> None:
        """Forget all history: who has not seen it must list again."""
        self.forget(self.version)
        self._pasts.clear()
        for found in self._collections.values():
            found.forgotten = self.version

    def forget(self, version: int) -> None:
        """Forget the history up to a version."""
        for found in self._collections.values():
            found.forget(version)
        for name, past in list(self._pasts):
            if past < self._collections[name].forgotten:
                del self._pasts[name, past]

    def page(
        self,
        collection: str,
        namespace: str,
        keep: Callable[[Entry], bool],
        limit: int = 0,
        version: int = 0,
        last: str = "",
    ) -> Page:
        """What is kept of a collection, up to `limit` (0: all), as of a version (0: now), after the place `last`.

        Raises Gone if that version is forgotten.
        """
        version = version or self.version
        past = self._past(collection, version)
        keys = _in_namespace(past.ordered, namespace)
        begin = bisect_right(keys, last, key=_order) if last else 0
        if not limit:
            found = [past.entries[key] for key in keys[begin:]]
            return Page(version, [entry for entry in found if keep(entry)])
        kept: list[Entry] = []
        for index in range(begin, len(keys)):
            entry = past.entries[keys[index]]
            if keep(entry):
                kept.append(entry)
                if len(kept) == limit:
                    rest = len(keys) - index - 1
                    return Page(version, kept, _order(keys[index]) if rest else "", rest)
        return Page(version, kept)

    def _past(self, collection: str, version: int) -> Past:
        """A collection as it was: what is there now, with all that has changed since taken back."""
        found = self._collection(collection)
        changes = list(found.after(version))
        if not changes:
            return Past(found.entries, found.ordered)
        past = self._pasts.get((collection, version))
        if past is None:
            entries = dict(found.entries)
            for change in changes:
                if change.old is None:
                    entries.pop(change.entry.key, None)
                else:
                    entries[change.entry.key] = change.old
            past = self._pasts[collection, version] = Past(entries, sorted(entries, key=_order))
            while len(self._pasts) > SNAPSHOTS:
                self._pasts.popitem(last=False)
        return past

    def _note(self, found: _Collection, change: Change) -> None:
        found.note(change)
        for hear in self._hearers:
            hear(change)

    def _collection(self, name: str) -> _Collection:
        found = self._collections.get(name)
        if found is None:
            found = self._collections[name] = _Collection()
        return found

    def _own(self, entry: Entry | None, old: Entry | None) -> None:
        """Keep the index of owners."""
        if old:
            for owner in old.meta.owner_references:
                keys = self._owned[owner.uid]
                keys.discard(old.key)
                if not keys:
                    del self._owned[owner.uid]
        if entry:
            for owner in entry.meta.owner_references:
                self._owned.setdefault(owner.uid, set()).add(entry.key)
