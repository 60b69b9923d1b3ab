"""What pods and nodes use (metrics.k8s.io), as the metrics server tabulates it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from k9py.demo.api.tables.printer import name_of
from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj

_DECIMAL = {"n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3"), "": Decimal(1), "k": Decimal(1000)}
_BINARY = {"": Decimal(1), **{f"{prefix}i": Decimal(1 << 10 * power) for power, prefix in enumerate("KMGT", 1)}}


def _node(obj: Obj, cluster: Cluster) -> list[Any]:
    usage = obj.get("usage") or {}
    return [name_of(obj), *(usage[resource] for resource in sorted(usage)), obj.get("window", "")]


def _pod(obj: Obj, cluster: Cluster) -> list[Any]:
    usages = [one["usage"] for one in obj.get("containers") or ()]
    cpu = _sum((usage["cpu"] for usage in usages), _DECIMAL)
    memory = _sum((usage["memory"] for usage in usages), _BINARY)
    return [name_of(obj), cpu, memory, obj.get("window", "")]


def _sum(quantities: Iterable[str], units: Mapping[str, Decimal]) -> str:
    """Their sum in the largest unit in which it is a whole number, as quantities are written."""
    total = Decimal(0)
    for quantity in quantities:
        digits = quantity.rstrip("numkKMGTi")
        total += Decimal(digits) * units[quantity[len(digits) :]]
    whole = [suffix for suffix, size in units.items() if total % size == 0]
    return f"{int(total / units[whole[-1]])}{whole[-1]}" if total and whole else "0"


PRINTERS = {"nodes.metrics.k8s.io": _node, "pods.metrics.k8s.io": _pod}
