"""What etcd is to a cluster: objects as the bytes that are served, in versions, with their history for watches.

Objects are bytes, so that nobody can change one in place: who wants to change it reads a copy and puts it back.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

Obj = dict[str, Any]
"""A Kubernetes object as JSON has it."""

HISTORY = 10_000
"""So many changes of a collection can be watched after the fact; who has missed more lists again (410)."""

SNAPSHOTS = 8
"""So many lists that are being read in pages are kept as they were at their first page."""


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
    """One object in one version. `raw` is its JSON; it begins with kind and apiVersion, which `bare` leaves out."""

    __slots__ = ("key", "meta", "raw", "version")

    def __init__(self, key: Key, raw: bytes, version: int) -> None:
        self.key = key
        self.raw = raw
        self.version = version
        self.meta = _read_head(raw).metadata

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
        self.history: deque[Change] = deque(maxlen=HISTORY)
        self.forgotten = 0
        self.listeners: dict[object, Callable[[Change], None]] = {}
        self._ordered: list[Key] | None = []

    def ordered(self) -> list[Key]:
        """All keys in the order in which etcd gives them."""
        if self._ordered is None:
            self._ordered = sorted(self.entries)
        return self._ordered

    def note(self, change: Change) -> None:
        if change.type != "MODIFIED":
            self._ordered = None
        if len(self.history) == HISTORY:
            self.forgotten = self.history[0].entry.version
        self.history.append(change)
        for hear in list(self.listeners.values()):
            hear(change)


class Page(NamedTuple):
    """A part of a list: as of which version, its entries, the token of the next part (empty: none), how many follow."""

    version: int
    entries: list[Entry]
    token: str
    remaining: int


class Store:
    """All objects. Everything that changes it goes through `put` and `remove`."""

    def __init__(self) -> None:
        self.version = 1
        self._collections: dict[str, _Collection] = {}
        self._owned: dict[str, set[Key]] = {}
        self._snapshots: OrderedDict[int, list[Entry]] = OrderedDict()

    def get(self, key: Key) -> Entry | None:
        """The object as it is now."""
        return self._collection(key.collection).entries.get(key)

    def entries(self, collection: str, namespace: str = "") -> list[Entry]:
        """All objects of a collection, or of one namespace, in order of their keys."""
        found = self._collection(collection)
        entries = found.entries
        return [entries[key] for key in found.ordered() if not namespace or key.namespace == namespace]

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
        found.note(Change("MODIFIED" if old else "ADDED", entry, old))
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
        found.note(Change("DELETED", entry, old))
        return entry

    def listen(self, collection: str, hear: Callable[[Change], None]) -> Callable[[], None]:
        """Hear of each change, within the call that makes it. Calling the answer ends it."""
        token = object()
        listeners = self._collection(collection).listeners
        listeners[token] = hear
        return lambda: listeners.pop(token, None) and None

    def since(self, collection: str, version: int) -> list[Change]:
        """All changes after that version. Raises Gone if some of them are not known any more."""
        found = self._collection(collection)
        if version < found.forgotten:
            raise Gone
        begin = bisect_right(found.history, version, key=lambda change: change.entry.version)
        return [found.history[index] for index in range(begin, len(found.history))]

    def compact(self) -> None:
        """Forget all history: who has not seen it must list again."""
        self._snapshots.clear()
        for found in self._collections.values():
            found.history.clear()
            found.forgotten = self.version

    def page(self, collection: str, namespace: str, limit: int, token: str, keep: Callable[[Entry], bool]) -> Page:
        """A list in parts of `limit` (0: all at once), all as of the first. Raises Gone if that is forgotten."""
        version, begin = self.version, 0
        if token:
            version, begin = (int(part) for part in token.split(":"))
            if version not in self._snapshots:
                raise Gone
            entries = self._snapshots[version]
        else:
            entries = [entry for entry in self.entries(collection, namespace) if keep(entry)]
        end = begin + limit if limit else len(entries)
        rest = max(0, len(entries) - end)
        if rest and not token:
            version = self._snapshot(entries)
        return Page(version, entries[begin:end], f"{version}:{end}" if rest else "", rest)

    def _snapshot(self, entries: list[Entry]) -> int:
        while self.version in self._snapshots:  # a token names one list
            self.version += 1
        self._snapshots[self.version] = entries
        while len(self._snapshots) > SNAPSHOTS:
            self._snapshots.popitem(last=False)
        return self.version

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
