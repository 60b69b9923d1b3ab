"""OpenAPI 2 in the form that kubectl asks for: gnostic's protobuf messages (openapiv2/OpenAPIv2.proto)."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

import msgspec

Write = Callable[[Any], bytes]
"""The fields of a message, out of what stands in the document."""


@lru_cache(4)
def gnostic(document: bytes) -> bytes:
    """A Swagger document as protobuf."""
    found = msgspec.json.decode(document)
    info = _text(1, found["info"]["title"]) + _text(2, found["info"]["version"])
    paths = b"".join(_part(2, _named(path, _path(item))) for path, item in found["paths"].items())
    definitions = b"".join(_part(1, _named(name, _schema(one))) for name, one in found["definitions"].items())
    return _text(1, found["swagger"]) + _part(2, info) + _part(8, paths) + _part(9, definitions)


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def _part(number: int, content: bytes) -> bytes:
    """A message or a text as a field."""
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _text(number: int, text: str) -> bytes:
    return _part(number, text.encode())


def _texts(number: int, texts: Iterable[str]) -> bytes:
    return b"".join(_text(number, text) for text in texts)


def _whole(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(int(value) & (1 << 64) - 1)


def _double(number: int, value: float) -> bytes:
    return _varint(number << 3 | 1) + struct.pack("<d", value)


def _named(name: str, content: bytes) -> bytes:
    return _text(1, name) + _part(2, content)


def _any(value: Any) -> bytes:
    """A value of any type, which stands there as YAML (JSON is YAML)."""
    return _text(2, msgspec.json.encode(value).decode() + "\n")


def _extensions(number: int, value: Mapping[str, Any]) -> bytes:
    return b"".join(_part(number, _named(name, _any(each))) for name, each in value.items() if name.startswith("x-"))


def _schema(schema: Mapping[str, Any]) -> bytes:
    """Schema."""
    fields = b"".join(write(schema[name]) for name, write in _SCHEMA.items() if name in schema)
    return fields + _extensions(31, schema)


def _field(number: int, write: Callable[[int, Any], bytes]) -> Write:
    return lambda value: write(number, value)


def _more_properties(value: Any) -> bytes:
    return _part(21, _whole(2, value) if isinstance(value, bool) else _part(1, _schema(value)))


def _kinds(value: Any) -> bytes:
    return _part(22, _texts(1, [value] if isinstance(value, str) else value))


def _properties(value: Mapping[str, Any]) -> bytes:
    return _part(25, b"".join(_part(1, _named(name, _schema(each))) for name, each in value.items()))


_SCHEMA: Mapping[str, Write] = {
    "$ref": _field(1, _text),
    "format": _field(2, _text),
    "title": _field(3, _text),
    "description": _field(4, _text),
    "default": lambda value: _part(5, _any(value)),
    "multipleOf": _field(6, _double),
    "maximum": _field(7, _double),
    "exclusiveMaximum": _field(8, _whole),
    "minimum": _field(9, _double),
    "exclusiveMinimum": _field(10, _whole),
    "maxLength": _field(11, _whole),
    "minLength": _field(12, _whole),
    "pattern": _field(13, _text),
    "maxItems": _field(14, _whole),
    "minItems": _field(15, _whole),
    "uniqueItems": _field(16, _whole),
    "maxProperties": _field(17, _whole),
    "minProperties": _field(18, _whole),
    "required": _field(19, _texts),
    "enum": lambda value: b"".join(_part(20, _any(each)) for each in value),
    "additionalProperties": _more_properties,
    "type": _kinds,
    "items": lambda value: _part(23, _part(1, _schema(value))),
    "allOf": lambda value: b"".join(_part(24, _schema(each)) for each in value),
    "properties": _properties,
}
_METHODS = {"get": 2, "put": 3, "post": 4, "delete": 5, "options": 6, "head": 7, "patch": 8}


def _path(item: Mapping[str, Any]) -> bytes:
    """PathItem."""
    operations = b"".join(_part(number, _operation(item[name])) for name, number in _METHODS.items() if name in item)
    return operations + _parameters(9, item.get("parameters", ()))


def _operation(operation: Mapping[str, Any]) -> bytes:
    """Operation."""
    responses = b"".join(
        _part(1, _named(code, _part(1, _response(one)))) for code, one in operation.get("responses", {}).items()
    )
    return (
        _texts(1, operation.get("tags", ()))
        + _text(3, operation.get("description", ""))
        + _text(5, operation.get("operationId", ""))
        + _texts(6, operation.get("produces", ()))
        + _texts(7, operation.get("consumes", ()))
        + _parameters(8, operation.get("parameters", ()))
        + _part(9, responses)
        + _texts(10, operation.get("schemes", ()))
        + _extensions(13, operation)
    )


def _response(response: Mapping[str, Any]) -> bytes:
    """Response. A schema there is one of two sorts: the first is a Schema."""
    schema = _part(2, _part(1, _schema(response["schema"]))) if "schema" in response else b""
    return _text(1, response.get("description", "")) + schema


def _parameters(number: int, parameters: Iterable[Mapping[str, Any]]) -> bytes:
    return b"".join(_part(number, _part(1, _parameter(one))) for one in parameters)


def _parameter(parameter: Mapping[str, Any]) -> bytes:
    """Parameter: of the body, of the query or of the path."""
    required, place, name = parameter.get("required", False), parameter["in"], parameter["name"]
    described = parameter.get("description", "")
    if place == "body":
        schema = _part(5, _schema(parameter["schema"]))
        return _part(1, _text(1, described) + _text(2, name) + _text(3, place) + _whole(4, required) + schema)
    kind, unique = (6, 20) if place == "query" else (5, 19)
    fields = _whole(1, required) + _text(2, place) + _text(3, described) + _text(4, name)
    fields += _text(kind, parameter.get("type", "string")) + _whole(unique, parameter.get("uniqueItems", False))
    return _part(2, _part(3 if place == "query" else 4, fields))
