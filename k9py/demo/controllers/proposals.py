"""How many pods each metric of an autoscaler asks for (pkg/controller/podautoscaler/replica_calculator.go)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from k9py.demo.controllers.pods import Pod
from k9py.demo.controllers.usage import (
    Groups,
    MetricError,
    Sample,
    Tolerance,
    group,
    milli,
    requests_of,
    write_quantity,
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """So many pods, because of that metric; and what the status says of it."""

    replicas: int
    name: str
    current: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ask:
    """What is known when a resource metric is weighed."""

    resource: str
    only: str
    """A container's name; empty for the whole pod."""
    pods: Sequence[Pod]
    samples: Mapping[str, Sample]
    replicas: int
    tolerance: Tolerance
    now: float


def propose(ask: Ask, target: Mapping[str, Any]) -> Proposal:
    """The size that a target of utilization, or of an average, asks for. Raises MetricError."""
    if target.get("averageValue") is not None:
        return _average(ask, milli(target["averageValue"]))
    if target.get("averageUtilization") is None:
        raise MetricError(
            "invalid resource metric source: neither an average utilization target nor an average value (usage) target"
            " was set"
        )
    return _utilization(ask, int(target["averageUtilization"]))


def _grouped(ask: Ask) -> Groups:
    if not ask.pods:
        raise MetricError("no pods returned by selector while calculating replica count")
    found = group(ask.pods, ask.samples, ask.resource, ask.now)
    if not found.samples:
        raise MetricError("did not receive metrics for targeted pods (pods might be unready)")
    return found


def _utilization(ask: Ask, target: int) -> Proposal:
    found = _grouped(ask)
    requests = requests_of(ask.pods, ask.resource, ask.only)

    def percent(samples: Mapping[str, Sample]) -> int:
        asked = sum(requests[name] for name in samples if name in requests)
        if not asked:
            raise MetricError("no metrics returned matched known pods")
        used = sum(one.value for name, one in samples.items() if name in requests)
        return used * 100 // asked

    def fallback(name: str) -> int:
        return requests[name] * max(100, target) // 100

    present = percent(found.samples)
    raw = sum(one.value for one in found.samples.values()) // len(found.samples)
    replicas = _size(ask, found, lambda samples: percent(samples) / target, fallback)
    kind = "container resource" if ask.only else "resource"
    name = f"{ask.resource} {kind} utilization (percentage of request)"
    current = {"averageUtilization": present, "averageValue": write_quantity(ask.resource, raw)}
    return Proposal(replicas, name, current)


def _average(ask: Ask, target: int) -> Proposal:
    found = _grouped(ask)

    def mean(samples: Mapping[str, Sample]) -> int:
        return sum(one.value for one in samples.values()) // len(samples)

    replicas = _size(ask, found, lambda samples: mean(samples) / target, lambda _: target)
    current = {"averageValue": write_quantity(ask.resource, mean(found.samples))}
    return Proposal(replicas, f"{ask.resource} resource", current)


def _size(
    ask: Ask, found: Groups, ratio_of: Callable[[Mapping[str, Sample]], float], fallback: Callable[[str], int]
) -> int:
    """The size by the ratio of usage and target; what is not known is taken for what changes least."""
    ratio = ratio_of(found.samples)
    waiting = bool(found.unready) and ratio > 1.0
    if not waiting and not found.missing:
        return ask.replicas if ask.tolerance.holds(ratio) else math.ceil(ratio * found.ready)
    samples = dict(found.samples)
    some = next(iter(samples.values()))
    if ratio != 1.0:
        for name in found.missing:
            samples[name] = replace(some, value=fallback(name) if ratio < 1.0 else 0)
    if waiting:
        samples |= {name: replace(some, value=0) for name in found.unready}
    again = ratio_of(samples)
    if ask.tolerance.holds(again) or (ratio < 1.0) != (again < 1.0):
        return ask.replicas
    size = math.ceil(again * len(samples))
    turned = size > ask.replicas if again < 1.0 else size < ask.replicas
    return ask.replicas if turned else size
