"""Devices and the claims on them (dynamic resource allocation)."""

from __future__ import annotations

from typing import Any

from k9py.demo.api.tables.printer import age, name_and_age, name_of, part
from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj


def _claim(obj: Obj, cluster: Cluster) -> list[Any]:
    return [name_of(obj), ",".join(_states(obj)), age(obj, cluster)]


def _states(obj: Obj) -> list[str]:
    status = part(obj, "status")
    leaving = ["deleted"] if obj["metadata"].get("deletionTimestamp") else []
    if not status.get("allocation"):
        return leaving or ["pending"]
    return [*leaving, "allocated", *(["reserved"] if status.get("reservedFor") else [])]


def _slice(obj: Obj, cluster: Cluster) -> list[Any]:
    spec = part(obj, "spec")
    pool = part(spec, "pool").get("name", "")
    return [name_of(obj), spec.get("nodeName", ""), spec.get("driver", ""), pool, age(obj, cluster)]


PRINTERS = {
    "deviceclasses.resource.k8s.io": name_and_age,
    "resourceclaims.resource.k8s.io": _claim,
    "resourceclaimtemplates.resource.k8s.io": name_and_age,
    "resourceslices.resource.k8s.io": _slice,
}
