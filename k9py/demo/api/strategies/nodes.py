"""Nodes."""

from __future__ import annotations

from collections.abc import Iterator

from k9py.demo.api.conditions import is_true
from k9py.demo.api.internals import internal
from k9py.demo.api.quantities import settle
from k9py.demo.api.registry import Intent, Registry
from k9py.demo.api.strategy import Strategy
from k9py.demo.api.validation.names import label_value, qualified
from k9py.demo.api.validation.scheduling import EFFECTS
from k9py.demo.api.validation.words import broken, go, one_of
from k9py.demo.core.status import Cause, duplicate_value, forbidden_value, required
from k9py.demo.core.store import Obj


def _check_node(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    seen: set[tuple[str, str]] = set()
    for index, taint in enumerate(obj["spec"].get("taints") or ()):
        path, key, effect = f"metadata.taints[{index}]", taint.get("key", ""), taint.get("effect", "")
        yield from broken(f"{path}.key", key, qualified)
        yield from broken(f"{path}.value", taint.get("value", ""), label_value)
        if not effect:
            yield required(f"{path}.effect")
        else:
            yield from one_of(f"{path}.effect", effect, EFFECTS)
        if (key, effect) in seen:
            detail = "taints must be unique by key and effect pair"
            yield duplicate_value(path, f"{go(internal(taint, 'core.Taint'))}: {detail}")
        seen.add((key, effect))
    if old is not None and old["spec"].get("providerID") and obj["spec"].get("providerID") != old["spec"]["providerID"]:
        yield forbidden_value("spec.providerID", 'node updates may not change providerID except from "" to valid')
    if old is not None and old["spec"].get("podCIDRs") and obj["spec"].get("podCIDRs") != old["spec"]["podCIDRs"]:
        yield forbidden_value("spec.podCIDRs", 'node updates may not change podCIDR except from "" to valid')


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


STRATEGIES = (Strategy("nodes", default, admit, validate=_check_node, status=_status, generation=False),)
