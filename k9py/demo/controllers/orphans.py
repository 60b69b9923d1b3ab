"""What no controller manages: whoever selects it may adopt it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Change, Entry, Key, Obj


class Orphans:
    """The objects of one collection without a controller, by namespace."""

    def __init__(self, cluster: Cluster, collection: str) -> None:
        self._cluster = cluster
        self._collection = collection
        self._keys: dict[str, set[Key]] = {}
        cluster.store.follow(collection, self._hear)

    def within(self, namespace: str) -> list[Entry]:
        """Those of a namespace, in order of their names."""
        found = (self._cluster.store.get(key) for key in sorted(self._keys.get(namespace, ())))
        return [entry for entry in found if entry]

    def adopt(self, entry: Entry, ref: Mapping[str, Any]) -> None:
        """Give one a controller."""

        def change(obj: Obj) -> Obj:
            obj["metadata"]["ownerReferences"] = [*obj["metadata"].get("ownerReferences", ()), dict(ref)]
            return obj

        self._cluster.registry.patch(self._collection, entry.key[1:], change)

    def release(self, entry: Entry, uid: str) -> None:
        """Take its controller from it."""

        def change(obj: Obj) -> Obj:
            rest = [ref for ref in obj["metadata"].pop("ownerReferences", ()) if ref["uid"] != uid]
            return {**obj, "metadata": obj["metadata"] | ({"ownerReferences": rest} if rest else {})}

        self._cluster.registry.patch(self._collection, entry.key[1:], change)

    def _hear(self, change: Change) -> None:
        key = change.entry.key
        keys = self._keys.setdefault(key.namespace, set())
        if change.type != "DELETED" and change.entry.meta.controller is None:
            keys.add(key)
        else:
            keys.discard(key)
        if not keys:
            del self._keys[key.namespace]
