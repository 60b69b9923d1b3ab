"""Who manages what: references to owners are given and taken, finalizers let go."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import Any

from k9py.demo.api.registry import Registry
from k9py.demo.core.store import Change, Entry, Key, Obj


def controller_ref(owner: Entry, kind: str, api_version: str) -> dict[str, object]:
    """The ownerReference of what a controller makes for an object."""
    named: dict[str, object] = {"apiVersion": api_version, "kind": kind, "name": owner.key.name, "uid": owner.meta.uid}
    return {**named, "controller": True, "blockOwnerDeletion": True}


def adopt(registry: Registry, key: Key, ref: Mapping[str, Any]) -> None:
    """Give an object a controller."""

    def change(obj: Obj) -> Obj:
        obj["metadata"]["ownerReferences"] = [*obj["metadata"].get("ownerReferences", ()), dict(ref)]
        return obj

    registry.patch(key.collection, key[1:], change)


def disown(registry: Registry, key: Key, uids: Container[str]) -> None:
    """Take the owners of these uids from an object."""
    _drop(registry, key, "ownerReferences", lambda ref: ref["uid"] in uids)


def let_go(registry: Registry, key: Key, finalizer: str) -> None:
    """Take a finalizer from an object."""
    _drop(registry, key, "finalizers", lambda one: one == finalizer)


def _drop(registry: Registry, key: Key, field: str, goes: Callable[[Any], bool]) -> None:
    def change(obj: Obj) -> Obj:
        rest = [one for one in obj["metadata"].pop(field, ()) if not goes(one)]
        return {**obj, "metadata": obj["metadata"] | ({field: rest} if rest else {})}

    registry.patch(key.collection, key[1:], change)


class Orphans:
    """The objects of one collection without a controller, by namespace: whoever selects one may adopt it."""

    def __init__(self, registry: Registry, collection: str) -> None:
        self._store = registry.store
        self._keys: dict[str, set[Key]] = {}
        self._store.follow(collection, self._hear)

    def within(self, namespace: str) -> list[Entry]:
        """Those of a namespace, in order of their names."""
        found = (self._store.get(key) for key in sorted(self._keys.get(namespace, ())))
        return [entry for entry in found if entry]

    def _hear(self, change: Change) -> None:
        key = change.entry.key
        keys = self._keys.setdefault(key.namespace, set())
        if change.type != "DELETED" and change.entry.meta.controller is None:
            keys.add(key)
        else:
            keys.discard(key)
        if not keys:
            del self._keys[key.namespace]
