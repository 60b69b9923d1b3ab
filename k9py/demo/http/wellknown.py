"""Messages that JSON writes otherwise than as an object: times, quantities, whatever is raw."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

Wire = list[tuple[int, Any]]
"""What stands in a message: numbers of fields and their values."""
Read = Callable[[str, bytes], Any]
"""Reads a message by its full name."""

_META = "k8s.io.apimachinery.pkg.apis.meta.v1"
_CRD = "k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = (("h", 3_600_000_000_000), ("m", 60_000_000_000))
_SMALL = (("s", 1_000_000_000), ("ms", 1_000_000), ("µs", 1_000), ("ns", 1))


def signed(value: int) -> int:
    """A varint as two's complement."""
    return value - (1 << 64) if value >> 63 else value


def _moment(wire: Wire) -> datetime | None:
    if not wire:
        return None
    parts = dict(wire)
    micros = parts.get(2, 0) // 1000
    return _EPOCH + timedelta(seconds=signed(parts.get(1, 0)), microseconds=micros)


def _time(wire: Wire, _: Read) -> str | None:
    moment = _moment(wire)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def _micro_time(wire: Wire, _: Read) -> str | None:
    moment = _moment(wire)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if moment else None


def _duration(wire: Wire, _: Read) -> str:
    nanos = signed(dict(wire).get(1, 0))
    return ("-" if nanos < 0 else "") + duration_text(abs(nanos))


def duration_text(nanos: int) -> str:
    """A duration as Go writes it: `1h0m0s`, `1.5s`, `200ms`."""
    if nanos < _SMALL[0][1]:
        unit, size = next(((unit, size) for unit, size in _SMALL if nanos >= size), ("s", 1))
        return f"{_decimal(nanos, size)}{unit}"
    text = ""
    for unit, size in _UNITS:
        count, nanos = divmod(nanos, size)
        text += f"{count}{unit}" if count or text else ""
    return f"{text}{_decimal(nanos, _SMALL[0][1])}s"


def _decimal(value: int, size: int) -> str:
    whole, rest = divmod(value, size)
    return f"{whole}.{str(size + rest)[1:]}".rstrip("0").rstrip(".") if rest else str(whole)


def _quantity(wire: Wire, _: Read) -> str:
    return bytes(dict(wire).get(1, b"")).decode() or "0"


def _int_or_string(wire: Wire, _: Read) -> int | str:
    parts = dict(wire)
    if parts.get(1):
        return bytes(parts.get(3, b"")).decode()
    return signed(parts.get(2, 0))


def _raw(wire: Wire, _: Read) -> Any:
    raw = dict(wire).get(1, b"")
    return msgspec.json.decode(raw) if raw else None


def _schema(raw: bytes, read: Read) -> Any:
    return read(f"{_CRD}.JSONSchemaProps", raw)


def _schema_or_list(wire: Wire, read: Read) -> Any:
    return [_schema(value, read) for number, value in wire if number == 2] or _first_schema(wire, read)


def _first_schema(wire: Wire, read: Read) -> Any:
    return next((_schema(value, read) for number, value in wire if number == 1), None)


def _schema_or_bool(wire: Wire, read: Read) -> Any:
    parts = dict(wire)
    return _schema(parts[2], read) if 2 in parts else bool(parts.get(1))


def _schema_or_strings(wire: Wire, read: Read) -> Any:
    return [bytes(value).decode() for number, value in wire if number == 2] or _first_schema(wire, read)


SPECIAL: Mapping[str, Callable[[Wire, Read], Any]] = {
    f"{_META}.Time": _time,
    f"{_META}.MicroTime": _micro_time,
    f"{_META}.Duration": _duration,
    f"{_META}.FieldsV1": _raw,
    "k8s.io.apimachinery.pkg.api.resource.Quantity": _quantity,
    "k8s.io.apimachinery.pkg.util.intstr.IntOrString": _int_or_string,
    "k8s.io.apimachinery.pkg.runtime.RawExtension": _raw,
    f"{_CRD}.JSON": _raw,
    f"{_CRD}.JSONSchemaPropsOrArray": _schema_or_list,
    f"{_CRD}.JSONSchemaPropsOrBool": _schema_or_bool,
    f"{_CRD}.JSONSchemaPropsOrStringArray": _schema_or_strings,
}
