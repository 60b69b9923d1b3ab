"""What is known of a cluster at one moment: what the map is drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Generic, TypeVar

from k9py.insight.cluster.health import Health
from k9py.insight.cluster.objects import ApiService, Lease, NodeFacts, Service, Workload
from k9py.kinds.pod import Pod
from k9py.values.usage import Usage

Object = TypeVar("Object")
SLACK = 5.0
"""Seconds that the clocks of two machines may differ before it is worth a word."""


@dataclass(frozen=True, slots=True)
class Seen(Generic[Object]):
    """The objects of one kind; `trouble` says why they cannot be seen, or are stale. `known`: they have been read."""

    items: tuple[Object, ...] = ()
    trouble: str = ""
    known: bool = False


class Verdict(Enum):
    """How a question was answered."""

    ASKING = "asking …"
    OK = "ok"
    BAD = "bad"
    """What was asked says itself that it is not well."""
    DENIED = "not permitted"
    REFUSED = "refused"
    """Nothing listens there."""
    SILENT = "silent"
    """No answer, or none that came through."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One question to a kubelet or a kube-proxy. `took` is in seconds."""

    verdict: Verdict = Verdict.ASKING
    text: str = ""
    took: float = 0.0


@dataclass(frozen=True, slots=True)
class NodeProbes:
    """What was asked of a node through nodes/proxy."""

    kubelet: Probe = Probe()
    stats: Probe = Probe()
    proxy: Probe = Probe()


@dataclass(frozen=True, slots=True)
class Facts:
    """All of it. `ahead` is by how many seconds this machine's clock is before the cluster's."""

    now: float
    server: str = ""
    version: str = ""
    livez: Health = field(default_factory=lambda: Health("livez"))
    readyz: Health = field(default_factory=lambda: Health("readyz"))
    leases: Seen[Lease] = Seen()
    node_leases: Seen[Lease] = Seen()
    nodes: Seen[NodeFacts] = Seen()
    pods: Seen[Pod] = Seen()
    """Those of kube-system, and static ones wherever they are."""
    deployments: Seen[Workload] = Seen()
    daemon_sets: Seen[Workload] = Seen()
    services: Seen[Service] = Seen()
    api_services: Seen[ApiService] = Seen()
    pods_on_node: Mapping[str, int] = field(default_factory=dict)
    usage: Mapping[tuple[str, str], Usage] = field(default_factory=dict)
    probes: Mapping[str, NodeProbes] = field(default_factory=dict)
    ahead: float = 0.0

    def here(self, renewed: float) -> float:
        """A time of the cluster's clock by this machine's, where the two differ by more than a little."""
        return renewed + self.ahead if abs(self.ahead) > SLACK else renewed

    def expired(self, lease: Lease) -> float | None:
        """The seconds since a lease was renewed, when it has run out; else None."""
        if lease.renewed is None:
            return None
        age = self.now - self.here(lease.renewed)
        return age if age > lease.lasts else None
