"""The arithmetic of a rollout: how many pods a Deployment may have too many or too few, and who gets them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from k9py.demo.core.store import Obj

DESIRED = "deployment.kubernetes.io/desired-replicas"
MOST = "deployment.kubernetes.io/max-replicas"
NEVER = 2**31 - 1
"""What progressDeadlineSeconds and revisionHistoryLimit hold when there is no limit."""


def scaled(value: int | str | None, whole: int, up: bool) -> int:
    """A number, or a percentage of the whole (intstr.GetScaledValueFromIntOrPercent)."""
    if value is None:
        return 0
    if isinstance(value, int):
        return value
    share = int(value.rstrip("%")) * whole / 100
    return math.ceil(share) if up else math.floor(share)


def is_rolling(deployment: Obj) -> bool:
    """Whether its strategy is RollingUpdate."""
    return bool(_strategy(deployment).get("type", "RollingUpdate") == "RollingUpdate")


def wanted(obj: Obj) -> int:
    """spec.replicas."""
    replicas: int = obj["spec"].get("replicas", 1)
    return replicas


def _strategy(deployment: Obj) -> Obj:
    strategy: Obj = deployment["spec"].get("strategy") or {}
    return strategy


def _fenceposts(deployment: Obj) -> tuple[int, int]:
    """The limits maxSurge and maxUnavailable as numbers. One of them is at least 1, or nothing would ever move."""
    if not is_rolling(deployment):
        return 0, 0
    update = _strategy(deployment).get("rollingUpdate") or {}
    surge = scaled(update.get("maxSurge", "25%"), wanted(deployment), up=True)
    unavailable = scaled(update.get("maxUnavailable", "25%"), wanted(deployment), up=False)
    return surge, unavailable if surge or unavailable else 1


def max_surge(deployment: Obj) -> int:
    """So many pods more than asked for."""
    return _fenceposts(deployment)[0]


def max_unavailable(deployment: Obj) -> int:
    """So many pods of those asked for may be missing."""
    return min(_fenceposts(deployment)[1], wanted(deployment))


def count(sets: Sequence[Obj], name: str = "replicas") -> int:
    """The sum of a count in the statuses of ReplicaSets."""
    return sum((one.get("status") or {}).get(name, 0) for one in sets)


def asked(sets: Sequence[Obj]) -> int:
    """The sum of what ReplicaSets are asked for."""
    return sum(wanted(one) for one in sets)


def new_size(deployment: Obj, sets: Sequence[Obj], newest: Obj) -> int:
    """How large the newest ReplicaSet may be by now."""
    if not is_rolling(deployment):
        return wanted(deployment)
    room = wanted(deployment) + max_surge(deployment) - asked(sets)
    if room <= 0:
        return wanted(newest)
    return wanted(newest) + min(room, wanted(deployment) - wanted(newest))


def proportional_sizes(deployment: Obj, active: Sequence[Obj]) -> dict[str, int]:
    """New sizes, by name, when a Deployment is scaled amid a rollout: each ReplicaSet gets its share."""
    allowed = wanted(deployment) + max_surge(deployment) if wanted(deployment) else 0
    change = allowed - asked(active)
    ordered = _by_size(active, newer=change > 0)
    sizes, given = {}, 0
    for one in ordered:
        share = _share(deployment, one, change, given)
        sizes[one["metadata"]["name"]] = wanted(one) + share
        given += share
    if change:
        largest = ordered[0]["metadata"]["name"]
        sizes[largest] = max(0, sizes[largest] + change - given)
    return sizes


def _by_size(active: Sequence[Obj], newer: bool) -> list[Obj]:
    by_age = sorted(active, key=lambda one: (one["metadata"]["creationTimestamp"], one["metadata"]["name"]))
    if newer:
        by_age.reverse()
    return sorted(by_age, key=lambda one: -wanted(one))


def _share(deployment: Obj, one: Obj, change: int, given: int) -> int:
    if not wanted(one) or not change or change == given:
        return 0
    share = _fraction(deployment, one)
    return min(share, change - given) if change > 0 else max(share, change - given)


def _fraction(deployment: Obj, one: Obj) -> int:
    """What keeps its part of the whole the same."""
    if not wanted(deployment):
        return -wanted(one)
    before = annotation_number(one, MOST) or (deployment.get("status") or {}).get("replicas", 0)
    if not before:
        return 0
    size = wanted(one) * (wanted(deployment) + max_surge(deployment)) / before
    return math.floor(size + 0.5) - wanted(one)


def annotation_number(obj: Obj, name: str) -> int | None:
    """A number in an annotation; None where there is none to read."""
    text = (obj["metadata"].get("annotations") or {}).get(name, "")
    return int(text) if text.isdecimal() else None


def is_saturated(deployment: Obj, newest: Obj | None) -> bool:
    """Whether the newest ReplicaSet has all that is asked for, and all of it available."""
    size = wanted(deployment)
    return (
        newest is not None
        and wanted(newest) == size == annotation_number(newest, DESIRED)
        and (newest.get("status") or {}).get("availableReplicas", 0) == size
    )


def is_complete(deployment: Obj, status: Obj) -> bool:
    """Whether all pods are new and available, and no other is left."""
    size = wanted(deployment)
    counts = [status.get(name, 0) for name in ("updatedReplicas", "replicas", "availableReplicas")]
    seen: int = status.get("observedGeneration", 0)
    return counts == [size] * 3 and seen >= deployment["metadata"].get("generation", 1)
