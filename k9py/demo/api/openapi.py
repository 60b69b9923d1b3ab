"""What OpenAPI says of each kind: the real server's documents (data/openapi.json.zst), and the schemas of CRDs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

import msgspec

from k9py.demo.api.crds import COLLECTION, read_version
from k9py.demo.cluster import Cluster
from k9py.demo.core.catalog import Served
from k9py.demo.core.parts import known_as
from k9py.demo.core.store import Key
from k9py.demo.data import load

Schema = Mapping[str, Any]

_REF = "#/components/schemas/"
_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"


class Node:
    """One place of a schema, references followed. `schema` is what stands there: type, fields, extensions."""

    __slots__ = ("_definitions", "_fields", "_items", "definition", "schema")

    def __init__(self, schema: Schema, definitions: Mapping[str, Schema]) -> None:
        self.definition = _reference(schema).removeprefix(_REF)
        """The name of what it refers to, as `io.k8s.api.core.v1.Container`; empty if it stands there itself."""
        self.schema = _resolved(schema, definitions)
        self._definitions = definitions
        self._fields: dict[str, Node | None] = {}
        self._items: Node | None = None

    @property
    def type(self) -> str:
        """`object`, `array`, `string`, `integer`, `number`, `boolean`; empty for anything, or an int-or-string."""
        found: str = self.schema.get("type", "")
        return found

    @property
    def properties(self) -> Mapping[str, Schema]:
        """The fields that are named, as they stand in the document."""
        found: Mapping[str, Schema] = self.schema.get("properties", {})
        return found

    @property
    def open(self) -> bool:
        """Whether it may have fields that nothing describes, as RawExtension has and a CRD can say."""
        if self.schema.get("x-kubernetes-preserve-unknown-fields"):
            return True
        return not self.properties and "additionalProperties" not in self.schema and self.type in ("", "object")

    def field(self, name: str) -> Node | None:
        """The node of a field or of a map's value; None if there is no such field."""
        if name not in self._fields:
            found = self.properties.get(name)
            if found is None:
                found = self.schema.get("additionalProperties")
            self._fields[name] = Node(found, self._definitions) if isinstance(found, Mapping) else None
        return self._fields[name]

    @property
    def items(self) -> Node | None:
        """The node of a list's items."""
        if self._items is None and "items" in self.schema:
            self._items = Node(self.schema["items"], self._definitions)
        return self._items

    def extension(self, name: str) -> Any:
        """The value of `x-kubernetes-NAME`, or None."""
        return self.schema.get(f"x-kubernetes-{name}")

    def put(self, name: str, node: Node) -> None:
        """Say what a field is, whatever the document says."""
        self._fields[name] = node


def _reference(schema: Schema) -> str:
    found = schema.get("$ref") or next((one.get("$ref") for one in schema.get("allOf", ()) if "$ref" in one), "")
    return found if isinstance(found, str) else ""


def _resolved(schema: Schema, definitions: Mapping[str, Schema]) -> Schema:
    """A schema with what it refers to: in a `$ref` of its own, or in an `allOf` of one, beside which more stands."""
    reference = _reference(schema)
    if not reference:
        return schema
    target = _resolved(definitions[reference.removeprefix(_REF)], definitions)
    return {**target, **{name: value for name, value in schema.items() if name not in ("allOf", "$ref")}}


@cache
def packed_documents() -> Mapping[str, msgspec.Raw]:
    """The documents by their path (`apis/apps/v1`), each as JSON."""
    return msgspec.json.decode(load("openapi.json.zst"), type=dict[str, msgspec.Raw])


class _Parts(msgspec.Struct):
    schemas: dict[str, dict[str, Any]] = {}


class _Document(msgspec.Struct):
    components: _Parts


@cache
def _definitions(path: str) -> Mapping[str, Schema]:
    raw = packed_documents().get(path)
    return msgspec.json.decode(raw, type=_Document).components.schemas if raw else {}


def _path(api_version: str) -> str:
    return f"apis/{api_version}" if "/" in api_version else f"api/{api_version}"


@cache
def node_of_kind(api_version: str, kind: str) -> Node | None:
    """The schema of a built-in kind, those of subresources among them (Scale, Eviction); None if there is none."""
    group, _, version = api_version.rpartition("/")
    wanted = {"group": group, "kind": kind, "version": version}
    definitions = _definitions(_path(api_version))
    for schema in definitions.values():
        if wanted in schema.get("x-kubernetes-group-version-kind", ()):
            return Node(schema, definitions)
    return None


@cache
def metadata_node() -> Node:
    """The schema of ObjectMeta."""
    definitions = _definitions("api/v1")
    return Node(definitions[_META], definitions)


def node_of(cluster: Cluster, served: Served) -> Node | None:
    """The schema of a resource, out of its CRD if it has one; None if nothing describes it."""
    if not served.custom:
        group, version = known_as(cluster.off, *served.gvr)
        return node_of_kind(f"{group}/{version}" if group else version, served.kind)
    entry = cluster.store.get(Key(COLLECTION, "", served.gvr.full_name))
    return _custom(entry.raw, served.gvr.version) if entry else None


@cache
def _text() -> Node:
    return Node({"type": "string"}, {})


@lru_cache(64)
def _custom(raw: bytes, version: str) -> Node:
    """The schema of one version in a CRD, with what every object has."""
    node = Node(read_version(raw, version).root, {})
    node.put("metadata", metadata_node())
    node.put("kind", _text())
    node.put("apiVersion", _text())
    return node
