"""Evictions: pods are deleted as far as their disruption budgets allow it (policy/v1)."""

from __future__ import annotations

from typing import Any, NoReturn

from k9py.demo.api.conditions import find, is_true, without
from k9py.demo.api.patching import Failed
from k9py.demo.api.registry import Deletion, Intent
from k9py.demo.cluster import Cluster
from k9py.demo.core.status import forbidden, too_many_requests
from k9py.demo.core.store import Entry, Obj
from k9py.values.selector import read_selector

BUDGETS = "poddisruptionbudgets.policy"
MESSAGE = "Cannot evict pod as it would violate the pod's disruption budget."
BY_EVICTION = "EvictionByEvictionAPI"
"""The reason of a pod that has been evicted; no generation is told with it, as with the others."""
_SEVERAL = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
_LARGEST = 2000
"""Pods whose disruption the budget's controller has not seen yet."""


def evict(cluster: Cluster, namespace: str, name: str, how: Deletion, intent: Intent) -> None:
    """Evict a pod. StatusError (429) if its budget forbids it now, 500 if it has several."""
    served = cluster.catalog.storage("pods")
    pod = cluster.registry.entry(served, namespace, name).read()
    if not _unprotected(pod):
        budgets = budgets_of(cluster, pod)
        if len(budgets) > 1:
            raise Failed(_SEVERAL)
        if budgets and not _may_go_anyway(pod, budgets[0].read()):
            _take(cluster, budgets[0], name, intent)
    if not intent.dry_run:
        mark(cluster, (namespace, name), BY_EVICTION, "Eviction API: evicting")
    cluster.registry.delete(served, namespace, name, how, intent)


def budgets_of(cluster: Cluster, pod: Obj) -> list[Entry]:
    """The budgets that protect a pod."""
    metadata = pod["metadata"]
    labels = metadata.get("labels") or {}
    budgets = cluster.store.entries(BUDGETS, metadata["namespace"])
    return [one for one in budgets if read_selector(one.read()["spec"].get("selector")).matches(labels)]


def _unprotected(pod: Obj) -> bool:
    """What has ended, has not begun, or is going already disrupts nobody."""
    phase = (pod.get("status") or {}).get("phase")
    return phase in ("Succeeded", "Failed", "Pending") or bool(pod["metadata"].get("deletionTimestamp"))


def _may_go_anyway(pod: Obj, budget: Obj) -> bool:
    """A pod that is not ready may go when enough others are, or always if the budget says so (KEP-3017)."""
    if is_true((pod.get("status") or {}).get("conditions"), "Ready"):
        return False
    if budget["spec"].get("unhealthyPodEvictionPolicy") == "AlwaysAllow":
        return True
    status = budget.get("status") or {}
    desired = status.get("desiredHealthy", 0)
    return bool(desired > 0 and status.get("currentHealthy", 0) >= desired)


def _take(cluster: Cluster, entry: Entry, pod: str, intent: Intent) -> None:
    """Take one of the disruptions that the budget allows."""
    budget = entry.read()
    name, status = entry.key.name, budget.get("status") or {}
    if status.get("observedGeneration", 0) < budget["metadata"].get("generation", 0):
        _refuse(f"The disruption budget {name} is still being processed by the server.", 10)
    allowed = status.get("disruptionsAllowed", 0)
    if allowed < 0:
        raise forbidden("policy", "poddisruptionbudgets", name, "pdb disruptions allowed is negative")
    if len(status.get("disruptedPods") or ()) > _LARGEST:
        why = "DisruptedPods map too big - too many evictions not confirmed by PDB controller"
        raise forbidden("policy", "poddisruptionbudgets", name, why)
    if allowed == 0:
        _refuse(_needs(name, status))
    if not intent.dry_run:
        key = (entry.key.namespace, name)
        cluster.registry.patch(BUDGETS, key, lambda obj: _decrement(cluster, obj, pod), "status")


def _needs(name: str, status: Obj) -> str:
    found = find(status.get("conditions"), "DisruptionAllowed")
    if found and found.get("reason") == "SyncFailed":
        why = found.get("message", "")
        return f"The disruption budget {name} does not allow evicting pods currently because it failed sync: {why}"
    desired, healthy = status.get("desiredHealthy", 0), status.get("currentHealthy", 0)
    if healthy > desired:
        return f"The disruption budget {name} does not allow evicting pods currently"
    return f"The disruption budget {name} needs {desired} healthy pods and has {healthy} currently"


def _decrement(cluster: Cluster, budget: Obj, pod: str) -> Obj:
    status, now = budget["status"], cluster.clock.stamp()
    status["disruptionsAllowed"] -= 1
    status["disruptedPods"] = {**(status.get("disruptedPods") or {}), pod: now}
    found = find(status.get("conditions"), "DisruptionAllowed")
    if found and status["disruptionsAllowed"] == 0:
        found.update(status="False", reason="InsufficientPods", lastTransitionTime=now)
    return budget


def _refuse(cause: str, seconds: int = 0) -> NoReturn:
    causes: list[dict[str, Any]] = [{"reason": "DisruptionBudget", "message": cause}]
    raise too_many_requests(MESSAGE, {"causes": causes}, seconds)


def mark(cluster: Cluster, key: tuple[str, str], reason: str, message: str, phase: str = "") -> Obj:
    """Tell by a condition why a pod goes (KEP-3329). `key` is namespace and name; `phase` what becomes of it."""
    condition: Obj = {
        "type": "DisruptionTarget",
        "status": "True",
        "lastProbeTime": None,
        "lastTransitionTime": cluster.clock.stamp(),
        "reason": reason,
        "message": message,
    }

    def change(obj: Obj) -> Obj:
        status = obj.setdefault("status", {})
        if reason != BY_EVICTION:
            condition["observedGeneration"] = obj["metadata"].get("generation", 1)
        status["conditions"] = [*without(status.get("conditions"), "DisruptionTarget"), condition]
        if phase:
            status["phase"] = phase
        return obj

    return cluster.registry.patch("pods", key, change, "status")
