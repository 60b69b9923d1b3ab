"""Autoscalers with their metrics, and budgets of disruption."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from k9py.insight.describe.conditions import conditions_of
from k9py.insight.describe.facts import Obj, each, get, number, selector, sub, text, when
from k9py.insight.describe.sheet import NONE, UNKNOWN, UNSET, Cell, Sheet
from k9py.insight.describe.subject import Describer, Subject, has, head


def describe_scaler(sheet: Sheet, subject: Subject) -> None:
    """What is scaled, by which metrics, between which bounds."""
    found, spec = subject.found, sub(subject.found, "spec")
    head(sheet, found)
    sheet.field("CreationTimestamp", when(found, "metadata", "creationTimestamp"))
    target = sub(spec, "scaleTargetRef")
    sheet.field("Reference", f"{text(target, 'kind')}/{text(target, 'name')}")
    sheet.field("Metrics", "( current / target )")
    measured = each(found, "status", "currentMetrics")
    for place, metric in enumerate(each(spec, "metrics")):
        label, current, wanted = _say_metric(metric, measured[place] if place < len(measured) else {})
        sheet.field(label, f"{current} / {wanted}", level=1)
    sheet.field("Min replicas", text(spec, "minReplicas", none=UNSET))
    sheet.field("Max replicas", text(spec, "maxReplicas", none=UNSET))
    _write_behavior(sheet, sub(spec, "behavior"))
    there, meant = number(found, "status", "currentReplicas"), number(found, "status", "desiredReplicas")
    sheet.field(f"{text(target, 'kind')} pods", f"{there} current / {meant} desired")
    conditions_of(sheet, found)


def _say_metric(metric: Obj, measured: Obj) -> tuple[str, str, str]:
    """What it is called, what it is now, and what it should be."""
    kind = text(metric, "type")
    field = kind[:1].lower() + kind[1:]
    found, current = sub(metric, field), sub(measured, field, "current")
    label = _LABELS[kind](found) if kind in _LABELS else f"<unknown metric type {kind}>"
    return label, *_say_amounts(sub(found, "target"), current)


def _quoted(found: Obj) -> str:
    return f'"{text(found, "metric", "name")}"'


def _percent(found: Obj) -> str:
    return "" if has(found, "target", "averageValue") else "  (as a percentage of request)"


def _target(found: Obj) -> str:
    return "(target average value)" if has(found, "target", "averageValue") else "(target value)"


_LABELS: Mapping[str, Callable[[Obj], str]] = {
    "Resource": lambda found: f"resource {text(found, 'name')} on pods{_percent(found)}",
    "ContainerResource": lambda found: (
        f'resource {text(found, "name")} of container "{text(found, "container")}" on pods{_percent(found)}'
    ),
    "Pods": lambda found: f"{_quoted(found)} on pods",
    "External": lambda found: f"{_quoted(found)} {_target(found)}",
    "Object": lambda found: (
        f"{_quoted(found)} on {text(found, 'describedObject', 'kind')}/{text(found, 'describedObject', 'name')} "
        f"{_target(found)}"
    ),
}


def _say_amounts(target: Obj, current: Obj) -> tuple[str, str]:
    for field in ("averageValue", "value"):
        if has(target, field):
            return text(current, field, none=UNKNOWN), text(target, field)
    used, amount = text(current, "averageUtilization"), text(current, "averageValue")
    wanted = text(target, "averageUtilization")
    return f"{used}% ({amount})" if used else UNKNOWN, f"{wanted}%" if wanted else "<auto>"


def _write_behavior(sheet: Sheet, behavior: Obj) -> None:
    if behavior:
        sheet.section("Behavior")
    for label, field in (("Scale Up", "scaleUp"), ("Scale Down", "scaleDown")):
        if has(behavior, field):
            sheet.section(label, 1)
            _write_rules(sheet, sub(behavior, field))


def _write_rules(sheet: Sheet, rules: Obj) -> None:
    if has(rules, "stabilizationWindowSeconds"):
        sheet.line(f"Stabilization Window: {text(rules, 'stabilizationWindowSeconds')} seconds", level=2)
    if has(rules, "tolerance"):
        sheet.line(f"Tolerance: {text(rules, 'tolerance')}", level=2)
    policies = each(rules, "policies")
    if policies:
        sheet.line(f"Select Policy: {text(rules, 'selectPolicy', none='Max')}", level=2)
        sheet.section("Policies", 2)
    for policy in policies:
        kind, value, period = (text(policy, field) for field in ("type", "value", "periodSeconds"))
        sheet.line(f"- Type: {kind}", f"Value: {value}", f"Period: {period} seconds", level=3)


def describe_budget(sheet: Sheet, subject: Subject) -> None:
    """How many pods must stay, and how many may go now."""
    found, spec, status = subject.found, sub(subject.found, "spec"), sub(subject.found, "status")
    sheet.field("Name", subject.name)
    sheet.field("Namespace", text(found, "metadata", "namespace"))
    for label, field in (("Min available", "minAvailable"), ("Max unavailable", "maxUnavailable")):
        if get(spec, field) is not None:
            sheet.field(label, text(spec, field))
    sheet.field("Selector", (selector(spec, "selector") or NONE) if has(spec, "selector") else UNSET)
    if policy := text(spec, "unhealthyPodEvictionPolicy"):
        sheet.field("Unhealthy pod eviction", policy)
    sheet.section("Status")
    allowed = number(status, "disruptionsAllowed")
    sheet.field("Allowed disruptions", Cell(str(allowed), None if allowed else "bad"), level=1)
    for label, field in (("Current", "currentHealthy"), ("Desired", "desiredHealthy"), ("Total", "expectedPods")):
        sheet.field(label, str(number(status, field)), level=1)
    conditions_of(sheet, found)


DESCRIBERS = (
    Describer(("horizontalpodautoscalers.autoscaling",), describe_scaler),
    Describer(("poddisruptionbudgets.policy",), describe_budget),
)
