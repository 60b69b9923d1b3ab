"""Tables as the server makes them of its objects (meta.k8s.io/v1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from tests.kube.scripted.store import Object

TABLE_COLUMNS: list[dict[str, Any]] = [
    {"name": "Name", "type": "string", "format": "name", "description": "", "priority": 0},
    {"name": "Size", "type": "integer", "format": "", "description": "", "priority": 0},
    {"name": "Age", "type": "string", "format": "", "description": "", "priority": 0},
]


def wants_table(request: web.Request) -> bool:
    return "as=Table" in request.headers.get("Accept", "")


def make_table(
    objects: Sequence[Object], metadata: Mapping[str, str], columns: list[dict[str, Any]] | None
) -> Mapping[str, Any]:
    """The objects as rows with their metadata beside the cells."""
    rows = [make_row(obj) for obj in objects]
    head = {"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata}
    return {**head, "columnDefinitions": columns, "rows": rows}


def make_row(obj: Object) -> Mapping[str, Any]:
    partial = {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": obj["metadata"]}
    return {"cells": [obj["metadata"]["name"], obj.get("size", 0), "1s"], "object": partial}
