"""Pod garbage: pods of nodes that are no more, and of those that have ended the oldest when there are too many."""

from __future__ import annotations

from typing import ClassVar

from k9py.demo.api.registry import CONTROLLER as AS_CONTROLLER
from k9py.demo.api.registry import Deletion
from k9py.demo.controllers.controller import Controller
from k9py.demo.core.status import StatusError
from k9py.demo.core.store import Change, Key, Obj

QUARANTINE = 40.0
"""Seconds for which a node must have been gone before its pods are taken for lost."""


class PodGarbage(Controller):
    """The pod-garbage-collector."""

    name: ClassVar[str] = "pod-garbage-collector"

    def start(self) -> None:
        """Watch for nodes that go, and for pods that are bound to none."""
        self.store.listen("nodes", self._hear)

    def reconcile(self, key: Key) -> None:
        """Remove the pods of a node that is still gone."""
        if self.store.get(key) is not None:
            return
        for pod in self.store.entries("pods"):
            if pod.read()["spec"].get("nodeName") == key.name:
                self._remove(pod.key)

    def _hear(self, change: Change) -> None:
        if change.type == "DELETED":
            self.enqueue(change.entry.key, QUARANTINE)

    def _remove(self, key: Key) -> None:
        condition = {
            "type": "DisruptionTarget",
            "status": "True",
            "reason": "DeletionByPodGC",
            "message": "PodGC: node no longer exists",
            "lastProbeTime": None,
            "lastTransitionTime": self.clock.stamp(),
        }

        def change(pod: Obj) -> Obj:
            status = pod.setdefault("status", {})
            if status.get("phase") not in ("Succeeded", "Failed"):
                status["phase"] = "Failed"
                status.setdefault("conditions", []).append(condition)
            return pod

        self.registry.patch("pods", (key.namespace, key.name), change, "status")
        served = self.cluster.catalog.storage("pods")
        try:
            self.registry.delete(served, key.namespace, key.name, Deletion(grace=0), AS_CONTROLLER)
        except StatusError as error:
            if error.code not in (404, 409):
                raise


CONTROLLER = PodGarbage
