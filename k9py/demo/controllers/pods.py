"""What controllers ask of pods, read once a version and kept in indexes, so that none of them has to scan all pods."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec

from k9py.demo.api.registry import Registry
from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Change, Entry, Key, Obj
from k9py.values.age import parse_time
from k9py.values.selector import LabelSelector, Selector, selector_from

HASH_LABEL = "pod-template-hash"
FINISHED = frozenset({"Succeeded", "Failed"})
"""Phases out of which no pod comes."""

_LETTERS = "bcdfghjklmnpqrstvwxz2456789"


class _Condition(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    type: str
    status: str
    last_transition_time: str | None = None


class _ContainerStatus(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    restart_count: int = 0


class _Status(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    phase: str | None = None
    pod_ip: str | None = msgspec.field(default=None, name="podIP")
    conditions: tuple[_Condition, ...] | None = None
    container_statuses: tuple[_ContainerStatus, ...] | None = None


class _Spec(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    node_name: str | None = None


class _Metadata(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    annotations: Mapping[str, str] | None = None


class _View(msgspec.Struct, frozen=True, gc=False):
    metadata: _Metadata
    spec: _Spec
    status: _Status = _Status()


_view = msgspec.json.Decoder(_View).decode


class Pod:
    """A pod in one version, as far as controllers look at it."""

    __slots__ = ("cost", "created", "entry", "ip", "node", "phase", "ready", "ready_since", "restarts")

    def __init__(self, entry: Entry) -> None:
        view = _view(entry.raw)
        ready = next((one for one in view.status.conditions or () if one.type == "Ready"), None)
        self.entry = entry
        self.phase = view.status.phase or "Pending"
        self.node = view.spec.node_name or ""
        self.ip = view.status.pod_ip or ""
        self.ready = ready is not None and ready.status == "True"
        self.ready_since = (parse_time(ready.last_transition_time) if ready and self.ready else None) or 0.0
        """Seconds since the epoch; 0 while it is not ready."""
        self.restarts = max((one.restart_count for one in view.status.container_statuses or ()), default=0)
        self.created = parse_time(entry.meta.creation_timestamp) or 0.0
        self.cost = deletion_cost(view.metadata.annotations or {})

    @property
    def key(self) -> Key:
        """Where it is stored."""
        return self.entry.key

    @property
    def name(self) -> str:
        """Its name."""
        return self.entry.key.name

    @property
    def uid(self) -> str:
        """Its uid."""
        return self.entry.meta.uid

    @property
    def labels(self) -> Mapping[str, str]:
        """Its labels."""
        return self.entry.meta.labels

    @property
    def leaving(self) -> bool:
        """Whether its deletion has begun."""
        return bool(self.entry.meta.deletion_timestamp)

    @property
    def finished(self) -> bool:
        """Whether its containers have ended for good."""
        return self.phase in FINISHED

    @property
    def active(self) -> bool:
        """Neither finished nor on its way out."""
        return not self.finished and not self.leaving

    @property
    def terminating(self) -> bool:
        """On its way out, and still running."""
        return self.leaving and not self.finished

    @property
    def outline(self) -> tuple[object, ...]:
        """What those look at who count pods or lead to them; the rest of a status is of no concern to them."""
        where, owner = (self.ip, self.node), self.entry.meta.controller
        return self.finished, self.ready, self.ready_since, self.leaving, where, owner, self.labels

    def available_at(self, min_ready: float) -> float | None:
        """From when on it has been ready for so many seconds; None while it is not ready."""
        return self.ready_since + min_ready if self.ready else None

    def available(self, min_ready: float, now: float) -> bool:
        """Whether it has been ready for so many seconds."""
        return self.ready and (not min_ready or self.ready_since + min_ready <= now)


class Pods:
    """All pods of a cluster, by key, by namespace, and those that no controller manages."""

    def __init__(self, registry: Registry) -> None:
        self._store = registry.store
        self._pods: dict[Key, Pod] = {}
        self._namespaces: dict[str, set[Key]] = {}
        self._orphans: dict[str, set[Key]] = {}
        self._before: Pod | None = None
        """What the pod was that has changed last."""
        self._store.follow("pods", self._hear)

    def get(self, key: Key) -> Pod | None:
        """A pod as it is now."""
        return self._pods.get(key)

    def owned(self, uid: str) -> list[Pod]:
        """The pods whose controller has that uid, in order of their names."""
        return [
            self._pods[entry.key]
            for entry in self._store.owned(uid)
            if entry.key.collection == "pods" and (owner := entry.meta.controller) and owner.uid == uid
        ]

    def orphans(self, namespace: str) -> list[Pod]:
        """The pods of a namespace that have no controller."""
        return [self._pods[key] for key in sorted(self._orphans.get(namespace, ()))]

    def within(self, namespace: str) -> list[Pod]:
        """All pods of a namespace."""
        return [self._pods[key] for key in sorted(self._namespaces.get(namespace, ()))]

    def is_news(self, change: Change) -> bool:
        """Whether a change that is being told is one of a pod's outline."""
        before, now = self._before, self._pods.get(change.entry.key)
        if before is None or now is None or before.entry is not change.old or now.entry is not change.entry:
            return True
        return before.outline != now.outline

    def _hear(self, change: Change) -> None:
        entry = change.entry
        self._before = self._pods.get(entry.key)
        if change.type == "DELETED":
            del self._pods[entry.key]
            _discard(self._namespaces, entry.key)
            _discard(self._orphans, entry.key)
            return
        self._pods[entry.key] = Pod(entry)
        self._namespaces.setdefault(entry.key.namespace, set()).add(entry.key)
        if entry.meta.controller:
            _discard(self._orphans, entry.key)
        else:
            self._orphans.setdefault(entry.key.namespace, set()).add(entry.key)


def pods_of(cluster: Cluster) -> Pods:
    """The one index of a cluster's pods."""
    return cluster.registry.part(Pods)


def _discard(index: dict[str, set[Key]], key: Key) -> None:
    keys = index.get(key.namespace)
    if keys is not None:
        keys.discard(key)
        if not keys:
            del index[key.namespace]


def deletion_cost(annotations: Mapping[str, str]) -> int:
    """What the annotation controller.kubernetes.io/pod-deletion-cost says; 0 if it says nothing that can be read."""
    try:
        return int(annotations.get("controller.kubernetes.io/pod-deletion-cost", 0))
    except ValueError:
        return 0


def read_map_selector(labels: Mapping[str, str] | None) -> Selector:
    """The selector of a Service or ReplicationController: a map. None and an empty one select nothing."""
    return selector_from(LabelSelector(match_labels=labels) if labels else None)


def pod_from_template(template: Mapping[str, Any], owner: str, ref: Mapping[str, Any]) -> Obj:
    """A new pod of a template, named after its owner."""
    metadata = template.get("metadata") or {}
    made: Obj = {"generateName": f"{owner}-", "ownerReferences": [dict(ref)]}
    for name in ("labels", "annotations", "finalizers"):
        if metadata.get(name):
            made[name] = type(metadata[name])(metadata[name])
    return {"kind": "Pod", "apiVersion": "v1", "metadata": made, "spec": msgspec.json.decode(_dump(template["spec"]))}


def essence(value: Any) -> Any:
    """A value without what is empty: Kubernetes takes `{}`, `[]`, `null` and what is absent for the same."""
    if isinstance(value, dict):
        kept = {name: essence(one) for name, one in value.items()}
        return {name: one for name, one in kept.items() if one not in (None, {}, [], "")}
    return [essence(one) for one in value] if isinstance(value, list) else value


def same_template(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two pod templates are the same but for the hash label."""
    return _unlabelled(one) == _unlabelled(other)


def template_hash(template: Mapping[str, Any], collisions: int = 0) -> str:
    """The value of pod-template-hash: stable for one template, 8 to 10 signs."""
    return safe_hash(_dump(essence(template)) + (str(collisions).encode() if collisions else b""))


def safe_hash(data: bytes) -> str:
    """A 32-bit hash in signs that make no words (k8s.io/apimachinery/pkg/util/rand SafeEncodeString)."""
    number = int.from_bytes(hashlib.blake2b(data, digest_size=4).digest(), "big")
    return "".join(_LETTERS[ord(digit) % len(_LETTERS)] for digit in str(number))


def _unlabelled(template: Mapping[str, Any]) -> bytes:
    return _plain(_dump(template))


@lru_cache(maxsize=2048)
def _plain(raw: bytes) -> bytes:
    template = msgspec.json.decode(raw)
    labels = (template.get("metadata") or {}).get("labels") or {}
    labels.pop(HASH_LABEL, None)
    return _dump(essence(template))


_dump = msgspec.json.Encoder(order="deterministic").encode
