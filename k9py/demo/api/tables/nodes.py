"""Nodes: whether they are ready, what they are for, and where they are."""

from __future__ import annotations

from k9py.demo.api.tables.printer import NONE, UNKNOWN, Cell, age, at, part, row
from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj

_ROLE = "node-role.kubernetes.io/"


def _state(obj: Obj, cluster: Cluster) -> str:
    conditions = part(obj, "status").get("conditions") or ()
    ready = [one["status"] == "True" for one in conditions if one["type"] == "Ready"]
    word = ("Ready" if ready[-1] else "NotReady") if ready else "Unknown"
    return word + (",SchedulingDisabled" if part(obj, "spec").get("unschedulable") else "")


def _roles(obj: Obj, cluster: Cluster) -> str:
    labels = obj["metadata"].get("labels") or {}
    named = {label.removeprefix(_ROLE) for label in labels if label.startswith(_ROLE)}
    return ",".join(sorted((named | {labels.get("kubernetes.io/role", "")}) - {""})) or NONE


def _address(kind: str) -> Cell:
    def cell(obj: Obj, cluster: Cluster) -> str:
        addresses = part(obj, "status").get("addresses") or ()
        return next((one["address"] for one in addresses if one["type"] == kind), NONE)

    return cell


def _kernel(obj: Obj, cluster: Cluster) -> str:
    info = part(part(obj, "status"), "nodeInfo")
    version, architecture = info.get("kernelVersion") or UNKNOWN, info.get("architecture")
    return f"{version} ({architecture})" if architecture else version


PRINTERS = {
    "nodes": row(
        _state,
        _roles,
        age,
        at("status.nodeInfo.kubeletVersion"),
        _address("InternalIP"),
        _address("ExternalIP"),
        at("status.nodeInfo.osImage", UNKNOWN),
        _kernel,
        at("status.nodeInfo.containerRuntimeVersion", UNKNOWN),
    )
}
