"""What is wrong with a CustomResourceDefinition (apiextensions/validation)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from k9py.demo.api.conditions import is_true
from k9py.demo.api.crds import Schema
from k9py.demo.api.crds_validation import check
from k9py.demo.api.validation.names import label_1035, subdomain
from k9py.demo.api.validation.words import broken, invalid, needed, unchanged
from k9py.demo.core.status import Cause, required, unsupported_value
from k9py.demo.core.store import Obj

_TYPES = ("array", "boolean", "integer", "number", "object", "string")
_COLUMNS = ("boolean", "date", "integer", "number", "string")
_APPROVED = "api-approved.kubernetes.io"
_REGEXP = (
    ("unterminated character set", "missing closing ]"),
    ("missing ), unterminated", "missing closing )"),
    ("unbalanced parenthesis", "unexpected )"),
    ("nothing to repeat", "missing argument to repetition operator"),
    ("bad escape (end", "trailing backslash at end of expression"),
)
"""What Python finds wrong with a regular expression, as Go says it."""
_HOISTED = ("schema", "subresources", "additionalPrinterColumns", "selectableFields")
"""What the real server keeps once for all versions, when they do not differ in it."""


def check_definition(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    """All that is wrong with one."""
    spec, names = obj["spec"], obj["spec"].get("names", {})
    name, group = obj["metadata"]["name"], spec.get("group", "")
    if name != f"{names.get('plural', '')}.{group}":
        yield invalid("metadata.name", name, 'must be spec.names.plural+"."+spec.group')
    yield from _check_approval(obj, group)
    yield from _check_group(group)
    yield from _check_scope(spec.get("scope", ""))
    yield from _check_versions(obj, spec.get("versions") or [])
    yield from _check_names(names)
    if old and is_true((old.get("status") or {}).get("conditions"), "Established"):
        yield from unchanged("spec.scope", spec.get("scope"), old["spec"].get("scope"))
        yield from unchanged("spec.names.kind", names.get("kind"), old["spec"]["names"].get("kind"))


def _check_approval(obj: Obj, group: str) -> Iterator[Cause]:
    """Groups of Kubernetes itself are not for everybody."""
    protected = group.endswith((".k8s.io", ".kubernetes.io")) or group in ("k8s.io", "kubernetes.io")
    if protected and _APPROVED not in (obj["metadata"].get("annotations") or {}):
        link = "https://github.com/kubernetes/enhancements/pull/1111"
        text = f'protected groups must have approval annotation "{_APPROVED}", see {link}'
        yield required(f"metadata.annotations[{_APPROVED}]", text)


def _check_group(group: str) -> Iterator[Cause]:
    yield from needed("spec.group", group, subdomain)
    if group and "." not in group:
        yield invalid("spec.group", group, "should be a domain with at least one dot")


def _check_scope(scope: str) -> Iterator[Cause]:
    if not scope:
        yield required("spec.scope")
    elif scope not in ("Cluster", "Namespaced"):
        yield unsupported_value("spec.scope", scope, ("Cluster", "Namespaced"))


def _check_names(names: Mapping[str, Any]) -> Iterator[Cause]:
    for field in ("plural", "singular", "kind", "listKind"):
        path, value = f"spec.names.{field}", names.get(field, "")
        yield from needed(path, value, _kind if field.lower().endswith("kind") else label_1035)
    for field in ("shortNames", "categories"):
        for index, value in enumerate(names.get(field) or ()):
            yield from broken(f"spec.names.{field}[{index}]", value, label_1035)


def _kind(text: str) -> tuple[str, ...]:
    return label_1035(text.lower())


def _check_versions(obj: Obj, versions: Sequence[Mapping[str, Any]]) -> Iterator[Cause]:
    for index, version in enumerate(versions):
        yield from broken(f"spec.versions[{index}].name", version.get("name", ""), label_1035)
    names = [version.get("name") for version in versions]
    if len(set(names)) != len(names):
        yield invalid("spec.versions", _internal(versions), "must contain unique version names")
    stored = [version.get("name") for version in versions if version.get("storage")]
    if len(stored) != 1:
        yield invalid("spec.versions", _internal(versions), "must have exactly one version marked as storage version")
    if names:
        yield from broken("spec.version", str(names[0]), label_1035)
    yield from _check_contents(versions)
    yield from _check_stored((obj.get("status") or {}).get("storedVersions"), stored)


def _check_contents(versions: Sequence[Mapping[str, Any]]) -> Iterator[Cause]:
    """Schemas and columns; those that all versions have in common are looked at once."""
    common = {name for name in _HOISTED if all(one.get(name) == versions[0].get(name) for one in versions)}
    for index, version in enumerate(versions):
        own = f"spec.versions[{index}]"
        schema = (version.get("schema") or {}).get("openAPIV3Schema")
        if schema is None:
            yield required(f"{own}.schema.openAPIV3Schema")
        elif "schema" not in common:
            yield from check_schema(schema, f"{own}.schema.openAPIV3Schema")
        elif not index:
            yield from check_schema(schema, "spec.validation.openAPIV3Schema")
        yield from _check_selectable(version, own if "selectableFields" not in common else "" if index else "spec")
        if "additionalPrinterColumns" not in common or not index:
            path = "spec" if "additionalPrinterColumns" in common else own
            yield from _check_columns(version.get("additionalPrinterColumns") or (), f"{path}.additionalPrinterColumns")


def _check_selectable(version: Mapping[str, Any], path: str) -> Iterator[Cause]:
    """Fields for selectors; an empty path is one that has been looked at."""
    for index, selectable in enumerate(version.get("selectableFields") or () if path else ()):
        where, text = f"{path}.selectableFields[{index}].jsonPath", selectable.get("jsonPath", "")
        schema = (version.get("schema") or {}).get("openAPIV3Schema") or {}
        for name in text.removeprefix(".").split("."):
            schema = (schema.get("properties") or {}).get(name) or {}
        if not text:
            yield required(where)
        elif not schema:
            yield invalid(where, text, "is an invalid path: does not refer to a valid field")
        elif schema.get("type") not in ("string", "boolean", "integer"):
            detail = "must point to a field of type string, boolean or integer. Enum string fields and strings with "
            yield invalid(where, text, f"is an invalid path: {detail}formats are allowed.")


def _check_stored(listed: list[str] | None, stored: Sequence[Any]) -> Iterator[Cause]:
    if not listed:
        yield invalid("status.storedVersions", None, "must have at least one stored version")
    for name in stored[-1:]:
        if listed and name not in listed:
            yield invalid("status.storedVersions", listed, f"must have the storage version {name}")


def _internal(versions: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Versions as the server has them inside; what all have in common is kept elsewhere."""
    return [_Ordered(version) for version in versions]


class _Ordered(dict[str, Any]):
    """A version with the fields of its Go struct, in their order."""

    def __init__(self, version: Mapping[str, Any]) -> None:
        super().__init__(
            Name=version.get("name", ""),
            Served=version.get("served", False),
            Storage=version.get("storage", False),
            Deprecated=version.get("deprecated", False),
            DeprecationWarning=version.get("deprecationWarning"),
            Schema=None,
            Subresources=None,
            AdditionalPrinterColumns=None,
            SelectableFields=None,
        )


def _check_columns(columns: Sequence[Mapping[str, Any]], path: str) -> Iterator[Cause]:
    for index, column in enumerate(columns):
        here = f"{path}[{index}]"
        if not column.get("name"):
            yield required(f"{here}.name")
        kind = column.get("type", "")
        if not kind:
            yield required(f"{here}.type", f"must be one of {','.join(_COLUMNS)}")
        elif kind not in _COLUMNS:
            yield invalid(f"{here}.type", kind, f"must be one of {','.join(_COLUMNS)}")
        if not column.get("jsonPath"):
            yield required(f"{here}.JSONPath")


def check_schema(schema: Schema, path: str) -> Iterator[Cause]:
    """Whether a schema is structural, from its root on (KEP-1111)."""
    kind = schema.get("type", "")
    if not kind:
        yield required(f"{path}.type", "must not be empty at the root")
    elif kind != "object":
        yield invalid(f"{path}.type", kind, "must be object at the root")
    yield from _check_place(schema, path)


def _check_place(schema: Schema, path: str) -> Iterator[Cause]:
    kind = schema.get("type", "")
    if kind and kind not in _TYPES:
        yield unsupported_value(f"{path}.type", kind, _TYPES)
    if "pattern" in schema:
        yield from _check_pattern(schema["pattern"], f"{path}.pattern")
    if "default" in schema:
        for cause in check(schema["default"], schema):
            yield Cause(f"{path}.default{cause.field and f'.{cause.field}'}", cause.reason, cause.message)
    if kind == "array" and "items" not in schema:
        yield required(f"{path}.items", "must be specified")
    for name, each in sorted(schema.get("properties", {}).items()):
        yield from _check_typed(each, f"{path}.properties[{name}]", "object fields")
    for name, what in (("items", "array items"), ("additionalProperties", "object fields")):
        if isinstance(schema.get(name), Mapping):
            yield from _check_typed(schema[name], f"{path}.{name}", what)


def _check_typed(schema: Schema, path: str, what: str) -> Iterator[Cause]:
    free = schema.get("x-kubernetes-int-or-string") or schema.get("x-kubernetes-preserve-unknown-fields")
    if not schema.get("type") and not free:
        yield required(f"{path}.type", f"must not be empty for specified {what}")
    yield from _check_place(schema, path)


def _check_pattern(pattern: str, path: str) -> Iterator[Cause]:
    try:
        re.compile(pattern)
    except re.error as error:
        begin = next((text for known, text in _REGEXP if known in error.msg), error.msg)
        text = f"error parsing regexp: {begin}: `{pattern[error.pos :] if error.pos else pattern}`"
        yield invalid(path, pattern, f"must be a valid regular expression, but isn't: {text}")
