"""What is said of objects that are not as they should be, and that nothing is said of others."""

from __future__ import annotations

from typing import Any

import pytest

from k9py.kinds.kind import Kind
from k9py.kinds.registry import kinds
from tests.unit.kinds import LEAVING, Shown

APPS, CORE, BATCH = "apps", "", "batch"


def kind(group: str, plural: str) -> Kind:
    return kinds()[group, plural]


def condition(kind: str, status: str = "True", reason: str = "") -> dict[str, str]:
    return {"type": kind, "status": status, "reason": reason}


THREE = {"spec": {"replicas": 3}}
LATE = condition("Progressing", "False", "ProgressDeadlineExceeded")
WELL = {"replicas": 3, "readyReplicas": 3, "updatedReplicas": 3, "availableReplicas": 3}
CREATING = {"containerStatuses": [{"name": "a", "state": {"waiting": {"reason": "CrashLoopBackOff"}}}]}
PODS = {"spec": {"containers": [{"name": "a"}, {"name": "b"}]}}


@pytest.mark.parametrize(
    ("group", "plural", "fields", "says"),
    [
        (APPS, "deployments", {**THREE, "status": WELL}, ""),
        (APPS, "deployments", {"spec": {"replicas": 0}}, ""),
        (
            APPS,
            "deployments",
            {**THREE, "status": {**WELL, "readyReplicas": 1, "conditions": [LATE]}},
            "1 of 3 ready; Progressing=False (ProgressDeadlineExceeded)",
        ),
        (APPS, "deployments", {**THREE, "status": {**WELL, "updatedReplicas": 2}}, "2 of 3 up to date"),
        (APPS, "deployments", {**THREE, "metadata": LEAVING}, "Terminating"),
        (APPS, "deployments", {"spec": {"replicas": 3, "paused": True}, "status": WELL}, "not yet as it is wanted"),
        (APPS, "statefulsets", {**THREE, "status": {"replicas": 3, "readyReplicas": 2}}, "2 of 3 ready"),
        (APPS, "replicasets", {**THREE, "status": {"replicas": 3, "readyReplicas": 0}}, "0 of 3 ready"),
        (APPS, "daemonsets", {"status": {"desiredNumberScheduled": 2, "numberReady": 1}}, "1 of 2 ready"),
        (APPS, "daemonsets", {"status": {"numberMisscheduled": 1}}, "1 where none should run"),
        (
            BATCH,
            "jobs",
            {"status": {"failed": 3, "conditions": [condition("Failed", reason="BackoffLimitExceeded")]}},
            "Failed=True (BackoffLimitExceeded); 3 failed",
        ),
        (BATCH, "jobs", {"status": {"conditions": [condition("Complete")]}}, ""),
        (
            BATCH,
            "cronjobs",
            {
                "status": {
                    "lastScheduleTime": "2026-01-02T00:00:00Z",
                    "lastSuccessfulTime": "2026-01-01T00:00:00Z",
                }
            },
            "its last job was no success",
        ),
        (CORE, "nodes", {"status": {"conditions": [condition("Ready")]}}, ""),
        (
            CORE,
            "nodes",
            {
                "spec": {"unschedulable": True},
                "status": {"conditions": [condition("Ready", "False", "Off"), condition("DiskPressure")]},
            },
            "Ready=False (Off); DiskPressure=True; no pods are scheduled here",
        ),
        (CORE, "persistentvolumeclaims", {"status": {"phase": "Pending"}}, "Pending"),
        (CORE, "persistentvolumes", {"status": {"phase": "Bound"}}, ""),
        (CORE, "persistentvolumes", {"status": {"phase": "Failed"}}, "Failed"),
        (
            CORE,
            "pods",
            {**PODS, "status": {"phase": "Running", **CREATING}},
            "CrashLoopBackOff; 0 of 2 containers ready",
        ),
        (CORE, "pods", {**PODS, "status": {"phase": "Succeeded"}}, ""),
    ],
)
def test_valid(group: str, plural: str, fields: dict[str, Any], says: str) -> None:
    assert Shown(kind(group, plural), **fields).texts("VALID") == [says]
