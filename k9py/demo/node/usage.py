"""What containers, pods and nodes use: the figures that metrics-server and the kubelet's own endpoints give."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from k9py.demo.core.store import Entry
from k9py.demo.node.container import MAIN
from k9py.demo.node.program import Load
from k9py.demo.node.restoring import sleeping_loads

if TYPE_CHECKING:
    from k9py.demo.cluster import Cluster
    from k9py.demo.node.kubelet import Kubelet
    from k9py.demo.node.pod_run import PodRun

WINDOW = 15.0
"""Seconds between two readings (metrics-server's --metric-resolution)."""
SYSTEM = Load(0.06, 420 * 2**20)
"""What a node uses beside its pods."""


@dataclass(slots=True)
class PodUsage:
    """One pod's containers that have been running for a whole window at least."""

    entry: Entry
    containers: dict[str, Load]
    began: dict[str, float] = field(default_factory=dict)

    @property
    def load(self) -> Load:
        """All of them together."""
        loads = self.containers.values()
        return Load(sum(one.cores for one in loads), sum(one.memory for one in loads))


class Usage:
    """The figures of a cluster, read once every window, and only if somebody asks."""

    def __init__(self, cluster: Cluster, kubelets: Mapping[str, Kubelet], where: Mapping[str, Kubelet]) -> None:
        self._cluster = cluster
        self._kubelets = kubelets
        self._where = where
        self._slot = -1
        self._read: dict[str, PodUsage | None] = {}
        """By uid."""

    @property
    def time(self) -> float:
        """When the figures were read."""
        return (self._cluster.clock.now // WINDOW) * WINDOW

    def pods(self, namespace: str = "") -> Iterator[PodUsage]:
        """Pods of a namespace, or all, in the order of their keys."""
        found = (self.find(entry.meta.uid) for entry in self._cluster.store.entries("pods", namespace))
        return (one for one in found if one is not None)

    def find(self, uid: str) -> PodUsage | None:
        """One pod's, if it has been running for long enough."""
        slot = int(self._cluster.clock.now // WINDOW)
        if slot != self._slot:
            self._slot = slot
            self._read.clear()
        if uid not in self._read:
            kubelet = self._where.get(uid)
            self._read[uid] = self._of(kubelet, uid) if kubelet and not kubelet.down else None
        return self._read[uid]

    def node(self, name: str) -> Load | None:
        """A whole node's; None if nothing is known of it."""
        kubelet = self._kubelets.get(name)
        if kubelet is None or kubelet.down:
            return None
        loads = [one.load for one in self.of_node(name)]
        cores = SYSTEM.cores + sum(one.cores for one in loads)
        memory = SYSTEM.memory + sum(one.memory for one in loads)
        return self._shaken(Load(cores, memory), name)

    def of_node(self, name: str) -> list[PodUsage]:
        """The pods of a node."""
        kubelet = self._kubelets[name]
        found = (self.find(uid) for uid in (*kubelet.runs, *kubelet.dormant))
        return [one for one in found if one is not None]

    def _of(self, kubelet: Kubelet, uid: str) -> PodUsage | None:
        run = kubelet.runs.get(uid)
        if run is not None:
            return self._of_run(run)
        entry = kubelet.dormant[uid]
        loads = sleeping_loads(kubelet, entry)
        containers = {name: self._shaken(load, uid + name) for name, load in loads.items()}
        return PodUsage(entry, containers) if containers else None

    def _of_run(self, run: PodRun) -> PodUsage | None:
        running = [one for one in run.containers.values() if one.process and (one.kind == MAIN or one.sidecar)]
        old = [one for one in running if self.time - one.began >= WINDOW]
        if not old or len(old) < len(running):
            return None
        loads = {
            one.name: self._shaken(one.program.load(one.process), run.uid + one.name) for one in old if one.process
        }
        return PodUsage(run.entry, loads, {one.name: one.began for one in old})

    def _shaken(self, load: Load, who: str) -> Load:
        """No two readings are quite the same."""
        chance = zlib.crc32(f"{who}{self._slot}".encode()) / 2**32
        return Load(load.cores * (0.97 + 0.06 * chance), load.memory * (0.995 + 0.01 * chance))
