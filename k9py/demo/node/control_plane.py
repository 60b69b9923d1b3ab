"""The cluster's own components: static pods of the control plane, kube-proxy, the DNS, metrics-server, and leases."""

from __future__ import annotations

from hashlib import sha256

from k9py.demo.cluster import Cluster
from k9py.demo.core.parts import release_of
from k9py.demo.core.store import Key, Obj
from k9py.demo.node.addons import NAMESPACE, add_dns, add_metrics_server, add_proxy
from k9py.demo.node.components import ELECTED, Component, components, images
from k9py.demo.node.leases import LEASES, make_lease, touch_lease

RENEW = 2.0
"""Seconds between renewals of a leader's lease."""
_CRITICAL = 2_000_001_000
"""The priority of system-node-critical."""


def install(cluster: Cluster) -> None:
    """Make all of them on the nodes there are. Namespaces, RBAC and controllers must be there."""
    release = release_of(cluster.off)
    for name, image in images(release):
        cluster.kubelets.images.add(name, image)
    cluster.kubelets.refresh()
    leaders = _control_plane(cluster)
    for node in leaders:
        for component in components(release):
            cluster.registry.make("pods", _mirror(cluster, component, node))
    add_proxy(cluster, release)
    add_dns(cluster)
    if "metrics" not in cluster.off:
        add_metrics_server(cluster)
    _elect(cluster, leaders[0]["metadata"]["name"] if leaders else "control-plane")


def _control_plane(cluster: Cluster) -> list[Obj]:
    role = "node-role.kubernetes.io/control-plane"
    return [entry.read() for entry in cluster.store.entries("nodes") if role in entry.meta.labels]


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


def _elect(cluster: Cluster, host: str) -> None:
    """Leases of those that lead, renewed from now on; and the API server's own."""
    leaders = [Key(LEASES, NAMESPACE, name) for name in ELECTED]
    for key in leaders:
        make_lease(cluster, key, f"{host}_{cluster.registry.new_uid()}", 15, leads=True)
    server = Key(LEASES, NAMESPACE, f"apiserver-{sha256(host.encode()).hexdigest()[:26]}")
    labels = {"apiserver.kubernetes.io/identity": "kube-apiserver", "kubernetes.io/hostname": host}
    make_lease(cluster, server, f"{server.name}_{cluster.registry.new_uid()}", 3600, labels=labels)
    cluster.clock.every(RENEW, lambda: _renew(cluster, leaders))
    cluster.clock.every(10.0, lambda: _renew(cluster, [server]))


def _renew(cluster: Cluster, keys: list[Key]) -> None:
    if not cluster.quiet:
        for key in keys:
            touch_lease(cluster, key)
