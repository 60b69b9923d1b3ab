"""Validation of roles and bindings."""

from __future__ import annotations

from collections.abc import Iterator

from k9py.demo.api.internals import internal
from k9py.demo.api.validation.names import path_segment
from k9py.demo.api.validation.words import invalid, needed, one_of
from k9py.demo.core.status import Cause, required, unsupported_value
from k9py.demo.core.store import Obj

_GROUP = "rbac.authorization.k8s.io"
_SUBJECTS = ("ServiceAccount", "User", "Group")


def check_role(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    """A role, or a cluster role."""
    for index, rule in enumerate(obj.get("rules") or ()):
        yield from _check_rule(f"rules[{index}]", rule, obj["kind"] == "Role")


def _check_rule(path: str, rule: Obj, namespaced: bool) -> Iterator[Cause]:
    if not rule.get("verbs"):
        yield required(f"{path}.verbs", "verbs must contain at least one value")
    urls = rule.get("nonResourceURLs")
    if urls:
        if namespaced:
            yield invalid(f"{path}.nonResourceURLs", urls, "namespaced rules cannot apply to non-resource URLs")
        if rule.get("apiGroups") or rule.get("resources") or rule.get("resourceNames"):
            detail = "rules cannot apply to both regular resources and non-resource URLs"
            yield invalid(f"{path}.nonResourceURLs", urls, detail)
        return
    if not rule.get("apiGroups"):
        yield required(f"{path}.apiGroups", "resource rules must supply at least one api group")
    if not rule.get("resources"):
        yield required(f"{path}.resources", "resource rules must supply at least one resource")


def check_binding(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    """A role binding, or a cluster role binding. What it binds to stays."""
    reference = obj["roleRef"]
    if old is not None and reference != old["roleRef"]:
        yield invalid("roleRef", internal(reference, "rbac.RoleRef"), "cannot change roleRef")
    kinds = ("Role", "ClusterRole") if obj["kind"] == "RoleBinding" else ("ClusterRole",)
    yield from one_of("roleRef.apiGroup", reference.get("apiGroup"), (_GROUP,))
    yield from one_of("roleRef.kind", reference.get("kind", ""), kinds)
    yield from needed("roleRef.name", reference.get("name"), path_segment)
    for index, subject in enumerate(obj.get("subjects") or ()):
        yield from _check_subject(f"subjects[{index}]", subject, obj["kind"] == "RoleBinding")


def _check_subject(path: str, subject: Obj, namespaced: bool) -> Iterator[Cause]:
    if not subject.get("name"):
        yield required(f"{path}.name")
    kind, group = subject.get("kind", ""), subject.get("apiGroup", "")
    if kind == "ServiceAccount":
        if group:
            yield unsupported_value(f"{path}.apiGroup", group, ("",))
        if not namespaced and not subject.get("namespace"):
            yield required(f"{path}.namespace")
    elif kind in ("User", "Group"):
        if group != _GROUP:
            yield unsupported_value(f"{path}.apiGroup", group, (_GROUP,))
    else:
        yield unsupported_value(f"{path}.kind", kind, _SUBJECTS)
