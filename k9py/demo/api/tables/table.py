"""Rows out of objects. What the columns are called comes from the real server (data/columns.json)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from k9py.demo.api.tables.printer import Cells, name_and_time, printers
from k9py.demo.cluster import Cluster
from k9py.demo.core.catalog import Served
from k9py.demo.core.store import Entry, Obj

Definitions = Sequence[Mapping[str, Any]]
"""TableColumnDefinition: name, type, format, description, priority."""

PLAIN: Definitions = (
    {"name": "Name", "type": "string", "format": "name", "description": "Name of the object", "priority": 0},
    {"name": "Created At", "type": "date", "format": "", "description": "When it was made", "priority": 0},
)
"""Of a kind without columns of its own."""


@dataclass(slots=True)
class Table:
    """The table of one answer; in a watch its definitions come with the first event only."""

    definitions: Definitions | None
    cells: Cells
    cluster: Cluster
    include: str

    def whole(self, entries: Sequence[Entry], metadata: Mapping[str, Any]) -> Mapping[str, Any]:
        """A Table with these objects as rows."""
        head = {"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata}
        return {**head, "columnDefinitions": self.definitions, "rows": [self._row(entry.read()) for entry in entries]}

    def bookmark(self, metadata: Mapping[str, Any]) -> Mapping[str, Any]:
        """A row without a name that carries the version only, as the real server sends it."""
        return self._frame(metadata, [{"cells": [""] * len(self.definitions or ()), "object": {"metadata": metadata}}])

    def _frame(self, metadata: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        head = {"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata}
        return {**head, "columnDefinitions": self.definitions, "rows": rows}

    def _row(self, obj: Obj) -> Mapping[str, Any]:
        row: dict[str, Any] = {"cells": self.cells(obj, self.cluster)}
        if self.include == "Object":
            row["object"] = obj
        elif self.include != "None":
            row["object"] = {
                "kind": "PartialObjectMetadata",
                "apiVersion": "meta.k8s.io/v1",
                "metadata": obj["metadata"],
            }
        return row


def table_of(cluster: Cluster, served: Served, include: str) -> Table:
    """The table of a resource: with its own columns, or with name and age."""
    printer = printers().get(served.storage)
    known = _columns()
    if printer is None or served.storage not in known:
        return Table(PLAIN, name_and_time, cluster, include)
    return Table(known[served.storage], printer, cluster, include)


@cache
def _columns() -> Mapping[str, Definitions]:
    found: Mapping[str, Definitions] = msgspec.json.decode(
        files("k9py.demo.data").joinpath("columns.json").read_bytes()
    )
    return found
