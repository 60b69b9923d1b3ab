"""Devices and the claims on them (dynamic resource allocation)."""

from __future__ import annotations

from k9py.demo.api.tables.printer import age, at, part, row
from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj


def _states(obj: Obj, cluster: Cluster) -> str:
    status = part(obj, "status")
    leaving = ["deleted"] if obj["metadata"].get("deletionTimestamp") else []
    if not status.get("allocation"):
        return ",".join(leaving) or "pending"
    return ",".join([*leaving, "allocated", *(["reserved"] if status.get("reservedFor") else [])])


PRINTERS = {
    "deviceclasses.resource.k8s.io": row(age),
    "resourceclaims.resource.k8s.io": row(_states, age),
    "resourceclaimtemplates.resource.k8s.io": row(age),
    "resourceslices.resource.k8s.io": row(at("spec.nodeName"), at("spec.driver"), at("spec.pool.name"), age),
}
