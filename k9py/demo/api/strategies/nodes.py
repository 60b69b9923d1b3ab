"""Nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from k9py.demo.api.conditions import is_true
from k9py.demo.api.quantities import settle
from k9py.demo.api.strategy import Strategy
from k9py.demo.api.validation.nodes import check_node
from k9py.demo.core.store import Obj

if TYPE_CHECKING:
    from k9py.demo.api.registry import Intent, Registry

NOT_READY = "node.kubernetes.io/not-ready"
_INFO = (
    "machineID",
    "systemUUID",
    "bootID",
    "kernelVersion",
    "osImage",
    "containerRuntimeVersion",
    "kubeletVersion",
    "kubeProxyVersion",
    "operatingSystem",
    "architecture",
)


def default(obj: Obj) -> None:
    """Both forms of its pod range; all that it has can be given away, if nothing else is said."""
    spec = obj.setdefault("spec", {})
    if spec.get("podCIDR") and not spec.get("podCIDRs"):
        spec["podCIDRs"] = [spec["podCIDR"]]
    status = obj.get("status") or {}
    settle(status, "capacity")
    settle(status, "allocatable")
    if status.get("capacity") and "allocatable" not in status:
        status["allocatable"] = dict(status["capacity"])


def admit(obj: Obj, old: Obj | None, registry: Registry, intent: Intent) -> None:
    """A new node is not ready until its controller has seen that it is (TaintNodesByCondition)."""
    # nodes of a world that has been there for long are made with all their conditions
    if old is None and not is_true((obj.get("status") or {}).get("conditions"), "Ready"):
        taints = obj["spec"].setdefault("taints", [])
        if not any(taint.get("key") == NOT_READY and taint.get("effect") == "NoSchedule" for taint in taints):
            taints.append({"key": NOT_READY, "effect": "NoSchedule"})


def _status() -> Obj:
    return {"daemonEndpoints": {"kubeletEndpoint": {"Port": 0}}, "nodeInfo": dict.fromkeys(_INFO, "")}


STRATEGIES = (Strategy("nodes", default, admit, validate=check_node, status=_status, generation=False),)
