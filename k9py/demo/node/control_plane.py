"""The cluster's own components: static pods of the control plane, kube-proxy, the DNS, metrics-server, and leases."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Key, Obj
from k9py.demo.node.addons import add_dns, add_metrics_server, add_proxy
from k9py.demo.node.components import COMPONENTS, Component, images
from k9py.demo.node.nodes import LEASES

NAMESPACE = "kube-system"
RENEW = 2.0
"""Seconds between renewals of a leader's lease."""
LEASE_SECONDS = 15
_CRITICAL = 2_000_001_000
"""The priority of system-node-critical."""
ELECTED = ("kube-controller-manager", "kube-scheduler")
"""Components of which one leads."""


def install(cluster: Cluster) -> None:
    """Make all of them on the nodes there are. Namespaces, RBAC and controllers must be there."""
    for name, image in images():
        cluster.kubelets.images.add(name, image)
    cluster.kubelets.refresh()
    for node in _control_plane(cluster):
        for component in COMPONENTS:
            cluster.registry.make("pods", _mirror(cluster, component, node))
    add_proxy(cluster)
    add_dns(cluster)
    if "metrics" not in cluster.off:
        add_metrics_server(cluster)
    _elect(cluster)


def _control_plane(cluster: Cluster) -> Iterator[Obj]:
    nodes = [entry.read() for entry in cluster.store.entries("nodes")]
    role = "node-role.kubernetes.io/control-plane"
    return (node for node in nodes if role in node["metadata"].get("labels", {}))


def _mirror(cluster: Cluster, component: Component, node: Obj) -> Obj:
    """A static pod as its kubelet shows it to the server."""
    name = node["metadata"]["name"]
    digest = sha256(f"{component.name}{name}".encode()).hexdigest()[:32]
    owner = {"apiVersion": "v1", "kind": "Node", "name": name, "uid": node["metadata"]["uid"], "controller": True}
    return {
        "kind": "Pod",
        "apiVersion": "v1",
        "metadata": {
            "name": f"{component.name}-{name}",
            "namespace": NAMESPACE,
            "labels": {"component": component.name, "tier": "control-plane"},
            "annotations": {
                "kubernetes.io/config.hash": digest,
                "kubernetes.io/config.mirror": digest,
                "kubernetes.io/config.seen": cluster.clock.micro_stamp(),
                "kubernetes.io/config.source": "file",
            },
            "ownerReferences": [owner],
        },
        "spec": {
            "containers": [component.container()],
            "hostNetwork": True,
            "nodeName": name,
            "priority": _CRITICAL,
            "priorityClassName": "system-node-critical",
            "securityContext": {"seccompProfile": {"type": "RuntimeDefault"}},
            "tolerations": [{"effect": "NoExecute", "operator": "Exists"}],
        },
    }


def _elect(cluster: Cluster) -> None:
    """Leases of those that lead, renewed from now on; and the API server's own."""
    nodes = [node["metadata"]["name"] for node in _control_plane(cluster)]
    host = nodes[0] if nodes else "control-plane"
    for name in ELECTED:
        lease = _lease(cluster, name, f"{host}_{cluster.registry.new_uid()}", LEASE_SECONDS)
        lease["spec"] |= {"acquireTime": cluster.clock.micro_stamp(), "leaseTransitions": 0}
        cluster.registry.make(LEASES, lease)
    identity = f"apiserver-{sha256(host.encode()).hexdigest()[:26]}"
    lease = _lease(cluster, identity, f"{identity}_{cluster.registry.new_uid()}", 3600)
    lease["metadata"]["labels"] = {
        "apiserver.kubernetes.io/identity": "kube-apiserver",
        "kubernetes.io/hostname": host,
    }
    cluster.registry.make(LEASES, lease)
    cluster.clock.every(RENEW, lambda: _renew(cluster, ELECTED))
    cluster.clock.every(10.0, lambda: _renew(cluster, (identity,)))


def _lease(cluster: Cluster, name: str, holder: str, seconds: int) -> Obj:
    spec = {"holderIdentity": holder, "leaseDurationSeconds": seconds, "renewTime": cluster.clock.micro_stamp()}
    metadata = {"name": name, "namespace": NAMESPACE}
    return {"kind": "Lease", "apiVersion": "coordination.k8s.io/v1", "metadata": metadata, "spec": spec}


def _renew(cluster: Cluster, names: tuple[str, ...]) -> None:
    for name in () if cluster.quiet else names:
        entry = cluster.store.get(Key(LEASES, NAMESPACE, name))
        if entry is not None:
            lease = entry.read()
            lease["spec"]["renewTime"] = cluster.clock.micro_stamp()
            cluster.store.put(entry.key, lease)
