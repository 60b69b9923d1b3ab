"""OpenAPI documents by group version: the real server's for its own kinds, and those that CRDs give rise to."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from k9py.demo.api.crds import COLLECTION, Schema, Spec, Version, read_spec
from k9py.demo.api.openapi import packed_documents
from k9py.demo.cluster import Cluster
from k9py.demo.core.parts import RENAMES
from k9py.demo.core.store import Key

_encode = msgspec.json.Encoder().encode

REF = "#/components/schemas/"
_META = "io.k8s.apimachinery.pkg.apis.meta.v1"
_MODEL = ("apps/v1", "io.k8s.api.apps.v1.StatefulSet", "statefulsets", "StatefulSet")
"""Has a status and a scale: its paths are what those of custom resources are made after."""
_JSON = ("application/json", "application/yaml")


def documents(cluster: Cluster) -> dict[str, bytes]:
    """The documents of all group versions that are served, by their path: `api/v1`, `apis/apps/v1`."""
    native, found = packed_documents(), {}
    for group, versions in cluster.catalog.groups().items():
        for version in versions:
            path = f"apis/{group}/{version}" if group else f"api/{version}"
            if path in native:
                found[path] = _native(path)
            elif any(served.custom for served in cluster.catalog.in_version(group, version)):
                found[path] = _custom(group, version, _definitions(cluster, group, version))
            else:
                found[path] = _renamed(group, version)
    if "field-validation" in cluster.off:
        found = {path: _without_validation(document) for path, document in found.items()}
    return dict(sorted(found.items()))


@lru_cache(64)
def _native(path: str) -> bytes:
    return bytes(packed_documents()[path])


@lru_cache(64)
def _without_validation(document: bytes) -> bytes:
    """A document that does not know the parameter by which clients tell whether a server validates fields."""
    found = msgspec.json.decode(document)

    def change(value: dict[str, Any]) -> None:
        parameters = value.get("parameters")
        if isinstance(parameters, list):
            value["parameters"] = [one for one in parameters if one.get("name") != "fieldValidation"]

    _visit(found, change)
    return _encode(found)


def _definitions(cluster: Cluster, group: str, version: str) -> tuple[bytes, ...]:
    names = sorted(served.gvr.full_name for served in cluster.catalog.in_version(group, version))
    entries = (cluster.store.get(Key(COLLECTION, "", name)) for name in names)
    return tuple(entry.raw for entry in entries if entry)


@lru_cache(8)
def _renamed(group: str, before: str) -> bytes:
    """The document of an older version: the same kinds under another name."""
    renames = [one for one in RENAMES.values() if (one.group, one.before) == (group, before)]
    if not renames:
        return b"{}"
    version = renames[0].version
    document = msgspec.json.decode(packed_documents()[f"apis/{group}/{version}"])

    def change(value: dict[str, Any]) -> None:
        if value.get("group") == group and value.get("version") == version:
            value["version"] = before

    _visit(document, change)
    paths = document["paths"]
    document["paths"] = {path.replace(f"/{version}/", f"/{before}/", 1): item for path, item in paths.items()}
    return _encode(document)


def _visit(value: Any, change: Callable[[dict[str, Any]], None]) -> None:
    """Change every object in a document, in place."""
    if isinstance(value, dict):
        change(value)
        for each in value.values():
            _visit(each, change)
    elif isinstance(value, list):
        for each in value:
            _visit(each, change)


@lru_cache(64)
def _custom(group: str, version: str, raws: tuple[bytes, ...]) -> bytes:
    """What the definitions of a group say of their kinds in one version."""
    schemas: dict[str, Any] = {}
    paths: dict[str, Any] = {}
    for raw in raws:
        spec = read_spec(raw)
        found = next((one for one in spec.versions if one.name == version), None)
        if found:
            name = _name(group, version, spec.names.kind)
            schemas[name] = _kind(spec, found)
            schemas[f"{name}List"] = _list(spec, found, name)
            paths |= _paths(spec, found, name)
    schemas |= _needed([schemas, paths])
    info = {"title": "Kubernetes CRD Swagger", "version": "v0.1.0"}
    return _encode(
        {
            "openapi": "3.0.0",
            "info": info,
            "paths": dict(sorted(paths.items())),
            "components": {"schemas": dict(sorted(schemas.items()))},
        }
    )


def _name(group: str, version: str, kind: str) -> str:
    """The name of a definition: `com.example.v1.Widget`."""
    return f"{'.'.join(reversed(group.split('.')))}.{version}.{kind}"


def _kind(spec: Spec, version: Version) -> dict[str, Any]:
    """The schema of one object with what every object has."""
    schema = published(version.root)
    head, own = _head("metadata", "ObjectMeta"), schema.get("properties", {})
    kept = {name: value for name, value in own.items() if name not in head}
    described = {name: {**head[name], **_described(own.get(name))} for name in head}
    gvk = {"group": spec.group, "kind": spec.names.kind, "version": version.name}
    properties = dict(sorted((described | kept).items()))
    return {**schema, "properties": properties, "x-kubernetes-group-version-kind": [gvk]}


def _described(schema: Schema | None) -> dict[str, Any]:
    text = (schema or {}).get("description")
    return {"description": text} if text else {}


def _list(spec: Spec, version: Version, name: str) -> dict[str, Any]:
    items = {
        "description": f"List of {spec.names.plural}. More info: "
        "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md",
        "type": "array",
        "items": {"$ref": f"{REF}{name}"},
    }
    kind = spec.names.list_kind
    return {
        "description": f"{kind} is a list of {spec.names.kind}",
        "type": "object",
        "required": ["items"],
        "properties": dict(sorted((_head("metadata", "ListMeta") | {"items": items}).items())),
        "x-kubernetes-group-version-kind": [{"group": spec.group, "kind": kind, "version": version.name}],
    }


@lru_cache(4)
def _head(field: str, meta: str) -> dict[str, Any]:
    """apiVersion, kind and metadata, as the real server describes them."""
    model = _model()["components"]["schemas"]["io.k8s.api.apps.v1.StatefulSet"]["properties"]
    topic = "metadata" if meta == "ObjectMeta" else "types-kinds"
    what = "object's" if meta == "ObjectMeta" else "list"
    link = "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md"
    metadata = {
        "description": f"Standard {what} metadata. More info: {link}#{topic}",
        "allOf": [{"$ref": f"{REF}{_META}.{meta}"}],
    }
    return {"apiVersion": model["apiVersion"], "kind": model["kind"], field: metadata}


@lru_cache(1)
def _model() -> Mapping[str, Any]:
    found: Mapping[str, Any] = msgspec.json.decode(packed_documents()[f"apis/{_MODEL[0]}"])
    return found


def published(schema: Schema) -> dict[str, Any]:
    """A CRD's schema as OpenAPI has it: an int-or-string says what it may be."""
    found = copy.deepcopy(dict(schema))

    def change(value: dict[str, Any]) -> None:
        if value.get("x-kubernetes-int-or-string") is True and "anyOf" not in value:
            value["anyOf"] = [{"type": "integer"}, {"type": "string"}]
        if value.get("x-kubernetes-embedded-resource") is True:
            value["properties"] = dict(sorted((_embedded() | value.get("properties", {})).items()))
            value["required"] = sorted({"apiVersion", "kind", *value.get("required", ())})

    _visit(found, change)
    return found


def _embedded() -> dict[str, Any]:
    """What an object within an object has."""
    link = "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md"
    texts = {
        "apiVersion": "apiVersion defines the versioned schema of this representation of an object. "
        f"More info: {link}#resources",
        "kind": "kind is a string value representing the type of this object. In CamelCase. "
        f"More info: {link}#types-kinds",
    }
    strings = {name: {"description": text, "type": "string"} for name, text in texts.items()}
    return strings | {"metadata": _head("metadata", "ObjectMeta")["metadata"]}


def _needed(value: Any) -> dict[str, Any]:
    """The definitions of the real server that are referred to, and those that they refer to."""
    known, found = _model()["components"]["schemas"], {}
    waiting = list(_references(value))
    while waiting:
        name = waiting.pop()
        if name in known and name not in found:
            found[name] = known[name]
            waiting.extend(_references(known[name]))
    return found


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        reference = value.get("$ref")
        if isinstance(reference, str):
            yield reference.removeprefix(REF)
        for each in value.values():
            yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)


def _paths(spec: Spec, version: Version, name: str) -> dict[str, Any]:
    """What can be asked of a resource."""
    api, model, plural, kind = _MODEL
    sides = [
        side for side in ("status", "scale") if version.subresources and getattr(version.subresources, side) is None
    ]
    missing = ["status", "scale"] if version.subresources is None else sides
    swap = {
        f"/apis/{api}/": f"/apis/{spec.group}/{version.name}/",
        model: name,
        plural: spec.names.plural,
        kind: spec.names.kind,
        "AppsV1": _camel(spec.group, version.name),
        "apps_v1": f"{_camel(spec.group, '')[:1].lower()}{_camel(spec.group, '')[1:]}_{version.name}",
    }
    found = {}
    for path, item in _model()["paths"].items():
        if f"/{plural}" in path and "/watch/" not in path and not path.endswith(tuple(f"/{side}" for side in missing)):
            moved = _swap(path, swap)
            if spec.scope == "Cluster":
                if "{namespace}" not in path:
                    continue
                moved = moved.replace("/namespaces/{namespace}", "")
            found[moved] = _operations(_swap(copy.deepcopy(item), swap), spec, version)
    return found


def _camel(group: str, version: str) -> str:
    """Group and version in an operation's name: `DemoExampleComV1`."""
    return "".join(part[:1].upper() + part[1:] for part in (*group.split("."), version))


def _swap(value: Any, names: Mapping[str, str]) -> Any:
    """Put other names into all texts."""
    if isinstance(value, dict):
        return {_swap(key, names): _swap(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [_swap(each, names) for each in value]
    if isinstance(value, str):
        for old, new in names.items():
            value = value.replace(old, new)
    return value


def _operations(item: dict[str, Any], spec: Spec, version: Version) -> dict[str, Any]:
    """A path's operations in the forms that custom resources have: JSON and YAML, and no strategic merge."""

    def change(value: dict[str, Any]) -> None:
        if value.get("group") == "apps":
            value |= {"group": spec.group, "version": version.name}
        content = value.get("content")
        if isinstance(content, dict):
            value["content"] = _content(content)
        if spec.scope == "Cluster" and isinstance(value.get("operationId"), str):
            value["operationId"] = value["operationId"].replace("Namespaced", "")
        parameters = value.get("parameters")
        if spec.scope == "Cluster" and isinstance(parameters, list):
            value["parameters"] = [one for one in parameters if one.get("name") != "namespace"]

    _visit(item, change)
    return item


def _content(content: Mapping[str, Any]) -> dict[str, Any]:
    if "*/*" in content:
        return dict.fromkeys(_JSON, content["*/*"])
    return {
        form: value
        for form, value in content.items()
        if form in _JSON or (form.endswith(("patch+json", "patch+yaml")) and "strategic" not in form)
    }
