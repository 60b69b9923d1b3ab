"""Pod garbage: pods of nodes that are no more."""

from __future__ import annotations

from typing import ClassVar

from k9py.demo.api.disruption import mark
from k9py.demo.controllers.controller import Controller
from k9py.demo.controllers.pods import FINISHED
from k9py.demo.core.store import Change, Entry, Key

QUARANTINE = 40.0
"""Seconds for which a node must have been gone before its pods are taken for lost."""


class PodGarbage(Controller):
    """The pod-garbage-collector."""

    name: ClassVar[str] = "pod-garbage-collector"

    def start(self) -> None:
        """Watch for nodes that go."""
        self.store.listen("nodes", self._hear)

    def reconcile(self, entry: Entry) -> None:
        """The node is back: nothing is lost."""

    def forget(self, key: Key) -> None:
        """Remove the pods of a node that is still gone."""
        for entry in list(self.store.entries("pods")):
            pod = entry.read()
            if pod["spec"].get("nodeName") != key.name:
                continue
            where = (entry.key.namespace, entry.key.name)
            if pod.get("status", {}).get("phase") not in FINISHED:
                mark(self.cluster, where, "DeletionByPodGC", "PodGC: node no longer exists", phase="Failed")
            self.registry.discard("pods", *where, grace=0)

    def _hear(self, change: Change) -> None:
        if change.type == "DELETED":
            self.enqueue(change.entry.key, QUARANTINE)
