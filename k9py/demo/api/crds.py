"""CustomResourceDefinitions: what each brings to the catalog, and what it says of its resources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from k9py.demo.core.catalog import Served, served_from, version_rank
from k9py.demo.core.store import Key, Store

COLLECTION = "customresourcedefinitions.apiextensions.k8s.io"
CLEANUP = "customresourcecleanup.apiextensions.k8s.io"
"""The finalizer that holds a definition until its objects are gone."""

Schema = Mapping[str, Any]

_VERBS = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"]
_SUBVERBS = ["get", "patch", "update"]
_ANYTHING: Schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


class Names(msgspec.Struct, rename="camel"):
    """CustomResourceDefinitionNames."""

    plural: str = ""
    kind: str = ""
    singular: str = ""
    list_kind: str = ""
    short_names: list[str] = []
    categories: list[str] = []


class _Schema(msgspec.Struct, rename="camel"):
    open_a_p_i_v3_schema: dict[str, Any] = msgspec.field(default_factory=dict, name="openAPIV3Schema")


class Scale(msgspec.Struct, rename="camel"):
    """Where a custom resource has what its scale says (CustomResourceSubresourceScale): JSON paths as `.spec.size`."""

    spec_replicas_path: str = ""
    status_replicas_path: str = ""
    label_selector_path: str = ""


class _Subresources(msgspec.Struct):
    status: dict[str, Any] | None = None
    scale: Scale | None = None


class Column(msgspec.Struct, rename="camel"):
    """CustomResourceColumnDefinition."""

    name: str
    type: str
    json_path: str = msgspec.field(default="", name="jsonPath")
    format: str = ""
    description: str = ""
    priority: int = 0


class Selectable(msgspec.Struct, rename="camel"):
    """A field that a field selector can name."""

    json_path: str = msgspec.field(default="", name="jsonPath")


class Version(msgspec.Struct, rename="camel"):
    """CustomResourceDefinitionVersion."""

    name: str
    served: bool = False
    storage: bool = False
    deprecated: bool = False
    deprecation_warning: str | None = None
    schema: _Schema | None = None
    subresources: _Subresources | None = None
    additional_printer_columns: list[Column] = []
    selectable_fields: list[Selectable] = []

    @property
    def root(self) -> Schema:
        """The schema of its objects."""
        return (self.schema and self.schema.open_a_p_i_v3_schema) or _ANYTHING


class Spec(msgspec.Struct, rename="camel"):
    """CustomResourceDefinitionSpec."""

    group: str = ""
    scope: str = ""
    names: Names = msgspec.field(default_factory=Names)
    versions: list[Version] = []


class _Definition(msgspec.Struct):
    spec: Spec


_read = msgspec.json.Decoder(_Definition).decode


@lru_cache(256)
def read_spec(raw: bytes) -> Spec:
    """What a stored definition says."""
    return _read(raw).spec


def find_spec(store: Store, served: Served) -> Spec | None:
    """What the definition of a resource says; None if there is none."""
    entry = store.get(Key(COLLECTION, "", served.gvr.full_name))
    return read_spec(entry.raw) if entry else None


def read_version(raw: bytes, name: str) -> Version:
    """What a stored definition says of one version."""
    return next((one for one in read_spec(raw).versions if one.name == name), Version(name))


class Offer(NamedTuple):
    """A version of a custom resource, and whether it is served and stored so."""

    served: Served
    is_served: bool
    is_stored: bool


def offers(spec: Spec) -> Iterator[Offer]:
    """What a definition brings."""
    for version in spec.versions:
        served = served_from(spec.group, version.name, _entry(spec, version), custom=True)
        yield Offer(served, version.served, version.storage)


def _entry(spec: Spec, version: Version) -> dict[str, Any]:
    """As aggregated discovery says it."""
    kind = {"group": spec.group, "version": version.name, "kind": spec.names.kind}
    entry: dict[str, Any] = {"resource": spec.names.plural, "responseKind": kind, "scope": spec.scope}
    entry |= {"singularResource": spec.names.singular, "verbs": _VERBS}
    if spec.names.short_names:
        entry["shortNames"] = spec.names.short_names
    if spec.names.categories:
        entry["categories"] = spec.names.categories
    found = version.subresources or _Subresources()
    scale = {"group": "autoscaling", "version": "v1", "kind": "Scale"}
    kinds = (("status", found.status, kind), ("scale", found.scale, scale))
    subresources = [
        {"subresource": name, "responseKind": answered, "verbs": _SUBVERBS}
        for name, value, answered in kinds
        if value is not None
    ]
    return entry | ({"subresources": subresources} if subresources else {})


def version_of(store: Store, served: Served) -> Version | None:
    """What the definition says of a resource that it has brought; None for others."""
    spec = find_spec(store, served) if served.custom else None
    return next((one for one in spec.versions if one.name == served.gvr.version), None) if spec else None


def deprecation(store: Store, served: Served) -> Iterator[str]:
    """What whoever uses a version is warned of that its definition calls deprecated."""
    version = version_of(store, served)
    if version is None or not version.deprecated:
        return
    if version.deprecation_warning is not None:
        yield version.deprecation_warning
        return
    spec = find_spec(store, served) or Spec()
    others = [one for one in spec.versions if one.served and not one.deprecated]
    better = min((one.name for one in others), key=version_rank, default="")
    instead = f"; use {served.group}/{better} {served.kind}" if better else ""
    yield f"{served.gvr.api_version} {served.kind} is deprecated{instead}"


def scale_of(store: Store, served: Served) -> Scale | None:
    """Where the parts of a custom resource's scale stand; None if it has no such subresource."""
    version = version_of(store, served)
    return version.subresources.scale if version and version.subresources else None
