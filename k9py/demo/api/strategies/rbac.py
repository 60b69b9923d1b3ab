"""Roles and their bindings."""

from __future__ import annotations

from k9py.demo.api.strategy import Strategy
from k9py.demo.api.validation.names import path_segment
from k9py.demo.api.validation.rbac import check_binding, check_role
from k9py.demo.core.store import Obj

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
        Strategy(f"{plural}.{GROUP}", default_role, validate=check_role, name=path_segment, generation=False)
        for plural in ("roles", "clusterroles")
    ),
    *(
        Strategy(f"{plural}.{GROUP}", default_binding, validate=check_binding, name=path_segment, generation=False)
        for plural in ("rolebindings", "clusterrolebindings")
    ),
)
