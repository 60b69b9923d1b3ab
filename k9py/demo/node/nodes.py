"""Nodes: how one is made, and what its kubelet says of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from hashlib import sha256
from typing import NamedTuple

from k9py.demo.api.quantities import write_amount
from k9py.demo.cluster import Cluster
from k9py.demo.core.parts import release_of
from k9py.demo.core.store import Obj
from k9py.demo.node.leases import renew_lease
from k9py.values.quantity import parse_quantity

RUNTIME = "containerd://2.1.4"
SYSTEM = "Debian GNU/Linux 13 (trixie)"
KERNEL = "6.12.48+deb13-amd64"
KUBELET_PORT = 10250

RESERVED_MEMORY = 100 * 2**20
"""Bytes that are kept for evictions: allocatable is less by as much."""


class Word(NamedTuple):
    """What a condition says in one of its states."""

    status: str
    reason: str
    message: str


GOOD: Mapping[str, Word] = {
    "MemoryPressure": Word("False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    "DiskPressure": Word("False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    "PIDPressure": Word("False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    "Ready": Word("True", "KubeletReady", "kubelet is posting ready status"),
}
"""Conditions of a node that is well, in the kubelet's order."""
BAD: Mapping[str, Word] = {
    "MemoryPressure": Word("True", "KubeletHasInsufficientMemory", "kubelet has insufficient memory available"),
    "DiskPressure": Word("True", "KubeletHasDiskPressure", "kubelet has disk pressure"),
    "PIDPressure": Word("True", "KubeletHasInsufficientPID", "kubelet has insufficient PID available"),
    "Ready": Word(
        "False",
        "KubeletNotReady",
        "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady "
        "message:Network plugin returns error: cni plugin not initialized",
    ),
}
"""The same conditions of one that is not."""


def make_node(
    cluster: Cluster,
    name: str,
    roles: Iterable[str] = (),
    cores: float = 4,
    memory: str = "16Gi",
    zone: str = "",
    labels: Mapping[str, str] | None = None,
) -> Obj:
    """A node that is up, with its lease. Its address and its pods' range follow from how many there are already."""
    number = cluster.store.count("nodes")
    cidr = f"10.{244 + number // 256}.{number % 256}.0/24"
    status = _status(cluster, name, number, cores, parse_quantity(memory))
    spec = {"podCIDR": cidr, "podCIDRs": [cidr]}
    metadata = {
        "name": name,
        "labels": _labels(name, roles, zone) | dict(labels or {}),
        "annotations": dict(_ANNOTATIONS),
    }
    node = {"kind": "Node", "apiVersion": "v1", "metadata": metadata, "spec": spec, "status": status}
    cluster.registry.make("nodes", node)

    def settle(found: Obj) -> Obj:
        """Admission marks each new node as not ready; this one is."""
        found["spec"].pop("taints", None)
        if "control-plane" in roles:
            found["spec"]["taints"] = [_CONTROL_PLANE_TAINT]
        return found

    made = cluster.registry.patch("nodes", ("", name), settle)
    renew_lease(cluster, name, made["metadata"]["uid"])
    return made


_ANNOTATIONS = {
    "node.alpha.kubernetes.io/ttl": "0",
    "volumes.kubernetes.io/controller-managed-attach-detach": "true",
}
_CONTROL_PLANE_TAINT = {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}


def _labels(name: str, roles: Iterable[str], zone: str) -> dict[str, str]:
    found = {
        "beta.kubernetes.io/arch": "amd64",
        "beta.kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
    }
    found |= {f"node-role.kubernetes.io/{role}": "" for role in roles}
    if zone:
        found |= {"topology.kubernetes.io/zone": zone, "topology.kubernetes.io/region": zone.rpartition("-")[0] or zone}
    return found


def _status(cluster: Cluster, name: str, number: int, cores: float, memory: float) -> Obj:
    known = sha256(name.encode()).hexdigest()
    address = f"172.18.{(number + 2) // 250}.{(number + 2) % 250}"
    return {
        "addresses": [{"type": "InternalIP", "address": address}, {"type": "Hostname", "address": name}],
        "capacity": _amounts(cores, memory, "100Gi"),
        "allocatable": _amounts(cores, memory - RESERVED_MEMORY, "96636764160"),
        "conditions": conditions(cluster.clock.stamp(), {}, ()),
        "daemonEndpoints": {"kubeletEndpoint": {"Port": KUBELET_PORT}},
        "images": _images(cluster),
        "nodeInfo": {
            "architecture": "amd64",
            "bootID": _uuid(known[32:]),
            "containerRuntimeVersion": RUNTIME,
            "kernelVersion": KERNEL,
            "kubeProxyVersion": "",
            "kubeletVersion": release_of(cluster.off),
            "machineID": known[:32],
            "operatingSystem": "linux",
            "osImage": SYSTEM,
            "systemUUID": _uuid(known),
        },
    }


def internal_address(node: Obj) -> str:
    """Where the other nodes reach it; empty if it does not say."""
    addresses = node.get("status", {}).get("addresses", ())
    return next((str(one["address"]) for one in addresses if one["type"] == "InternalIP"), "")


def _images(cluster: Cluster) -> list[Obj]:
    """Those that every node has, the largest first; a node may be made before there are kubelets."""
    kubelets = getattr(cluster, "kubelets", None)
    known = sorted(kubelets.images.everywhere(), key=lambda one: (-one[1], one[0])) if kubelets else []
    return [{"names": [name], "sizeBytes": size} for name, size in known]


def _amounts(cores: float, memory: float, disk: str) -> dict[str, str]:
    return {
        "cpu": write_amount(Fraction(cores)),
        "ephemeral-storage": disk,
        "hugepages-1Gi": "0",
        "hugepages-2Mi": "0",
        "memory": write_amount(Fraction(memory), "1Ki"),
        "pods": "110",
    }


def _uuid(known: str) -> str:
    return f"{known[:8]}-{known[8:12]}-{known[12:16]}-{known[16:20]}-{known[20:32]}"


def conditions(now: str, old: Mapping[str, Obj], pressed: Iterable[str]) -> list[Obj]:
    """The kubelet's conditions: their heartbeat is now, and those that change have changed now."""
    bad = set(pressed)
    found = []
    for kind, good in GOOD.items():
        word = BAD[kind] if kind in bad else good
        was = old.get(kind, {})
        since = was.get("lastTransitionTime", now) if was.get("status") == word.status else now
        found.append(
            {
                "type": kind,
                "status": word.status,
                "lastHeartbeatTime": now,
                "lastTransitionTime": since,
                "reason": word.reason,
                "message": word.message,
            }
        )
    return found
