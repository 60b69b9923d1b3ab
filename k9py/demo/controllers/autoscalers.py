"""HorizontalPodAutoscalers: as many pods as their load asks for (pkg/controller/podautoscaler)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from k9py.demo.api.conditions import Conditions, set_in_place
from k9py.demo.cluster import Cluster
from k9py.demo.controllers.controller import Controller
from k9py.demo.controllers.proposals import Ask, Proposal, propose
from k9py.demo.controllers.scales import Scale, find_scale
from k9py.demo.controllers.scaling_rules import LIMITS, STABLE, Memory, Rules, rules_of
from k9py.demo.controllers.usage import MetricError, read_samples, selected
from k9py.demo.core.status import StatusError, not_found
from k9py.demo.core.store import Entry, Key, Obj

AUTOSCALERS = "horizontalpodautoscalers.autoscaling"
PERIOD = 15.0
"""Seconds between two looks (--horizontal-pod-autoscaler-sync-period)."""


@dataclass(slots=True)
class _Look:
    """One look at an autoscaler: what it is found to be, and what its status is to say."""

    obj: Obj
    conditions: Conditions
    now: str
    metrics: list[dict[str, Any]] = field(default_factory=list)
    why: str = ""
    """Why it is to be another size."""

    def say(self, kind: str, status: bool, reason: str, text: str) -> None:
        """Set a condition."""
        new = {"type": kind, "status": str(status), "reason": reason, "message": text}
        self.conditions = set_in_place(self.conditions, new, self.now)


class Autoscalers(Controller):
    """Looks at each autoscaler every 15 seconds."""

    name: ClassVar[str] = "horizontal-pod-autoscaling"
    component: ClassVar[str] = "horizontal-pod-autoscaler"

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster)
        self.memories: dict[Key, Memory] = {}

    def start(self) -> None:
        """Watch autoscalers: each is looked at one period after it has come."""
        self.watch(AUTOSCALERS, delay=PERIOD)

    def forget(self, key: Key) -> None:
        """What it remembers goes with it."""
        self.memories.pop(key, None)

    def reconcile(self, entry: Entry) -> None:
        """Weigh its metrics, scale what it refers to, write the status."""
        obj = entry.read()
        look = _Look(obj, list((obj.get("status") or {}).get("conditions") or ()), self.clock.stamp())
        scale = self._target(look)
        if scale is not None:
            self._work(entry.key, look, scale)
        self.enqueue(entry.key, PERIOD)

    def _target(self, look: _Look) -> Scale | None:
        ref, namespace = look.obj["spec"]["scaleTargetRef"], look.obj["metadata"]["namespace"]
        api_version = ref.get("apiVersion", "v1")
        scale = find_scale(self.cluster, api_version, ref["kind"], namespace, ref["name"])
        if scale is not None:
            text = "the HPA controller was able to get the target's current scale"
            look.say("AbleToScale", True, "SucceededGetScale", text)
            return scale
        served = self.cluster.catalog.of_kind(api_version, ref["kind"])
        group = api_version.rpartition("/")[0]
        why = f'no matches for kind "{ref["kind"]}" in group "{group}"'
        if served is not None:
            why = not_found(served.group, served.plural, ref["name"]).message
        self.recorder.warning(look.obj, "FailedGetScale", why)
        text = f"the HPA controller was unable to get the target's current scale: {why}"
        look.say("AbleToScale", False, "FailedGetScale", text)
        self._write(look, {})
        return None

    def _work(self, key: Key, look: _Look, scale: Scale) -> None:
        rules, present = rules_of(look.obj["spec"]), scale.wanted
        memory = self.memories.setdefault(key, Memory())
        if not memory.recommended:
            memory.recommend(self.clock.now, present, PERIOD)
        try:
            wanted = self._wanted(look, scale, rules, memory)
        except MetricError as error:
            old = (look.obj.get("status") or {}).get("desiredReplicas", 0)
            self._write(look, {"currentReplicas": present, "desiredReplicas": old})
            self.recorder.warning(look.obj, "FailedComputeMetricsReplicas", str(error))
            return
        scaled = wanted != present and self._rescale(look, scale, wanted, memory, rules)
        numbers: Obj = {"currentReplicas": present, "desiredReplicas": wanted}
        self._write(look, numbers | ({"lastScaleTime": look.now} if scaled else {}))

    def _wanted(self, look: _Look, scale: Scale, rules: Rules, memory: Memory) -> int:
        """The size that it is to have. Raises MetricError."""
        present = scale.wanted
        if present == 0:
            text = "scaling is disabled since the replica count of the target is zero"
            look.say("ScalingActive", False, "ScalingDisabled", text)
            return 0
        if present > rules.most:
            look.why = "Current number of replicas above Spec.MaxReplicas"
            return rules.most
        if present < rules.least:
            look.why = "Current number of replicas below Spec.MinReplicas"
            return rules.least
        best = self._weigh(look, scale, rules)
        if best.replicas != present:
            look.why = f"{best.name} above target" if best.replicas > present else "All metrics below target"
        size, reason = rules.stabilize(memory, self.clock.now, present, best.replicas)
        look.say("AbleToScale", True, reason, STABLE[reason])
        allowed, limit = rules.limit(memory, self.clock.now, present, size)
        look.say("ScalingLimited", allowed != size, limit, LIMITS[limit])
        return allowed

    def _weigh(self, look: _Look, scale: Scale, rules: Rules) -> Proposal:
        """The metric that asks for the most. Raises MetricError if too few of them can be had."""
        metrics, found, errors = look.obj["spec"].get("metrics") or (), [], []
        for metric in metrics:
            try:
                proposal = self._propose(look, scale, rules, metric)
            except MetricError as error:
                errors.append((metric, str(error)))
                look.metrics.append({"type": ""})
                continue
            found.append(proposal)
            look.metrics.append(_metric_status(metric, proposal))
        best = max(found, key=lambda one: one.replicas, default=None)
        if errors and (best is None or best.replicas < scale.wanted):
            raise self._fail(look, len(metrics), errors)
        if best is None:
            raise MetricError("no metrics")
        text = f"the HPA was able to successfully calculate a replica count from {best.name}"
        look.say("ScalingActive", True, "ValidMetricFound", text)
        return best

    def _fail(self, look: _Look, count: int, errors: list[tuple[Mapping[str, Any], str]]) -> MetricError:
        metric, why = errors[0]
        reason = f"FailedGet{metric['type']}Metric"
        look.say("ScalingActive", False, reason, f"the HPA was unable to compute the replica count: {why}")
        text = f"invalid metrics ({len(errors)} invalid out of {count}), first error is: {_prefix(metric)}: {why}"
        return MetricError(text)

    def _propose(self, look: _Look, scale: Scale, rules: Rules, metric: Mapping[str, Any]) -> Proposal:
        try:
            return self._propose_resource(look, scale, rules, metric)
        except MetricError as error:
            self.recorder.warning(look.obj, f"FailedGet{metric['type']}Metric", str(error))
            raise

    def _propose_resource(self, look: _Look, scale: Scale, rules: Rules, metric: Mapping[str, Any]) -> Proposal:
        namespace = look.obj["metadata"]["namespace"]
        source = metric.get("resource") or metric.get("containerResource")
        if source is None:
            raise MetricError(_elsewhere(metric, namespace))
        resource, only, target = source["name"], source.get("container", ""), source["target"]
        kind = "usage" if target.get("averageValue") is not None else "utilization"
        selector = scale.selector
        try:
            samples = read_samples(self.cluster, namespace, selector, resource, only)
            pods = selected(self.pods.within(namespace), selector)
            now = self.clock.now
            return propose(Ask(resource, only, pods, samples, scale.wanted, rules.tolerance, now), target)
        except MetricError as error:
            raise MetricError(f"failed to get {resource} {kind}: {error}") from None

    def _rescale(self, look: _Look, scale: Scale, wanted: int, memory: Memory, rules: Rules) -> bool:
        def change(obj: Obj) -> Obj:
            obj["spec"]["replicas"] = wanted
            return obj

        try:
            self.registry.patch(scale.served.storage, scale.entry.key[1:], change)
        except StatusError as error:
            text = f"New size: {wanted}; reason: {look.why}; error: {error.message}"
            self.recorder.warning(look.obj, "FailedRescale", text)
            text = f"the HPA controller was unable to update the target scale: {error.message}"
            look.say("AbleToScale", False, "FailedUpdateScale", text)
            return False
        text = f"the HPA controller was able to update the target scale to {wanted}"
        look.say("AbleToScale", True, "SucceededRescale", text)
        self.recorder.normal(look.obj, "SuccessfulRescale", f"New size: {wanted}; reason: {look.why}")
        memory.note_change(self.clock.now, wanted - scale.wanted, rules.longest)
        return True

    def _write(self, look: _Look, numbers: Obj) -> None:
        old = look.obj.get("status") or {}
        status: Obj = {"currentReplicas": old.get("currentReplicas", 0), "desiredReplicas": 0}
        status |= {name: old[name] for name in ("lastScaleTime", "observedGeneration") if name in old}
        status |= numbers
        status |= {"currentMetrics": look.metrics} if look.metrics else {"currentMetrics": None}
        status["conditions"] = look.conditions
        metadata = look.obj["metadata"]
        self.write_status(Key(AUTOSCALERS, metadata["namespace"], metadata["name"]), status)


def _metric_status(metric: Mapping[str, Any], proposal: Proposal) -> dict[str, Any]:
    if "containerResource" in metric:
        source = metric["containerResource"]
        found = {"container": source["container"], "name": source["name"], "current": proposal.current}
        return {"type": metric["type"], "containerResource": found}
    return {"type": metric["type"], "resource": {"name": metric["resource"]["name"], "current": proposal.current}}


def _prefix(metric: Mapping[str, Any]) -> str:
    """How an error of a metric begins."""
    prefixes: dict[str, Callable[[], str]] = {
        "Resource": lambda: f"failed to get {metric['resource']['name']} resource metric value",
        "ContainerResource": lambda: f"failed to get {metric['containerResource']['container']} container metric value",
        "Pods": lambda: "failed to get pods metric value",
        "Object": lambda: "failed to get object metric value",
        "External": lambda: f"failed to get {metric['external']['metric']['name']} external metric value",
    }
    return prefixes[metric["type"]]()


def _elsewhere(metric: Mapping[str, Any], namespace: str) -> str:
    """Why metrics of other servers cannot be had: there are none of those."""
    if "external" in metric:
        name = metric["external"]["metric"]["name"]
        return (
            f"unable to get external metric {namespace}/{name}/nil: unable to fetch metrics from external metrics API: "
            f"the server could not find the requested resource (get {name}.external.metrics.k8s.io)"
        )
    name = (metric.get("pods") or metric.get("object") or {})["metric"]["name"]
    why = "unable to fetch metrics from custom metrics API: no known available metric versions found"
    return f"unable to get metric {name}: {why}"
