"""The machines."""

from __future__ import annotations

from typing import NamedTuple

from k9py.demo.api import metrics  # noqa: F401 - it serves what metrics-server serves, also to autoscalers
from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Key
from k9py.demo.node.control_plane import install
from k9py.demo.node.nodes import make_node
from k9py.demo.world.parts.backstage import POOL


class Machine(NamedTuple):
    """A node: how large it is, and where it stands."""

    name: str
    cores: float
    memory: str
    zone: str
    roles: tuple[str, ...] = ()


MACHINES = (
    Machine("control-1", 4, "8Gi", "asia-a", ("control-plane",)),
    Machine("worker-1", 8, "32Gi", "asia-a"),
    Machine("worker-2", 8, "32Gi", "asia-b"),
    Machine("worker-3", 4, "16Gi", "asia-c"),
)
"""The shop's."""

SMALL = "worker-3"
"""The one that gets short of memory now and then."""

PLAIN = {"node1": "control-plane", "node2": "worker"}
"""Those of a cluster without a shop, and their roles. Anything may run on each of them."""

PRESSURE = 25.0
"""Seconds for which a node is short of memory."""


def add_machines(cluster: Cluster) -> None:
    """The nodes of the shop, and the cluster's own components on them."""
    for one in MACHINES:
        make_node(cluster, one.name, one.roles, one.cores, one.memory, zone=one.zone, labels={POOL: "shop"})
    install(cluster)


def add_plain_machines(cluster: Cluster) -> None:
    """The nodes of a cluster without a shop, and its own components."""
    for name, role in PLAIN.items():
        make_node(cluster, name, labels={f"node-role.kubernetes.io/{role}": ""})
    install(cluster)


def press(cluster: Cluster) -> None:
    """A node is short of memory for a while: its kubelet evicts pods, and they come back elsewhere."""
    if cluster.store.get(Key("nodes", "", SMALL)):
        cluster.kubelets.press(SMALL, "MemoryPressure")
        cluster.clock.after(PRESSURE, lambda: _release(cluster))


def _release(cluster: Cluster) -> None:
    if cluster.store.get(Key("nodes", "", SMALL)):
        cluster.kubelets.press(SMALL, "MemoryPressure", on=False)
