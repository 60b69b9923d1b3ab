"""An object held against its kind's schema (OpenAPI v3 or v2): what is wrong with it, and how its lists are merged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from k9py.insight.describe.facts import Obj, each, sub, text, texts
from k9py.insight.explain import Schemas
from k9py.values.complaint import Complaint
from k9py.values.merge_patch import Keys
from k9py.values.reading import Path, Reading

MOST = 200
"""Complaints that are made of one text: of more, it is something else."""
_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}
_WORDS: Mapping[str, str] = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a map of fields",
}
_OPEN = ("x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource")


def check_object(schemas: Schemas, root: Obj, reading: Reading) -> list[Complaint]:
    """What a schema says against an object, each beside its line, from top to bottom."""
    found: list[Complaint] = []
    for path, said in _Checking(schemas).check(root, reading.value, ()):
        found.append(Complaint(said, reading.line_of(path) or 0))
        if len(found) == MOST:
            break
    return sorted(found, key=lambda complaint: complaint.line or 0)


class _Checking:
    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas

    def check(self, schema: Obj, value: Any, path: Path) -> Iterator[tuple[Path, str]]:
        """What is wrong with a value, and in it. null is the same as nothing."""
        if value is None:
            return
        whole = self._schemas.follow(schema)
        types = _types_of(whole)
        if types and not any(_is(value, name) for name in types):
            yield path, f"must be {' or '.join(_WORDS[name] for name in types)}, not {_say(value)}"
        elif isinstance(value, dict):
            yield from self._check_map(whole, value, path)
        elif isinstance(value, list):
            for number, item in enumerate(value):
                yield from self.check(sub(whole, "items"), item, (*path, number))
        else:
            yield from _check_plain(whole, value, path)

    def _check_map(self, whole: Obj, value: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, str]]:
        properties, others = sub(whole, "properties"), whole.get("additionalProperties")
        known = bool(properties) and not others and not any(whole.get(mark) for mark in _OPEN)
        for name, inner in value.items():
            if name in properties:
                yield from self.check(sub(properties, name), inner, (*path, name))
            elif isinstance(others, Mapping):
                yield from self.check(others, inner, (*path, name))
            elif known:
                yield (*path, name), _say_unknown(name, properties)
        for name in texts(whole, "required"):
            if value.get(name) is None:
                yield path, f"{name} is missing"


def _types_of(whole: Obj) -> tuple[str, ...]:
    """The types that a value may be of; none where any will do."""
    if whole.get("x-kubernetes-int-or-string") or whole.get("format") == "int-or-string":
        return ("integer", "string")
    either = [name for part in ("oneOf", "anyOf") for one in each(whole, part) if (name := text(one, "type"))]
    if "type" not in whole or (either and not sub(whole, "properties")):
        return tuple(name for name in either if name in _TYPES)
    name = text(whole, "type")
    return (name,) if name in _TYPES else ()


def _is(value: Any, name: str) -> bool:
    return isinstance(value, _TYPES[name]) and (not isinstance(value, bool) or name == "boolean")


def _say(value: Any) -> str:
    return next(words for name, words in _WORDS.items() if _is(value, name))


def _say_unknown(name: str, properties: Obj) -> str:
    near = get_close_matches(name, properties, 1)
    return f"{name} is no field here" + (f": {near[0]}?" if near else "")


def _check_plain(whole: Obj, value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    allowed = whole.get("enum")
    if isinstance(allowed, list) and allowed and value not in allowed:
        yield path, f"must be one of {', '.join(map(str, allowed))}"
    least, most = whole.get("minimum"), whole.get("maximum")
    if isinstance(value, int | float):
        if isinstance(least, int | float) and value < least:
            yield path, f"must be at least {least}"
        if isinstance(most, int | float) and value > most:
            yield path, f"must be at most {most}"


def list_keys(schemas: Schemas, root: Obj) -> Keys:
    """What tells the items of lists apart: the keys of server-side apply, or the merge key of a strategic patch."""

    def keys(path: Path) -> tuple[str, ...] | None:
        schema: Obj | None = root
        for step in path:
            if schema is None:
                return None
            schema = _child(schemas.follow(schema), step)
        return None if schema is None else _keys_of(schemas, schemas.follow(schema))

    return keys


def _child(whole: Obj, step: object) -> Obj | None:
    if not isinstance(step, str):
        return sub(whole, "items") if "items" in whole else None
    properties = sub(whole, "properties")
    if step in properties:
        return sub(properties, step)
    others = whole.get("additionalProperties")
    return others if isinstance(others, Mapping) else None


def _keys_of(schemas: Schemas, whole: Obj) -> tuple[str, ...] | None:
    if names := texts(whole, "x-kubernetes-list-map-keys"):
        return tuple(names)
    kind = text(whole, "x-kubernetes-list-type")
    if kind == "atomic":
        return None
    if (name := text(whole, "x-kubernetes-patch-merge-key")) and kind != "set":
        return (name,)
    plain = text(schemas.follow(sub(whole, "items")), "type") in ("string", "integer")
    merged = "merge" in text(whole, "x-kubernetes-patch-strategy").split(",")
    return () if plain and (kind == "set" or merged) else None
