"""What metrics-server serves (metrics.k8s.io/v1beta1): what nodes and pods use, worked out when somebody asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from k9py.demo.api.virtual import SOURCES
from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj

_UNITS = ("n", "u", "m", "")
_PAGE = 4096


def format_nanocores(cores: float) -> str:
    """Cores as metrics-server writes them: `232097893n`, `1500u`, `0`."""
    value, unit = round(cores * 1e9), 0
    if not value:
        return "0"
    while value % 1000 == 0 and unit < len(_UNITS) - 1:
        value, unit = value // 1000, unit + 1
    return f"{value}{_UNITS[unit]}"


def format_memory(size: float) -> str:
    """Bytes as metrics-server writes them, in whole pages: `1051064Ki`."""
    kibibytes, unit = int(size // _PAGE) * (_PAGE // 1024), "Ki"
    for larger in ("Mi", "Gi"):
        if kibibytes and kibibytes % 1024 == 0:
            kibibytes, unit = kibibytes // 1024, larger
        else:
            break
    return f"{kibibytes}{unit}" if kibibytes else "0"


def pods(cluster: Cluster, namespace: str) -> Iterable[Obj]:
    """PodMetrics of a namespace, or of all."""
    usage = cluster.kubelets.usage
    stamp, now = cluster.clock.stamp(usage.time), cluster.clock.stamp()
    for one in usage.pods(namespace):
        metadata: Obj = {"name": one.entry.key.name, "namespace": one.entry.key.namespace, "creationTimestamp": now}
        if one.entry.meta.labels:
            metadata["labels"] = dict(one.entry.meta.labels)
        containers = [
            {"name": name, "usage": {"cpu": format_nanocores(load.cores), "memory": format_memory(load.memory)}}
            for name, load in one.containers.items()
        ]
        window = _window(one.entry.meta.uid, 15.0)
        yield {"metadata": metadata, "timestamp": stamp, "window": window, "containers": containers}


def nodes(cluster: Cluster, namespace: str) -> Iterator[Obj]:
    """NodeMetrics of all nodes that are heard of."""
    usage = cluster.kubelets.usage
    stamp, now = cluster.clock.stamp(usage.time), cluster.clock.stamp()
    for entry in cluster.store.entries("nodes"):
        load = usage.node(entry.key.name)
        if load is None:
            continue
        metadata: Obj = {"name": entry.key.name, "creationTimestamp": now}
        if entry.meta.labels:
            metadata["labels"] = dict(entry.meta.labels)
        used = {"cpu": format_nanocores(load.cores), "memory": format_memory(load.memory)}
        yield {"metadata": metadata, "timestamp": stamp, "window": _window(entry.meta.uid, 20.0), "usage": used}


def _window(uid: str, seconds: float) -> str:
    """Scrapes are never exactly as far apart as they should be."""
    return f"{seconds + int(uid[:2] or '0', 16) / 1000:.3f}".rstrip("0").rstrip(".") + "s"


SOURCES["pods.metrics.k8s.io"] = pods
SOURCES["nodes.metrics.k8s.io"] = nodes
