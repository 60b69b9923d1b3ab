"""Namespaces that are being deleted: all that is in them goes first (pkg/controller/namespace)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import ClassVar

from k9py.demo.api.conditions import set_in_place
from k9py.demo.controllers.controller import Controller
from k9py.demo.core.catalog import Served
from k9py.demo.core.store import Change, Entry, Key, Obj
from k9py.values.age import parse_time

DELAY = 5.0
"""Seconds from the deletion of a namespace to that of the first thing in it."""
FINALIZER_WAIT = 15
"""Seconds that finalizers are thought to take."""

_FINE = {
    "NamespaceDeletionDiscoveryFailure": ("ResourcesDiscovered", "All resources successfully discovered"),
    "NamespaceDeletionGroupVersionParsingFailure": ("ParsedGroupVersions", "All legacy kube types successfully parsed"),
    "NamespaceDeletionContentFailure": (
        "ContentDeleted",
        "All content successfully deleted, may be waiting on finalization",
    ),
    "NamespaceContentRemaining": ("ContentRemoved", "All content successfully removed"),
    "NamespaceFinalizersRemaining": ("ContentHasNoFinalizers", "All content-preserving finalizers finished"),
}
"""The conditions in their order, with what they say while nothing is wrong."""


@dataclass(slots=True)
class _Rest:
    """What has not gone yet: how many of which resource, of which finalizer, what failed, how long it may take."""

    counts: dict[str, int] = field(default_factory=dict)
    finalizers: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    wait: int = 0

    def conditions(self) -> dict[str, tuple[str, str]]:
        """Reason and message of each condition that is True."""
        found = {}
        if self.errors:
            text = (
                f"Failed to delete all resource types, {len(self.errors)} remaining: {', '.join(sorted(self.errors))}"
            )
            found["NamespaceDeletionContentFailure"] = ("ContentDeletionFailed", text)
        if self.counts:
            listed = sorted(f"{name} has {count} resource instances" for name, count in self.counts.items())
            text = f"Some resources are remaining: {', '.join(listed)}"
            found["NamespaceContentRemaining"] = ("SomeResourcesRemain", text)
        if self.finalizers:
            listed = sorted(f"{name} in {count} resource instances" for name, count in self.finalizers.items())
            text = f"Some content in the namespace has finalizers remaining: {', '.join(listed)}"
            found["NamespaceFinalizersRemaining"] = ("SomeFinalizersRemain", text)
        return found


class Namespaces(Controller):
    """Empties what is Terminating: its pods first, then all else, then the namespace itself."""

    name: ClassVar[str] = "namespace"

    def start(self) -> None:
        """Watch namespaces."""
        self.store.follow("namespaces", self._hear)

    def reconcile(self, entry: Entry) -> None:
        """Delete what is in it; look again when that may be gone."""
        if not (entry.read().get("spec") or {}).get("finalizers"):
            return
        rest = self._empty(entry)
        if rest.errors:
            self.enqueue(entry.key, self.backoff.failed(entry.key))
        elif rest.counts:
            self.enqueue(entry.key, rest.wait // 2 + 1)
        else:
            self._finalize(entry.key)

    def _hear(self, change: Change) -> None:
        """Each change waits for a while, so that the last requests for the namespace have been answered."""
        if change.type != "DELETED" and change.entry.meta.deletion_timestamp:
            self.enqueue(change.entry.key, DELAY)

    def _empty(self, entry: Entry) -> _Rest:
        rest = _Rest()
        pods = self.cluster.catalog.storage("pods")
        self._delete_all(entry, pods, rest)
        if rest.counts:
            # the real one says nothing of what remains while it is pods
            self._say(entry, _Rest(errors=rest.errors))
            return rest
        for served in self._resources():
            self._delete_all(entry, served, rest)
        self._say(entry, rest)
        return rest

    def _resources(self) -> list[Served]:
        """What can be deleted in namespaces, each collection once."""
        found = {
            served.storage: self.cluster.catalog.storage(served.storage)
            for served in self.cluster.catalog
            if self.store.count(served.storage) and served.namespaced and "delete" in served.verbs
        }
        return [found[name] for name in sorted(found) if name != "pods"]

    def _delete_all(self, entry: Entry, served: Served, rest: _Rest) -> None:
        namespace = entry.key.name
        wait = self._grace(entry) if served.storage == "pods" else 0
        for one in self.store.entries(served.storage, namespace):
            self.registry.discard(served.storage, namespace, one.key.name, one.meta.uid, "Background")
        left = self.store.entries(served.storage, namespace)
        if not left:
            return
        rest.counts[f"{served.plural}.{served.group}"] = len(left)
        finalizers = Counter(name for one in left for name in one.meta.finalizers)
        rest.finalizers += finalizers
        if not wait and not finalizers:
            group = f"{served.group}/{served.gvr.version}"
            text = f"unexpected items still remain in namespace: {namespace} for gvr: {group}, Resource={served.plural}"
            rest.errors.append(text)
        rest.wait = max(rest.wait, wait or FINALIZER_WAIT)

    def _grace(self, entry: Entry) -> int:
        """The longest grace of its pods; 0 when that has passed since the namespace was deleted."""
        graces = [
            pod.entry.read()["spec"].get("terminationGracePeriodSeconds", 30)
            for pod in self.pods.within(entry.key.name)
            if not pod.finished
        ]
        longest: int = max(graces, default=0)
        since = self.clock.now - (parse_time(entry.meta.deletion_timestamp) or 0.0)
        return longest if since < longest else 0

    def _say(self, entry: Entry, rest: _Rest) -> None:
        wrong = rest.conditions()
        now = self.clock.stamp()

        def change(obj: Obj) -> Obj:
            status = {**(obj.get("status") or {}), "phase": "Terminating"}
            for kind, (reason, text) in _FINE.items():
                reason, text = wrong.get(kind, (reason, text))
                new = {"type": kind, "status": "True" if kind in wrong else "False", "reason": reason, "message": text}
                status["conditions"] = set_in_place(status.get("conditions"), new, now)
            return {**obj, "status": status}

        self.registry.patch("namespaces", ("", entry.key.name), change, "status")

    def _finalize(self, key: Key) -> None:
        def change(obj: Obj) -> Obj:
            rest = [name for name in obj["spec"].pop("finalizers", ()) if name != "kubernetes"]
            if rest:
                obj["spec"]["finalizers"] = rest
            return obj

        self.registry.patch("namespaces", ("", key.name), change, "finalize")
