"""What keeps a pod from a node, in the words of the scheduler's plugins, and in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from k9py.demo.controllers.placement import bears, fits, tolerates
from k9py.demo.controllers.scheduling.views import NodeView, PodView

FOR_GOOD = frozenset(
    {
        "node(s) were unschedulable",
        "node(s) didn't match the requested node name",
        "node(s) had untolerated taint(s)",
        "node(s) didn't match Pod's node affinity/selector",
        "node(s) didn't match pod topology spread constraints (missing required label)",
        "node(s) didn't match pod affinity rules",
        "node(s) didn't find available persistent volumes to bind",
        "node(s) didn't match PersistentVolume's node affinity",
    }
)
"""Reasons that no preemption helps against."""


@dataclass(slots=True)
class Refusal:
    """Why a node does not suit. `final`: no preemption would help."""

    reasons: list[str] = field(default_factory=list)
    final: bool = False


Filter = Callable[["Round", PodView, NodeView], Iterable[str]]


@dataclass(slots=True)
class Round:
    """One attempt to place one pod: the nodes there are, and what has been worked out for the pod once."""

    nodes: Mapping[str, NodeView]
    extra: list[Filter] = field(default_factory=list)
    """Filters that only this pod needs: volumes, affinity, spreading."""


def refusal(attempt: Round, pod: PodView, node: NodeView) -> Refusal | None:
    """The first filter that says no; None if the node suits. Room that has been made for others is theirs."""
    guests = [one for one in node.nominated.values() if one.priority >= pod.priority and one.uid != pod.uid]
    if not guests:
        return _refusal(attempt, pod, node)
    for one in guests:
        node.bind(one)
    try:
        why = _refusal(attempt, pod, node)
    finally:
        for one in guests:
            node.release(one.uid)
    # they may as well never come: what depends on them being there is no reason to go there
    return why or _refusal(attempt, pod, node)


def _refusal(attempt: Round, pod: PodView, node: NodeView) -> Refusal | None:
    for check in (*_ALWAYS, *attempt.extra):
        reasons = list(check(attempt, pod, node))
        if reasons:
            final = any(one in FOR_GOOD for one in reasons) or _too_large(pod, node, reasons)
            return Refusal(reasons, final)
    return None


def _too_large(pod: PodView, node: NodeView, reasons: list[str]) -> bool:
    """What does not even fit an empty node."""
    return any(
        f"Insufficient {name}" in reasons and value > node.allocatable.get(name, 0.0)
        for name, value in pod.requests.items()
    )


def _schedulable(attempt: Round, pod: PodView, node: NodeView) -> Iterator[str]:
    taint = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}
    if node.unschedulable and not bears(pod.spec.get("tolerations", ()), taint):
        yield "node(s) were unschedulable"


def _tainted(attempt: Round, pod: PodView, node: NodeView) -> Iterator[str]:
    if not tolerates(pod.spec.get("tolerations", ()), node):
        yield "node(s) had untolerated taint(s)"


def _selected(attempt: Round, pod: PodView, node: NodeView) -> Iterator[str]:
    if not fits(pod.spec, node):
        yield "node(s) didn't match Pod's node affinity/selector"


def _ports(attempt: Round, pod: PodView, node: NodeView) -> Iterator[str]:
    for ip, protocol, port in pod.ports:
        for (other, used, number), count in node.ports.items():
            clash = "0.0.0.0" in (ip, other) or ip == other
            if count and number == port and used == protocol and clash:
                yield "node(s) didn't have free ports for the requested pod ports"
                return


def _fits(attempt: Round, pod: PodView, node: NodeView) -> Iterator[str]:
    if len(node.pods) + 1 > node.allocatable.get("pods", 110):
        yield "Too many pods"
    for name, value in pod.requests.items():
        # a float's dust is no reason to refuse
        if value and value > node.allocatable.get(name, 0.0) - node.used.get(name, 0.0) + 1e-6:
            yield f"Insufficient {name}"


_ALWAYS: tuple[Filter, ...] = (_schedulable, _tainted, _selected, _ports, _fits)
