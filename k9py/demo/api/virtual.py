"""Resources that are in no store: they are worked out when they are asked for (metrics, component statuses)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from k9py.demo.cluster import Cluster
from k9py.demo.core.catalog import Served
from k9py.demo.core.store import Entry, Key, Obj

SOURCES: dict[str, Callable[[Cluster, str], Iterable[Obj]]] = {}
"""By collection: all its objects, or those of one namespace."""


def virtual_entries(cluster: Cluster, served: Served, namespace: str) -> list[Entry] | None:
    """The objects as entries; None for what is in the store."""
    source = SOURCES.get(served.storage)
    if source is None:
        return None
    return [_entry(served, obj) for obj in source(cluster, namespace)]


def _entry(served: Served, obj: Obj) -> Entry:
    metadata = obj["metadata"]
    raw = msgspec.json.encode({"kind": served.kind, "apiVersion": served.gvr.api_version, **obj})
    return Entry(Key(served.storage, metadata.get("namespace", ""), metadata["name"]), raw, 0)
