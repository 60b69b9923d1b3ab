"""Cells of a row. A file in this folder has PRINTERS: by collection, what makes them of an object."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj
from k9py.values.age import human_duration, parse_time

Cells = Callable[[Obj, Cluster], list[Any]]


def age(obj: Obj, cluster: Cluster) -> str:
    """How long ago an object was made."""
    created = parse_time(obj["metadata"].get("creationTimestamp"))
    return "<unknown>" if created is None else human_duration(cluster.clock.now - created)


def name_and_time(obj: Obj, cluster: Cluster) -> list[Any]:
    """The columns of what has none of its own."""
    return [obj["metadata"]["name"], obj["metadata"].get("creationTimestamp")]


@cache
def printers() -> Mapping[str, Cells]:
    """All printers by their collection."""
    import k9py.demo.api.tables as package

    found: dict[str, Cells] = {}
    for module in iter_modules(package.__path__, f"{package.__name__}."):
        found.update(getattr(import_module(module.name), "PRINTERS", {}))
    return found
