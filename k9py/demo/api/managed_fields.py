"""Sets of fields, as managedFields write them (fieldsV1): which paths there are, their form and their order.

A path is a tuple of elements: `f:NAME` a field or a key of a map, `k:{…}` an item of a list by its keys, `v:…` one by
its value. A set of paths is a plain set. Source: KEP-555 and meta/v1 FieldsV1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

Path = tuple[str, ...]
Paths = set[Path]

SELF = "."
"""In fieldsV1: that path too, not only what is under it."""


def encode(paths: Iterable[Path]) -> dict[str, Any]:
    """The fieldsV1 of a set."""
    return {element: _tidy(below) for element, below in sorted(tree(sorted(paths)).items())}


def _tidy(node: dict[str, Any]) -> dict[str, Any]:
    """A leaf needs no mark of its own."""
    if node.keys() == {SELF}:
        return {}
    return {element: _tidy(below) if element != SELF else {} for element, below in sorted(node.items())}


def decode(fields: Mapping[str, Any], head: Path = ()) -> Paths:
    """The set of a fieldsV1."""
    found: Paths = set()
    for element, below in fields.items():
        if element == SELF:
            found.add(head)
        elif below:
            found |= decode(below, (*head, element))
        else:
            found.add((*head, element))
    return found


def in_order(paths: Iterable[Path]) -> Iterator[Path]:
    """The paths as they are listed: of each level first those that end there, then what is under the others."""
    return _walk(tree(paths), ())


def tree(paths: Iterable[Path]) -> dict[str, Any]:
    """The paths as elements within elements; SELF where one ends."""
    root: dict[str, Any] = {}
    for path in paths:
        node = root
        for element in path:
            node = node.setdefault(element, {})
        node[SELF] = {}
    return root


def _walk(node: Mapping[str, Any], head: Path) -> Iterator[Path]:
    elements = sorted(element for element in node if element != SELF)
    for element in elements:
        if SELF in node[element]:
            yield (*head, element)
    for element in elements:
        yield from _walk(node[element], (*head, element))


def field(name: str) -> str:
    """The element of a field."""
    return f"f:{name}"


def key(values: Mapping[str, Any]) -> str:
    """The element of an item, by the values of its keys."""
    return f"k:{msgspec.json.encode(dict(sorted(values.items()))).decode()}"


def value(item: Any) -> str:
    """The element of an item of a set."""
    return f"v:{msgspec.json.encode(item).decode()}"


def text_of(path: Path) -> str:
    """A path as errors write it: `.spec.containers[name="c"].image`."""
    return "".join(map(element_text, path))


def element_text(element: str) -> str:
    """One element as errors write it."""
    kind, rest = element[:2], element[2:]
    if kind == "f:":
        return f".{rest}"
    if kind == "v:":
        return f"[={rest}]"
    pairs = msgspec.json.decode(rest)
    if kind == "k:":
        return f"[{','.join(f'{name}={msgspec.json.encode(one).decode()}' for name, one in pairs.items())}]"
    return f"[{rest}]"
