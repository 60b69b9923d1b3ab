"""A claim that a pod uses is not deleted before the pod has ended (pkg/controller/volume/pvcprotection)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from k9py.demo.cluster import Cluster
from k9py.demo.controllers.claims import CLAIMS
from k9py.demo.controllers.controller import Controller
from k9py.demo.controllers.owning import let_go
from k9py.demo.controllers.pods import Pod
from k9py.demo.core.store import Change, Entry, Key

GUARD = "kubernetes.io/pvc-protection"


class ClaimProtection(Controller):
    """Takes the finalizer from claims that nobody uses any more."""

    name: ClassVar[str] = "persistentvolumeclaim-protection"

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster)
        self.leaving: dict[str, set[Key]] = {}
        """Claims that wait for pods, by namespace."""

    def start(self) -> None:
        """Watch claims; pods only where a claim waits for them."""
        self.watch(CLAIMS, self._learn)
        self.store.listen("pods", self._hear)

    def reconcile(self, entry: Entry) -> None:
        """Let a claim go if no pod uses it."""
        key = entry.key
        if not entry.meta.deletion_timestamp or GUARD not in entry.meta.finalizers:
            return
        if all(pod.finished or key.name not in claims_of(pod) for pod in self.pods.within(key.namespace)):
            let_go(self.registry, key, GUARD)

    def _learn(self, change: Change) -> Iterable[Key]:
        entry = change.entry
        waiting = self.leaving.setdefault(entry.key.namespace, set())
        if change.type != "DELETED" and entry.meta.deletion_timestamp:
            waiting.add(entry.key)
            return [entry.key]
        waiting.discard(entry.key)
        if not waiting:
            del self.leaving[entry.key.namespace]
        return []

    def _hear(self, change: Change) -> None:
        for key in self.leaving.get(change.entry.key.namespace, ()):
            self.enqueue(key)


def claims_of(pod: Pod) -> set[str]:
    """The names of the claims that a pod uses."""
    volumes = pod.entry.read()["spec"].get("volumes") or ()
    named = {one["persistentVolumeClaim"]["claimName"] for one in volumes if one.get("persistentVolumeClaim")}
    return named | {f"{pod.name}-{one['name']}" for one in volumes if one.get("ephemeral")}
