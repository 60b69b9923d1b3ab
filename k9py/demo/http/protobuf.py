"""Objects as typed clients send them: `application/vnd.kubernetes.protobuf`. They are read only; answers are JSON.

What comes out is what Go would write as JSON: a field that is no pointer is always in the message, and left out if it
is empty and `omitempty` (api/gotypes.py).
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from k9py.demo.api.gotypes import Message, message, message_of, place
from k9py.demo.core.status import bad_request
from k9py.demo.http.wellknown import SPECIAL, signed

MAGIC = b"k8s\x00"


def decode(body: bytes) -> dict[str, Any]:
    """The object in a request. StatusError (400) if it is none, or of a kind that nobody knows."""
    if not body.startswith(MAGIC):
        text = "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]"
        raise bad_request(text)
    try:
        unknown = dict(_wire(body[4:]))
        head = {number: bytes(value).decode() for number, value in _wire(unknown.get(1, b""))}
        return _object(head.get(1, ""), head.get(2, ""), unknown.get(2, b""), unknown.get(4, b""))
    except (IndexError, KeyError, UnicodeDecodeError, struct.error, TypeError, msgspec.DecodeError) as error:
        raise bad_request(f"the request body cannot be read: {error}") from None


def _object(api_version: str, kind: str, raw: bytes, content_type: bytes) -> dict[str, Any]:
    if content_type == b"application/json":
        found: dict[str, Any] = msgspec.json.decode(raw)
        return found
    name = message_of(api_version, kind)
    if not name:
        raise bad_request(f'no kind "{kind}" is registered for version "{api_version}"')
    return {"kind": kind, "apiVersion": api_version, **read_message(name, raw)}


def read_message(name: str, raw: bytes) -> Any:
    """A message as JSON has it."""
    if name in SPECIAL:
        return SPECIAL[name](list(_wire(raw)), read_message)
    found = message(name)
    if found.bare:
        return [_value(found.fields[0].type, value) for _, value in _wire(raw)]
    values = _collect(found, raw)
    result: dict[str, Any] = {}
    for field in found.fields:
        if "i" in field.flags:
            result.update(read_message(field.type, b"") if (inner := values.get(field.number)) is None else inner)
        else:
            place(result, field, values.get(field.number))
    return result


def _collect(kind: Message, raw: bytes) -> dict[int, Any]:
    """What stands in the message, by the numbers of its fields."""
    found: dict[int, Any] = {}
    for number, value in _wire(raw):
        field = kind.numbered.get(number)
        if field is None:
            continue
        if "m" in field.flags:
            pair = dict(_wire(value))
            found.setdefault(number, {})[bytes(pair.get(1, b"")).decode()] = _value(field.type, pair.get(2, b""))
        elif "r" in field.flags:
            found.setdefault(number, []).append(_value(field.type, value))
        else:
            found[number] = _value(field.type, value)
    return found


def _value(kind: str, value: Any) -> Any:
    """A scalar or a message off the wire."""
    read = _SCALARS.get(kind)
    return read(value) if read else read_message(kind, value)


_SCALARS: Mapping[str, Callable[[Any], Any]] = {
    "string": lambda value: bytes(value).decode(),
    "bytes": lambda value: base64.b64encode(value).decode(),
    "bool": lambda value: bool(value),
    "int32": lambda value: signed(value or 0),
    "int64": lambda value: signed(value or 0),
    "double": lambda value: struct.unpack("<d", value)[0],
}


def _wire(raw: bytes) -> Iterator[tuple[int, Any]]:
    """The fields on the wire: numbers of varints, bytes of the rest."""
    at = 0
    while at < len(raw):
        tag, at = _varint(raw, at)
        number, form = tag >> 3, tag & 7
        if form == 0:
            value, at = _varint(raw, at)
            yield number, value
            continue
        size, at = _varint(raw, at) if form == 2 else ({1: 8, 5: 4}[form], at)
        if at + size > len(raw):
            raise IndexError("unexpected EOF")
        yield number, raw[at : at + size]
        at += size


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = raw[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return value, at
        shift += 7
