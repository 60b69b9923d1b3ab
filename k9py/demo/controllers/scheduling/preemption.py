"""Making room for a pod of higher priority."""

from __future__ import annotations

from typing import TYPE_CHECKING

from k9py.demo.controllers.scheduling.filters import Refusal, Round, refusal
from k9py.demo.controllers.scheduling.views import NodeView, PodView
from k9py.demo.core.store import Obj

if TYPE_CHECKING:
    from k9py.demo.controllers.scheduler import Scheduler


def make_room(scheduler: Scheduler, attempt: Round, pod: PodView, refusals: dict[str, Refusal]) -> str:
    """Evict pods of lower priority, where that helps. Answers the node on which there will be room, or nothing."""
    if pod.spec.get("preemptionPolicy") == "Never":
        return ""
    found: list[tuple[tuple[int, int, int, str], NodeView, list[PodView]]] = []
    for name, why in refusals.items():
        node = attempt.nodes[name]
        if why.final:
            continue
        victims = _victims(attempt, pod, node)
        if victims:
            ranks = [one.priority for one in victims]
            found.append(((max(ranks), sum(ranks), len(victims), name), node, victims))
    if not found:
        return ""
    _, node, victims = min(found, key=lambda one: one[0])
    for victim in victims:
        if not victim.leaving:
            _evict(scheduler, pod, node, victim)
    return node.name


def _victims(attempt: Round, pod: PodView, node: NodeView) -> list[PodView]:
    """As few as are needed, those that matter least; none if even all of them would not help."""
    lower = sorted(
        (one for one in node.pods.values() if one.priority < pod.priority),
        key=lambda one: (-one.priority, one.started, one.key),
    )
    if not lower:
        return []
    try:
        for one in lower:
            node.release(one.uid)
        if refusal(attempt, pod, node):
            return []
        return [one for one in lower if not _can_stay(attempt, pod, node, one)]
    finally:
        for one in lower:
            node.bind(one)


def _can_stay(attempt: Round, pod: PodView, node: NodeView, one: PodView) -> bool:
    node.bind(one)
    if refusal(attempt, pod, node) is None:
        return True
    node.release(one.uid)
    return False


def _evict(scheduler: Scheduler, pod: PodView, node: NodeView, victim: PodView) -> None:
    cluster = scheduler.cluster
    key = victim.key
    message = "default-scheduler: preempting to accommodate a higher priority pod"
    condition = {
        "type": "DisruptionTarget",
        "status": "True",
        "reason": "PreemptionByScheduler",
        "message": message,
        "lastProbeTime": None,
        "lastTransitionTime": cluster.clock.stamp(),
    }

    def change(obj: Obj) -> Obj:
        conditions = obj.setdefault("status", {}).setdefault("conditions", [])
        obj["status"]["conditions"] = [*(one for one in conditions if one["type"] != "DisruptionTarget"), condition]
        return obj

    served = cluster.catalog.storage("pods")
    obj = cluster.registry.update(served, key.namespace, key.name, change, scheduler.intent, "status")
    text = f"Preempted by pod {pod.uid} on node {node.name}"
    scheduler.events.say(obj, "Normal", "Preempted", "Preempting", text)
    victim.leaving = True
    cluster.registry.discard("pods", key.namespace, key.name, victim.uid)
