"""What pods and nodes use (metrics.k8s.io), as the metrics server tabulates it."""

from __future__ import annotations

from typing import Any

from k9py.demo.api.quantities import total
from k9py.demo.api.tables.printer import name_of
from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj


def _node(obj: Obj, cluster: Cluster) -> list[Any]:
    usage = obj.get("usage") or {}
    return [name_of(obj), *(usage[resource] for resource in sorted(usage)), obj.get("window", "")]


def _pod(obj: Obj, cluster: Cluster) -> list[Any]:
    usages = [one["usage"] for one in obj.get("containers") or ()]
    used = [total(usage[resource] for usage in usages) for resource in ("cpu", "memory")]
    return [name_of(obj), *used, obj.get("window", "")]


PRINTERS = {"nodes.metrics.k8s.io": _node, "pods.metrics.k8s.io": _pod}
