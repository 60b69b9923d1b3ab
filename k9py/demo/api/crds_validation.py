"""Custom resources against their schema, in the words of the real server (kube-openapi's validation).

Rules in CEL (x-kubernetes-validations) are not evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from k9py.demo.api.crds import Schema
from k9py.demo.api.crds_formats import FORMATS
from k9py.demo.api.validation.words import go, invalid
from k9py.demo.core.status import Cause, duplicate_value, required, unsupported_value

_BITS = {"int32": 31, "int64": 63}
_NOWHERE = "<nil>"
"""The field of what the real server reports without one."""
_TYPES: Mapping[type, str] = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
    type(None): "null",
}
_ABSENT: Any = object()


def check(value: Any, schema: Schema, path: str = "", old: Any = _ABSENT) -> Iterator[Cause]:
    """All that is wrong with a value. What an update has not changed is not looked at again (KEP-4008)."""
    if value == old and type(value) is type(old):
        return
    if value is None and schema.get("nullable"):
        return
    broken = list(_check_type(value, schema, path))
    yield from broken
    yield from _check_enum(value, schema, path)
    if not broken or isinstance(value, float):
        yield from _CHECKS.get(type(value), _nothing)(value, schema, path, old)
        yield from _check_alternatives(value, schema, path)


def _nothing(value: Any, schema: Schema, path: str, old: Any) -> Iterator[Cause]:
    return iter(())


def _wrong_type(path: str, found: str, wanted: str) -> Cause:
    text = f'Invalid value: "{found}": {path} in body must be of type {wanted}: "{found}"'
    return Cause(path, "FieldValueTypeInvalid", text)


def _check_type(value: Any, schema: Schema, path: str) -> Iterator[Cause]:
    found, wanted = _TYPES[type(value)], schema.get("type", "")
    if schema.get("x-kubernetes-int-or-string"):
        if found not in ("integer", "string"):
            yield _wrong_type(path, found, "integer,string")
    elif wanted and found != wanted and not (found == "integer" and wanted == "number"):
        yield _wrong_type(path, found, wanted)
        if found == "number" and wanted == "integer":
            yield _unfit(path, f"type integer ({schema.get('format') or 'default format'})")


def _unfit(path: str, what: str) -> Cause:
    return Cause(_NOWHERE, "FieldValueInvalid", f'Invalid value: "": Checked value must be of {what} in {path}')


def _check_enum(value: Any, schema: Schema, path: str) -> Iterator[Cause]:
    supported = schema.get("enum")
    if supported and value not in supported:
        if isinstance(value, str):
            yield unsupported_value(path, value, [str(one) for one in supported])
            return
        listed = ", ".join(go(one) for one in supported)
        yield Cause(path, "FieldValueNotSupported", f"Unsupported value: {go(value)}: supported values: {listed}")


def _check_string(value: str, schema: Schema, path: str, old: Any) -> Iterator[Cause]:
    """Its length, then its pattern, then its format: the first that does not fit."""
    most, least = schema.get("maxLength"), schema.get("minLength", 0)
    pattern, form = schema.get("pattern"), schema.get("format", "")
    if most is not None and len(value) > most:
        yield Cause(path, "FieldValueTooLong", f"Too long: may not be more than {most} bytes")
    elif len(value) < least:
        yield invalid(path, value, f"{path} in body should be at least {least} chars long")
    elif pattern and not re.search(pattern, value):
        yield invalid(path, value, f"{path} in body should match '{pattern}'")
    if form in FORMATS and not FORMATS[form](value):
        text = f"Invalid value: {go(value)}: {path} in body must be of type {form}: {go(value)}"
        yield Cause(path, "FieldValueTypeInvalid", text)


def _check_number(value: float, schema: Schema, path: str, old: Any) -> Iterator[Cause]:
    bits = _BITS.get(schema.get("format", ""))
    if bits and not -(2**bits) <= value < 2**bits:
        yield _unfit(path, f"type integer with format {schema['format']}")
    step = schema.get("multipleOf")
    if step and isinstance(value, int) and not int(step):  # the real server looks at an integer's factor as one
        yield invalid(path, 0, f"factor MultipleOf declared for {path} must be positive: 0")
    elif step and (value / step) % 1:
        yield invalid(path, value, f"{path} in body should be a multiple of {go(step)}")
    yield from _check_limit(value, schema.get("maximum"), schema.get("exclusiveMaximum"), path, 1)
    yield from _check_limit(value, schema.get("minimum"), schema.get("exclusiveMinimum"), path, -1)


def _check_limit(value: float, limit: float | None, exclusive: bool | None, path: str, sign: int) -> Iterator[Cause]:
    """`sign` is 1 for a maximum, and -1 for a minimum."""
    if limit is not None and (value * sign > limit * sign or (exclusive and value == limit)):
        text = ("less than" if sign > 0 else "greater than") + ("" if exclusive else " or equal to")
        yield invalid(path, value, f"{path} in body should be {text} {go(limit)}")


def _check_list(value: list[Any], schema: Schema, path: str, old: Any) -> Iterator[Cause]:
    yield from _check_count(len(value), schema, path, "Items", "items")
    for index, each in enumerate(value):
        yield from check(each, schema.get("items") or {}, f"{path}[{index}]", _counterpart(each, schema, old))
    yield from _check_duplicates(value, schema, path)


def _counterpart(value: Any, schema: Schema, old: Any) -> Any:
    """What stood for it before, in a list that is a map."""
    keys = schema.get("x-kubernetes-list-map-keys")
    if not keys or not isinstance(old, list) or not isinstance(value, dict):
        return _ABSENT
    own = [value.get(key) for key in keys]
    return next((one for one in old if isinstance(one, dict) and [one.get(key) for key in keys] == own), _ABSENT)


def _check_duplicates(value: list[Any], schema: Schema, path: str) -> Iterator[Cause]:
    kind, keys = schema.get("x-kubernetes-list-type"), schema.get("x-kubernetes-list-map-keys", ())
    if kind not in ("map", "set"):
        return
    seen: list[Any] = []
    for index, each in enumerate(value):
        here = f"{path}[{index}]"
        if kind == "map" and not isinstance(each, dict):
            yield invalid(here, each, "must be an object for an array of list-type map")
            continue
        own = {key: each[key] for key in keys if key in each} if kind == "map" else each
        if own in seen:
            yield duplicate_value(here, go(own))
        seen.append(own)


def _check_count(count: int, schema: Schema, path: str, name: str, what: str) -> Iterator[Cause]:
    most, least = schema.get(f"max{name}"), schema.get(f"min{name}", 0)
    if most is not None and count > most:
        yield Cause(path, "FieldValueTooMany", f"Too many: {count}: must have at most {most} items")
    if count < least:
        yield invalid(path, count, f"{path} in body should have at least {least} {what}")


def _check_object(value: dict[str, Any], schema: Schema, path: str, old: Any) -> Iterator[Cause]:
    yield from _check_count(len(value), schema, path, "Properties", "properties")
    embedded = ("apiVersion", "kind") if schema.get("x-kubernetes-embedded-resource") else ()
    for name in (*embedded, *schema.get("required", ())):
        if name not in value:
            yield required(_join(path, name))
    rest = schema.get("additionalProperties")
    for name, each in value.items():
        found = schema.get("properties", {}).get(name, rest)
        if isinstance(found, Mapping):
            yield from check(each, found, _join(path, name), _before(old, name))


def _before(old: Any, name: str) -> Any:
    return old.get(name, _ABSENT) if isinstance(old, dict) else _ABSENT


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _check_alternatives(value: Any, schema: Schema, path: str) -> Iterator[Cause]:
    """oneOf, anyOf, allOf, not."""
    if schema.get("anyOf") and not schema.get("x-kubernetes-int-or-string"):
        yield from _check_any(value, schema["anyOf"], path)
    if schema.get("oneOf"):
        yield from _check_one(value, schema["oneOf"], path)
    causes = [cause for each in schema.get("allOf", ()) for cause in check(value, each, path)]
    if causes:
        yield from causes
        yield _alternative(path, "validate all the schemas (allOf)")
    if "not" in schema and not list(check(value, schema["not"], path)):
        yield _alternative(path, "not validate the schema (not)")


def _check_any(value: Any, schemas: list[Schema], path: str) -> Iterator[Cause]:
    found = [list(check(value, each, path)) for each in schemas]
    if all(found):
        yield _alternative(path, "validate at least one schema (anyOf)")
        yield from min(found, key=len)


def _check_one(value: Any, schemas: list[Schema], path: str) -> Iterator[Cause]:
    found = [list(check(value, each, path)) for each in schemas]
    fitting = sum(not causes for causes in found)
    if not fitting:
        yield _alternative(path, "validate one and only one schema (oneOf). Found none valid")
        yield from min(found, key=len)
    elif fitting > 1:
        yield _alternative(path, f"validate one and only one schema (oneOf). Found {fitting} valid alternatives")


def _alternative(path: str, what: str) -> Cause:
    return Cause(_NOWHERE, "FieldValueInvalid", f'Invalid value: "": "{path}" must {what}')


_CHECKS: Mapping[type, Callable[[Any, Schema, str, Any], Iterator[Cause]]] = {
    str: _check_string,
    int: _check_number,
    float: _check_number,
    list: _check_list,
    dict: _check_object,
}
