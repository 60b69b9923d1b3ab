"""The Go types behind a schema: the real server's decoder speaks of them when a value has the wrong type."""

from __future__ import annotations

from collections.abc import Mapping

from k9py.demo.api.openapi import Node

QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"
INT_OR_STRING = "io.k8s.apimachinery.pkg.util.intstr.IntOrString"
TIME = "io.k8s.apimachinery.pkg.apis.meta.v1.Time"
MICRO_TIME = "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime"

_SCALARS = {"boolean": "bool", "number": "float64"}
_ENUMS = {"imagePullPolicy": "PullPolicy", "dnsPolicy": "DNSPolicy", "hostIPC": "bool", "procMount": "ProcMountType"}
"""Go types of strings out of a few, where they are not called as the field is."""

_PROBE = frozenset({"exec", "grpc", "httpGet", "tcpSocket"})
_NAMED = frozenset({"name"})
EMBEDDED: Mapping[str, tuple[str, frozenset[str], bool]] = {
    "Volume": ("VolumeSource", frozenset({"name"}), False),
    "EphemeralContainer": ("EphemeralContainerCommon", frozenset({"targetContainerName"}), False),
    "Probe": ("ProbeHandler", _PROBE, True),
    "ConfigMapEnvSource": ("LocalObjectReference", _NAMED, True),
    "ConfigMapKeySelector": ("LocalObjectReference", _NAMED, True),
    "ConfigMapProjection": ("LocalObjectReference", _NAMED, True),
    "ConfigMapVolumeSource": ("LocalObjectReference", _NAMED, True),
    "SecretEnvSource": ("LocalObjectReference", _NAMED, True),
    "SecretKeySelector": ("LocalObjectReference", _NAMED, True),
    "SecretProjection": ("LocalObjectReference", _NAMED, True),
}
"""Structs that have another one embedded: its name, and which fields are in it (True) or are not (False)."""


def struct_of(node: Node, otherwise: str = "") -> str:
    """The name of a struct: `Container`."""
    return node.definition.rpartition(".")[2] or otherwise


def step_of(struct: str, field: str) -> str:
    """A field in a path of Go fields, after the struct that has it embedded."""
    name, fields, inside = EMBEDDED.get(struct, ("", frozenset(), True))
    return f"{name}.{field}" if name and (field in fields) is inside else field


def type_of(node: Node, field: str = "", struct: str = "") -> str:
    """A Go type: `int32`, `[]string`, `map[string]string`, `v1.Container`."""
    if node.definition in (TIME, MICRO_TIME):
        return "string"
    if node.definition == INT_OR_STRING:
        return "int32"
    if node.type == "array" and node.items:
        return f"[]{type_of(node.items)}"
    values = node.field("") if node.type == "object" and not node.properties else None
    if values:
        return f"map[string]{type_of(values)}"
    if node.definition and node.type in ("", "object"):
        return ".".join(node.definition.split(".")[-2:])
    return _scalar(node, field, struct)


def _scalar(node: Node, field: str, struct: str) -> str:
    if node.type == "string" and node.schema.get("format") == "byte":
        return "[]uint8"
    if node.type == "string" and "enum" in node.schema:
        name = f"{struct.removesuffix('Spec')}Type" if field == "type" else field[:1].upper() + field[1:]
        return f"v1.{_ENUMS.get(field, name)}"
    if node.type == "integer":
        found: str = node.schema.get("format", "int")
        return found
    return _SCALARS.get(node.type, node.type)
