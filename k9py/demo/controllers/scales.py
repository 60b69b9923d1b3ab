"""What can be scaled: how large it is to be, how large it is, which pods are its own (the subresource /scale)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from k9py.demo.cluster import Cluster
from k9py.demo.controllers.pods import read_map_selector
from k9py.demo.core.catalog import Served
from k9py.demo.core.store import Entry, Key, Obj
from k9py.values.selector import Selector, read_selector


@dataclass(frozen=True, slots=True)
class Scale:
    """A scalable object as it is found."""

    served: Served
    entry: Entry
    obj: Obj

    @property
    def wanted(self) -> int:
        """spec.replicas."""
        return int((self.obj.get("spec") or {}).get("replicas", 1))

    @property
    def present(self) -> int:
        """status.replicas."""
        return int((self.obj.get("status") or {}).get("replicas", 0))

    @property
    def selector(self) -> Selector:
        """Which pods are its own."""
        found: Mapping[str, Any] | None = (self.obj.get("spec") or {}).get("selector")
        if self.served.storage == "replicationcontrollers":
            return read_map_selector(found)
        return read_selector(found)


def find_scale(cluster: Cluster, api_version: str, kind: str, namespace: str, name: str) -> Scale | None:
    """A scalable object by what a reference says of it; None if there is none, or it cannot be scaled."""
    served = cluster.catalog.of_kind(api_version, kind)
    if served is None or "scale" not in served.subresources:
        return None
    entry = cluster.store.get(Key(served.storage, namespace, name))
    return Scale(served, entry, entry.read()) if entry else None
