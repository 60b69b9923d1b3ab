"""Roles and their bindings."""

from __future__ import annotations

from collections.abc import Iterator

from k9py.demo.api.internals import internal
from k9py.demo.api.strategy import Strategy
from k9py.demo.api.validation.names import path_segment
from k9py.demo.api.validation.words import every, invalid, needed, one_of
from k9py.demo.core.status import Cause, required, unsupported_value
from k9py.demo.core.store import Obj

_GROUP = "rbac.authorization.k8s.io"
_SUBJECTS = ("ServiceAccount", "User", "Group")


def _check_role(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    yield from every("rules", obj.get("rules"), _check_rule, obj["kind"] == "Role")


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


def _check_binding(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    """A role binding, or a cluster role binding. What it binds to stays."""
    reference = obj["roleRef"]
    if old is not None and reference != old["roleRef"]:
        yield invalid("roleRef", internal(reference, "rbac.RoleRef"), "cannot change roleRef")
    kinds = ("Role", "ClusterRole") if obj["kind"] == "RoleBinding" else ("ClusterRole",)
    yield from one_of("roleRef.apiGroup", reference.get("apiGroup"), (_GROUP,))
    yield from one_of("roleRef.kind", reference.get("kind", ""), kinds)
    yield from needed("roleRef.name", reference.get("name"), path_segment)
    yield from every("subjects", obj.get("subjects"), _check_subject, obj["kind"] == "RoleBinding")


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


GROUP = "rbac.authorization.k8s.io"


def default_role(obj: Obj) -> None:
    """A role without rules says so."""
    obj["rules"] = obj.get("rules") or None


def default_binding(obj: Obj) -> None:
    """Users and groups are RBAC's own; service accounts are of the core group."""
    reference = obj.setdefault("roleRef", {})
    if not reference.get("apiGroup"):
        reference["apiGroup"] = GROUP
    for subject in obj.get("subjects") or ():
        if subject.get("kind") in ("User", "Group"):
            subject.setdefault("apiGroup", GROUP)


STRATEGIES = (
    *(
        Strategy(f"{plural}.{GROUP}", default_role, validate=_check_role, name=path_segment, generation=False)
        for plural in ("roles", "clusterroles")
    ),
    *(
        Strategy(f"{plural}.{GROUP}", default_binding, validate=_check_binding, name=path_segment, generation=False)
        for plural in ("rolebindings", "clusterrolebindings")
    ),
)
