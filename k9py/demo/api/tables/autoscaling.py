"""Autoscalers: what they measure beside what they aim at. Disruption budgets too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from k9py.demo.api.tables.printer import NONE, UNKNOWN, UNSET, age, at, part, row, text
from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj

Metric = Mapping[str, Any]

_MOST = 2
_SOURCES = {
    "External": "external",
    "Pods": "pods",
    "Object": "object",
    "Resource": "resource",
    "ContainerResource": "containerResource",
}


def _reference(obj: Obj, cluster: Cluster) -> str:
    target = part(part(obj, "spec"), "scaleTargetRef")
    return f"{target.get('kind', '')}/{target.get('name', '')}"


def _targets(obj: Obj, cluster: Cluster) -> str:
    metrics, measured = part(obj, "spec").get("metrics") or [], part(obj, "status").get("currentMetrics") or []
    texts = [_target(metric, measured[index] if index < len(measured) else {}) for index, metric in enumerate(metrics)]
    shown = ", ".join(texts[:_MOST])
    return f"{shown} + {len(texts) - _MOST} more..." if len(texts) > _MOST else shown or NONE


def _target(metric: Metric, measured: Metric) -> str:
    kind = metric.get("type", "")
    source = _SOURCES.get(kind)
    if source is None:
        return "<unknown type>"
    wanted, found = part(metric, source), measured.get(source)
    current = part(found, "current") if found is not None else None
    return _WRITE[kind](wanted, part(wanted, "target"), current)


def _valued(wanted: Metric, target: Metric, current: Metric | None) -> str:
    """Of an object, or outside the cluster: per pod, or as a whole."""
    if target.get("averageValue") is not None:
        return f"{(current or {}).get('averageValue', UNKNOWN)}/{target['averageValue']} (avg)"
    found = UNKNOWN if current is None else current.get("value", "0")
    return f"{found}/{target.get('value', '0')}"


def _per_pod(wanted: Metric, target: Metric, current: Metric | None) -> str:
    found = UNKNOWN if current is None else current.get("averageValue", "0")
    return f"{found}/{target.get('averageValue', '0')}"


def _resource(wanted: Metric, target: Metric, current: Metric | None) -> str:
    name = wanted.get("name", "")
    if target.get("averageValue") is not None:
        return f"{name}: {_per_pod(wanted, target, current)}"
    found, aim = (current or {}).get("averageUtilization"), target.get("averageUtilization")
    return f"{name}: {UNKNOWN if found is None else f'{found}%'}/{'<auto>' if aim is None else f'{aim}%'}"


_WRITE: Mapping[str, Callable[[Metric, Metric, Metric | None], str]] = {
    "External": _valued,
    "Object": _valued,
    "Pods": _per_pod,
    "Resource": _resource,
    "ContainerResource": _resource,
}


PRINTERS = {
    "horizontalpodautoscalers.autoscaling": row(
        _reference,
        _targets,
        text("spec.minReplicas", UNSET),
        at("spec.maxReplicas", 0),
        at("status.currentReplicas", 0),
        age,
    ),
    "poddisruptionbudgets.policy": row(
        text("spec.minAvailable", "N/A"), text("spec.maxUnavailable", "N/A"), at("status.disruptionsAllowed", 0), age
    ),
}
