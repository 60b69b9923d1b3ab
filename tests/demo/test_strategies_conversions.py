"""Kinds whose versions differ: what is stored in one is served in the other, and comes back."""

from __future__ import annotations

import json
from typing import Any

from k9py.demo.api.conversions import autoscaling, events
from k9py.demo.core.store import Obj

PREFIX = "autoscaling.alpha.kubernetes.io/"


def _autoscaler(*metrics: Obj, **more: Any) -> Obj:
    spec = {"maxReplicas": 3, "minReplicas": 1, "metrics": list(metrics), **more}
    head = {"kind": "HorizontalPodAutoscaler", "apiVersion": "autoscaling/v2", "metadata": {"name": "a"}}
    return {**head, "spec": spec, "status": {"desiredReplicas": 0, "currentMetrics": None}}


CPU = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}}
QPS = {
    "type": "Pods",
    "pods": {"metric": {"name": "qps"}, "target": {"type": "AverageValue", "averageValue": "5"}},
}
HITS = {
    "type": "Object",
    "object": {
        "metric": {"name": "hits"},
        "describedObject": {"kind": "Ingress", "name": "i", "apiVersion": "networking.k8s.io/v1"},
        "target": {"type": "Value", "value": "2k"},
    },
}


def test_autoscaling_v1_tells_the_target_of_cpu_and_keeps_the_rest_in_annotations() -> None:
    found = autoscaling.to_v1(_autoscaler(CPU, QPS, HITS))
    assert found["spec"]["targetCPUUtilizationPercentage"] == 70
    assert found["status"] == {"currentReplicas": 0, "desiredReplicas": 0}
    assert json.loads(found["metadata"]["annotations"][f"{PREFIX}metrics"]) == [
        {"type": "Pods", "pods": {"metricName": "qps", "targetAverageValue": "5"}},
        {
            "type": "Object",
            "object": {
                "metricName": "hits",
                "target": {"kind": "Ingress", "name": "i", "apiVersion": "networking.k8s.io/v1"},
                "targetValue": "2k",
            },
        },
    ]


def test_what_went_to_v1_comes_back_with_cpu_last() -> None:
    policies = [{"type": "Pods", "value": 4, "periodSeconds": 60}]
    behavior = {"scaleDown": {"stabilizationWindowSeconds": 10, "selectPolicy": "Max", "policies": policies}}
    back = autoscaling.to_v2(autoscaling.to_v1(_autoscaler(CPU, QPS, HITS, behavior=behavior)))
    assert back["spec"]["metrics"] == [QPS, HITS, CPU]
    assert back["spec"]["behavior"] == behavior
    assert "annotations" not in back["metadata"]


def test_an_event_has_other_names_in_the_newer_group_and_nothing_is_lost() -> None:
    core = {
        "metadata": {"name": "e"},
        "involvedObject": {"kind": "Pod", "name": "p"},
        "message": "Pulled",
        "source": {"component": "kubelet"},
        "firstTimestamp": "2026-01-01T00:00:00Z",
        "lastTimestamp": None,
        "count": 2,
        "eventTime": None,
        "reportingComponent": "kubelet",
        "reportingInstance": "node1",
    }
    newer = events.to_newer(core)
    assert newer["regarding"] == {"kind": "Pod", "name": "p"}
    assert (newer["note"], newer["deprecatedCount"], newer["reportingController"]) == ("Pulled", 2, "kubelet")
    assert events.to_core(newer) == core
