"""Custom resources: what is particular to each stands in its definition's schema."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from k9py.demo.api.crds import COLLECTION, Scale, Schema, read_spec, read_version
from k9py.demo.api.crds_validation import check
from k9py.demo.api.crds_values import fill
from k9py.demo.api.strategy import Strategy
from k9py.demo.core.catalog import Served
from k9py.demo.core.status import Cause, forbidden
from k9py.demo.core.store import Key, Obj, Store

if TYPE_CHECKING:
    from k9py.demo.api.registry import Intent, Registry
from collections.abc import Mapping

from k9py.demo.api.gojson import go_text
from k9py.demo.api.validation.words import invalid

STRATEGIES: tuple[Strategy, ...] = ()
"""None by name: a CRD can come at any time."""


def custom_strategy(store: Store, served: Served) -> Strategy:
    """The steps of a write under the definition as it is now."""
    entry = store.get(Key(COLLECTION, "", served.gvr.full_name))
    if entry is None:
        return Strategy(served.storage)
    found = _strategy(entry.raw, served.gvr.version)
    return replace(found, admit=_refuse_new) if entry.meta.deletion_timestamp else found


def _refuse_new(obj: Obj, old: Obj | None, registry: Registry, intent: Intent) -> None:
    """What is going takes in nothing more."""
    if old is None:
        why = "create not allowed while custom resource definition is terminating"
        served = registry.catalog.of_kind(obj["apiVersion"], obj["kind"])
        group, plural = (served.group, served.plural) if served else ("", "")
        raise forbidden(group, plural, obj["metadata"]["name"], why)


@lru_cache(128)
def _strategy(raw: bytes, version: str) -> Strategy:
    spec, found = read_spec(raw), read_version(raw, version)
    schema = found.root
    own = schema_of_fields(schema)
    side = found.subresources is not None and found.subresources.status is not None
    scale = (found.subresources.scale if found.subresources else None) or Scale()

    def validate(obj: Obj, old: Obj | None) -> Iterator[Cause]:
        ignored = {"metadata", "apiVersion", "kind"} | ({"status"} if side else set())
        yield from check(_without(obj, ignored), own, "", _without(old, ignored) if old else None)
        yield from check_replicas(obj, scale.spec_replicas_path)

    def validate_status(obj: Obj, old: Obj) -> Iterator[Cause]:
        if "status" in own["properties"] and "status" in obj:
            yield from check(obj["status"], own["properties"]["status"], "status", old.get("status"))
        yield from check_replicas(obj, scale.status_replicas_path)

    return Strategy(
        f"{spec.names.plural}.{spec.group}",
        default=lambda obj: fill_fields(obj, schema),
        validate=validate,
        validate_status=validate_status,
        status_counts=not side,
    )


def schema_of_fields(schema: Schema) -> dict[str, Any]:
    """The root without what is checked for every object."""
    fields = {name: one for name, one in schema.get("properties", {}).items() if name not in ("apiVersion", "kind")}
    fields.pop("metadata", None)
    return {**schema, "properties": fields}


def fill_fields(obj: Obj, schema: Schema) -> None:
    """Defaults of all fields but the metadata."""
    own = {name: obj.pop(name) for name in ("apiVersion", "kind", "metadata") if name in obj}
    fill(obj, schema_of_fields(schema))
    rest = dict(obj)
    obj.clear()
    obj.update(own | rest)


def _without(obj: Obj, names: set[str]) -> Obj:
    return {name: value for name, value in obj.items() if name not in names}


MOST = 2**31 - 1
_TYPES: Mapping[type, str] = {
    bool: "bool",
    int: "int64",
    float: "float64",
    str: "string",
    list: "[]interface {}",
    dict: "map[string]interface {}",
}


def check_replicas(obj: Obj, path: str) -> Iterator[Cause]:
    """The number at a path as `.spec.replicas`; an empty path is none, and what is absent is fine."""
    value: Any = obj
    for step in path.removeprefix(".").split(".") if path else ():
        if not isinstance(value, dict):
            yield _unreadable(path, value, "map[string]interface{}")
            return
        value = value.get(step)
        if value is None:
            return
    if not path:
        return
    if not isinstance(value, int) or isinstance(value, bool):
        yield _unreadable(path, value, "int64")
    elif value < 0:
        yield invalid(path, value, "should be a non-negative integer")
    elif value > MOST:
        yield invalid(path, value, f"should be less than or equal to {MOST}")


def _unreadable(path: str, value: Any, wanted: str) -> Cause:
    found = _TYPES.get(type(value), "<nil>")
    return invalid(path, 0, f"{path} accessor error: {go_text(value)} is of the type {found}, expected {wanted}")
