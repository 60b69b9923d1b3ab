"""Columns of custom resources: their definition's printer columns, or name and age."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from k9py.demo.api.crds import COLLECTION, Column, read_version
from k9py.demo.api.crds_jsonpath import PathError, find_values
from k9py.demo.api.openapi import metadata_node
from k9py.demo.api.tables.printer import Definitions, Printer, name_of
from k9py.demo.cluster import Cluster
from k9py.demo.core.catalog import Served
from k9py.demo.core.store import Key, Obj
from k9py.values.age import human_duration, parse_time

_CREATED = ".metadata.creationTimestamp"


def custom_table(cluster: Cluster, served: Served) -> tuple[Definitions, Printer] | None:
    """Columns and cells of what a CRD has brought; None for everything else."""
    if not served.custom:
        return None
    entry = cluster.store.get(Key(COLLECTION, "", served.gvr.full_name))
    return _table(entry.raw, served.gvr.version) if entry else None


@lru_cache(64)
def _table(raw: bytes, version: str) -> tuple[Definitions, Printer]:
    columns = read_version(raw, version).additional_printer_columns or [
        Column("Age", "date", _CREATED, description=_described("creationTimestamp"))
    ]
    name = {"name": "Name", "type": "string", "format": "name", "description": _described("name"), "priority": 0}

    def cells(obj: Obj, cluster: Cluster) -> list[Any]:
        return [name_of(obj), *(_cell(column, obj, cluster) for column in columns)]

    return [name, *map(_definition, columns)], Printer(cells)


def _described(field: str) -> str:
    found = metadata_node().field(field)
    text: str = found.schema.get("description", "") if found else ""
    return text


def _definition(column: Column) -> Mapping[str, Any]:
    described = column.description or f"Custom resource definition column (in JSONPath format): {column.json_path}"
    head = {"name": column.name, "type": column.type, "format": column.format}
    return {**head, "description": described, "priority": column.priority}


def _cell(column: Column, obj: Obj, cluster: Cluster) -> Any:
    """The first that its path finds, as its type is written; null for nothing."""
    try:
        found = find_values(column.json_path, obj)
    except PathError:
        return None
    if not found:
        return None
    cell = _CELLS.get(column.type)
    return cell(found[0], cluster) if cell else _text(found[0], cluster)


def _number(value: Any, cluster: Cluster) -> Any:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _integer(value: Any, cluster: Cluster) -> Any:
    number = _number(value, cluster)
    return None if number is None else int(number)


def _boolean(value: Any, cluster: Cluster) -> Any:
    return value if isinstance(value, bool) else None


def _date(value: Any, cluster: Cluster) -> str:
    then = parse_time(value) if isinstance(value, str) else None
    return "<invalid>" if then is None else human_duration(cluster.clock.now - then)


def _text(value: Any, cluster: Cluster) -> str:
    if value is None:
        return "<no value>"
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), sort_keys=True)


_CELLS: Mapping[str, Callable[[Any, Cluster], Any]] = {
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "string": _text,
}
