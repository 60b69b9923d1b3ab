"""Cells of a row. A file in this folder has PRINTERS: by collection, what makes them of an object.

It may have CONDITIONS and ORDER too: the conditions of a row, and by what the rows of a kind are sorted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj
from k9py.values.age import human_duration, parse_time
from k9py.values.selector import read_selector

Cells = Callable[[Obj, Cluster], list[Any]]

Definitions = Sequence[Mapping[str, Any]]
"""TableColumnDefinition: name, type, format, description, priority."""

NONE = "<none>"
UNKNOWN = "<unknown>"
UNSET = "<unset>"


@dataclass(frozen=True, slots=True)
class Printer:
    """How the rows of a kind are made. `order` sorts its objects within an answer, if it is there."""

    cells: Cells
    conditions: Callable[[Obj], list[Mapping[str, str]]] | None = None
    order: Callable[[Obj], Any] | None = None


def part(obj: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A part of an object, `spec` or `status`; empty where it is absent."""
    found: dict[str, Any] = obj.get(name) or {}
    return found


def name_of(obj: Obj) -> str:
    """Its name; the object of a bookmark has none."""
    name: str = obj["metadata"].get("name", "")
    return name


def since(text: str | None, cluster: Cluster) -> str:
    """How long ago a time was."""
    then = parse_time(text)
    return UNKNOWN if then is None else human_duration(cluster.clock.now - then)


def age(obj: Obj, cluster: Cluster) -> str:
    """How long ago an object was made."""
    return since(obj["metadata"].get("creationTimestamp"), cluster)


def name_and_age(obj: Obj, cluster: Cluster) -> list[Any]:
    """The columns of kinds of which there is nothing else to say."""
    return [name_of(obj), age(obj, cluster)]


def name_and_time(obj: Obj, cluster: Cluster) -> list[Any]:
    """The columns of what has none of its own. The zero time is what Go writes for one that was never set."""
    return [name_of(obj), obj["metadata"].get("creationTimestamp") or "0001-01-01T00:00:00Z"]


def yes_no(value: bool | None) -> str:
    """A flag that may be absent, as a word."""
    return UNSET if value is None else str(value)


def labels_text(labels: Mapping[str, str] | None) -> str:
    """Labels as text: `app=web,tier=front`."""
    return ",".join(f"{key}={value}" for key, value in sorted((labels or {}).items())) or NONE


def selector_text(selector: Mapping[str, Any] | None) -> str:
    """A LabelSelector as it would be typed; empty where it selects all or nothing."""
    return str(read_selector(selector)) if selector else ""


def containers(template: Mapping[str, Any]) -> list[str]:
    """Names and images of the containers of a pod template."""
    found = part(template, "spec").get("containers") or ()
    return [",".join(one["name"] for one in found), ",".join(one.get("image", "") for one in found)]


def some(texts: Iterable[str], most: int = 3) -> str:
    """The first few, and how many more there are."""
    listed = list(texts)
    shown = ",".join(listed[:most])
    return f"{shown} + {len(listed) - most} more..." if len(listed) > most else shown


def default_mark(obj: Obj, annotation: str) -> str:
    """Its name, and whether it is the one that is taken by default."""
    marked = (obj["metadata"].get("annotations") or {}).get(annotation) == "true"
    return name_of(obj) + (" (default)" if marked else "")


@cache
def printers() -> Mapping[str, Printer]:
    """All printers by their collection."""
    import k9py.demo.api.tables as package

    found: dict[str, Printer] = {}
    for each in iter_modules(package.__path__, f"{package.__name__}."):
        module = import_module(each.name)
        conditions, order = getattr(module, "CONDITIONS", {}), getattr(module, "ORDER", {})
        for collection, cells in getattr(module, "PRINTERS", {}).items():
            found[collection] = Printer(cells, conditions.get(collection), order.get(collection))
    return found
