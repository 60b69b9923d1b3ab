"""What the scale of a custom resource reads out of it must be there in the right type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from k9py.demo.api.gojson import go_text
from k9py.demo.api.validation.words import invalid
from k9py.demo.core.status import Cause
from k9py.demo.core.store import Obj

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
