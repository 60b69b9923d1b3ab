"""What all controllers have: a queue of keys, each reconciled once after whatever concerned it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from k9py.demo.api.apply import stamped
from k9py.demo.api.events import Recorder
from k9py.demo.api.registry import SYSTEM
from k9py.demo.cluster import Cluster
from k9py.demo.controllers.backoff import Backoff
from k9py.demo.controllers.pods import Pods
from k9py.demo.core.clock import Timer
from k9py.demo.core.status import StatusError
from k9py.demo.core.store import Change, Entry, Key, Obj

MANAGER = "kube-controller-manager"
"""Who is said to have written what controllers write (managedFields)."""


class Controller:
    """Subclasses watch collections in `start`, and say in `reconcile` what is to be done for an object."""

    name: ClassVar[str]
    component: ClassVar[str] = MANAGER
    """Who its events are from."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.clock = cluster.clock
        self.store = cluster.store
        self.registry = cluster.registry
        self.pods = cluster.registry.part(Pods)
        self.recorder = Recorder(cluster, self.component)
        self.backoff = Backoff()
        self._queued: dict[Key, Timer] = {}

    def start(self) -> None:
        """Begin to watch."""

    def reconcile(self, entry: Entry) -> None:
        """Look at what there is, and take it one step nearer to what is asked for. Does nothing when it is there."""
        raise NotImplementedError

    def forget(self, key: Key) -> None:
        """It is gone."""
        self.backoff.forget(key)

    def watch(self, collection: str, keys: Callable[[Change], Iterable[Key]] | None = None, delay: float = 0.0) -> None:
        """Reconcile what each change of the collection concerns: the object itself, unless `keys` says otherwise.

        What is there already is reconciled too. `delay` is in seconds, in which more changes may come together.
        """

        def hear(change: Change) -> None:
            for key in keys(change) if keys else (change.entry.key,):
                self.enqueue(key, delay)

        self.store.follow(collection, hear)

    def enqueue(self, key: Key, delay: float = 0.0) -> None:
        """Reconcile a key in so many seconds; the sooner counts when it is waiting already."""
        when = self.clock.now + delay
        waiting = self._queued.get(key)
        if waiting:
            if waiting.when <= when:
                return
            waiting.cancel()
        self._queued[key] = self.clock.at(when, lambda: self._run(key))

    def write_status(self, key: Key, status: Obj) -> None:
        """Write a status, if it is a new one; managedFields, if there are any, say that a controller did."""
        entry = self.store.get(key)
        if entry is None or b'"managedFields"' not in entry.raw:
            self.registry.set_status(key, status)
            return
        served = self.cluster.catalog.storage(key.collection)

        def change(obj: Obj) -> Obj:
            return {**obj, "status": status}

        stamping = stamped(self.cluster, served, change, MANAGER, "status")
        self.registry.update(served, key.namespace, key.name, stamping, SYSTEM, "status")

    def owner(self, collection: str, kind: str) -> Callable[[Change], Iterable[Key]]:
        """For `watch`: the controller of an object, if it is of that kind. Before a change and after it."""

        def keys(change: Change) -> Iterable[Key]:
            return {
                Key(collection, entry.key.namespace, owner.name)
                for entry in (change.entry, change.old)
                if entry and (owner := entry.meta.controller) and owner.kind == kind
            }

        return keys

    def _run(self, key: Key) -> None:
        """Reconcile it. What is refused because its namespace is being deleted needs to be done no more."""
        del self._queued[key]
        entry = self.store.get(key)
        try:
            if entry is None:
                self.forget(key)
            else:
                self.reconcile(entry)
        except StatusError as error:
            if not is_terminating(error):
                raise


def is_terminating(error: StatusError) -> bool:
    """Whether it was refused because its namespace is being deleted, or is gone."""
    causes = error.details.get("causes", ())
    if any(cause.get("reason") == "NamespaceTerminating" for cause in causes):
        return True
    return error.code == 404 and error.details.get("kind") == "namespaces"
