"""Making room for a pod of higher priority."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from k9py.demo.api.disruption import mark
from k9py.demo.controllers.scheduling.filters import Refusal, Round, refusal
from k9py.demo.controllers.scheduling.views import NodeView, PodView

if TYPE_CHECKING:
    from k9py.demo.controllers.scheduler import Scheduler

_NEVER = "not eligible due to preemptionPolicy=Never."
_WAITS = "not eligible due to a terminating pod on the nominated node."


def ineligible(attempt: Round, pod: PodView, refusals: Mapping[str, Refusal]) -> str:
    """Why a pod may not take the place of others (PodEligibleToPreemptOthers); empty if it may."""
    if pod.spec.get("preemptionPolicy") == "Never":
        return _NEVER
    why = refusals.get(pod.nominated)
    if why and not why.final and any(one.leaving for one in _lower(pod, attempt.nodes[pod.nominated])):
        return _WAITS
    return ""


def make_room(scheduler: Scheduler, attempt: Round, pod: PodView, refusals: Mapping[str, Refusal]) -> str:
    """Evict pods of lower priority, where that helps. Answers the node on which there will be room, or nothing."""
    found: list[tuple[tuple[int, int, int, str], NodeView, list[PodView]]] = []
    for name, why in refusals.items():
        node = attempt.nodes[name]
        if not why.final and (victims := _victims(attempt, pod, node)):
            ranks = [one.priority for one in victims]
            found.append(((max(ranks), sum(ranks), len(victims), name), node, victims))
    if not found:
        return ""
    _, node, victims = min(found, key=lambda one: one[0])
    for victim in victims:
        if not victim.leaving:
            _evict(scheduler, pod, node, victim)
    for guest in list(node.nominated.values()):
        if guest.priority < pod.priority:
            scheduler.turn_away(guest)
    return node.name


def _lower(pod: PodView, node: NodeView) -> list[PodView]:
    """Pods of a node that matter less, those that matter most of them first."""
    lower = (one for one in node.pods.values() if one.priority < pod.priority)
    return sorted(lower, key=lambda one: (-one.priority, one.started, one.key))


def _victims(attempt: Round, pod: PodView, node: NodeView) -> list[PodView]:
    """As few as are needed, those that matter least; none if even all of them would not help."""
    lower = _lower(pod, node)
    try:
        for one in lower:
            node.release(one.uid)
        if not lower or refusal(attempt, pod, node):
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
    where, why = (victim.key.namespace, victim.key.name), "preempting to accommodate a higher priority pod"
    obj = mark(scheduler.cluster, where, "PreemptionByScheduler", f"default-scheduler: {why}")
    text = f"Preempted by pod {pod.uid} on node {node.name}"
    scheduler.events.say(obj, "Normal", "Preempted", "Preempting", text)
    victim.leaving = True
    scheduler.registry.discard("pods", *where, victim.uid)
