"""Eviction by the kubelet: which pod has to go when the node is short of something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from k9py.demo.api.podresources import pod_amounts
from k9py.demo.core.store import Obj
from k9py.demo.node.container import MAIN
from k9py.demo.node.mirrors import is_mirror

if TYPE_CHECKING:
    from k9py.demo.node.kubelet import Kubelet
    from k9py.demo.node.pod_run import PodRun

PERIOD = 10.0
"""Seconds between two evictions (the eviction manager's monitoring interval)."""
WHAT = {"MemoryPressure": "memory", "DiskPressure": "ephemeral-storage"}
"""The resource that each pressure is short of."""
_THRESHOLDS = {"memory": "100Mi", "ephemeral-storage": "10Gi"}
_CRITICAL = 2_000_000_000
"""Pods of this priority and above are not evicted."""


def evict_one(kubelet: Kubelet, kind: str) -> bool:
    """Evict the pod that uses most beyond its requests, of the lowest priority first. Answers whether there was one."""
    ranked = sorted((rank for run in kubelet.runs.values() if (rank := _rank(run))), key=lambda one: one[:3])
    if not ranked:
        return False
    _, _, _, run, used = ranked[0]
    pod = run.pod()
    what = WHAT[kind]
    kubelet.recorder.warning(kubelet.reference(), "EvictionThresholdMet", f"Attempting to reclaim {what}")
    available = f"{int(run.random.uniform(40_000, 95_000))}Ki"
    message = f"The node was low on resource: {what}. Threshold quantity: {_THRESHOLDS[what]}, available: {available}. "
    message += "".join(_container(pod, name, what, size) for name, size in used.items())
    run.warn("Evicted", message)
    run.evict("Evicted", message)
    return True


def _container(pod: Obj, name: str, what: str, size: float) -> str:
    spec = next(one for one in pod["spec"]["containers"] if one["name"] == name)
    request = spec.get("resources", {}).get("requests", {}).get(what, "0")
    return f"Container {name} was using {int(size // 1024)}Ki, request is {request}, has larger consumption of {what}. "


def _rank(run: PodRun) -> tuple[bool, int, float, PodRun, dict[str, float]] | None:
    """Beyond its requests first, then by priority, then by how far beyond."""
    if run.over or run.stopping:
        return None
    pod = run.pod()
    priority = pod["spec"].get("priority", 0)
    if priority >= _CRITICAL or is_mirror(pod):
        return None
    used = {
        one.name: one.program.load(one.process).memory
        for one in run.containers.values()
        if one.process and one.kind == MAIN
    }
    beyond = sum(used.values()) - float(pod_amounts(pod["spec"], "requests").get("memory", 0))
    return beyond <= 0, priority, -beyond, run, used
