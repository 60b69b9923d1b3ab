"""What the scheduler says: why no node suits, and its events (events.k8s.io/v1, as its newer recorder writes them)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from k9py.demo.api.events import KEPT, make_event, reference
from k9py.demo.cluster import Cluster
from k9py.demo.controllers.scheduling.filters import Refusal
from k9py.demo.core.store import Key, Obj


def explain(refusals: Collection[Refusal], preemption: str) -> str:
    """`0/4 nodes are available: …`; nothing is said of preemption that has made room."""
    if not refusals:
        return "no nodes available to schedule pods"
    counted = Counter(reason for one in refusals for reason in one.reasons)
    text = f"0/{len(refusals)} nodes are available: {_joined(counted)}."
    return f"{text} no new claims to deallocate, preemption: {preemption}" if preemption else text


def _joined(counted: Counter[str]) -> str:
    return ", ".join(sorted(f"{count} {reason}" for reason, count in counted.items()))


def explain_no_victims(refusals: Collection[Refusal]) -> str:
    """Why preemption does not help."""
    reasons = {True: "Preemption is not helpful for scheduling", False: "No preemption victims found for incoming pod"}
    counted = Counter(reasons[one.final] for one in refusals)
    return f"0/{len(refusals)} nodes are available: {_joined(counted)}."


class Announcer:
    """Events without first and last time, which have an action and, when they are repeated, a series."""

    def __init__(self, cluster: Cluster, component: str, host: str) -> None:
        self._cluster = cluster
        self._component = component
        self._instance = f"{component}-{host}"
        self._known: dict[tuple[str, str, str], Key] = {}

    def say(self, obj: Obj, kind: str, reason: str, action: str, message: str) -> None:
        """Record an event; the same again within a while makes a series of it."""
        if self._cluster.quiet:
            return
        what = (obj["metadata"]["uid"], reason, message)
        known = self._known.get(what)
        entry = self._cluster.store.get(known) if known else None
        if entry is not None:
            self._repeat(entry.read(), entry.key)
            return
        self._known[what] = self._make(obj, kind, reason, action, message)
        self._cluster.clock.after(KEPT, lambda: self._forget(what))

    def _repeat(self, event: Obj, key: Key) -> None:
        count = event.get("series", {}).get("count", 1) + 1
        event["series"] = {"count": count, "lastObservedTime": self._cluster.clock.micro_stamp()}
        self._cluster.store.put(key, event)

    def _make(self, obj: Obj, kind: str, reason: str, action: str, message: str) -> Key:
        event = {
            "involvedObject": reference(obj),
            "reason": reason,
            "message": message,
            "source": {},
            "firstTimestamp": None,
            "lastTimestamp": None,
            "type": kind,
            "eventTime": self._cluster.clock.micro_stamp(),
            "action": action,
            "reportingComponent": self._component,
            "reportingInstance": self._instance,
        }
        return make_event(self._cluster, obj, f"{self._cluster.random.getrandbits(64):016x}", event)

    def _forget(self, what: tuple[str, str, str]) -> None:
        key = self._known.pop(what, None)
        if key and self._cluster.store.get(key):
            self._cluster.store.remove(key)
