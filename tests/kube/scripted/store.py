"""Objects by collection, one resourceVersion for all of them, and what happened since any version not yet compacted."""

from __future__ import annotations

import asyncio
import copy
from dataclasses import dataclass
from typing import Any

Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """ADDED, MODIFIED or DELETED: the object as it was then."""

    version: int
    collection: str
    type: str
    obj: Object

    @property
    def namespace(self) -> str:
        namespace: str = self.obj["metadata"].get("namespace", "")
        return namespace


class Gone(Exception):
    """That version has been compacted."""


class ObjectStore:
    """What an API server keeps in etcd. A collection is named by its path over all namespaces: `/api/v1/pods`."""

    def __init__(self) -> None:
        self.version = 100
        self.moved = asyncio.Event()
        """Set, and replaced by a new one, at each change."""
        self._objects: dict[str, dict[tuple[str, str], Object]] = {}
        self._changes: list[Change] = []
        self._compacted = 0
        self._snapshots: dict[str, list[Object]] = {}

    def put(self, collection: str, name: str, namespace: str = "", **fields: Any) -> Object:
        """Make or replace an object. `fields` are its top level besides metadata."""
        kept = self._objects.setdefault(collection, {})
        old = kept.get((namespace, name))
        metadata = {
            "name": name,
            "uid": old["metadata"]["uid"] if old else f"uid-{self.version}",
            "creationTimestamp": "2026-01-01T00:00:00Z",
        }
        obj = {**copy.deepcopy(fields), "metadata": metadata | ({"namespace": namespace} if namespace else {})}
        kept[namespace, name] = obj
        self._note(collection, "MODIFIED" if old else "ADDED", obj)
        return obj

    def delete(self, collection: str, name: str, namespace: str = "") -> None:
        """Take an object out; KeyError if there is none."""
        obj = self._objects[collection].pop((namespace, name))
        self._note(collection, "DELETED", copy.deepcopy(obj))

    def get(self, collection: str, name: str, namespace: str = "") -> Object | None:
        return self._objects.get(collection, {}).get((namespace, name))

    def objects(self, collection: str, namespace: str = "") -> list[Object]:
        """In the order of their keys, as etcd gives them."""
        kept = self._objects.get(collection, {})
        return [kept[key] for key in sorted(kept) if not namespace or key[0] == namespace]

    def page(self, collection: str, namespace: str, limit: int, token: str) -> tuple[str, list[Object], str]:
        """Version, objects and the token of the next page, all pages as of the first. Raises Gone as `since` does."""
        version, _, begin = token.partition(":")
        if not token:
            version, begin = str(self.version), "0"
            self._snapshots[version] = self.objects(collection, namespace)
        if version not in self._snapshots:
            raise Gone
        objects, end = self._snapshots[version], int(begin) + limit
        return version, objects[int(begin) : end], f"{version}:{end}" if end < len(objects) else ""

    def since(self, version: int) -> list[Change]:
        """All changes after that version. Raises Gone if some of them are not known any more."""
        if version < self._compacted:
            raise Gone
        return [change for change in self._changes if change.version > version]

    def compact(self) -> None:
        """Forget the history: who has not seen it all must list again."""
        self._compacted = self.version
        self._changes.clear()
        self._snapshots.clear()

    def _note(self, collection: str, kind: str, obj: Object) -> None:
        self.version += 1
        obj["metadata"]["resourceVersion"] = str(self.version)
        self._changes.append(Change(self.version, collection, kind, obj))
        self.moved.set()
        self.moved = asyncio.Event()
