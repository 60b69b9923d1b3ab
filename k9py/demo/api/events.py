"""Events, as controllers and kubelets record them: repeated ones are counted, old ones forgotten after an hour."""

from __future__ import annotations

from typing import Any

from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Key, Obj
from k9py.values.age import parse_time

KEPT = 3600.0
"""Seconds that an event is kept (kube-apiserver's --event-ttl)."""


class Recorder:
    """Records the events of one component, as client-go's EventRecorder does."""

    def __init__(self, cluster: Cluster, component: str, host: str = "") -> None:
        self._cluster = cluster
        self._component = component
        self._host = host
        self._known: dict[tuple[str, str, str, str], Key] = {}

    def normal(self, obj: Obj, reason: str, message: str, field_path: str = "") -> None:
        """Something that is as it should be."""
        self._record(obj, "Normal", reason, message, field_path)

    def warning(self, obj: Obj, reason: str, message: str, field_path: str = "") -> None:
        """Something that a person may want to know."""
        self._record(obj, "Warning", reason, message, field_path)

    def _record(self, obj: Obj, kind: str, reason: str, message: str, field_path: str) -> None:
        what = (obj["metadata"]["uid"], reason, message, field_path)
        key = self._known.get(what)
        entry = self._cluster.store.get(key) if key else None
        if entry is None:
            self._known[what] = self._make(obj, kind, reason, message, field_path)
            self._cluster.clock.after(KEPT, lambda: self._expire(what))
            return
        event = entry.read()
        event["count"] = event.get("count", 1) + 1
        event["lastTimestamp"] = self._cluster.clock.stamp()
        self._cluster.store.put(entry.key, event)

    def _make(self, obj: Obj, kind: str, reason: str, message: str, field_path: str) -> Key:
        metadata = obj["metadata"]
        namespace = metadata.get("namespace", "default")
        name = f"{metadata['name']}.{self._cluster.random.getrandbits(64):016x}"
        now = self._cluster.clock.stamp()
        source = {"component": self._component} | ({"host": self._host} if self._host else {})
        event = {
            "kind": "Event",
            "apiVersion": "v1",
            "metadata": {"name": name, "namespace": namespace},
            "involvedObject": reference(obj) | ({"fieldPath": field_path} if field_path else {}),
            "reason": reason,
            "message": message,
            "source": source,
            "firstTimestamp": now,
            "lastTimestamp": now,
            "count": 1,
            "type": kind,
            "eventTime": None,
            "reportingComponent": self._component,
            "reportingInstance": self._host,
        }
        if self._cluster.store.get(Key("namespaces", "", namespace)):
            self._cluster.registry.make("events", event)
        return Key("events", namespace, name)

    def _expire(self, what: tuple[str, str, str, str]) -> None:
        """Forget it an hour after it has last been seen."""
        key = self._known[what]
        entry = self._cluster.store.get(key)
        if entry is None:
            del self._known[what]
            return
        last = parse_time(entry.read()["lastTimestamp"]) or 0.0
        if last + KEPT > self._cluster.clock.now:
            self._cluster.clock.at(last + KEPT, lambda: self._expire(what))
            return
        self._cluster.store.remove(key)
        del self._known[what]


def reference(obj: Obj) -> dict[str, Any]:
    """What an event concerns (ObjectReference)."""
    metadata = obj["metadata"]
    found = {
        "kind": obj["kind"],
        "namespace": metadata.get("namespace", ""),
        "name": metadata["name"],
        "uid": metadata["uid"],
        "apiVersion": obj["apiVersion"],
        "resourceVersion": metadata.get("resourceVersion", ""),
    }
    return {name: value for name, value in found.items() if value}
