"""Autoscalers that act on what pods use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from k9py.demo.api.virtual import SOURCES
from k9py.demo.cluster import Cluster
from k9py.demo.controllers.autoscalers import Autoscalers
from k9py.demo.controllers.deployments import Deployments
from k9py.demo.controllers.replicasets import ReplicaSets
from k9py.demo.core.store import Obj
from tests.demo.stage import Stage, conditions, of_shop, workload

DEPLOYMENTS = "deployments.apps"
AUTOSCALERS = "horizontalpodautoscalers.autoscaling"


@pytest.fixture
def usage(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What each pod uses, as the metrics API tells it: CPU in thousandths of a core."""
    used = {"cpu": "100m"}

    def metrics(cluster: Cluster, namespace: str) -> Iterator[Obj]:
        for entry in cluster.store.entries("pods", namespace):
            metadata = {"name": entry.key.name, "namespace": namespace, "labels": dict(entry.meta.labels)}
            containers = [{"name": "app", "usage": {"cpu": used["cpu"], "memory": "50Mi"}}]
            now = cluster.clock.stamp()
            yield {"metadata": metadata, "timestamp": now, "window": "15s", "containers": containers}

    monkeypatch.setitem(SOURCES, "pods.metrics.k8s.io", metrics)
    return used


def _scaled(requests: Obj | None = None, **spec: Any) -> Stage:
    stage = Stage(Deployments, ReplicaSets, Autoscalers)
    made = workload("apps/v1", "Deployment", "web", replicas=2)
    if requests != {}:
        made["spec"]["template"]["spec"]["containers"][0]["resources"] = {"requests": requests or {"cpu": "200m"}}
    stage.put(DEPLOYMENTS, made)
    target = {"type": "Utilization", "averageUtilization": 50}
    body = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
        "minReplicas": 1,
        "maxReplicas": 10,
        "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
        **spec,
    }
    stage.put(AUTOSCALERS, of_shop("autoscaling/v2", "HorizontalPodAutoscaler", "web", spec=body))

    def start(obj: Obj) -> Obj:
        obj["status"]["startTime"] = stage.cluster.clock.stamp()
        return obj

    stage.step()
    for name in stage.names("pods"):
        stage.cluster.registry.patch("pods", ("shop", name), start, "status")
    return stage


def _replicas(stage: Stage) -> int:
    replicas: int = stage.get(DEPLOYMENTS, "web")["spec"]["replicas"]
    return replicas


def test_autoscaler_leaves_alone_what_is_near_its_target(usage: dict[str, str]) -> None:
    usage["cpu"] = "105m"
    stage = _scaled()
    stage.step(60)
    assert _replicas(stage) == 2
    found = stage.get(AUTOSCALERS, "web")
    name = "cpu resource utilization (percentage of request)"
    assert conditions(found) == {
        "AbleToScale": ("True", "ReadyForNewScale", "recommended size matches current size"),
        "ScalingActive": (
            "True",
            "ValidMetricFound",
            f"the HPA was able to successfully calculate a replica count from {name}",
        ),
        "ScalingLimited": ("False", "DesiredWithinRange", "the desired count is within the acceptable range"),
    }
    current = {"averageUtilization": 52, "averageValue": "105m"}
    assert found["status"]["currentMetrics"] == [{"type": "Resource", "resource": {"name": "cpu", "current": current}}]


def test_autoscaler_scales_up_at_once_and_down_after_five_minutes(usage: dict[str, str]) -> None:
    usage["cpu"] = "200m"
    stage = _scaled(maxReplicas=4)
    stage.step(60)
    assert _replicas(stage) == 4
    reason = "cpu resource utilization (percentage of request) above target"
    assert f"Normal SuccessfulRescale New size: 4; reason: {reason}" in stage.events("HorizontalPodAutoscaler")
    usage["cpu"] = "10m"
    stage.step(120)
    assert _replicas(stage) == 4
    assert conditions(stage.get(AUTOSCALERS, "web"))["AbleToScale"][1] == "ScaleDownStabilized"
    stage.step(300)
    assert _replicas(stage) == 1
    assert "Normal SuccessfulRescale New size: 1; reason: All metrics below target" in stage.events()


def test_policies_slow_an_autoscaler_down(usage: dict[str, str]) -> None:
    usage["cpu"] = "1"
    policies = [{"type": "Pods", "value": 1, "periodSeconds": 60}]
    stage = _scaled(behavior={"scaleUp": {"policies": policies, "selectPolicy": "Max"}})
    stage.step(16)
    assert _replicas(stage) == 3
    text = "the desired replica count is increasing faster than the maximum scale rate"
    assert conditions(stage.get(AUTOSCALERS, "web"))["ScalingLimited"] == ("True", "ScaleUpLimit", text)
    stage.step(45)
    assert _replicas(stage) == 3


def test_autoscaler_without_requests_says_so(usage: dict[str, str]) -> None:
    stage = _scaled(requests={})
    stage.step(20)
    status, reason, text = conditions(stage.get(AUTOSCALERS, "web"))["ScalingActive"]
    assert (status, reason) == ("False", "FailedGetResourceMetric")
    why = "failed to get cpu utilization: missing request for cpu in container app of Pod web-"
    assert text.startswith(f"the HPA was unable to compute the replica count: {why}")
    first = "invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: "
    assert any(line.startswith(f"Warning FailedComputeMetricsReplicas {first}{why}") for line in stage.events())


def test_autoscaler_without_a_target_says_so(usage: dict[str, str]) -> None:
    stage = _scaled(scaleTargetRef={"apiVersion": "apps/v1", "kind": "Deployment", "name": "gone"})
    stage.step(20)
    why = 'deployments.apps "gone" not found'
    text = f"the HPA controller was unable to get the target's current scale: {why}"
    assert conditions(stage.get(AUTOSCALERS, "web"))["AbleToScale"] == ("False", "FailedGetScale", text)
    assert f"Warning FailedGetScale {why}" in stage.events()
