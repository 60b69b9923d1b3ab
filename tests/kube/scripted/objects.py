"""Objects put straight into the store of a cluster, whatever its rules say of them."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from k9py.demo.api.target import find_target
from k9py.demo.cluster import Cluster
from k9py.demo.core.catalog import Served
from k9py.demo.core.store import Key, Obj


class Objects:
    """What a cluster stores. A collection is named by its path over all namespaces: `/api/v1/pods`."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._store = cluster.store

    def put(
        self,
        collection: str,
        name: str,
        namespace: str = "",
        *,
        metadata: Mapping[str, Any] | None = None,
        defaults: bool = False,
        **fields: Any,
    ) -> Obj:
        """Make or replace an object. `metadata` is what it has besides names, uid and times, or instead of them.

        With `defaults` it has those of its kind, as a server gives them to what is created.
        """
        served = self._served(collection)
        key = Key(served.storage, namespace, name)
        old = self._store.get(key)
        own = {
            "name": name,
            **({"namespace": namespace} if namespace else {}),
            "uid": old.meta.uid if old else self._cluster.registry.new_uid(),
            "creationTimestamp": self._cluster.clock.stamp(),
            **(metadata or {}),
        }
        obj = {"kind": served.kind, "apiVersion": served.gvr.api_version, "metadata": own, **copy.deepcopy(fields)}
        if defaults:
            self._cluster.registry.strategy(served).default(obj)
        return self._store.put(key, obj).read()

    def delete(self, collection: str, name: str, namespace: str = "") -> None:
        """Take an object out; KeyError if there is none."""
        self._store.remove(Key(self._served(collection).storage, namespace, name))

    def get(self, collection: str, name: str, namespace: str = "") -> Obj | None:
        """A copy of an object."""
        return self._cluster.registry.read(self._served(collection).storage, namespace, name)

    def objects(self, collection: str) -> list[Obj]:
        """All of them in the order of their keys."""
        return [entry.read() for entry in self._store.entries(self._served(collection).storage)]

    def _served(self, collection: str) -> Served:
        return find_target(self._cluster.catalog, collection).served
