"""Webhooks and admission policies."""

from __future__ import annotations

from typing import Any

from k9py.demo.api.tables.printer import UNSET, Cells, age, name_of, part
from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj


def _webhooks(obj: Obj, cluster: Cluster) -> list[Any]:
    return [name_of(obj), len(obj.get("webhooks") or ()), age(obj, cluster)]


def _policy(rules: str) -> Cells:
    def cells(obj: Obj, cluster: Cluster) -> list[Any]:
        spec = part(obj, "spec")
        kind = spec.get("paramKind")
        text = f"{kind.get('apiVersion', '')}/{kind.get('kind', '')}" if kind else UNSET
        return [name_of(obj), len(spec.get(rules) or ()), text, age(obj, cluster)]

    return cells


def _binding(obj: Obj, cluster: Cluster) -> list[Any]:
    spec = part(obj, "spec")
    return [name_of(obj), spec.get("policyName", ""), _parameter(spec.get("paramRef")), age(obj, cluster)]


def _parameter(reference: dict[str, Any] | None) -> str:
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


_GROUP = "admissionregistration.k8s.io"

PRINTERS = {
    f"mutatingwebhookconfigurations.{_GROUP}": _webhooks,
    f"validatingwebhookconfigurations.{_GROUP}": _webhooks,
    f"mutatingadmissionpolicies.{_GROUP}": _policy("mutations"),
    f"validatingadmissionpolicies.{_GROUP}": _policy("validations"),
    f"mutatingadmissionpolicybindings.{_GROUP}": _binding,
    f"validatingadmissionpolicybindings.{_GROUP}": _binding,
}
