"""What a kubelet refuses to run: pods that somebody has bound to it by hand, and that do not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from k9py.demo.core.store import Obj
from k9py.demo.node.quality import Amounts, add, amounts, requested

if TYPE_CHECKING:
    from k9py.demo.node.pod_run import PodRun

SCALE = {"cpu": 1000}
"""How messages count a resource; all others in their own units."""


def refusal(run: PodRun, pod: Obj) -> tuple[str, str] | None:
    """Reason and message; None if it may run. What the scheduler has placed fits."""
    if any(one["type"] == "PodScheduled" for one in (pod.get("status") or {}).get("conditions", ())):
        return None
    node = run.cluster.registry.read("nodes", "", run.kubelet.name) or {}
    whole = amounts(node.get("status", {}).get("allocatable"))
    labels = node.get("metadata", {}).get("labels", {})
    if any(labels.get(key) != value for key, value in pod["spec"].get("nodeSelector", {}).items()):
        return "NodeAffinity", "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector"
    used = used_on(run)
    for name, value in requested(pod["spec"]).items():
        scale = SCALE.get(name, 1)
        need, have, taken = (round(one * scale) for one in (value, whole.get(name, 0.0), used.get(name, 0.0)))
        if need and need + taken > have:
            text = f"Node didn't have enough resource: {name}, requested: {need}, used: {taken}, capacity: {have}"
            return f"OutOf{name}", text
    return None


def used_on(run: PodRun) -> Amounts:
    """What the other pods of the node have asked for."""
    used: Amounts = {}
    for entry in run.kubelet.bound():
        if entry.key != run.key:
            add(used, requested(entry.read()["spec"]))
    return used
