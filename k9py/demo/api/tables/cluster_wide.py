"""Leases, certificates, served APIs and other things of the cluster itself."""

from __future__ import annotations

from k9py.demo.api.conditions import find
from k9py.demo.api.tables.printer import NONE, age, at, name_and_time, part, row
from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj
from k9py.values.age import human_duration


def _expiration(obj: Obj, cluster: Cluster) -> str:
    seconds = part(obj, "spec").get("expirationSeconds")
    return NONE if seconds is None else human_duration(seconds)


def _decision(obj: Obj, cluster: Cluster) -> str:
    status = part(obj, "status")
    types = {one["type"] for one in status.get("conditions") or ()}
    word = next((one for one in ("Denied", "Approved") if one in types), "Pending")
    return word + (",Failed" if "Failed" in types else "") + (",Issued" if status.get("certificate") else "")


def _place(obj: Obj, cluster: Cluster) -> str:
    service = part(obj, "spec").get("service")
    return f"{service.get('namespace', '')}/{service.get('name', '')}" if service else "Local"


def _availability(obj: Obj, cluster: Cluster) -> str:
    found = find(part(obj, "status").get("conditions"), "Available") or {"status": "Unknown"}
    word: str = found["status"]
    return f"{word} ({found['reason']})" if word != "True" and found.get("reason") else word


PRINTERS = {
    "leases.coordination.k8s.io": row(at("spec.holderIdentity"), age),
    "runtimeclasses.node.k8s.io": row(at("handler"), age),
    "certificatesigningrequests.certificates.k8s.io": row(
        age, at("spec.signerName", NONE), at("spec.username"), _expiration, _decision
    ),
    "apiservices.apiregistration.k8s.io": row(_place, _availability, age),
    "customresourcedefinitions.apiextensions.k8s.io": name_and_time,
}
