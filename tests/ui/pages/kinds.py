"""Objects of many kinds, well and not, for the pictures of their tables; names are from all over the world."""

from __future__ import annotations

from typing import Any

from tests.kube.scripted import ScriptedServer
from tests.ui.pages.objects import ago
from tests.ui.pages.storage import fill_storage

BATCH, APPS, POLICY = "/apis/batch/v1", "/apis/apps/v1", "/apis/policy/v1"
NETWORK, SCALING = "/apis/networking.k8s.io/v1", "/apis/autoscaling/v2"
WEB = {"matchLabels": {"app": "web"}}
TEMPLATE = {
    "metadata": {"labels": {"app": "web"}},
    "spec": {"containers": [{"name": "main", "image": "registry.example/main:1"}]},
}


def put(server: ScriptedServer, path: str, name: str, /, days: int = 5, **fields: Any) -> None:
    """An object of the shop's, as old as that."""
    server.store.put(path, name, "shop", metadata={"creationTimestamp": ago(days=days)}, defaults=True, **fields)


def condition(kind: str, status: str = "True", reason: str = "") -> dict[str, str]:
    """One of a status."""
    return {"type": kind, "status": status, "reason": reason, "lastTransitionTime": ago(hours=20)}


def put_jobs(server: ScriptedServer) -> None:
    """Jobs that are done, have failed, run; cron jobs that run, and one that is suspended."""
    times = {"startTime": "2026-01-01T00:00:00Z", "completionTime": "2026-01-01T00:01:30Z"}
    job: dict[str, Any] = {"template": TEMPLATE, "completions": 1, "parallelism": 1}
    done = {"succeeded": 1, "conditions": [condition("Complete")], **times}
    put(server, f"{BATCH}/jobs", "backup-29401210", spec=job, status=done)
    failed = {"failed": 3, "conditions": [condition("Failed", reason="BackoffLimitExceeded")], **times}
    put(server, f"{BATCH}/jobs", "내보내기-29401200", spec=job, status=failed)
    many = {**job, "completions": 8, "parallelism": 4}
    put(
        server,
        f"{BATCH}/jobs",
        "render-🎬",
        spec=many,
        status={"active": 4, "succeeded": 3, "startTime": ago(hours=20)},
    )
    put(server, f"{BATCH}/jobs", "held", spec={**job, "suspend": True}, status={"conditions": [condition("Suspended")]})
    cron = {"jobTemplate": {"spec": job}}
    ran = {"lastScheduleTime": ago(hours=20), "active": [{"name": "backup-29401210"}]}
    put(server, f"{BATCH}/cronjobs", "backup", spec={**cron, "schedule": "*/5 * * * *"}, status=ran)
    seoul = {**cron, "schedule": "0 9 * * 1-5", "timeZone": "Asia/Seoul", "suspend": True}
    put(server, f"{BATCH}/cronjobs", "일일-보고-📊", spec=seoul, status={})


def put_sets(server: ScriptedServer) -> None:
    """Stateful sets of which all pods are ready, some, and none."""
    for name, wanted, ready in (("db", 3, 3), ("캐시-🧊", 3, 1), ("idle", 0, 0)):
        spec = {"replicas": wanted, "serviceName": name, "selector": WEB, "template": TEMPLATE}
        status = {"replicas": wanted, "readyReplicas": ready, "currentReplicas": wanted, "observedGeneration": 1}
        put(server, f"{APPS}/statefulsets", name, spec=spec, status=status)


def put_rules(server: ScriptedServer) -> None:
    """Autoscalers, disruption budgets, network policies."""
    for name, current, conditions in (
        ("web", 62, [condition("AbleToScale"), condition("ScalingActive")]),
        ("결제", 97, [condition("ScalingActive"), condition("ScalingLimited", reason="TooManyReplicas")]),
        ("🚀-launch", None, [condition("ScalingActive", "False", "FailedGetResourceMetric")]),
    ):
        target = {"kind": "Deployment", "name": name, "apiVersion": "apps/v1"}
        metric = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}
        spec = {"scaleTargetRef": target, "minReplicas": 1, "maxReplicas": 10}
        spec["metrics"] = [{"type": "Resource", "resource": metric}]
        used = {"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": current}}}
        status = {"currentReplicas": 3, "desiredReplicas": 3, "conditions": conditions}
        status["currentMetrics"] = [used] if current else []
        put(server, f"{SCALING}/horizontalpodautoscalers", name, spec=spec, status=status)
    for name, allowed, healthy, desired in (("web", 1, 3, 2), ("결제-🛒", 0, 1, 1)):
        status = {
            "disruptionsAllowed": allowed,
            "currentHealthy": healthy,
            "desiredHealthy": desired,
            "expectedPods": 3,
        }
        spec = {"minAvailable": desired, "selector": WEB}
        put(server, f"{POLICY}/poddisruptionbudgets", name, spec=spec, status=status)
    front = [{"from": [{"podSelector": WEB}], "ports": [{"port": 8080, "protocol": "TCP"}]}]
    put(
        server, f"{NETWORK}/networkpolicies", "deny-all", spec={"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    )
    ingress = {"podSelector": WEB, "ingress": front, "policyTypes": ["Ingress"]}
    put(server, f"{NETWORK}/networkpolicies", "앞문-🚪", spec=ingress)


def fill_kinds(server: ScriptedServer) -> None:
    """All of them beside the small cluster, with claims and volumes."""
    fill_storage(server)
    put_jobs(server)
    put_sets(server)
    put_rules(server)
