"""The kubelet's own figures: /stats/summary and /metrics/resource."""

from __future__ import annotations

from typing import TYPE_CHECKING

from k9py.demo.core.store import Obj
from k9py.demo.node.filling import Disk, Filling, claim_of
from k9py.demo.node.program import Load
from k9py.demo.node.usage import PodUsage
from k9py.values.age import parse_time
from k9py.values.quantity import parse_quantity

if TYPE_CHECKING:
    from k9py.demo.cluster import Cluster
    from k9py.demo.node.kubelet import Kubelet

_DISK = 100 * 2**30
_LARGE = 2**20
"""Bytes of a file in a claim's volume."""
_MEASURED = ("configMap", "secret", "projected", "downwardAPI", "emptyDir")
"""Volumes of a pod's own that are measured: a folder of the node (hostPath) is not."""


def summary(cluster: Cluster, kubelet: Kubelet) -> Obj:
    """The Summary of the kubelet's stats API (k8s.io/kubelet/pkg/apis/stats/v1alpha1)."""
    node = cluster.registry.read("nodes", "", kubelet.name) or {}
    status = node.get("status", {})
    stamp = cluster.clock.stamp(cluster.kubelets.usage.time)
    load = cluster.kubelets.usage.node(kubelet.name) or Load(0.0, 0.0)
    born = parse_time(node.get("metadata", {}).get("creationTimestamp")) or cluster.clock.now
    whole = parse_quantity(status.get("capacity", {}).get("memory", "0"))
    disk = parse_quantity(status.get("capacity", {}).get("ephemeral-storage", "0")) or _DISK
    usages = cluster.kubelets.usage.of_node(kubelet.name)
    return {
        "node": {
            "nodeName": kubelet.name,
            "startTime": cluster.clock.stamp(born),
            "cpu": _cpu(load, cluster.clock.now - born, stamp),
            "memory": _memory(load, stamp) | {"availableBytes": max(0, int(whole - load.memory))},
            "network": _network(stamp, cluster.clock.now - born, load),
            "fs": _disk(stamp, disk, 0.11 * disk),
            "runtime": {"imageFs": _disk(stamp, disk, float(sum(kubelet.all_images().values())))},
            "rlimit": {"time": stamp, "maxpid": 32768, "curproc": 120 + 4 * len(usages)},
        },
        "pods": [_pod(cluster, one, stamp) for one in sorted(usages, key=lambda one: one.entry.key)],
    }


def _pod(cluster: Cluster, usage: PodUsage, stamp: str) -> Obj:
    entry, load = usage.entry, usage.load
    born = parse_time(entry.meta.creation_timestamp) or cluster.clock.now
    age = cluster.clock.now - born
    return {
        "podRef": {"name": entry.key.name, "namespace": entry.key.namespace, "uid": entry.meta.uid},
        "startTime": cluster.clock.stamp(born),
        "containers": [_container(cluster, usage, name, one, born, stamp) for name, one in usage.containers.items()],
        "cpu": _cpu(load, age, stamp),
        "memory": _memory(load, stamp),
        "network": _network(stamp, age, load),
        "volume": _volumes(cluster, entry.read(), stamp),
        "ephemeral-storage": _disk(stamp, float(_DISK), 24_576.0),
        "process_stats": {"process_count": len(usage.containers)},
    }


def _volumes(cluster: Cluster, pod: Obj, stamp: str) -> list[Obj]:
    """Those of the pod's own first, then those of claims, which are named (VolumeStats.pvcRef).

    One that no container mounts is not mounted.
    """
    namespace, filling = pod["metadata"]["namespace"], cluster.registry.part(Filling)
    containers = (*pod["spec"]["containers"], *pod["spec"].get("initContainers", ()))
    wanted = {each["name"] for container in containers for each in container.get("volumeMounts", ())}
    own, claimed = list[Obj](), list[Obj]()
    for volume in pod["spec"].get("volumes", ()):
        if volume["name"] not in wanted:
            continue
        if any(source in volume for source in _MEASURED):
            own.append(_disk(stamp, float(_DISK), 4096.0) | {"name": volume["name"]})
        elif (claim := claim_of(pod, volume)) and (disk := filling.find(namespace, claim)):
            ref = {"name": claim, "namespace": namespace}
            claimed.append(_claimed(stamp, disk) | {"name": volume["name"], "pvcRef": ref})
    return [*own, *claimed]


def _claimed(stamp: str, disk: Disk) -> Obj:
    """As those of a database are: few files, and large ones."""
    told, files = _disk(stamp, disk.capacity, disk.used), disk.used // _LARGE
    return told | {"availableBytes": disk.available, "inodesUsed": files, "inodesFree": told["inodes"] - files}


def _container(cluster: Cluster, usage: PodUsage, name: str, load: Load, born: float, stamp: str) -> Obj:
    began = usage.began.get(name, born)
    return {
        "name": name,
        "startTime": cluster.clock.stamp(began),
        "cpu": _cpu(load, cluster.clock.now - began, stamp),
        "memory": _memory(load, stamp),
        "rootfs": _disk(stamp, float(_DISK), 16_384.0),
        "logs": _disk(stamp, float(_DISK), 8_192.0),
    }


def _cpu(load: Load, age: float, stamp: str) -> Obj:
    nanocores = int(load.cores * 1e9)
    return {"time": stamp, "usageNanoCores": nanocores, "usageCoreNanoSeconds": int(nanocores * max(0.0, age))}


def _memory(load: Load, stamp: str) -> Obj:
    size = int(load.memory)
    return {
        "time": stamp,
        "usageBytes": int(size * 1.08),
        "workingSetBytes": size,
        "rssBytes": int(size * 0.86),
        "pageFaults": size // 4096,
        "majorPageFaults": 0,
    }


def _network(stamp: str, age: float, load: Load) -> Obj:
    rate = 2_000 + load.cores * 400_000
    found = {"name": "eth0", "rxBytes": int(rate * age), "rxErrors": 0, "txBytes": int(rate * age * 0.8), "txErrors": 0}
    return {"time": stamp, **found, "interfaces": [found]}


def _disk(stamp: str, size: float, used: float) -> Obj:
    inodes = int(size / 16384)
    return {
        "time": stamp,
        "availableBytes": int(size - used),
        "capacityBytes": int(size),
        "usedBytes": int(used),
        "inodesFree": inodes - int(used / 16384),
        "inodes": inodes,
        "inodesUsed": int(used / 16384) + 1,
    }


def exposition(cluster: Cluster, kubelet: Kubelet) -> str:
    """/metrics/resource, in the text form of Prometheus."""
    usage, now = cluster.kubelets.usage, cluster.clock.now
    usages = sorted(usage.of_node(kubelet.name), key=lambda one: one.entry.key)
    ages = {one.entry.meta.uid: now - (parse_time(one.entry.meta.creation_timestamp) or now) for one in usages}
    load = usage.node(kubelet.name) or Load(0.0, 0.0)
    containers = [
        (_labels(one, name), ages[one.entry.meta.uid], used) for one in usages for name, used in one.containers.items()
    ]
    pods = [(_labels(one), ages[one.entry.meta.uid], one.load) for one in usages]
    stamp, lines = int(usage.time * 1000), list[str]()
    for scope, rows in (("container", containers), ("node", [("", now % 1e7, load)]), ("pod", pods)):
        name = f"{scope}_cpu_usage_seconds_total"
        lines += _head(name, f"Cumulative cpu time consumed by the {scope} in core-seconds", "counter")
        lines += [f"{name}{labels} {used.cores * age:.9g} {stamp}" for labels, age, used in rows]
        name = f"{scope}_memory_working_set_bytes"
        lines += _head(name, f"Current working set of the {scope} in bytes", "gauge")
        lines += [f"{name}{labels} {used.memory:.9g} {stamp}" for labels, _, used in rows]
    text = "1 if there was an error while getting container metrics, 0 otherwise"
    lines += [*_head("resource_scrape_error", text, "gauge"), "resource_scrape_error 0"]
    return "\n".join(lines) + "\n"


def _head(name: str, text: str, kind: str) -> tuple[str, str]:
    return f"# HELP {name} [STABLE] {text}", f"# TYPE {name} {kind}"


def _labels(usage: PodUsage, container: str = "") -> str:
    key = usage.entry.key
    head = f'container="{container}",' if container else ""
    return f'{{{head}namespace="{key.namespace}",pod="{key.name}"}}'
