"""The objects of the small cluster. Ages are so coarse that a test that takes a while still sees the same ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from k9py.demo.core.store import Obj
from tests.kube.scripted import ScriptedServer, refuse

PODS = "/api/v1/pods"
NODES = "/api/v1/nodes"
NAMESPACES = "/api/v1/namespaces"
SERVICES = "/api/v1/services"
SECRETS = "/api/v1/secrets"
DEPLOYMENTS = "/apis/apps/v1/deployments"
GIB = 2**30


def ago(**time: float) -> str:
    """A time as the API writes it, half an hour before that long ago: `ago(hours=20)` reads `20h` for a while."""
    return (datetime.now(UTC) - timedelta(minutes=30, **time)).strftime("%Y-%m-%dT%H:%M:%SZ")


def silence_kubelets(server: ScriptedServer) -> None:
    """No kubelet says what its pods use: where there is no metrics.k8s.io, there are no metrics at all."""
    for node in ("worker-a", "worker-b"):
        refused = refuse(403, "Forbidden", "no figures for you")
        server.fault(f"{NODES}/{node}/proxy/stats/summary", "get", *[refused] * 99)


def put_node(server: ScriptedServer, name: str, *, ready: bool = True, role: str = "worker", **spec: Any) -> Obj:
    return server.store.put(
        NODES,
        name,
        metadata={"creationTimestamp": ago(days=20), "labels": {f"node-role.kubernetes.io/{role}": ""}},
        spec=spec,
        status={
            "allocatable": {"cpu": "4", "memory": "16Gi", "pods": "110"},
            "conditions": [{"type": "Ready", "status": "True" if ready else "False"}],
            "nodeInfo": {"kubeletVersion": "v1.36.3"},
        },
    )


def label(name: str) -> str:
    """A label's value for a name: ASCII only."""
    return name if name.isascii() else name.encode().hex()


def put_deployment(
    server: ScriptedServer,
    name: str,
    namespace: str = "shop",
    *,
    replicas: int = 2,
    ready: int | None = None,
    **spec: Any,
) -> Obj:
    ready = replicas if ready is None else ready
    app = label(name)
    return server.store.put(
        DEPLOYMENTS,
        name,
        namespace,
        metadata={"creationTimestamp": ago(days=5, hours=3), "generation": 1, "labels": {"app": app}},
        defaults=True,
        spec={
            "replicas": replicas,
            "selector": {"matchLabels": {"app": app}},
            "template": {
                "metadata": {"labels": {"app": app}},
                "spec": {"containers": [{"name": "main", "image": "registry.example/main:1"}]},
            },
            **spec,
        },
        status={
            "observedGeneration": 1,
            "replicas": replicas,
            "updatedReplicas": replicas,
            "readyReplicas": ready,
            "availableReplicas": ready,
        },
    )


def put_pod(
    server: ScriptedServer,
    name: str,
    namespace: str = "shop",
    *,
    app: str = "",
    node: str = "worker-a",
    containers: Sequence[str] = ("main",),
    state: Mapping[str, Any] | None = None,
    phase: str = "Running",
    restarts: int = 0,
    labels: Mapping[str, str] | None = None,
    created: str = "",
) -> Obj:
    """A pod; `state` is that of its containers (containerStatuses.state), running where none is given."""
    state = state or {"running": {}}
    began = state is not PULLING
    statuses = [
        {
            "name": each,
            "ready": "running" in state,
            "started": began,
            "restartCount": restarts,
            "state": state,
            **({"containerID": f"containerd://{name}-{each}-{restarts}"} if began else {}),
        }
        for each in containers
    ]
    if restarts:
        for status in statuses:
            status["lastState"] = {"terminated": {"exitCode": 1, "finishedAt": ago(hours=20)}}
    return server.store.put(
        PODS,
        name,
        namespace,
        metadata={"creationTimestamp": created or ago(days=5), "labels": {"app": label(app or name), **(labels or {})}},
        spec={
            "nodeName": node,
            "containers": [
                {"name": each, "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}}} for each in containers
            ],
        },
        status={
            "phase": phase,
            "podIPs": [{"ip": "10.1.0.7"}],
            "conditions": [{"type": "Ready", "status": str("running" in state)}],
            "containerStatuses": statuses,
        },
    )


def put_service(server: ScriptedServer, name: str, namespace: str = "shop", *, port: int, days: int = 5) -> Obj:
    return server.store.put(
        SERVICES,
        name,
        namespace,
        metadata={"creationTimestamp": ago(days=days)},
        spec={
            "type": "ClusterIP",
            "clusterIP": "10.96.0.7",
            "clusterIPs": ["10.96.0.7"],
            "ports": [{"port": port, "protocol": "TCP"}],
            "selector": {"app": label(name)},
        },
    )


CRASHING = {"waiting": {"reason": "CrashLoopBackOff"}}
PULLING = {"waiting": {"reason": "ImagePullBackOff"}}
COMPLETED = {"terminated": {"exitCode": 0, "reason": "Completed"}}


def fill(server: ScriptedServer) -> None:
    """Two nodes, a shop with names from all over the world, and what a cluster runs for itself."""
    for name in ("default", "kube-system", "shop"):
        server.store.put(NAMESPACES, name, metadata={"creationTimestamp": ago(days=20)})
    put_node(server, "worker-a", role="control-plane")
    put_node(server, "worker-b")
    put_deployment(server, "web", replicas=3)
    put_deployment(server, "결제", replicas=2, ready=1)
    put_deployment(server, "🚀-launch", replicas=0)
    put_deployment(server, "coredns", "kube-system")
    for number, node in enumerate(("worker-a", "worker-b", "worker-a"), start=1):
        put_pod(server, f"web-{number}", app="web", node=node, labels={"tier": "front"})
    put_pod(server, "결제-1", app="결제", node="worker-b", containers=("main", "proxy"))
    put_pod(server, "결제-2", app="결제", node="worker-b", state=CRASHING, restarts=14)
    put_pod(server, "🚀-fuel-42", app="fuel", state=COMPLETED, phase="Succeeded")
    put_pod(server, "images-1", app="images", node="worker-b", state=PULLING, phase="Pending", restarts=0)
    put_pod(server, "coredns-1", "kube-system", app="coredns")
    put_pod(server, "coredns-2", "kube-system", app="coredns", node="worker-b")
    for name, cpu in (("worker-a", "1200m"), ("worker-b", "3")):
        server.running.use(name, "", cpu, "6Gi")
    for number in (1, 2, 3):
        server.running.use(f"web-{number}", "shop", f"{number * 45}m", "58Mi")
    server.running.use("coredns-1", "kube-system", "7m", "24Mi")
    for name in ("web", "결제"):
        put_service(server, name, port=80)
    put_service(server, "kube-dns", "kube-system", port=53, days=20)
    server.store.put(
        SECRETS,
        "login",
        "shop",
        metadata={"creationTimestamp": "2026-01-01T00:00:00Z"},
        type="Opaque",
        data={"password": "aHVudGVyMg=="},
    )
    write_log(server, "web-1", "GET / 200", "GET /장바구니 200 🛒", "GET /healthz 200")


def write_log(server: ScriptedServer, pod: str, *lines: str, namespace: str = "shop", container: str = "main") -> None:
    log = server.logs[namespace, pod, container]
    for line in lines:
        log.write(f"2026-01-01T10:00:{len(log.kept.lines) % 60:02}.000000000Z", line)
