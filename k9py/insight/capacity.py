"""What pods take together, of the room there is: on each node, in each namespace, of each workload."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from k9py.kinds.capacity import CapacityRow, Room, What
from k9py.kinds.nodes import Node
from k9py.kinds.pod import Pod
from k9py.kinds.pod_budget import Budget
from k9py.values.metadata import Metadata
from k9py.values.quantity import millicores, parse_quantity
from k9py.values.usage import Usage

Name = tuple[str, str]
Rows = dict[Name, CapacityRow]
_OVER = ("Succeeded", "Failed")


@dataclass(slots=True)
class Sum:
    """What some pods take and use."""

    pods: int = 0
    claim: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    usage: list[float] | None = None

    def add(self, pod: Pod, usage: Usage | None) -> None:
        """And this pod, too."""
        self.pods += 1
        for place, amount in enumerate(pod.claim):
            self.claim[place] += amount
        if usage:
            before = self.usage or [0.0, 0.0]
            self.usage = [before[0] + usage.cpu, before[1] + usage.memory]


def counts(pod: Pod) -> bool:
    """Whether it takes room: not when it has ended, as kubectl describe node has it."""
    return pod.phase not in _OVER


def place_on_node(pod: Pod) -> Name | None:
    """The node that it is counted on; None before it is scheduled."""
    return ("", pod.node) if pod.node else None


def place_in_namespace(pod: Pod) -> Name | None:
    """The namespace that it is counted in."""
    return ("", pod.metadata.namespace)


def node_rows(sums: Mapping[Name, Sum], nodes: Iterable[Node], usage: Mapping[Name, Usage]) -> Rows:
    """A row for each node: the room on it, and what its pods take of it. What it uses is not only theirs."""
    rows = {}
    for node in nodes:
        name, own = ("", node.metadata.name), Metadata(node.metadata.name, uid=node.metadata.uid)
        taken = sums.get(name) or Sum()
        rows[name] = CapacityRow(own, "node", taken.pods, Budget(*taken.claim), _room(node), usage.get(name))
    return rows


def _room(node: Node) -> Room:
    pods = parse_quantity(node.status.allocatable.get("pods", "0"))
    return Room(millicores(node.allocatable_cpu), int(node.allocatable_memory), int(pods))


def rows_of(what: What, sums: Mapping[Name, Sum]) -> Rows:
    """A row for each namespace, or for each workload, that has pods."""
    return {name: _row(what, name, taken) for name, taken in sums.items()}


def _row(what: What, name: Name, taken: Sum) -> CapacityRow:
    usage = Usage(*taken.usage) if taken.usage else None
    return CapacityRow(Metadata(name[1], name[0]), what, taken.pods, Budget(*taken.claim), None, usage)
