"""A cluster's own parts, put into the small cluster of the screens' tests. No time there moves while a test runs."""

from __future__ import annotations

from typing import Any

from tests.kube.scripted import ScriptedServer
from tests.ui.pages.objects import NODES, PODS, SERVICES, ago, fill, put_node, put_pod

LEASES = "/apis/coordination.k8s.io/v1/leases"
DAEMON_SETS = "/apis/apps/v1/daemonsets"
API_SERVICES = "/apis/apiregistration.k8s.io/v1/apiservices"
LONG = 10_000_000
"""A duration of a lease within which a renewal of yesterday is a fresh one."""


def put_lease(server: ScriptedServer, name: str, namespace: str = "kube-system", **more: Any) -> None:
    """A lease renewed 20 hours ago, which is well while it lasts so long."""
    metadata = more.pop("metadata", {})
    spec = {
        "holderIdentity": f"{name}_holder",
        "leaseDurationSeconds": LONG,
        "acquireTime": ago(days=5),
        "renewTime": ago(hours=20),
        **more,
    }
    server.store.put(LEASES, name, namespace, metadata={"creationTimestamp": ago(days=20), **metadata}, spec=spec)


def put_static_pod(server: ScriptedServer, component: str, node: str = "worker-a", **fields: Any) -> None:
    """A mirror pod as kubeadm's static pods have."""
    name = f"{component}-{node}"
    put_pod(server, name, "kube-system", node=node, labels={"component": component, "tier": "control-plane"}, **fields)
    pod = server.store.get(PODS, name, "kube-system")
    assert pod
    metadata = {**pod["metadata"], "ownerReferences": [{"apiVersion": "v1", "kind": "Node", "name": node, "uid": "n"}]}
    server.store.put(PODS, name, "kube-system", metadata=metadata, spec=pod["spec"], status=pod["status"])


def fill_cluster(server: ScriptedServer) -> None:
    """A control plane that is well, and two nodes with kubelet, kube-proxy and leases."""
    fill(server)
    for component in ("etcd", "kube-apiserver", "kube-scheduler", "kube-controller-manager"):
        put_static_pod(server, component)
    for name in ("kube-scheduler", "kube-controller-manager", "cloud-controller-manager"):
        put_lease(server, name)
    for node in ("worker-a", "worker-b"):
        put_lease(server, node, "kube-node-lease", holderIdentity=node)
        put_pod(server, f"kube-proxy-{node}", "kube-system", node=node, labels={"k8s-app": "kube-proxy"})
    counts = {"desiredNumberScheduled": 2, "numberReady": 2}
    metadata = {"creationTimestamp": ago(days=20)}
    server.store.put(DAEMON_SETS, "kube-proxy", "kube-system", metadata=metadata, spec={}, status=counts)
    labels = {"kubernetes.io/cluster-service": "true", "kubernetes.io/name": "CoreDNS"}
    server.store.put(
        SERVICES,
        "kube-dns",
        "kube-system",
        metadata={**metadata, "labels": labels},
        spec={"ports": [{"name": "dns", "port": 53, "protocol": "UDP"}]},
    )
    put_api_service(server, "v1beta1.metrics.k8s.io", "True", "all checks passed")


def put_api_service(server: ScriptedServer, name: str, available: str, message: str) -> None:
    """An aggregated API, available or not."""
    condition = {"type": "Available", "status": available, "reason": "Checked", "message": message}
    server.store.put(
        API_SERVICES,
        name,
        metadata={"creationTimestamp": ago(days=20)},
        spec={"service": {"name": "metrics-server", "namespace": "kube-system"}},
        status={"conditions": [condition]},
    )


def put_troubled_nodes(server: ScriptedServer) -> None:
    """One that is gone, one that is full, one whose kubelet is too old; with names from all over the world."""
    put_node(server, "노드-서울", ready=False)
    put_node(server, "🚀-node")
    for name, conditions, version in (
        ("🚀-node", [{"type": "DiskPressure", "status": "True", "message": "디스크가 가득 찼습니다"}], "v1.36.3"),
        ("worker-b", [], "v1.30.1"),
    ):
        node = server.store.get(NODES, name)
        assert node
        status = {**node["status"], "conditions": [*node["status"]["conditions"], *conditions]}
        status["nodeInfo"] = {"kubeletVersion": version}
        server.store.put(NODES, name, metadata=node["metadata"], spec={}, status=status)
