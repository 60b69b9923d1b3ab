"""Leases: the signs of life of nodes, and of components of which one leads."""

from __future__ import annotations

from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Key, Obj

LEASES = "leases.coordination.k8s.io"
LEASE_NAMESPACE = "kube-node-lease"
LEASE_SECONDS = 40
"""How long a node is believed after its last sign of life."""


def renew_lease(cluster: Cluster, name: str, uid: str) -> None:
    """The sign of life of a node."""
    key = Key(LEASES, LEASE_NAMESPACE, name)
    if not touch_lease(cluster, key) and cluster.store.get(Key("namespaces", "", LEASE_NAMESPACE)):
        owner = {"apiVersion": "v1", "kind": "Node", "name": name, "uid": uid}
        make_lease(cluster, key, name, LEASE_SECONDS, ownerReferences=[owner])


def touch_lease(cluster: Cluster, key: Key) -> bool:
    """Renew a lease. Answers whether there is one."""
    entry = cluster.store.get(key)
    if entry is not None:
        lease = entry.read()
        lease["spec"]["renewTime"] = cluster.clock.micro_stamp()
        cluster.store.put(key, lease)
    return entry is not None


def make_lease(cluster: Cluster, key: Key, holder: str, seconds: int, leads: bool = False, **metadata: object) -> None:
    """A lease that its holder has from now on. `leads`: it says since when, as those of leaders do."""
    now = cluster.clock.micro_stamp()
    spec: Obj = {"holderIdentity": holder, "leaseDurationSeconds": seconds, "renewTime": now}
    if leads:
        spec |= {"acquireTime": now, "leaseTransitions": 0}
    named = {"name": key.name, "namespace": key.namespace, **metadata}
    obj = {"kind": "Lease", "apiVersion": "coordination.k8s.io/v1", "metadata": named, "spec": spec}
    cluster.registry.make(LEASES, obj)
