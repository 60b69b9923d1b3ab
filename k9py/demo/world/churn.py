"""Changes of many pods, as their kubelets would write them: restarts, and readiness that goes and comes back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Key, Obj

TICK = 0.1
"""Seconds between two helpings of changes."""

AWAY = 3.0
"""Seconds for which a pod is not ready."""

FLIPS = 0.2
"""The part of the changes by which a pod gets unready; as many make one ready again, the rest are restarts."""


class Churn:
    """Goes round and round over the pods. Those of one Deployment change together, as they do when it is theirs."""

    def __init__(self, cluster: Cluster, keys: Sequence[Key], rate: float) -> None:
        self._cluster = cluster
        self._keys = keys
        self._rate = rate
        self._owed = 0.0
        self._flipped = 0
        self._restored = 0
        self._restarted = len(keys) // 2

    def start(self) -> None:
        """From now on."""
        self._cluster.clock.every(TICK, self._tick)

    def _tick(self) -> None:
        self._owed += self._rate * TICK
        count = int(self._owed)
        self._owed -= count
        flips = round(count * FLIPS)
        for _ in range(flips):
            self._flipped = self._change(self._flipped, _fail)
        behind = int(self._rate * FLIPS * AWAY)
        restored = min(flips, max(0, self._flipped - self._restored - behind))
        for _ in range(restored):
            self._restored = self._change(self._restored, _recover)
        for _ in range(count - flips - restored):
            self._restarted = self._change(self._restarted, _restart)

    def _change(self, number: int, change: Callable[[Obj, str], bool]) -> int:
        """Change the pod whose turn it is, if it is still there; answers whose turn is next."""
        key = self._keys[number % len(self._keys)]
        entry = self._cluster.store.get(key)
        if entry is not None and not entry.meta.deletion_timestamp:
            pod = entry.read()
            if change(pod["status"], self._cluster.clock.stamp()):
                self._cluster.store.put(key, pod)
        return number + 1


def _fail(status: Obj, now: str) -> bool:
    """Its readiness probe fails."""
    return _ready(status, False, now)


def _recover(status: Obj, now: str) -> bool:
    """Its readiness probe succeeds again."""
    return _ready(status, True, now)


def _ready(status: Obj, ready: bool, now: str) -> bool:
    first = status["containerStatuses"][0]
    if first["ready"] == ready:
        return False
    first["ready"] = ready
    why = {} if ready else {"reason": "ContainersNotReady", "message": "containers with unready status: [app]"}
    status["conditions"] = [
        {
            "type": one["type"],
            "status": "True" if ready else "False",
            "lastProbeTime": None,
            "lastTransitionTime": now,
            **why,
        }
        if one["type"] in ("Ready", "ContainersReady")
        else one
        for one in status["conditions"]
    ]
    return True


def _restart(status: Obj, now: str) -> bool:
    """Its container has ended, and runs again."""
    first = status["containerStatuses"][0]
    began = first["state"]["running"]["startedAt"] if "running" in first["state"] else now
    first["lastState"] = {
        "terminated": {
            "exitCode": 1,
            "reason": "Error",
            "startedAt": began,
            "finishedAt": now,
            "containerID": first.get("containerID", ""),
        }
    }
    first["state"] = {"running": {"startedAt": now}}
    first["restartCount"] += 1
    return True
