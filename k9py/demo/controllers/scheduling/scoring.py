"""Which of the nodes that suit is the best."""

from __future__ import annotations

from random import Random

from k9py.demo.controllers.placement import tolerates
from k9py.demo.controllers.scheduling.affinity import preference
from k9py.demo.controllers.scheduling.filters import Round
from k9py.demo.controllers.scheduling.views import NodeView, PodView


def best(attempt: Round, pod: PodView, nodes: list[NodeView], random: Random) -> NodeView:
    """The node with the highest score; among equals chance decides."""
    if len(nodes) == 1:
        return nodes[0]
    prefer = preference(attempt, pod)
    most = max((node.owners.get(pod.owner, 0) for node in nodes), default=0) if pod.owner else 0
    scored = [(_score(pod, node, most) + prefer(node), node) for node in nodes]
    top = max(score for score, _ in scored)
    return random.choice([node for score, node in scored if score >= top - 1e-9])


def _score(pod: PodView, node: NodeView, most: int) -> float:
    shares = (
        _share(node.cores + pod.weight[0], node.allocatable.get("cpu", 0.0)),
        _share(node.memory + pod.weight[1], node.allocatable.get("memory", 0.0)),
    )
    room = sum(1.0 - share for share in shares) / 2
    balance = 1.0 - abs(shares[0] - shares[1]) / 2
    spread = 2.0 * (1.0 - node.owners.get(pod.owner, 0) / most) if most else 0.0
    full = len(node.pods) / max(1.0, node.allocatable.get("pods", 110.0))
    shunned = 0.0 if tolerates(pod.spec.get("tolerations", ()), node, ("PreferNoSchedule",)) else 3.0
    return room + balance + spread - full / 2 - shunned


def _share(wanted: float, whole: float) -> float:
    return min(1.0, wanted / whole) if whole else 1.0
