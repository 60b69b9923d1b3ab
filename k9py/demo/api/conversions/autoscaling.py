"""Autoscalers: autoscaling/v1 knows a target of CPU only, and keeps the rest in annotations."""

from __future__ import annotations

import json
from typing import Any

from k9py.demo.core.store import Obj

_PREFIX = "autoscaling.alpha.kubernetes.io/"
METRICS, CURRENT, CONDITIONS, BEHAVIOR = (
    f"{_PREFIX}{name}" for name in ("metrics", "current-metrics", "conditions", "behavior")
)
_KINDS = {"Resource": "resource", "Pods": "pods", "Object": "object", "External": "external"}
_KINDS["ContainerResource"] = "containerResource"


def to_v1(obj: Obj) -> Obj:
    """A v2 autoscaler as v1 has it."""
    spec, status = dict(obj.get("spec") or {}), dict(obj.get("status") or {})
    others = [metric for metric in spec.pop("metrics", None) or () if not _is_cpu(metric)]
    cpu = [metric for metric in (obj.get("spec") or {}).get("metrics") or () if _is_cpu(metric)]
    if cpu:
        spec["targetCPUUtilizationPercentage"] = cpu[-1]["resource"]["target"]["averageUtilization"]
    current = status.pop("currentMetrics", None) or []
    used = [one["resource"]["current"].get("averageUtilization") for one in current if _is_current_cpu(one)]
    if used and used[0] is not None:
        status["currentCPUUtilizationPercentage"] = used[0]
    status.setdefault("currentReplicas", 0)
    status.setdefault("desiredReplicas", 0)
    kept = {
        METRICS: [_metric_to_v1(metric, "target") for metric in others],
        CURRENT: [_metric_to_v1(metric, "current") for metric in current],
        BEHAVIOR: _internal(spec.pop("behavior", None)),
        CONDITIONS: status.pop("conditions", None),
    }
    metadata = _annotate(obj["metadata"], {name: _write(value) for name, value in kept.items() if value})
    return {**obj, "metadata": metadata, "spec": spec, "status": status}


def to_v2(obj: Obj) -> Obj:
    """A v1 autoscaler as it is stored."""
    spec, status = dict(obj.get("spec") or {}), dict(obj.get("status") or {})
    annotations = obj["metadata"].get("annotations") or {}
    metrics = [_metric_to_v2(metric, "target") for metric in _read(annotations, METRICS)]
    utilization = spec.pop("targetCPUUtilizationPercentage", None)
    if utilization is not None:
        target = {"type": "Utilization", "averageUtilization": utilization}
        metrics.append({"type": "Resource", "resource": {"name": "cpu", "target": target}})
    if metrics:
        spec["metrics"] = metrics
    behavior = _read(annotations, BEHAVIOR)
    if behavior:
        spec["behavior"] = _external(behavior)
    if status:
        status.pop("currentCPUUtilizationPercentage", None)
        status["currentMetrics"] = [_metric_to_v2(one, "current") for one in _read(annotations, CURRENT)] or None
        if _read(annotations, CONDITIONS):
            status["conditions"] = _read(annotations, CONDITIONS)
    converted = {**obj, "metadata": _annotate(obj["metadata"], {}), "spec": spec}
    converted.pop("status", None)
    return {**converted, "status": status} if status else converted


def _is_cpu(metric: Obj) -> bool:
    resource = metric.get("resource") or {}
    target = resource.get("target") or {}
    return resource.get("name") == "cpu" and "averageUtilization" in target


def _is_current_cpu(metric: Obj) -> bool:
    return bool((metric.get("resource") or {}).get("name") == "cpu")


def _metric_to_v1(metric: Obj, part: str) -> Obj:
    """`target.averageValue` is `targetAverageValue` there, and a metric's name stands beside it."""
    field = _KINDS.get(metric["type"], "")
    if not field:  # one that has not been measured
        return dict(metric)
    source = metric.get(field) or {}
    flat: Obj = {name: value for name, value in source.items() if name not in (part, "metric", "describedObject")}
    if "metric" in source:
        flat["metricName"] = source["metric"]["name"]
        if "selector" in source["metric"]:
            flat["selector" if field == "pods" else "metricSelector"] = source["metric"]["selector"]
    if "describedObject" in source:
        flat["target"] = source["describedObject"]
    for name, value in (source.get(part) or {}).items():
        if name != "type":
            flat[f"{part}{name[0].upper()}{name[1:]}"] = value
    return {"type": metric["type"], field: flat}


def _metric_to_v2(metric: Obj, part: str) -> Obj:
    field = _KINDS.get(metric.get("type", ""), "")
    if not field:
        return dict(metric)
    flat = dict(metric.get(field) or {})
    inner = {}
    for name, kind in (("AverageUtilization", "Utilization"), ("AverageValue", "AverageValue"), ("Value", "Value")):
        value = flat.pop(f"{part}{name}", None)
        if value is not None:
            inner[f"{name[0].lower()}{name[1:]}"] = value
            if part == "target":
                inner.setdefault("type", kind)
    source: Obj = {}
    if "metricName" in flat:
        source["metric"] = {"name": flat.pop("metricName")}
        selector = flat.pop("metricSelector", None) or flat.pop("selector", None)
        if selector:
            source["metric"]["selector"] = selector
    if isinstance(flat.get("target"), dict):
        source["describedObject"] = flat.pop("target")
    return {"type": metric.get("type", ""), field: {**flat, **source, part: inner}}


def _internal(behavior: Obj | None) -> Obj | None:
    """The annotation holds the server's internal form: fields in capitals, absent ones as null."""
    if not behavior:
        return None
    found: Obj = {}
    for name in ("scaleUp", "scaleDown"):
        rules = behavior.get(name)
        found[f"S{name[1:]}"] = rules and {
            "StabilizationWindowSeconds": rules.get("stabilizationWindowSeconds"),
            "SelectPolicy": rules.get("selectPolicy"),
            "Policies": [
                {"Type": one["type"], "Value": one["value"], "PeriodSeconds": one["periodSeconds"]}
                for one in rules.get("policies") or ()
            ]
            or None,
            "Tolerance": rules.get("tolerance"),
        }
    return found


def _external(value: Any) -> Any:
    if isinstance(value, dict):
        return {f"{name[0].lower()}{name[1:]}": _external(inner) for name, inner in value.items() if inner is not None}
    return [_external(one) for one in value] if isinstance(value, list) else value


def _annotate(metadata: Obj, added: dict[str, str]) -> Obj:
    """Annotations without what an earlier conversion has left."""
    ours = (METRICS, CURRENT, CONDITIONS, BEHAVIOR)
    kept = {name: value for name, value in (metadata.get("annotations") or {}).items() if name not in ours}
    rest = {name: value for name, value in metadata.items() if name != "annotations"}
    return {**rest, "annotations": {**kept, **added}} if kept or added else rest


def _read(annotations: Obj, name: str) -> Any:
    try:
        return json.loads(annotations.get(name, "null")) or []
    except ValueError:
        return []


def _write(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
