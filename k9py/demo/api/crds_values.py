"""Values of custom resources under their schema: defaults are filled in, unknown fields taken out."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from k9py.demo.api.crds import Schema

_OBJECT = frozenset({"apiVersion", "kind", "metadata"})
"""What every object has, and its schema need not name."""
_EMBEDDED = "x-kubernetes-embedded-resource"


def fill(value: Any, schema: Schema) -> None:
    """Defaults, in place. A null that may not be counts as absent; a number without a fraction is an integer."""
    if isinstance(value, dict):
        _fill_fields(value, schema)
    elif isinstance(value, list):
        items = schema.get("items") or {}
        for index, each in enumerate(value):
            value[index] = _whole(each)
            fill(value[index], items)


def _fill_fields(value: dict[str, Any], schema: Schema) -> None:
    for name, found in schema.get("properties", {}).items():
        absent = name not in value or (value[name] is None and not found.get("nullable"))
        if absent and "default" in found:
            value[name] = copy.deepcopy(found["default"])
    for name in list(value):
        found = _field(schema, name)
        if value[name] is None and found and not found.get("nullable"):
            del value[name]
            continue
        value[name] = _whole(value[name])
        fill(value[name], found or {})


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**63 else value


def _field(schema: Schema, name: str) -> Schema | None:
    """The schema of a field or of a map's value."""
    found = schema.get("properties", {}).get(name)
    if found is None:
        found = schema.get("additionalProperties")
    return found if isinstance(found, Mapping) else None


def take_unknown(value: dict[str, Any], schema: Schema) -> list[str]:
    """Take out what the schema does not know, in place. Answers the paths, sorted: `spec.foo`, `spec.list[0].x`."""
    kept = {name: value.pop(name) for name in _OBJECT & value.keys()}
    unknown = sorted(_take(value, schema, ""))
    rest = dict(value)
    value.clear()
    value.update(kept | rest)
    return unknown


def _take(value: Any, schema: Schema, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        yield from _take_fields(value, schema, path)
    elif isinstance(value, list):
        items = schema.get("items") or {}
        for index, each in enumerate(value):
            yield from _take(each, items, f"{path}[{index}]")


def _take_fields(value: dict[str, Any], schema: Schema, path: str) -> Iterator[str]:
    keeps = schema.get("x-kubernetes-preserve-unknown-fields") or schema.get("additionalProperties") is True
    embedded = _OBJECT if schema.get(_EMBEDDED) else frozenset()
    for name in list(value):
        here = f"{path}.{name}" if path else name
        found = _field(schema, name)
        if found is not None:
            yield from _take(value[name], found, here)
        elif not keeps and name not in embedded:
            del value[name]
            yield here
