"""Horizontal pod autoscalers, as they are stored (autoscaling/v2)."""

from __future__ import annotations

from typing import Any

from k9py.demo.api.quantities import canonical
from k9py.demo.api.strategy import Strategy
from k9py.demo.api.validation.autoscaling import check_autoscaler
from k9py.demo.core.store import Obj

CPU_TARGET = 80
"""Percent of what is requested, where nothing is said."""


def default(obj: Obj) -> None:
    """One replica at least, CPU at 80% of what is requested."""
    spec = obj.setdefault("spec", {})
    spec.setdefault("minReplicas", 1)
    if not spec.get("metrics"):
        target = {"type": "Utilization", "averageUtilization": CPU_TARGET}
        spec["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]
    for metric in spec["metrics"]:
        _settle_target(metric)
    if spec.get("behavior"):
        _default_behavior(spec["behavior"])


def _settle_target(metric: Obj) -> None:
    for source in metric.values():
        if isinstance(source, dict):
            target = source.get("target") or {}
            for name in ("value", "averageValue"):
                if name in target:
                    target[name] = canonical(str(target[name]))


def _default_behavior(behavior: Obj) -> None:
    """Up at once by four pods or the double; down slowly, to what is needed."""
    up = [_policy("Pods", 4, 15), _policy("Percent", 100, 15)]
    for name, window, policies in (("scaleUp", 0, up), ("scaleDown", None, [_policy("Percent", 100, 15)])):
        if name == "scaleUp" or name in behavior:
            rules = behavior.setdefault(name, {})
            if window is not None:
                rules.setdefault("stabilizationWindowSeconds", window)
            rules.setdefault("selectPolicy", "Max")
            rules["policies"] = rules.get("policies") or policies
    behavior.setdefault("scaleDown", {"selectPolicy": "Max", "policies": [_policy("Percent", 100, 15)]})


def _policy(kind: str, value: int, period: int) -> dict[str, Any]:
    return {"type": kind, "value": value, "periodSeconds": period}


STRATEGIES = (
    Strategy(
        "horizontalpodautoscalers.autoscaling",
        default,
        validate=check_autoscaler,
        status=lambda: {"desiredReplicas": 0, "currentMetrics": None},
        generation=False,
    ),
)
