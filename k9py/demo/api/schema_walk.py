"""An object as the real server decodes it into its Go struct: types are checked, what the struct lacks is dropped.

Null counts as absent. How Go writes what is left is told in gotypes.py.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from k9py.demo.api.gojson import kind_of
from k9py.demo.api.openapi import Node
from k9py.demo.api.schema_go import INT_OR_STRING, MICRO_TIME, QUANTITY, TIME, step_of, struct_of, type_of

_BITS = {"int32": 31, "int64": 63}
_QUANTITY = re.compile(r"([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)")
_NO_QUANTITY = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


class Unfit(ValueError):
    """A value that the struct cannot hold, in the words of Go's decoder."""


class Doubled(dict[str, Any]):
    """An object in which fields stand twice. `again` has their names."""

    again: frozenset[str] = frozenset()


class Place:
    """Where something stands. `path` is how people write it, `go` how Go's decoder does, `struct` what holds it."""

    __slots__ = ("field", "go", "path", "struct")

    def __init__(self, path: str = "", go: str = "", struct: str = "", field: str = "") -> None:
        self.path = path
        self.go = go
        self.struct = struct
        self.field = field

    def into(self, name: str, struct: str) -> Place:
        """A field of a struct."""
        step = step_of(struct, name)
        return Place(
            f"{self.path}.{name}" if self.path else name, f"{self.go}.{step}" if self.go else step, struct, name
        )

    def at(self, key: str) -> Place:
        """A value of a map."""
        return Place(f"{self.path}.{key}", self.go, self.struct, self.field)

    def item(self, index: int) -> Place:
        """An item of a list."""
        return Place(f"{self.path}[{index}]", self.go, self.struct, self.field)

    def refuse(self, value: Any, node: Node) -> Unfit:
        """The value is of another type."""
        kind, wanted = kind_of(value), type_of(node, self.field, self.struct)
        if kind == "number" and wanted.startswith("int"):
            kind = f"number {value!r}"
        where = f"struct field {self.struct}.{self.go}" if self.go else "value"
        return Unfit(f"json: cannot unmarshal {kind} into Go {where} of type {wanted}")


class Walk:
    """One object on its way. `problems` are the strict ones: unknown and doubled fields, in the object's order."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def value(self, value: Any, node: Node, place: Place, shadow: Any = None) -> Any:
        """What is stored of a value. Raises Unfit. `shadow` is the same as it was read, with what stood twice."""
        special = _SPECIAL.get(node.definition)
        if special:
            return special(value, node, place)
        if node.type == "array":
            return self._list(value, node, place, shadow)
        if node.type == "object" or node.properties:
            return self._object(value, node, place, shadow)
        scalar = _SCALARS.get(node.type)
        return scalar(value, node, place) if scalar else value

    def _list(self, value: Any, node: Node, place: Place, shadow: Any) -> Any:
        if not isinstance(value, list):
            raise place.refuse(value, node)
        items = node.items
        if items is None:
            return value
        shadows = shadow if isinstance(shadow, list) and len(shadow) == len(value) else [None] * len(value)
        return [
            _zero(items) if each is None else self.value(each, items, place.item(index), shadows[index])
            for index, each in enumerate(value)
        ]

    def _object(self, value: Any, node: Node, place: Place, shadow: Any) -> Any:
        if not isinstance(value, dict):
            raise place.refuse(value, node)
        if node.properties:
            return self.fields(value, node, place, struct_of(node, place.struct), shadow)
        values = node.field("")
        return value if values is None else self._map(value, values, place, shadow)

    def _map(self, value: dict[str, Any], values: Node, place: Place, shadow: Any) -> dict[str, Any]:
        again = shadow.again if isinstance(shadow, Doubled) else ()
        found = {}
        for key, each in value.items():
            if key in again:
                self.problems.append(f'duplicate field "{place.path}.{key}"')
            inner = shadow.get(key) if isinstance(shadow, dict) else None
            found[key] = _zero(values) if each is None else self.value(each, values, place.at(key), inner)
        return found

    def fields(
        self, value: dict[str, Any], node: Node, place: Place, struct: str, shadow: Any = None
    ) -> dict[str, Any]:
        """The fields of a struct."""
        again = shadow.again if isinstance(shadow, Doubled) else ()
        found = {}
        for name, each in value.items():
            here = place.into(name, struct)
            child = node.field(name)
            if child is None:
                self.problems.append(f'unknown field "{here.path}"')
                continue
            if name in again:
                self.problems.append(f'duplicate field "{here.path}"')
            inner = shadow.get(name) if isinstance(shadow, dict) else None
            kept = None if each is None else self.value(each, child, here, inner)
            if kept is not None:
                found[name] = kept
        return found


def _zero(node: Node) -> Any:
    """What Go makes of a null in a list or a map."""
    return {"object": {}, "string": "", "integer": 0, "number": 0, "boolean": False, "array": []}.get(node.type)


def _text(value: Any, node: Node, place: Place) -> Any:
    if not isinstance(value, str):
        raise place.refuse(value, node)
    if node.schema.get("format") == "byte":
        _check_base64(value)
    return value


def _check_base64(text: str) -> None:
    plain = text.replace("\n", "").replace("\r", "")
    try:
        base64.b64decode(plain, validate=True)
    except binascii.Error:
        wrong = re.search(r"[^A-Za-z0-9+/]", plain)
        at = wrong.start() if wrong and plain[wrong.start() :].strip("=") else len(plain) // 4 * 4
        raise Unfit(f"illegal base64 data at input byte {at}") from None


def _integer(value: Any, node: Node, place: Place) -> Any:
    if not isinstance(value, int) or isinstance(value, bool):
        raise place.refuse(value, node)
    bits = _BITS.get(node.schema.get("format", ""), 63)
    if not -(1 << bits) <= value < 1 << bits:
        raise place.refuse(value, node)
    return value


def _number(value: Any, node: Node, place: Place) -> Any:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise place.refuse(value, node)
    return value


def _boolean(value: Any, node: Node, place: Place) -> Any:
    if not isinstance(value, bool):
        raise place.refuse(value, node)
    return value


def _quantity(value: Any, node: Node, place: Place) -> Any:
    text = value if isinstance(value, str) else "" if isinstance(value, bool | dict | list) else str(value)
    if not _QUANTITY.fullmatch(text):
        raise Unfit(_NO_QUANTITY)
    return value


def _int_or_string(value: Any, node: Node, place: Place) -> Any:
    return value if isinstance(value, str) else _integer(value, node, place)


def _time(value: Any, node: Node, place: Place) -> Any:
    _moment(value, node, place, "2006-01-02T15:04:05Z07:00")
    return value


def _micro_time(value: Any, node: Node, place: Place) -> str:
    return _moment(value, node, place, "2006-01-02T15:04:05.000000Z07:00").strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _moment(value: Any, node: Node, place: Place, layout: str) -> datetime:
    if not isinstance(value, str):
        raise place.refuse(value, node)
    try:
        if _RFC3339.fullmatch(value):
            return datetime.fromisoformat(value).astimezone(UTC)
    except ValueError:
        pass
    rest, expected = _first_wrong(value)
    raise Unfit(f'parsing time "{value}" as "{layout}": cannot parse "{rest}" as "{expected}"')


def _first_wrong(text: str) -> tuple[str, str]:
    """What of a time cannot be read, and what Go has expected there."""
    date = (("2006", r"\d{4}"), ("-", "-"), ("01", r"\d\d"), ("-", "-"), ("02", r"\d\d"), ("T", "T"))
    time = (("15", r"\d\d"), (":", ":"), ("04", r"\d\d"), (":", ":"), ("05", r"\d\d(\.\d+)?"))
    at = 0
    for expected, pattern in (*date, *time):
        found = re.compile(pattern).match(text, at)
        if found is None:
            return text[at:], expected
        at = found.end()
    return text[at:], "Z07:00"


Scalar = Callable[[Any, Node, Place], Any]

_SCALARS: Mapping[str, Scalar] = {"string": _text, "integer": _integer, "number": _number, "boolean": _boolean}
_SPECIAL: Mapping[str, Scalar] = {
    QUANTITY: _quantity,
    INT_OR_STRING: _int_or_string,
    TIME: _time,
    MICRO_TIME: _micro_time,
}
