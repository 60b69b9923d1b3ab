"""The objects of one kind in one context, as its feed tells them: what views read, and what YAML is shown from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Collection as Names
from typing import Any

import msgspec

from k9py.store.column import Joined
from k9py.store.packing import Packer
from k9py.values.batch import Batch, FeedState, ServerColumn
from k9py.values.metadata import Metadata
from k9py.values.resource import Resource

Name = tuple[str, str]
"""Namespace and name: which object of a collection is meant."""

Listener = Callable[[Names[Name]], None]


class Record(msgspec.Struct, frozen=True, gc=False, eq=False):
    """One object: what columns read, and the whole of it compressed (b"" where only the server's row is known)."""

    obj: Any
    packed: bytes


class Unreadable(msgspec.Struct, gc=False):
    """Stands for an object whose fields are not what its kind expects: it still has a row, with a name and an age."""

    metadata: Metadata
    fault: str


class _Bare(msgspec.Struct, gc=False):
    """As much as must be readable of an object, or of the object in a row of a server table."""

    metadata: Metadata | None = None
    object: _Bare | None = None


class _Notes(msgspec.Struct, frozen=True, gc=False):
    annotations: Mapping[str, str] | None = None


class _Annotated(msgspec.Struct, gc=False):
    metadata: _Notes = _Notes()


_read_bare = msgspec.json.Decoder(_Bare).decode
_read_annotated = msgspec.json.Decoder(_Annotated).decode


class Collection:
    """Applies batches and tells its listeners at once which names are dirty. Computes no cells."""

    def __init__(
        self, context: str, resource: Resource, decode: Callable[[msgspec.Raw], Any], keep_whole: bool
    ) -> None:
        self.context = context
        self.resource = resource
        self.records: dict[Name, Record] = {}
        self.columns: tuple[ServerColumn, ...] = ()
        self.joined = Joined(context, annotations=self.annotations)
        self.state = FeedState()
        self.faults: dict[Name, str] = {}
        """Why an object could not be read, by its name; ("", "") holds the last one that did not even have a name."""
        self._decode = decode
        self._packer = Packer() if keep_whole else None
        self._unseen: set[Name] = set()
        self._listeners: list[Listener] = []

    def apply(self, batch: Batch) -> None:
        """Take in what a feed tells. In a list, what was not named until its end is gone then, and not before."""
        if batch.columns is not None:
            self.columns = batch.columns
        if batch.begins_list:
            self._unseen = set(self.records)
        dirty = {name for deleted, raw in batch.changes if (name := self._change(deleted, raw))}
        if batch.ends_list:
            for name in self._unseen:
                self._forget(name)
            dirty |= self._unseen
            self._unseen = set()
        if dirty or batch.columns is not None:
            self.touch(dirty)

    def put(self, changes: Mapping[Name, Any]) -> None:
        """Take in objects that are made here and not told by a server, None for one that is gone.

        Only what is another than before is dirty.
        """
        dirty = [name for name, obj in changes.items() if self._differs(name, obj)]
        for name in dirty:
            obj = changes[name]
            if obj is None:
                self._forget(name)
            else:
                self.records[name] = Record(obj, b"")
        if dirty:
            self.touch(dirty)

    def _differs(self, name: Name, obj: Any) -> bool:
        record = self.records.get(name)
        return obj is not None if record is None else bool(record.obj != obj)

    def touch(self, names: Names[Name]) -> None:
        """Tell the listeners that the rows of these names are to be computed again."""
        for listener in tuple(self._listeners):
            listener(names)

    def whole(self, namespace: str, name: str) -> bytes | None:
        """The JSON of an object as the server sent it; None where there is none, or only the server's columns."""
        record = self.records.get((namespace, name))
        return self._packer.unpack(record.packed) if self._packer and record else None

    def annotations(self, name: Name) -> Mapping[str, str]:
        """The annotations of an object: out of the whole of it, or as its kind has kept them."""
        if whole := self.whole(*name):
            try:
                return _read_annotated(whole).metadata.annotations or {}
            except msgspec.ValidationError:
                return {}
        record = self.records.get(name)
        return (getattr(record.obj.metadata, "annotations", None) or {}) if record else {}

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Have dirty names told, as they become so. Returns what ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _change(self, deleted: bool, raw: msgspec.Raw) -> Name | None:
        """Take in one change; the name whose row it dirties, if any."""
        obj = self._read(raw)
        if obj is None:
            return None
        metadata: Metadata = obj.metadata
        name = (metadata.namespace, metadata.name)
        self._unseen.discard(name)
        if deleted:
            self._forget(name)
            return name
        if self._packer and metadata.resource_version and self._version_of(name) == metadata.resource_version:
            return None  # listed again and still the same
        if isinstance(obj, Unreadable):
            self.faults[name] = obj.fault
        elif self.faults:
            self.faults.pop(name, None)
        self.records[name] = Record(obj, self._packer.pack(raw) if self._packer else b"")
        return name

    def _read(self, raw: msgspec.Raw) -> Any:
        try:
            return self._decode(raw)
        except (msgspec.MsgspecError, ValueError) as error:
            return self._read_bare(raw, str(error))

    def _read_bare(self, raw: msgspec.Raw, fault: str) -> Unreadable | None:
        try:
            bare = _read_bare(raw)
        except msgspec.MsgspecError:
            bare = _Bare()
        metadata = bare.object.metadata if bare.object else bare.metadata
        if metadata:
            return Unreadable(metadata, fault)
        self.faults["", ""] = fault
        return None

    def _version_of(self, name: Name) -> str | None:
        known = self.records.get(name)
        return known.obj.metadata.resource_version if known else None

    def _forget(self, name: Name) -> None:
        self.records.pop(name, None)
        self.faults.pop(name, None)
