"""The whole status of a pod, from what its kubelet keeps of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from k9py.demo.api.podresources import qos_class
from k9py.demo.core.store import Obj
from k9py.demo.node import resizing, statuses
from k9py.demo.node.container import INIT, MAIN, Container

if TYPE_CHECKING:
    from k9py.demo.node.pod_run import PodRun

_KEPT = ("nominatedNodeName", "resourceClaimStatuses", "resize")
"""What others write into the status."""
_DISRUPTIONS = ("Evicted", "Preempting")
"""Failures by which the kubelet frees the node."""


def status_of(run: PodRun, pod: Obj, phase: str) -> Obj:
    """The status; `phase` is given when the pod has ended for good."""
    ordered = list(_ordered(run, pod))
    policy = pod["spec"].get("restartPolicy", "Always")
    meant = phase or ("Failed" if run.failure[0] else statuses.phase_of(ordered, policy))
    # a phase that is the last one waits until nothing of the pod is left
    shown = meant if phase or meant not in ("Succeeded", "Failed") else _living(pod)
    old = pod.get("status") or {}
    found = {key: old[key] for key in _KEPT if key in old}
    found |= {"phase": shown, "observedGeneration": pod["metadata"].get("generation", 1)}
    found["conditions"] = _conditions(run, pod, ordered, meant, old)
    if run.failure[0] and phase:
        found |= {"reason": run.failure[0], "message": run.failure[1]}
    found |= _addresses(run, pod)
    found["startTime"] = old.get("startTime") or run.cluster.clock.stamp()
    found["qosClass"] = old.get("qosClass") or qos_class(pod["spec"])
    return found | statuses.container_statuses(pod, run.containers)


def _conditions(run: PodRun, pod: Obj, ordered: list[Container], phase: str, old: Obj) -> list[Obj]:
    now = run.cluster.clock.stamp()
    new = resizing.conditions(run) + statuses.conditions(ordered, phase, run.sandboxed, now)
    if run.failure[0] in _DISRUPTIONS:
        new.append(statuses.disrupted(*run.failure))
    statuses.gates(new, pod)
    past = [one for one in old.get("conditions", ()) if one["type"] not in resizing.CONDITIONS]
    return statuses.settle(new, past, pod["metadata"].get("generation", 1), now)


def _addresses(run: PodRun, pod: Obj) -> Obj:
    host = run.kubelet.address
    found: Obj = {"hostIP": host, "hostIPs": [{"ip": host}]}
    if run.ip and (run.shown_ip or pod["spec"].get("hostNetwork")):
        found |= {"podIP": run.ip, "podIPs": [{"ip": run.ip}]}
    return found


def _ordered(run: PodRun, pod: Obj) -> Iterator[Container]:
    for kind in (INIT, MAIN):
        for spec in pod["spec"].get(kind, ()):
            if spec["name"] in run.containers:
                yield run.containers[spec["name"]]


def _living(pod: Obj) -> str:
    """The phase of a pod whose end is not settled yet."""
    before: str = (pod.get("status") or {}).get("phase", "Pending")
    return before if before not in ("Succeeded", "Failed") else "Running"
