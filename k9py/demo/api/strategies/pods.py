"""Pods."""

from __future__ import annotations

from typing import Any

from k9py.demo.api.admission.limits import limit_pod
from k9py.demo.api.admission.pods import admit_account, admit_priority, admit_tolerations
from k9py.demo.api.defaults.podspec import default_pod_spec
from k9py.demo.api.podresources import qos_class
from k9py.demo.api.quantities import settle
from k9py.demo.api.registry import Intent, Registry
from k9py.demo.api.strategies.pod_sides import SIDES
from k9py.demo.api.strategy import Strategy
from k9py.demo.api.validation.pods import check_pod
from k9py.demo.api.validation.warnings import warn_of_pod
from k9py.demo.core.store import Obj

_FINISHED = ("Succeeded", "Failed")


def default(pod: Obj) -> None:
    """Defaults of a pod's spec, and those that only a pod has, not a template."""
    spec = pod.setdefault("spec", {})
    default_pod_spec(spec)
    spec.setdefault("enableServiceLinks", True)
    for kind in ("containers", "initContainers"):
        for container in spec.get(kind) or ():
            if container["resources"]:
                request_limits(container["resources"])
            if spec.get("hostNetwork"):
                for port in container.get("ports") or ():
                    port.setdefault("hostPort", port.get("containerPort"))
    if "resources" in spec:
        settle(spec["resources"], "limits")
        settle(spec["resources"], "requests")
        request_limits(spec["resources"])


def request_limits(resources: Obj) -> None:
    """What is limited and not requested is requested as much."""
    limits = resources.get("limits")
    if limits:
        requests = resources.setdefault("requests", {})
        for name, value in limits.items():
            requests.setdefault(name, value)


def admit(pod: Obj, old: Obj | None, registry: Registry, intent: Intent) -> None:
    """Limits, account, priority and tolerations."""
    if old is None:
        limit_pod(pod, registry)
        admit_account(pod, registry)
        admit_priority(pod, registry)
    admit_tolerations(pod["spec"])


def prepare(pod: Obj, old: Obj | None, registry: Registry) -> None:
    """The first status."""
    if old is not None:
        if "status" in pod:
            pod["status"].setdefault("qosClass", (old.get("status") or {}).get("qosClass", "BestEffort"))
        return
    status = pod.setdefault("status", {})
    status.setdefault("phase", "Pending")
    status.setdefault("qosClass", qos_class(pod["spec"]))
    if pod["spec"].get("schedulingGates"):
        status.setdefault("conditions", [_gated(registry.clock.stamp())])


def _gated(now: str) -> dict[str, Any]:
    return {
        "type": "PodScheduled",
        "status": "False",
        "lastProbeTime": None,
        "lastTransitionTime": now,
        "reason": "SchedulingGated",
        "message": "Scheduling is blocked due to non-empty scheduling gates",
    }


def grace(pod: Obj, asked: int | None) -> int:
    """Thirty seconds, or what its spec says; none for what runs nowhere, or has ended."""
    spec, status = pod["spec"], pod.get("status") or {}
    if not spec.get("nodeName") or status.get("phase") in _FINISHED:
        return 0
    seconds = spec.get("terminationGracePeriodSeconds", 30) if asked is None else asked
    return int(seconds) if seconds >= 0 else 1


STRATEGIES = (
    Strategy("pods", default, admit, prepare, check_pod, warn=warn_of_pod, grace=grace, graceful=True, sides=SIDES),
)
