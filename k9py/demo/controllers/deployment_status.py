"""What a Deployment says of itself: counts, and the conditions Available, Progressing and ReplicaFailure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from k9py.demo.api.conditions import find, without
from k9py.demo.controllers.rollout_math import NEVER, asked, count, is_complete, max_unavailable, wanted
from k9py.demo.core.clock import Clock
from k9py.demo.core.store import Obj
from k9py.values.age import parse_time


def deadline(deployment: Obj) -> int | None:
    """Seconds without progress after which a rollout has failed; None for never."""
    seconds: int | None = deployment["spec"].get("progressDeadlineSeconds")
    return None if seconds == NEVER else seconds


def condition(kind: str, status: str, reason: str, message: str, now: str) -> dict[str, Any]:
    """A DeploymentCondition of this moment."""
    return {
        "type": kind,
        "status": status,
        "lastUpdateTime": now,
        "lastTransitionTime": now,
        "reason": reason,
        "message": message,
    }


def set_condition(status: Obj, new: dict[str, Any]) -> None:
    """Set it, at the end, unless status and reason are what they were; the time of its status is kept."""
    old = find(status.get("conditions"), new["type"])
    if old and (old["status"], old["reason"]) == (new["status"], new["reason"]):
        return
    if old and old["status"] == new["status"]:
        new = {**new, "lastTransitionTime": old["lastTransitionTime"]}
    status["conditions"] = [*without(status.get("conditions"), new["type"]), new]


def drop_condition(status: Obj, kind: str) -> None:
    """Say nothing of that any more."""
    status["conditions"] = without(status.get("conditions"), kind)


def counted(deployment: Obj, sets: Sequence[Obj], newest: Obj | None, now: str) -> Obj:
    """The status by its ReplicaSets, with the condition Available; Progressing as it was."""
    available = count(sets, "availableReplicas")
    old = deployment.get("status") or {}
    numbers = {
        "replicas": count(sets),
        "updatedReplicas": count([newest] if newest else []),
        "readyReplicas": count(sets, "readyReplicas"),
        "availableReplicas": available,
        "unavailableReplicas": max(0, asked(sets) - available),
        "collisionCount": old.get("collisionCount", 0),
    }
    status: Obj = {"observedGeneration": deployment["metadata"].get("generation", 1)}
    status |= {name: number for name, number in numbers.items() if number}
    status["terminatingReplicas"] = count(sets, "terminatingReplicas")
    status["conditions"] = list(old.get("conditions") or ())
    if available >= wanted(deployment) - max_unavailable(deployment):
        text = "Deployment has minimum availability."
        set_condition(status, condition("Available", "True", "MinimumReplicasAvailable", text, now))
    else:
        text = "Deployment does not have minimum availability."
        set_condition(status, condition("Available", "False", "MinimumReplicasUnavailable", text, now))
    return status


def progressed(deployment: Obj, sets: Sequence[Obj], newest: Obj | None, clock: Clock) -> Obj:
    """The status during a rollout: with Progressing, and the failures of its ReplicaSets."""
    status = counted(deployment, sets, newest, clock.stamp())
    old = find((deployment.get("status") or {}).get("conditions"), "Progressing")
    if deadline(deployment) is None:
        drop_condition(status, "Progressing")
    elif not (
        status.get("replicas", 0) == status.get("updatedReplicas", 0)
        and old
        and old["reason"] == "NewReplicaSetAvailable"
    ):
        _judge(deployment, status, newest, clock)
    failure = _failure([*([newest] if newest else ()), *sets])
    if failure:
        set_condition(status, failure)
    else:
        drop_condition(status, "ReplicaFailure")
    return status


def _judge(deployment: Obj, status: Obj, newest: Obj | None, clock: Clock) -> None:
    """Complete, on its way, or out of time."""
    named = newest or deployment
    who = f'{"ReplicaSet" if newest else "Deployment"} "{named["metadata"]["name"]}"'
    now = clock.stamp()
    if is_complete(deployment, status):
        text = f"{who} has successfully progressed."
        set_condition(status, condition("Progressing", "True", "NewReplicaSetAvailable", text, now))
    elif _has_moved(deployment.get("status") or {}, status):
        _keep_going(status, condition("Progressing", "True", "ReplicaSetUpdated", f"{who} is progressing.", now))
    elif _is_late(deployment, status, clock.now):
        text = f"{who} has timed out progressing."
        set_condition(status, condition("Progressing", "False", "ProgressDeadlineExceeded", text, now))


def _keep_going(status: Obj, new: dict[str, Any]) -> None:
    """Each step moves lastUpdateTime: the deadline begins anew."""
    old = find(status["conditions"], "Progressing")
    if old and old["status"] == "True":
        new["lastTransitionTime"] = old["lastTransitionTime"]
    drop_condition(status, "Progressing")
    set_condition(status, new)


def _has_moved(old: Obj, new: Obj) -> bool:
    def outdated(status: Obj) -> int:
        left: int = status.get("replicas", 0) - status.get("updatedReplicas", 0)
        return left

    grown = any(
        new.get(name, 0) > old.get(name, 0) for name in ("updatedReplicas", "readyReplicas", "availableReplicas")
    )
    return grown or outdated(new) < outdated(old)


def _is_late(deployment: Obj, status: Obj, now: float) -> bool:
    found = find(status["conditions"], "Progressing")
    if found is None or found["reason"] == "NewReplicaSetAvailable":
        return False
    if found["reason"] == "ProgressDeadlineExceeded":
        return True
    return (parse_time(found["lastUpdateTime"]) or 0.0) + (deadline(deployment) or 0) < now


def _failure(sets: Sequence[Obj]) -> dict[str, Any] | None:
    """What keeps a ReplicaSet from making pods; the newest one's comes first."""
    for one in sets:
        found = find((one.get("status") or {}).get("conditions"), "ReplicaFailure")
        if found:
            return {**found, "lastUpdateTime": found["lastTransitionTime"]}
    return None


def seconds_left(deployment: Obj, status: Obj, now: float) -> float | None:
    """Until a rollout without progress is late; None when there is nothing to wait for."""
    found = find(status["conditions"], "Progressing")
    seconds = deadline(deployment)
    if seconds is None or found is None or is_complete(deployment, status):
        return None
    if found["reason"] == "ProgressDeadlineExceeded":
        return None
    return max(0.0, (parse_time(found["lastUpdateTime"]) or 0.0) + seconds - now)
