"""Cells of a row. A file in this folder has PRINTERS: by collection, what makes them of an object.

It may have CONDITIONS and ORDER too: the conditions of a row, and by what the rows of a kind are sorted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj
from k9py.values.age import human_duration, parse_time
from k9py.values.selector import read_selector

Cell = Callable[[Obj, Cluster], Any]
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


def row(*cells: Cell) -> Cells:
    """A row: the name, then these."""
    return lambda obj, cluster: [name_of(obj), *(cell(obj, cluster) for cell in cells)]


def at(path: str, default: Any = "") -> Cell:
    """What stands at a path (`spec.replicas`); the default where nothing does, or an empty text."""
    *outer, last = path.split(".")

    def cell(obj: Obj, cluster: Cluster) -> Any:
        for name in outer:
            obj = part(obj, name)
        found = obj.get(last)
        return default if found is None or found == "" else found

    return cell


def text(path: str, default: str) -> Cell:
    """The same as text: numbers and flags that may be absent."""
    find = at(path, default)
    return lambda obj, cluster: str(find(obj, cluster))


def listed(path: str, default: str = "") -> Cell:
    """The items of a list of texts."""
    find = at(path, ())
    return lambda obj, cluster: ",".join(find(obj, cluster)) or default


def count(*paths: str) -> Cell:
    """How many items there are."""
    find = [at(path, ()) for path in paths]
    return lambda obj, cluster: sum(len(one(obj, cluster)) for one in find)


def labels(path: str) -> Cell:
    """Labels as text: `app=web,tier=front`."""
    find = at(path, {})
    return lambda obj, cluster: ",".join(f"{key}={one}" for key, one in sorted(find(obj, cluster).items())) or NONE


def selector(path: str, default: str = NONE) -> Cell:
    """A LabelSelector as it would be typed; the default where it selects all or nothing."""
    find = at(path, {})
    return lambda obj, cluster: str(read_selector(find(obj, cluster))) or default


def containers(path: str) -> tuple[Cell, Cell]:
    """Names and images of the containers of a pod template."""
    find = at(f"{path}.spec.containers", ())

    def names(field: str) -> Cell:
        return lambda obj, cluster: ",".join(one.get(field, "") for one in find(obj, cluster))

    return names("name"), names("image")


def name_and_time(obj: Obj, cluster: Cluster) -> list[Any]:
    """The columns of what has none of its own. The zero time is what Go writes for one that was never set."""
    return [name_of(obj), obj["metadata"].get("creationTimestamp") or "0001-01-01T00:00:00Z"]


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
