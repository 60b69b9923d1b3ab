"""Horizontal pod autoscalers, as they are stored (autoscaling/v2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from k9py.demo.api.quantities import amount, canonical
from k9py.demo.api.strategy import Strategy
from k9py.demo.api.validation.names import path_segment
from k9py.demo.api.validation.words import at_least, every, invalid, needed, one_of
from k9py.demo.core.status import Cause, forbidden_value, required
from k9py.demo.core.store import Obj

_KINDS = ("ContainerResource", "External", "Object", "Pods", "Resource")
_FIELDS = {kind: f"{kind[0].lower()}{kind[1:]}" for kind in _KINDS}


def _check_autoscaler(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    spec = obj["spec"]
    least, most = spec.get("minReplicas", 1), spec.get("maxReplicas", 0)
    yield from at_least("spec.minReplicas", least, 1)
    if most < 1:
        yield required("spec.maxReplicas", "must be set and greater than 0")
    if most < least:
        yield invalid("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`")
    yield from _check_target(spec.get("scaleTargetRef") or {})
    yield from every("spec.metrics", spec.get("metrics"), _check_metric)
    if least == 0 and not any(one.get("type") in ("Object", "External") for one in spec.get("metrics") or ()):
        detail = "must specify at least one Object or External metric to support scaling to zero replicas"
        yield forbidden_value("spec.metrics", detail)
    for name in ("scaleUp", "scaleDown"):
        yield from _check_rules(f"spec.behavior.{name}", (spec.get("behavior") or {}).get(name))


def _check_target(reference: Obj) -> Iterator[Cause]:
    path = "spec.scaleTargetRef"
    yield from needed(f"{path}.kind", reference.get("kind"), path_segment)
    yield from needed(f"{path}.name", reference.get("name"), path_segment)
    version = reference.get("apiVersion", "")
    if not version or ("/" not in version and version != "v1"):
        yield invalid(f"{path}.apiVersion", version, "apiVersion must specify API group")


def _check_metric(path: str, metric: Obj) -> Iterator[Cause]:
    kind = metric.get("type", "")
    if not kind:
        yield required(f"{path}.type", "must specify a metric source type")
        return
    for _ in range(2):  # the server says it twice
        yield from one_of(f"{path}.type", kind, _KINDS)
    expected = _FIELDS.get(kind)
    if expected is not None and metric.get(expected) is None:
        yield required(f"{path}.{expected}", "must populate information for the given metric source")
    for name in _FIELDS.values():
        if name != expected and metric.get(name) is not None:
            yield forbidden_value(f"{path}.{name}", "must populate the given metric source only")
    if expected in ("resource", "containerResource") and metric.get(expected) is not None:
        yield from _check_resource(f"{path}.{expected}", metric[expected])


def _check_resource(path: str, source: Obj) -> Iterator[Cause]:
    if not source.get("name"):
        yield required(f"{path}.name", "must specify a resource name")
    target = source.get("target") or {}
    if not target.get("type"):
        yield required(f"{path}.target.type", "must specify a metric target type")
    elif target["type"] not in ("Utilization", "Value", "AverageValue"):
        yield invalid(f"{path}.target.type", target["type"], "must be either Utilization, Value, or AverageValue")
    utilization, value = target.get("averageUtilization"), target.get("averageValue")
    if utilization is not None and utilization < 1:
        yield invalid(f"{path}.target.averageUtilization", utilization, "must be greater than 0")
    if value is not None and amount(str(value)) <= 0:
        yield invalid(f"{path}.target.averageValue", value, "must be positive")
    if utilization is None and value is None:
        yield required(
            f"{path}.target.averageUtilization", "must set either a target raw value or a target utilization"
        )
    elif utilization is not None and value is not None:
        yield forbidden_value(
            f"{path}.target.averageValue", "may not set both a target raw value and a target utilization"
        )


def _check_rules(path: str, rules: Obj | None) -> Iterator[Cause]:
    if not rules:
        return
    window = rules.get("stabilizationWindowSeconds")
    if window is not None and window < 0:
        yield invalid(f"{path}.stabilizationWindowSeconds", window, "must be greater than or equal to zero")
    if window is not None and window > 3600:
        yield invalid(f"{path}.stabilizationWindowSeconds", window, "must be less than or equal to 3600")
    if rules.get("selectPolicy") is not None:
        yield from one_of(f"{path}.selectPolicy", rules["selectPolicy"], ("Disabled", "Max", "Min"))
    if not rules.get("policies"):
        yield required(f"{path}.policies", "must specify at least one Policy")
    for index, policy in enumerate(rules.get("policies") or ()):
        at = f"{path}.policies[{index}]"
        yield from one_of(f"{at}.type", policy.get("type"), ("Percent", "Pods"))
        for name, most in (("value", None), ("periodSeconds", 1800)):
            if policy.get(name, 0) <= 0:
                yield invalid(f"{at}.{name}", policy.get(name, 0), "must be greater than zero")
            if most and policy.get(name, 0) > most:
                yield invalid(f"{at}.{name}", policy[name], f"must be less than or equal to {most}")


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
        validate=_check_autoscaler,
        status=lambda: {"desiredReplicas": 0, "currentMetrics": None},
        generation=False,
    ),
)
