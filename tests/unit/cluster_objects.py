"""Objects of a cluster's own, as its map reads them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from k9py.insight.cluster.objects import ApiService, DaemonSet, Lease, NodeFacts, Service
from k9py.insight.cluster.probes import Probe, Verdict
from k9py.kinds.pod import Pod, shape_pod
from k9py.kinds.pod_parts import PodObject

NOW = 1_800_000_000.0
OK = Probe(Verdict.OK, "ok", 0.01)


def stamp(ago: float) -> str:
    """So many seconds before now, as the API writes it."""
    return datetime.fromtimestamp(NOW - ago, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def lease(name: str, renewed: float | None = 1, *, lasts: int = 15, holder: str = "cp-1_x", **more: Any) -> Lease:
    """Renewed so many seconds ago."""
    metadata = {"name": name, "namespace": "kube-system", "uid": f"uid-{name}", **more.pop("metadata", {})}
    spec = {"holderIdentity": holder, "leaseDurationSeconds": lasts, **more}
    if renewed is not None:
        spec["renewTime"] = stamp(renewed)
    return msgspec.convert({"metadata": metadata, "spec": spec}, Lease)


def instance(name: str, renewed: float) -> Lease:
    """The lease of an API server."""
    labels = {"apiserver.kubernetes.io/identity": "kube-apiserver", "kubernetes.io/hostname": name}
    annotations = {"kubernetes.io/peer-advertise-address": "10.0.0.1:6443"}
    return lease(f"apiserver-{name}", renewed, lasts=3600, metadata={"labels": labels, "annotations": annotations})


def node(name: str, *, ready: str = "True", version: str = "v1.36.3", cordoned: bool = False, **bad: str) -> NodeFacts:
    """A node; `bad` are conditions that are true and why."""
    conditions = [{"type": "Ready", "status": ready, "reason": "Kubelet", "message": "it says so"}]
    conditions += [{"type": kind, "status": "True", "reason": "Kubelet", "message": why} for kind, why in bad.items()]
    told = {
        "metadata": {"name": name, "uid": f"uid-{name}"},
        "spec": {"unschedulable": cordoned},
        "status": {
            "conditions": conditions,
            "allocatable": {"cpu": "4", "memory": "8Gi"},
            "nodeInfo": {"kubeletVersion": version, "osImage": "Debian"},
        },
    }
    return msgspec.convert(told, NodeFacts)


def pod(name: str, on: str = "cp-1", *, status: str = "", static: bool = False, **labels: str) -> Pod:
    """A pod of one container, which runs unless a waiting `status` is given; labels have underscores for hyphens."""
    state: dict[str, Any] = {"waiting": {"reason": status}} if status else {"running": {}}
    owners = [{"kind": "Node", "name": on, "uid": "n"}] if static else []
    named = {key.replace("_", "-"): text for key, text in labels.items()}
    told = {
        "metadata": {"name": name, "namespace": "kube-system", "labels": named, "ownerReferences": owners},
        "spec": {"nodeName": on, "containers": [{"name": "main"}]},
        "status": {
            "phase": "Running",
            "containerStatuses": [{"name": "main", "ready": not status, "restartCount": 0, "state": state}],
        },
    }
    return shape_pod(msgspec.convert(told, PodObject))


def daemon_set(name: str, wanted: int, ready: int) -> DaemonSet:
    """So many pods wanted, so many ready."""
    status = {"desiredNumberScheduled": wanted, "numberReady": ready}
    return msgspec.convert({"metadata": {"name": name, "namespace": "kube-system"}, "status": status}, DaemonSet)


def service(name: str, /, *ports: tuple[int, str], ip: str = "", **labels: str) -> Service:
    """A Service of kube-system; labels have underscores for slashes."""
    named = {"kubernetes.io/cluster-service": "true"} | {f"kubernetes.io/{key}": text for key, text in labels.items()}
    told = {
        "metadata": {"name": name, "namespace": "kube-system", "labels": named},
        "spec": {"ports": [{"port": port, "name": word} for port, word in ports]},
        "status": {"loadBalancer": {"ingress": [{"ip": ip}] if ip else []}},
    }
    return msgspec.convert(told, Service)


def api(name: str, available: str = "True", service: str = "metrics-server", message: str = "") -> ApiService:
    """An APIService, of the API server itself where `service` is empty."""
    spec = {"service": {"name": service, "namespace": "kube-system"}} if service else {}
    conditions = [{"type": "Available", "status": available, "reason": "Checked", "message": message}]
    return msgspec.convert({"metadata": {"name": name}, "spec": spec, "status": {"conditions": conditions}}, ApiService)
