"""What a kubelet refuses to run: pods that somebody has bound to it by hand, and that do not fit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from k9py.demo.api.conditions import find
from k9py.demo.api.podresources import pod_amounts
from k9py.demo.api.quantities import Amounts, numbers
from k9py.demo.core.store import Obj

if TYPE_CHECKING:
    from k9py.demo.node.pod_run import PodRun


def refusal(run: PodRun, pod: Obj) -> tuple[str, str] | None:
    """Reason and message; None if it may run. What the scheduler has placed fits."""
    if find((pod.get("status") or {}).get("conditions"), "PodScheduled"):
        return None
    node = run.cluster.registry.read("nodes", "", run.kubelet.name) or {}
    labels = node.get("metadata", {}).get("labels", {})
    if any(labels.get(key) != value for key, value in pod["spec"].get("nodeSelector", {}).items()):
        return "NodeAffinity", "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector"
    short = next(shortages(run, pod), None)
    return (f"OutOf{short.name}", str(short)) if short else None


class Shortage(NamedTuple):
    """A resource of which a node has not enough: CPU in thousandths, all others in their own units."""

    name: str
    need: int
    used: int
    have: int

    def __str__(self) -> str:
        head = f"Node didn't have enough resource: {self.name}, requested: {self.need}"
        return f"{head}, used: {self.used}, capacity: {self.have}"


def shortages(run: PodRun, pod: Obj) -> Iterator[Shortage]:
    """What the node cannot give a pod beside its other pods."""
    node = run.cluster.registry.read("nodes", "", run.kubelet.name) or {}
    whole = numbers(node.get("status", {}).get("allocatable"))
    used: Amounts = {}
    for entry in run.kubelet.bound():
        if entry.key != run.key:
            for name, value in pod_amounts(entry.read()["spec"], "requests").items():
                used[name] = used.get(name, 0) + value
    for name, value in pod_amounts(pod["spec"], "requests").items():
        scale = 1000 if name == "cpu" else 1
        need, taken, have = (round(one * scale) for one in (value, used.get(name, 0), whole.get(name, 0)))
        if need and need + taken > have:
            yield Shortage(name, need, taken, have)
