"""What a pod needs as a whole: the sum of its containers, or its most demanding step of initialization."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from k9py.demo.api.quantities import Amounts, numbers, write_amount
from k9py.demo.core.store import Obj


def pod_amounts(spec: Obj, part: str) -> Amounts:
    """`requests` or `limits` of a pod, by resource (component-helpers' PodRequests)."""
    whole: Amounts = {}
    for container in spec.get("containers") or ():
        _add(whole, numbers((container.get("resources") or {}).get(part)))
    sidecars: Amounts = {}
    steps: Amounts = {}
    for container in spec.get("initContainers") or ():
        needed = numbers((container.get("resources") or {}).get(part))
        if container.get("restartPolicy") == "Always":  # stays beside all that follows
            _add(whole, needed)
            _add(sidecars, needed)
            needed = dict(sidecars)
        else:
            _add(needed, sidecars)
        _raise(steps, needed)
    _raise(whole, steps)
    own = numbers((spec.get("resources") or {}).get(part))
    whole.update(own)
    if spec.get("overhead"):
        overhead = numbers(spec["overhead"])
        _add(whole, overhead if part == "requests" else {name: overhead[name] for name in overhead if name in whole})
    return whole


def pod_resources(spec: Obj, part: str) -> dict[str, Any]:
    """The same as quantities."""
    memory = ("memory", "ephemeral-storage")
    return {name: write_amount(one, "1Ki" if name in memory else "") for name, one in pod_amounts(spec, part).items()}


def _add(total: Amounts, more: Amounts) -> None:
    for name, value in more.items():
        total[name] = total[name] + value if name in total else value


def _raise(total: Amounts, other: Amounts) -> None:
    for name, value in other.items():
        if name not in total or total[name] < value:
            total[name] = value


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
