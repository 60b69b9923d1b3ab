"""What a custom resource refers to, as far as it can be recognised: nothing says so but the names of its fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from k9py.insight.relations.identity import Identity
from k9py.insight.relations.pods import Reference, pod_references, with_pod_spec

Json = Mapping[str, Any]
DEEPEST = 16
_REF = re.compile(r"(?P<what>\w*?)(?:Key)?Refs?|ref|refs")
_NAME = re.compile(r"(?P<what>\w+)Name")

_KINDS: Mapping[str, tuple[str, str]] = {
    "secret": ("", "Secret"),
    "configmap": ("", "ConfigMap"),
    "serviceaccount": ("", "ServiceAccount"),
    "service": ("", "Service"),
    "persistentvolumeclaim": ("", "PersistentVolumeClaim"),
    "claim": ("", "PersistentVolumeClaim"),
    "pvc": ("", "PersistentVolumeClaim"),
    "priorityclass": ("scheduling.k8s.io", "PriorityClass"),
    "storageclass": ("storage.k8s.io", "StorageClass"),
    "deployment": ("apps", "Deployment"),
    "statefulset": ("apps", "StatefulSet"),
    "ingress": ("networking.k8s.io", "Ingress"),
    "ingressclass": ("networking.k8s.io", "IngressClass"),
    "backend": ("", "Service"),
}
"""What the last words of a field's name say of the kind, where the reference itself does not."""

_CLUSTER_WIDE = frozenset({"PriorityClass", "StorageClass", "IngressClass"})


def custom_references(found: Json, namespace: str) -> Iterator[Reference]:
    """Everything outside metadata and status that looks like a reference."""
    for field, value in found.items():
        if field not in ("metadata", "status", "apiVersion", "kind"):
            yield from _walk(field, value, namespace, DEEPEST)


def _walk(field: str, value: Any, namespace: str, deeper: int) -> Iterator[Reference]:
    if isinstance(value, str):
        yield from _named(field, value, namespace)
    elif isinstance(value, list) and deeper:
        for item in value:
            if not isinstance(item, str):
                yield from _walk(field, item, namespace, deeper - 1)
    elif isinstance(value, dict) and deeper:
        yield from _inside(field, value, namespace, deeper - 1)


def _inside(field: str, value: Json, namespace: str, deeper: int) -> Iterator[Reference]:
    if with_pod_spec(value):
        yield from pod_references(value, namespace)
        return
    if (reference := _referred(field, value, namespace)) is not None:
        yield reference
        return
    for name, inner in value.items():
        yield from _walk(name, inner, namespace, deeper)


def _referred(field: str, value: Json, namespace: str) -> Reference | None:
    """`…Ref: {name: …}`, with the kind in it or in the name of the field."""
    match, name = _REF.fullmatch(field), value.get("name")
    if match is None or not isinstance(name, str) or not name:
        return None
    where = value.get("namespace")
    where = where if isinstance(where, str) and where else namespace
    optional = value.get("optional") is True
    if isinstance(kind := value.get("kind"), str) and kind:
        return Reference(Identity(_group(value, kind), kind, where, name), field, optional)
    if known := _known(match["what"] or ""):
        group, kind = known
        return Reference(Identity(group, kind, "" if kind in _CLUSTER_WIDE else where, name), field, optional)
    return None


def _group(value: Json, kind: str) -> str:
    for field in ("apiGroup", "group"):
        if isinstance(found := value.get(field), str):
            return found
    version = value.get("apiVersion")
    if isinstance(version, str):
        return version.rpartition("/")[0]
    return next((group for group, known in _KINDS.values() if known == kind), "")


def _named(field: str, name: str, namespace: str) -> Iterator[Reference]:
    """`secretName: …`: it may as well be something else, so it counts only if there is such an object."""
    match = _NAME.fullmatch(field)
    known = _known(match["what"]) if match and name else None
    if known:
        group, kind = known
        where = "" if kind in _CLUSTER_WIDE else namespace
        yield Reference(Identity(group, kind, where, name), field, guessed=True)


def _known(what: str) -> tuple[str, str] | None:
    """The kind that the last words of a field's name say: `tlsSecret`, `clientConfigMap`."""
    words = re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", what)
    endings = ("".join(words[start:]).lower() for start in range(len(words)))
    return next((_KINDS[ending] for ending in endings if ending in _KINDS), None)
