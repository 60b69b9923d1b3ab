"""The steps of a rolling update: new pods up, broken old ones down, then good old ones down."""

from __future__ import annotations

from k9py.demo.controllers.revisions import age_order
from k9py.demo.controllers.rollout import Rollout
from k9py.demo.controllers.rollout_math import asked, count, max_unavailable, new_size, wanted
from k9py.demo.core.store import Obj


def scale_newest(rollout: Rollout) -> bool:
    """Bring the newest ReplicaSet as near to its size as maxSurge allows; whether that is a change."""
    newest, deployment = rollout.newest, rollout.deployment
    if newest is None or wanted(newest) == wanted(deployment):
        return False
    if wanted(newest) > wanted(deployment):
        return rollout.scale(newest, wanted(deployment))
    return rollout.scale(newest, new_size(deployment, rollout.all, newest))


def scale_down_old(rollout: Rollout) -> bool:
    """Take old pods down as far as maxUnavailable allows; whether that is a change."""
    newest, old = rollout.newest, sorted(rollout.active_old, key=age_order)
    if newest is None or not old:
        return False
    least = wanted(rollout.deployment) - max_unavailable(rollout.deployment)
    missing = wanted(newest) - _available(newest)
    room = asked(rollout.all) - least - missing
    if room <= 0:
        return False
    cleaned = _remove_broken(rollout, old, room)
    return _remove_spare(rollout, old, count(rollout.all, "availableReplicas") - least) + cleaned > 0


def _remove_broken(rollout: Rollout, old: list[Obj], most: int) -> int:
    """Pods that are not available are missed by nobody."""
    removed = 0
    for one in old:
        step = min(most - removed, wanted(one) - _available(one))
        if wanted(one) and step > 0:
            rollout.scale(one, wanted(one) - step)
            removed += step
    return removed


def _remove_spare(rollout: Rollout, old: list[Obj], most: int) -> int:
    removed = 0
    for one in old:
        step = min(most - removed, wanted(one))
        if step > 0:
            rollout.scale(one, wanted(one) - step)
            removed += step
    return removed


def _available(one: Obj) -> int:
    number: int = (one.get("status") or {}).get("availableReplicas", 0)
    return number
