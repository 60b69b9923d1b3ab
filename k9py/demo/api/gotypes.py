"""Objects as the real server's Go types hold them: what is never left out, what is left out when it is empty.

Built-in objects pass through Go structs, so `resources: {}` stands where nobody wrote it, an empty `env` is gone, and
`0.5` of a CPU is `500m`. The tables are those of protobuf (data/protobuf.json.zst, made by tests/cluster/protos.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

import msgspec

from k9py.demo.api.quantities import canonical
from k9py.demo.data import load

META = "k8s.io.apimachinery.pkg.apis.meta.v1"

_EMPTY: Mapping[str, Any] = {"string": "", "bytes": None, "bool": False, "int32": 0, "int64": 0, "double": 0}
"""What Go writes for a scalar that was not set; empty bytes are nil."""

_NULLED = frozenset({f"{META}.Time", f"{META}.MicroTime", "k8s.io.apimachinery.pkg.runtime.RawExtension"})
"""What Go writes as null when it was not set."""

_ZERO: Mapping[str, Any] = {
    f"{META}.Duration": "0s",
    "k8s.io.apimachinery.pkg.api.resource.Quantity": "0",
    "k8s.io.apimachinery.pkg.util.intstr.IntOrString": 0,
}


class Field(NamedTuple):
    """A field of a message. `flags` as in tests/cluster/protos.py."""

    number: int
    name: str
    type: str
    flags: str = ""

    @property
    def many(self) -> bool:
        """A list or a map."""
        return "r" in self.flags or "m" in self.flags

    @property
    def plain(self) -> bool:
        """Whether `omitempty` can leave it out: not a struct of its own."""
        return self.many or "." not in self.type


class Message(NamedTuple):
    """The fields of a message, in the order of JSON, and by their number."""

    fields: tuple[Field, ...]
    numbered: Mapping[int, Field]

    @property
    def bare(self) -> bool:
        """Whether it is only its one field in JSON."""
        return bool(self.fields) and "w" in self.fields[0].flags


class _Data(msgspec.Struct):
    packages: dict[str, str]
    messages: dict[str, list[str]]


@cache
def _data() -> _Data:
    return msgspec.json.decode(load("protobuf.json.zst"), type=_Data)


@cache
def message(name: str) -> Message:
    """The message of that full name. KeyError if there is none."""
    parts = (line.split() for line in _data().messages[name])
    fields = tuple(Field(int(number), *rest) for number, *rest in parts)
    return Message(fields, {field.number: field for field in fields})


@cache
def message_of(api_version: str, kind: str) -> str:
    """The full name of the message of a kind; that of meta/v1 if its own group has none. Empty if nobody knows it."""
    names = [f"{package}.{kind}" for package in (_data().packages.get(api_version), META) if package]
    return next((name for name in names if name in _data().messages), "")


def place(result: dict[str, Any], field: Field, value: Any) -> None:
    """Put the value of a field where Go puts it, or nowhere; None is a value that was not set."""
    flags = field.flags
    if value is None:
        if "p" in flags and "o" in flags:
            return
        value = _zero(field)
    if "o" in flags and "p" not in flags and field.plain and not value:
        return
    if "z" in flags and not value:
        return
    result[field.name] = value


def _zero(field: Field) -> Any:
    """What Go writes for a field that was not set."""
    if "p" in field.flags or field.many:
        return None
    return empty(field.type) if "." in field.type else _EMPTY[field.type]


def empty(name: str) -> Any:
    """A message in which nothing is set, as JSON has it."""
    return _ZERO[name] if name in _ZERO else None if name in _NULLED else fill(name, {})


def empty_object(api_version: str, kind: str) -> dict[str, Any]:
    """A new object of a kind before anything is set. Only its head, if the kind is no built-in one."""
    return as_go({"apiVersion": api_version, "kind": kind})


def as_go(obj: dict[str, Any]) -> dict[str, Any]:
    """The object as Go's types hold it, a new one. Custom resources, which have no types, are as they are."""
    name = message_of(obj.get("apiVersion", ""), obj.get("kind", ""))
    if not name or name.startswith(META):
        return obj
    return {"kind": obj["kind"], "apiVersion": obj["apiVersion"], **fill(name, obj)}


def fill(name: str, value: Any) -> Any:
    """A message as Go holds it; what is of the wrong type stays as it is, for validation to see."""
    if name in _SCALARS:
        return _SCALARS[name](value)
    if name not in _data().messages or not isinstance(value, dict):
        return value
    found = message(name)
    if found.bare:
        return value
    result: dict[str, Any] = {}
    for field in found.fields:
        if "i" in field.flags:
            result.update(fill(field.type, value))
        else:
            place(result, field, _filled(field, value.get(field.name)))
    return result


def _filled(field: Field, value: Any) -> Any:
    if value is None or "." not in field.type:
        return value
    if "r" in field.flags:
        return [fill(field.type, item) for item in value] if isinstance(value, list) else value
    if "m" in field.flags:
        return {key: fill(field.type, item) for key, item in value.items()} if isinstance(value, dict) else value
    return fill(field.type, value)


def canonical_quantity(value: Any) -> Any:
    """A quantity in its canonical form: `0.5` is `500m`, `1024Mi` is `1Gi`, 1 is `1`. What is none stays as it is."""
    plain = isinstance(value, str | int | float) and not isinstance(value, bool)
    return canonical(str(value).strip()) if plain else value


def canonical_time(value: Any) -> Any:
    """A time in UTC and whole seconds. What is none stays as it is."""
    if not isinstance(value, str) or (value.endswith("Z") and len(value) == 20):
        return value
    try:
        return datetime.fromisoformat(value).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        return value


def _as_it_is(value: Any) -> Any:
    return value


_EXTENSIONS = "k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1"
_CHOICES = ("SchemaPropsOrArray", "SchemaPropsOrBool", "SchemaPropsOrStringArray")
_SCALARS: Mapping[str, Callable[[Any], Any]] = {
    **{f"{META}.{name}": _as_it_is for name in ("MicroTime", "FieldsV1", "Duration")},
    **{f"{_EXTENSIONS}.JSON{name}": _as_it_is for name in ("", *_CHOICES)},
    f"{META}.Time": canonical_time,
    "k8s.io.apimachinery.pkg.api.resource.Quantity": canonical_quantity,
    "k8s.io.apimachinery.pkg.util.intstr.IntOrString": _as_it_is,
    "k8s.io.apimachinery.pkg.runtime.RawExtension": _as_it_is,
}
