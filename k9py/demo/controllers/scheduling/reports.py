"""What the scheduler says: why no node suits, and its events (events.k8s.io/v1, as its newer recorder writes them)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from k9py.demo.api.events import reference
from k9py.demo.cluster import Cluster
from k9py.demo.controllers.scheduling.filters import Refusal
from k9py.demo.core.store import Key, Obj

KEPT = 3600.0
"""Seconds that an event is kept."""


def explain(refusals: Iterable[Refusal], room: bool = False) -> str:
    """`0/4 nodes are available: …`; whether preemption helps is not said when it has made room."""
    listed = list(refusals)
    counted = Counter(reason for one in listed for reason in one.reasons)
    head = f"0/{len(listed)} nodes are available"
    if not listed:
        return "no nodes available to schedule pods"
    text = f"{head}: {_joined(counted)}."
    return text if room else f"{text} {_preemption(listed)}"


def _joined(counted: Counter[str]) -> str:
    return ", ".join(sorted(f"{count} {reason}" for reason, count in counted.items()))


def _preemption(refusals: list[Refusal]) -> str:
    counted: Counter[str] = Counter()
    for one in refusals:
        hopeless = "Preemption is not helpful for scheduling"
        counted[hopeless if one.final else "No preemption victims found for incoming pod"] += 1
    return f"no new claims to deallocate, preemption: 0/{len(refusals)} nodes are available: {_joined(counted)}."


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
        key = self._make(obj, kind, reason, action, message)
        self._known[what] = key
        self._cluster.clock.after(KEPT, lambda: self._forget(what))

    def _repeat(self, event: Obj, key: Key) -> None:
        count = event.get("series", {}).get("count", 1) + 1
        event["series"] = {"count": count, "lastObservedTime": self._cluster.clock.micro_stamp()}
        self._cluster.store.put(key, event)

    def _make(self, obj: Obj, kind: str, reason: str, action: str, message: str) -> Key:
        metadata = obj["metadata"]
        namespace = metadata.get("namespace", "default")
        name = f"{metadata['name']}.{self._cluster.random.getrandbits(64):016x}"
        event = {
            "kind": "Event",
            "apiVersion": "v1",
            "metadata": {"name": name, "namespace": namespace},
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
        found = self._cluster.store.get(Key("namespaces", "", namespace))
        if found and not found.meta.deletion_timestamp:
            self._cluster.registry.make("events", event)
        return Key("events", namespace, name)

    def _forget(self, what: tuple[str, str, str]) -> None:
        key = self._known.pop(what, None)
        if key and self._cluster.store.get(key):
            self._cluster.store.remove(key)
