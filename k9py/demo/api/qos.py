"""How well a pod is served when a node runs short (QoS classes)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from k9py.demo.core.store import Obj


def qos_class(spec: Obj) -> str:
    """BestEffort, Burstable or Guaranteed, by the requests and limits of CPU and memory."""
    if spec.get("resources"):
        all_resources: Iterable[Obj] = (spec["resources"],)
    else:
        both = (*(spec.get("containers") or ()), *(spec.get("initContainers") or ()))
        all_resources = [container.get("resources") or {} for container in both]
    guaranteed, any_at_all = True, False
    for resources in all_resources:
        limits, requests = (_counted(resources.get(name)) for name in ("limits", "requests"))
        any_at_all = any_at_all or bool(limits or requests)
        guaranteed = guaranteed and len(limits) == 2 and requests == limits
    if not any_at_all:
        return "BestEffort"
    return "Guaranteed" if guaranteed else "Burstable"


def _counted(resources: Obj | None) -> dict[str, Any]:
    """As they are written: defaults have made them canonical, so equal amounts are equal texts."""
    if not resources:
        return {}
    return {name: value for name in ("cpu", "memory") if (value := resources.get(name)) not in (None, "0", 0)}
