"""What a field of an object is for, from the server's own schemas (OpenAPI v3 by group version, or v2 in one piece)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from k9py.insight.describe.facts import Obj, each, say, sub, text, texts
from k9py.values.errors import ApiError, K9pyError
from k9py.values.request import Request
from k9py.values.resource import Gvr

V2 = "/openapi/v2"
_KINDS = "x-kubernetes-group-version-kind"


def v3_request(gvr: Gvr) -> Request:
    """A request for the schemas of a group version (KEP-2896)."""
    return Request("GET", f"/openapi/v3{gvr.prefix}")


def v2_request() -> Request:
    """A request for all schemas, for a server that has not those."""
    return Request("GET", V2)


def lacks_v3(error: K9pyError) -> bool:
    """Whether v2 is worth a try: servers before 1.24 have no v3, some proxies let only one through."""
    return isinstance(error, ApiError) and (error.missing or error.denied)


class _Components(msgspec.Struct, frozen=True, gc=False):
    schemas: Mapping[str, msgspec.Raw] = {}


class _Document(msgspec.Struct, frozen=True, gc=False):
    """What counts of a document: the schemas, none of them read yet, as there are hundreds and a few are wanted."""

    components: _Components = _Components()
    definitions: Mapping[str, msgspec.Raw] = {}


class Schemas:
    """The schemas of a document, by name."""

    def __init__(self, body: bytes) -> None:
        """Raises K9pyError for what is no such document."""
        try:
            document = msgspec.json.decode(body, type=_Document)
        except msgspec.MsgspecError as error:
            raise K9pyError(f"what the server sent is no OpenAPI document: {error}") from error
        self._raw = {**document.definitions, **document.components.schemas}
        self._known: dict[str, Obj] = {}

    def root(self, gvr: Gvr, kind: str) -> Obj | None:
        """The schema of a kind; None where the server has none (a CRD of old may have none)."""
        wanted, mark = {"group": gvr.group, "version": gvr.version, "kind": kind}, f'"{kind}"'.encode()
        for name, raw in self._raw.items():
            if mark in bytes(raw) and wanted in each(self._read(name), _KINDS):
                return self._read(name)
        return None

    def _read(self, name: str) -> Obj:
        if name not in self._known:
            raw = self._raw.get(name)
            self._known[name] = sub({"": msgspec.json.decode(raw)}, "") if raw is not None else {}
        return self._known[name]

    def follow(self, schema: Obj) -> Obj:
        """A schema with what it refers to; what it says itself counts more."""
        name = _reference(schema)
        return {**self._read(name), **schema} if name else schema

    def behind(self, schema: Obj) -> Obj:
        """What it refers to, alone."""
        return self._read(_reference(schema))


def _reference(schema: Obj) -> str:
    """The name of the schema that another refers to, alone or as the only one of `allOf`; or nothing."""
    for place in (schema, *each(schema, "allOf")):
        if pointer := text(place, "$ref"):
            return pointer.rpartition("/")[2]
    return ""


@dataclass(frozen=True, slots=True)
class Field:
    """A field: its names from the object down, what it may be, what it is for, and which fields it has itself."""

    path: tuple[str, ...]
    type: str
    required: bool
    descriptions: tuple[str, ...]
    enum: tuple[str, ...] = ()
    default: str = ""
    fields: tuple[tuple[str, str, bool], ...] = ()
    """Name, type, and whether it is required."""


def explain(schemas: Schemas, root: Obj, path: Sequence[str]) -> Field | None:
    """The field at a path (names only: all items of a list are alike); None where the schema says nothing of it."""
    schema = parent = root
    holder: Obj = {}
    for name in path:
        parent = _inside(schemas, schema)
        holder = {} if name in sub(parent, "properties") else schema
        found = _child(parent, name)
        if found is None:
            return None
        schema = found
    whole = schemas.follow(schema)
    default = whole.get("default")
    return Field(
        tuple(path),
        say_type(schemas, schema),
        bool(path) and path[-1] in texts(parent, "required"),
        tuple(_describe(schemas, schema)) or tuple(_describe(schemas, holder)),  # a label is explained as labels are
        tuple(texts(whole, "enum")),
        "" if default is None or default == {} else say(default),
        tuple(_fields(schemas, _inside(schemas, schema))),
    )


def _inside(schemas: Schemas, schema: Obj) -> Obj:
    """Where the fields of a schema are: in the items of a list, in the values of a map of objects."""
    whole = schemas.follow(schema)
    while "items" in whole:
        whole = schemas.follow(sub(whole, "items"))
    return whole


def _child(parent: Obj, name: str) -> Obj | None:
    properties = sub(parent, "properties")
    if name in properties:
        return sub(properties, name)
    values = parent.get("additionalProperties")
    return values if isinstance(values, Mapping) else None


def _fields(schemas: Schemas, whole: Obj) -> Iterator[tuple[str, str, bool]]:
    required, properties = set(texts(whole, "required")), sub(whole, "properties")
    for name in sorted(properties):
        yield name, say_type(schemas, sub(properties, name)), name in required


def _describe(schemas: Schemas, schema: Obj) -> Iterator[str]:
    """What is said of a field, and of its type."""
    said: set[str] = set()
    for place in (schema, schemas.behind(schema), sub(schema, "items"), schemas.behind(sub(schema, "items"))):
        words = text(place, "description").strip()
        if words and words not in said:
            said.add(words)
            yield words


def say_type(schemas: Schemas, schema: Obj) -> str:
    """As kubectl explain writes it: `string`, `[]Container`, `map[string]Quantity`, `Object`."""
    if "items" in schema:
        return f"[]{say_type(schemas, sub(schema, 'items'))}"
    if isinstance(values := schema.get("additionalProperties"), Mapping):
        return f"map[string]{say_type(schemas, values)}"
    if name := _reference(schema):
        return name.rpartition(".")[2]
    kind: Any = schema.get("type")
    if kind is None and schema.get("x-kubernetes-int-or-string"):
        return "IntOrString"
    return "Object" if kind in (None, "object") else str(kind)
