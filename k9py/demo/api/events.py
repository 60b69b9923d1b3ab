"""Events, as controllers and kubelets record them: repeated ones are counted, old ones forgotten after an hour."""

from __future__ import annotations

from typing import Any

from k9py.demo.api.correlation import COMBINED, Correlator
from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Entry, Key, Obj
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
        self._untold: dict[tuple[str, str, str, str], int] = {}
        self._correlator = Correlator()

    def normal(self, obj: Obj, reason: str, message: str, field_path: str = "") -> None:
        """Something that is as it should be."""
        self._record(obj, "Normal", reason, message, field_path)

    def warning(self, obj: Obj, reason: str, message: str, field_path: str = "") -> None:
        """Something that a person may want to know."""
        self._record(obj, "Warning", reason, message, field_path)

    def _record(self, obj: Obj, kind: str, reason: str, message: str, field_path: str) -> None:
        if self._cluster.quiet:
            return
        uid, now = obj["metadata"]["uid"], self._cluster.clock.now
        what = (uid, reason, message, field_path)
        if self._correlator.combine((uid, kind, reason), message, now):
            message = COMBINED + message
            what = (uid, reason, COMBINED, "")
        key = self._known.get(what)
        entry = self._cluster.store.get(key) if key else None
        if not self._correlator.admit(uid, now):
            if entry:
                self._untold[what] = self._untold.get(what, 0) + 1
        elif entry is None:
            self._known[what] = self._make(obj, kind, reason, message, field_path)
            self._cluster.clock.after(KEPT, lambda: self._expire(what))
        else:
            event = entry.read()
            event["count"] = event.get("count", 1) + 1 + self._untold.pop(what, 0)
            event["lastTimestamp"] = self._cluster.clock.stamp()
            event["message"] = message
            self._cluster.store.put(entry.key, event)

    def _make(self, obj: Obj, kind: str, reason: str, message: str, field_path: str) -> Key:
        # nanoseconds, as in the real one: names sort by time; the store's version keeps apart what is of one moment
        suffix = f"{int(self._cluster.clock.now * 1e9) + self._cluster.store.version:x}"
        now = self._cluster.clock.stamp()
        event = {
            "involvedObject": reference(obj) | ({"fieldPath": field_path} if field_path else {}),
            "reason": reason,
            "message": message,
            "source": {"component": self._component} | ({"host": self._host} if self._host else {}),
            "firstTimestamp": now,
            "lastTimestamp": now,
            "count": 1,
            "type": kind,
            "eventTime": None,
            "reportingComponent": self._component,
            "reportingInstance": self._host,
        }
        return make_event(self._cluster, obj, suffix, event)

    def _expire(self, what: tuple[str, str, str, str]) -> None:
        """Forget it an hour after it has last been seen."""
        self._untold.pop(what, None)
        key = self._known.get(what)
        entry = self._cluster.store.get(key) if key else None
        if key is None or entry is None:
            self._known.pop(what, None)
            return
        last = parse_time(entry.read()["lastTimestamp"]) or 0.0
        if last + KEPT > self._cluster.clock.now:
            self._cluster.clock.at(last + KEPT, lambda: self._expire(what))
            return
        self._cluster.store.remove(key)
        del self._known[what]


def make_event(cluster: Cluster, obj: Obj, suffix: str, fields: Obj) -> Key:
    """Make an event about an object, unless its namespace is going. Answers where it is, or would be."""
    metadata = obj["metadata"]
    key = Key("events", metadata.get("namespace", "default"), f"{metadata['name']}.{suffix}")
    home = cluster.store.get(Key("namespaces", "", key.namespace))
    if home and not home.meta.deletion_timestamp:
        named = {"name": key.name, "namespace": key.namespace}
        cluster.registry.make("events", {"kind": "Event", "apiVersion": "v1", "metadata": named, **fields})
    return key


def subject(entry: Entry, kind: str, api_version: str) -> Obj:
    """As much of an object as an event about it needs, without reading it whole."""
    metadata = {
        "namespace": entry.key.namespace,
        "name": entry.key.name,
        "uid": entry.meta.uid,
        "resourceVersion": str(entry.version),
    }
    return {"kind": kind, "apiVersion": api_version, "metadata": metadata}


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
