"""What is known of a cluster at one moment: what the map is drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, TypeVar

from k9py.insight.cluster.health import Health
from k9py.insight.cluster.objects import ApiService, DaemonSet, Lease, NodeFacts, Service
from k9py.insight.cluster.probes import NOT_ASKED, Probe
from k9py.kinds.pod import Pod
from k9py.values.usage import Usage

Object = TypeVar("Object")
SLACK = 5.0
"""Seconds that the clocks of two machines may differ before it is worth a word."""


@dataclass(frozen=True, slots=True)
class Seen(Generic[Object]):
    """The objects of one kind; `trouble` says why they cannot be seen, or are not as they are now."""

    items: tuple[Object, ...] = ()
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class NodeProbes:
    """What was asked of a node through nodes/proxy. `usage` is what its kubelet measures."""

    kubelet: Probe = NOT_ASKED
    proxy: Probe = NOT_ASKED
    stats: Probe = NOT_ASKED
    usage: Usage | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All of it. `ahead` is by how many seconds this machine's clock is before the cluster's."""

    now: float
    server: str = ""
    version: str = ""
    livez: Health = field(default_factory=partial(Health, "livez"))
    readyz: Health = field(default_factory=partial(Health, "readyz"))
    leases: Seen[Lease] = Seen()
    """Those of kube-system."""
    node_leases: Seen[Lease] = Seen()
    nodes: Seen[NodeFacts] = Seen()
    pods: Seen[Pod] = Seen()
    """Those of kube-system."""
    daemon_sets: Seen[DaemonSet] = Seen()
    services: Seen[Service] = Seen()
    api_services: Seen[ApiService] = Seen()
    usage: Mapping[tuple[str, str], Usage] = field(default_factory=dict)
    """What nodes use, as metrics.k8s.io has it, by ("", name)."""
    probes: Mapping[str, NodeProbes] = field(default_factory=dict)
    ahead: float = 0.0
    unfolded: frozenset[str] = frozenset()
    """The keys of the lines that are to tell all."""

    def here(self, then: float) -> float:
        """A time of the cluster's clock by this machine's, where the two differ by more than a little."""
        return then + self.ahead if abs(self.ahead) > SLACK else then
