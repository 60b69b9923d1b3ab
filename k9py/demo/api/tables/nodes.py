"""Nodes: whether they are ready, what they are for, and where they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from k9py.demo.api.tables.printer import NONE, UNKNOWN, age, name_of, part
from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj

_ROLE = "node-role.kubernetes.io/"


def _cells(obj: Obj, cluster: Cluster) -> list[Any]:
    status = part(obj, "status")
    info = part(status, "nodeInfo")
    return [
        name_of(obj),
        _state(obj, status),
        ",".join(sorted(_roles(obj["metadata"].get("labels") or {}))) or NONE,
        age(obj, cluster),
        info.get("kubeletVersion", ""),
        _address(status, "InternalIP"),
        _address(status, "ExternalIP"),
        info.get("osImage") or UNKNOWN,
        _kernel(info),
        info.get("containerRuntimeVersion") or UNKNOWN,
    ]


def _state(obj: Obj, status: Mapping[str, Any]) -> str:
    ready = [one["status"] == "True" for one in status.get("conditions") or () if one["type"] == "Ready"]
    word = ("Ready" if ready[-1] else "NotReady") if ready else "Unknown"
    return word + (",SchedulingDisabled" if part(obj, "spec").get("unschedulable") else "")


def _roles(labels: Mapping[str, str]) -> set[str]:
    named = {label.removeprefix(_ROLE) for label in labels if label.startswith(_ROLE)}
    return (named | {labels.get("kubernetes.io/role", "")}) - {""}


def _address(status: Mapping[str, Any], kind: str) -> str:
    return next((one["address"] for one in status.get("addresses") or () if one["type"] == kind), NONE)


def _kernel(info: Mapping[str, Any]) -> str:
    version, architecture = info.get("kernelVersion") or UNKNOWN, info.get("architecture")
    return f"{version} ({architecture})" if architecture else version


PRINTERS = {"nodes": _cells}
