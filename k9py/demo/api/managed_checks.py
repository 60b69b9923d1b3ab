"""What server-side apply refuses of a configuration before it looks at the object, in the real server's words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from k9py.demo.api.gojson import go_text
from k9py.demo.api.managed_fields import element_text
from k9py.demo.api.managed_fields import field as field_element
from k9py.demo.api.managed_values import ABSENT, default_of, element_of
from k9py.demo.api.openapi import Node

_EMBEDDED = ("apiVersion", "kind", "metadata")


def faults_of(found: Any, node: Node | None, path: str = "") -> Iterator[str]:
    """What is wrong with it, each with its path: `.spec.replicas: expected numeric (int or float), got string`."""
    if node is None or found is None:
        return
    wrong = _wrong_type(found, node)
    if wrong:
        yield f"{path}: {wrong}"
    elif isinstance(found, dict):
        yield from _faults_of_map(found, node, path)
    elif isinstance(found, list):
        yield from _faults_of_list(found, node, path)


def _faults_of_map(found: dict[str, Any], node: Node, path: str) -> Iterator[str]:
    if node.open and not node.properties:
        return
    for name, one in sorted(found.items()):
        where, below = path + element_text(field_element(name)), node.field(name)
        if below is not None:
            yield from faults_of(one, below, where)
        elif not node.open and not (node.extension("embedded-resource") and name in _EMBEDDED):
            yield f"{where}: field not declared in schema"
            return


def _faults_of_list(found: list[Any], node: Node, path: str) -> Iterator[str]:
    keyed = node.extension("list-type") in ("map", "set")
    seen: set[str] = set()
    for index, item in enumerate(found):
        where = f"[{index}]"
        if keyed:
            missing = _missing_key(item, node)
            if missing:
                yield f"{path}: element {index}: {missing}"
                return
            element = element_of(item, node)
            where = element_text(element)
            if element in seen:
                yield f"{path}: duplicate entries for key {where}"
            seen.add(element)
        yield from faults_of(item, node.items, path + where)


def _missing_key(item: Any, node: Node) -> str:
    keys = node.extension("list-map-keys") or ()
    if not keys:
        return ""
    if not isinstance(item, dict):
        return "associative list with keys may not have non-map elements"
    missing = [name for name in keys if name not in item and default_of(node, name) is ABSENT]
    if not missing:
        return ""
    return (
        "associative list with keys has an element that omits key field "
        f'"{missing[0]}" (and doesn\'t have default value)'
    )


def _wrong_type(found: Any, node: Node) -> str:
    if node.extension("int-or-string") or node.extension("preserve-unknown-fields") or "oneOf" in node.schema:
        return ""
    if node.type == "array":
        return "" if isinstance(found, list) else f"expected list, got {_pointer(found)}"
    if node.type == "object":
        return "" if isinstance(found, dict) or node.open else f"expected map, got {_pointer(found)}"
    if isinstance(found, dict | list):
        return f"expected {_SCALARS.get(node.type, 'scalar')}, got {_pointer(found)}" if node.type else ""
    return _wrong_scalar(found, node.type)


_SCALARS = {"string": "string", "integer": "numeric (int or float)", "number": "numeric (int or float)"}


def _wrong_scalar(found: Any, kind: str) -> str:
    if kind == "string" and not isinstance(found, str):
        return f"expected string, got &value.valueUnstructured{{Value:{go_text(found)}}}"
    if kind in ("integer", "number") and (isinstance(found, bool) or not isinstance(found, int | float)):
        return f"expected numeric (int or float), got {'string' if isinstance(found, str) else 'boolean'}"
    if kind == "boolean" and not isinstance(found, bool):
        return f"expected boolean, got &value.valueUnstructured{{Value:{_go_syntax(found)}}}"
    return ""


def _go_syntax(found: Any) -> str:
    return f'"{found}"' if isinstance(found, str) else go_text(found)


def _pointer(found: Any) -> str:
    return f"&{{{go_text(found)}}}"
