"""What pods use of CPU and memory, and what they have asked for, as the autoscaler weighs one against the other."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from k9py.demo.api.conditions import find
from k9py.demo.api.quantities import amount, write_amount
from k9py.demo.api.virtual import SOURCES
from k9py.demo.cluster import Cluster
from k9py.demo.controllers.pods import Pod
from k9py.demo.core.store import Obj
from k9py.values.age import parse_duration, parse_time
from k9py.values.selector import Selector

METRICS = "pods.metrics.k8s.io"
STARTING = 300.0
"""Seconds after its start in which a pod's CPU counts only when it is ready."""
READINESS_DELAY = 30.0


class MetricError(Exception):
    """A metric that cannot be had; its text is what a person is told."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What one pod uses, in thousandths; when that was measured, over how many seconds."""

    value: int
    time: float
    window: float


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far from 1 a ratio may be before anything is done."""

    down: float = 0.1
    up: float = 0.1

    def holds(self, ratio: float) -> bool:
        """Whether the ratio is near enough."""
        return 1.0 - self.down <= ratio <= 1.0 + self.up


def read_samples(cluster: Cluster, namespace: str, selector: Selector, resource: str, only: str) -> dict[str, Sample]:
    """The usage of pods by their names; `only` names one container, or is empty. Raises MetricError."""
    source = SOURCES.get(METRICS)
    fetch = f"unable to get metrics for resource {resource}: "
    if source is None:
        why = "the server could not find the requested resource (get pods.metrics.k8s.io)"
        raise MetricError(f"{fetch}unable to fetch metrics from resource metrics API: {why}")
    listed = [one for one in source(cluster, namespace) if selector.matches(one["metadata"].get("labels"))]
    if not listed:
        raise MetricError(f"{fetch}no metrics returned from resource metrics API")
    found = {}
    for one in listed:
        used = [box["usage"][resource] for box in one["containers"] if not only or box["name"] == only]
        if used:
            value = sum(milli(text) for text in used)
            found[one["metadata"]["name"]] = Sample(value, _time(one), parse_duration(one.get("window", "")) or 30.0)
    return found


def _time(metrics: Obj) -> float:
    return parse_time(metrics.get("timestamp")) or 0.0


def milli(text: str) -> int:
    """Thousandths of a quantity, rounded up."""
    return math.ceil(amount(str(text)) * 1000)


@dataclass(slots=True)
class Groups:
    """Pods by what can be said of them: ready and measured, not ready, not measured."""

    ready: int
    unready: set[str]
    missing: set[str]
    samples: dict[str, Sample]


def group(pods: Iterable[Pod], samples: Mapping[str, Sample], resource: str, now: float) -> Groups:
    """Tell pods apart. What is failing or on its way out does not count at all."""
    found = Groups(0, set(), set(), dict(samples))
    for pod in pods:
        if pod.leaving or pod.phase == "Failed":
            found.samples.pop(pod.name, None)
        elif pod.phase == "Pending":
            found.unready.add(pod.name)
        elif pod.name not in samples:
            found.missing.add(pod.name)
        elif resource == "cpu" and _is_starting(pod, samples[pod.name], now):
            found.unready.add(pod.name)
        else:
            found.ready += 1
    for name in found.unready:
        found.samples.pop(name, None)
    return found


def _is_starting(pod: Pod, sample: Sample, now: float) -> bool:
    """Whether its CPU says nothing yet: a start costs more than what follows."""
    status = pod.entry.read().get("status") or {}
    ready, start = find(status.get("conditions"), "Ready"), parse_time(status.get("startTime"))
    if ready is None or start is None:
        return True
    since = parse_time(ready.get("lastTransitionTime")) or 0.0
    if start + STARTING > now:
        return bool(ready["status"] == "False") or sample.time < since + sample.window
    return bool(ready["status"] == "False") and start + READINESS_DELAY > since


def requests_of(pods: Sequence[Pod], resource: str, only: str) -> dict[str, int]:
    """What each pod has asked for, in thousandths. Raises MetricError for a container that has asked for nothing."""
    found = {}
    for pod in pods:
        spec = pod.entry.read()["spec"]
        sidecars = [one for one in spec.get("initContainers") or () if one.get("restartPolicy") == "Always"]
        total = 0
        for box in (*spec["containers"], *sidecars):
            if only and box["name"] != only:
                continue
            asked = ((box.get("resources") or {}).get("requests") or {}).get(resource)
            if asked is None:
                raise MetricError(f"missing request for {resource} in container {box['name']} of Pod {pod.name}")
            total += milli(asked)
        found[pod.name] = total
    return found


def write_quantity(resource: str, value: int) -> str:
    """Thousandths as a quantity: `250m` of CPU, `20Mi` of memory."""
    return write_amount(Fraction(value, 1000), "1Ki" if resource == "memory" else "")


def selected(pods: Iterable[Pod], selector: Selector) -> list[Pod]:
    """Those that a selector selects."""
    return [pod for pod in pods if selector.matches(pod.labels)]
