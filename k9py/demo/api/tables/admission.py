"""Webhooks and admission policies."""

from __future__ import annotations

from typing import Any

from k9py.demo.api.tables.printer import UNSET, Cells, age, at, count, part, row
from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj

_WEBHOOKS = row(count("webhooks"), age)


def _policy(rules: str) -> Cells:
    return row(count(f"spec.{rules}"), _kind, age)


def _kind(obj: Obj, cluster: Cluster) -> str:
    kind = part(obj, "spec").get("paramKind")
    return f"{kind.get('apiVersion', '')}/{kind.get('kind', '')}" if kind else UNSET


def _parameter(obj: Obj, cluster: Cluster) -> str:
    reference = part(obj, "spec").get("paramRef")
    if not reference:
        return UNSET
    if reference.get("name"):
        return f"{reference.get('namespace') or '*'}/{reference['name']}"
    return _as_go_writes(reference.get("selector") or {})


def _as_go_writes(selector: dict[str, Any]) -> str:
    """A LabelSelector as its String method has it: the real server shows it so."""
    labels = "".join(f"{key}: {value}," for key, value in sorted((selector.get("matchLabels") or {}).items()))
    expressions = "".join(map(_expression, selector.get("matchExpressions") or ()))
    return (
        f"&LabelSelector{{MatchLabels:map[string]string{{{labels}}},"
        f"MatchExpressions:[]LabelSelectorRequirement{{{expressions}}},}}"
    )


def _expression(found: dict[str, Any]) -> str:
    values = " ".join(found.get("values") or ())
    return f"LabelSelectorRequirement{{Key:{found['key']},Operator:{found['operator']},Values:[{values}],}},"


_BINDING = row(at("spec.policyName"), _parameter, age)
_GROUP = "admissionregistration.k8s.io"
PRINTERS = {
    f"mutatingwebhookconfigurations.{_GROUP}": _WEBHOOKS,
    f"validatingwebhookconfigurations.{_GROUP}": _WEBHOOKS,
    f"mutatingadmissionpolicies.{_GROUP}": _policy("mutations"),
    f"validatingadmissionpolicies.{_GROUP}": _policy("validations"),
    f"mutatingadmissionpolicybindings.{_GROUP}": _BINDING,
    f"validatingadmissionpolicybindings.{_GROUP}": _BINDING,
}
