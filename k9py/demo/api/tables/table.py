"""Rows out of objects. What the columns are called comes from the real server (data/columns.json)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec

from k9py.demo.api.convert import from_stored
from k9py.demo.api.tables.custom import custom_table
from k9py.demo.api.tables.printer import Definitions, Printer, name_and_time, printers
from k9py.demo.cluster import Cluster
from k9py.demo.core.catalog import Served
from k9py.demo.core.store import Entry, Obj
from k9py.demo.data import load

Found = tuple[Definitions, Printer]

META = "meta.k8s.io/"


@dataclass(slots=True)
class Table:
    """The table of one answer; in a watch its definitions come with the first event only."""

    definitions: Definitions | None
    printer: Printer
    cluster: Cluster
    served: Served
    include: str
    """How much of an object stands beside its cells: `Metadata`, `Object` or `None`."""
    version: str = "v1"

    def whole(self, entries: Iterable[Entry], metadata: Mapping[str, Any]) -> Mapping[str, Any]:
        """A Table with these objects as rows."""
        objects = [entry.read() for entry in entries]
        if self.printer.order:
            objects.sort(key=self.printer.order)
        return self._frame(metadata, [self.row(obj) for obj in objects])

    def bookmark(self, obj: Obj) -> Mapping[str, Any]:
        """The row of an object that has nothing but a version."""
        return self._frame({"resourceVersion": obj["metadata"]["resourceVersion"]}, [self.row(obj)])

    def _frame(self, metadata: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        head = {"kind": "Table", "apiVersion": META + self.version, "metadata": metadata}
        return {**head, "columnDefinitions": self.definitions, "rows": rows}

    def row(self, obj: Obj) -> Mapping[str, Any]:
        """The row of one object."""
        row: dict[str, Any] = {"cells": self.printer.cells(obj, self.cluster)}
        conditions = self.printer.conditions(obj) if self.printer.conditions else None
        if conditions:
            row["conditions"] = conditions
        row["object"] = _INCLUDE[self.include](self, obj)
        return row

    def _metadata(self, obj: Obj) -> Obj:
        head = {"kind": "PartialObjectMetadata", "apiVersion": META + self.version}
        return {**head, "metadata": obj["metadata"]}

    def _object(self, obj: Obj) -> Obj:
        return from_stored(self.served, obj)


def _nothing(table: Table, obj: Obj) -> None:
    return None


_INCLUDE: Mapping[str, Callable[[Table, Obj], Obj | None]] = {
    "": Table._metadata,
    "Metadata": Table._metadata,
    "Object": Table._object,
    "None": _nothing,
}
INCLUDES = frozenset(_INCLUDE)
"""What `includeObject` can be."""


def table_of(cluster: Cluster, served: Served, include: str, version: str = "v1") -> Table:
    """The table of a resource: with its own columns, or with name and time."""
    definitions, printer = custom_table(cluster, served) or _native(served)
    return Table(definitions, printer, cluster, served, include, version)


def _native(served: Served) -> Found:
    printer, known = printers().get(served.storage), columns()
    if printer is None or not known.get(served.storage):
        return known["limitranges"], Printer(name_and_time)  # they have the columns of what has none of its own
    return known[served.storage], printer


@cache
def columns() -> Mapping[str, Definitions]:
    """Columns of all kinds that have some, by collection."""
    found: dict[str, Definitions] = msgspec.json.decode(load("columns.json"))
    found["pods.metrics.k8s.io"] = found["nodes.metrics.k8s.io"]
    name, *_, age = found["configmaps"]
    found["scales"] = [{**name, "format": ""}, *map(_count, SCALE_COUNTS.items()), age]
    return found


SCALE_COUNTS = {
    "Desired": "replicas is the desired number of instances for the scaled object.",
    "Available": "replicas is the actual number of observed instances of the scaled object.",
}


def _count(column: tuple[str, str]) -> Mapping[str, Any]:
    return {"name": column[0], "type": "integer", "format": "", "description": column[1], "priority": 0}
