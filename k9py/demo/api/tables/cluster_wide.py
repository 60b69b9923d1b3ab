"""Leases, certificates, served APIs and other things of the cluster itself."""

from __future__ import annotations

from typing import Any

from k9py.demo.api.conditions import find
from k9py.demo.api.tables.printer import NONE, age, name_and_time, name_of, part
from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj
from k9py.values.age import human_duration


def _lease(obj: Obj, cluster: Cluster) -> list[Any]:
    return [name_of(obj), part(obj, "spec").get("holderIdentity", ""), age(obj, cluster)]


def _runtime_class(obj: Obj, cluster: Cluster) -> list[Any]:
    return [name_of(obj), obj.get("handler", ""), age(obj, cluster)]


def _signing_request(obj: Obj, cluster: Cluster) -> list[Any]:
    spec = part(obj, "spec")
    seconds = spec.get("expirationSeconds")
    return [
        name_of(obj),
        age(obj, cluster),
        spec.get("signerName") or NONE,
        spec.get("username", ""),
        NONE if seconds is None else human_duration(seconds),
        _condition(part(obj, "status")),
    ]


def _condition(status: dict[str, Any]) -> str:
    types = {one["type"] for one in status.get("conditions") or ()}
    word = next((one for one in ("Denied", "Approved") if one in types), "Pending")
    return word + (",Failed" if "Failed" in types else "") + (",Issued" if status.get("certificate") else "")


def _api_service(obj: Obj, cluster: Cluster) -> list[Any]:
    service = part(obj, "spec").get("service")
    place = f"{service.get('namespace', '')}/{service.get('name', '')}" if service else "Local"
    found = find(part(obj, "status").get("conditions"), "Available") or {"status": "Unknown"}
    why = f" ({found['reason']})" if found["status"] != "True" and found.get("reason") else ""
    return [name_of(obj), place, found["status"] + why, age(obj, cluster)]


PRINTERS = {
    "leases.coordination.k8s.io": _lease,
    "runtimeclasses.node.k8s.io": _runtime_class,
    "certificatesigningrequests.certificates.k8s.io": _signing_request,
    "apiservices.apiregistration.k8s.io": _api_service,
    "customresourcedefinitions.apiextensions.k8s.io": name_and_time,
}
