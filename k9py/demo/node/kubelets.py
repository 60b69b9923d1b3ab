"""The kubelets of all nodes: what runs where, for logs, exec and metrics."""

from __future__ import annotations

from dataclasses import dataclass, field

from k9py.demo.cluster import Cluster
from k9py.demo.node.log import Log
from k9py.demo.node.program import Process, Program


@dataclass(slots=True)
class Container:
    """One container of one pod. `previous` is the log of the run before; `process` is None when it does not run."""

    name: str
    program: Program
    process: Process | None = None
    log: Log | None = None
    previous: Log | None = None


@dataclass(slots=True)
class PodRun:
    """What a kubelet keeps of one pod."""

    uid: str
    containers: dict[str, Container] = field(default_factory=dict)


class Kubelets:
    """All nodes' kubelets."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._runs: dict[str, PodRun] = {}

    def find(self, uid: str) -> PodRun | None:
        """What runs of a pod, by its uid."""
        return self._runs.get(uid)
