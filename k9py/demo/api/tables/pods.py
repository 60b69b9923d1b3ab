"""Pods: one word for what a pod is doing, out of its phase, its conditions and its containers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from k9py.demo.api.conditions import find, is_true
from k9py.demo.api.tables.printer import NONE, age, name_of, part, since
from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj

Container = Mapping[str, Any]


@dataclass(slots=True)
class _Summary:
    """What the containers add up to. `last` is when one of them ended last before a restart."""

    reason: str
    ready: int = 0
    restarts: int = 0
    last: str = ""

    def count(self, container: Container) -> None:
        """Add the restarts of a container."""
        self.restarts += container.get("restartCount", 0)
        ended = part(part(container, "lastState"), "terminated").get("finishedAt") or ""
        self.last = max(self.last, ended)


def _cells(obj: Obj, cluster: Cluster) -> list[Any]:
    spec, status = part(obj, "spec"), part(obj, "status")
    inits = spec.get("initContainers") or ()
    sidecars = frozenset(one["name"] for one in inits if one.get("restartPolicy") == "Always")
    found = _summary(status, len(inits), sidecars)
    total = len(spec.get("containers") or ()) + len(sidecars)
    return [
        name_of(obj),
        f"{found.ready}/{total}",
        _leaving(obj, status) or found.reason,
        _restarts(found, cluster),
        age(obj, cluster),
        _address(status),
        spec.get("nodeName") or NONE,
        status.get("nominatedNodeName") or NONE,
        _gates(spec.get("readinessGates"), status),
    ]


def _summary(status: Container, inits: int, sidecars: frozenset[str]) -> _Summary:
    found = _Summary(_phase(status))
    beside = _Summary("")
    busy = _initialise(found, beside, status, inits, sidecars)
    if not busy or is_true(status.get("conditions"), "Initialized"):
        found.restarts, found.last = beside.restarts, beside.last
        _run(found, status)
    return found


def _phase(status: Container) -> str:
    scheduled = find(status.get("conditions"), "PodScheduled")
    gated = scheduled and scheduled.get("reason") == "SchedulingGated"
    return "SchedulingGated" if gated else status.get("reason") or status.get("phase") or ""


def _initialise(found: _Summary, beside: _Summary, status: Container, inits: int, sidecars: frozenset[str]) -> bool:
    """Go through the init containers up to the first that holds up the others; whether there is one."""
    for index, container in enumerate(status.get("initContainerStatuses") or ()):
        found.count(container)
        sidecar = container["name"] in sidecars
        if sidecar:
            beside.count(container)
        state = part(container, "state")
        ended = state.get("terminated")
        if ended is not None and not ended.get("exitCode"):
            continue
        if sidecar and container.get("started"):
            found.ready += bool(container.get("ready"))
            continue
        found.reason = "Init:" + _init_reason(state, f"{index}/{inits}")
        return True
    return False


def _init_reason(state: Container, progress: str) -> str:
    ended, waiting = state.get("terminated"), part(state, "waiting").get("reason")
    if ended is not None:
        return _ending(ended)
    return waiting if waiting and waiting != "PodInitializing" else progress


def _ending(ended: Container) -> str:
    if ended.get("reason"):
        return str(ended["reason"])
    return f"Signal:{ended['signal']}" if ended.get("signal") else f"ExitCode:{ended.get('exitCode', 0)}"


def _run(found: _Summary, status: Container) -> None:
    """Go through the containers, the last one first: the first one's word stands."""
    running = False
    for container in reversed(status.get("containerStatuses") or ()):
        found.count(container)
        state = part(container, "state")
        waiting = part(state, "waiting").get("reason")
        if waiting:
            found.reason = waiting
        elif state.get("terminated") is not None:
            found.reason = _ending(state["terminated"])
        elif container.get("ready") and state.get("running") is not None:
            running = True
            found.ready += 1
    if found.reason == "Completed" and running:
        found.reason = "Running" if is_true(status.get("conditions"), "Ready") else "NotReady"


def _leaving(obj: Obj, status: Container) -> str:
    if not obj["metadata"].get("deletionTimestamp"):
        return ""
    if status.get("reason") == "NodeLost":
        return "Unknown"
    return "" if status.get("phase") in ("Succeeded", "Failed") else "Terminating"


def _restarts(found: _Summary, cluster: Cluster) -> str:
    if found.restarts and found.last:
        return f"{found.restarts} ({since(found.last, cluster)} ago)"
    return str(found.restarts)


def _address(status: Container) -> str:
    addresses = status.get("podIPs") or ()
    return addresses[0].get("ip") or NONE if addresses else NONE


def _gates(gates: Iterable[Container] | None, status: Container) -> str:
    wanted = [gate["conditionType"] for gate in gates or ()]
    return f"{sum(is_true(status.get('conditions'), one) for one in wanted)}/{len(wanted)}" if wanted else NONE


_ENDED = {"Succeeded": "The pod has completed successfully.", "Failed": "The pod failed."}


def _conditions(obj: Obj) -> list[Mapping[str, str]]:
    """A pod that has ended: kubectl shows it no differently, but other clients hide its row."""
    phase = part(obj, "status").get("phase", "")
    if phase not in _ENDED:
        return []
    return [{"type": "Completed", "status": "True", "reason": phase, "message": _ENDED[phase]}]


PRINTERS = {"pods": _cells}
CONDITIONS: dict[str, Callable[[Obj], list[Mapping[str, str]]]] = {"pods": _conditions}
