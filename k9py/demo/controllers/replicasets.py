"""ReplicaSets: as many pods of a template as are asked for (pkg/controller/replicaset)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from k9py.demo.api.conditions import find, without
from k9py.demo.cluster import Cluster
from k9py.demo.controllers.controller import Controller
from k9py.demo.controllers.owning import adopt, controller_ref, disown
from k9py.demo.controllers.podcontrol import BURST, PodControl
from k9py.demo.controllers.pods import Pod, pod_from_template
from k9py.demo.core.status import StatusError
from k9py.demo.core.store import Change, Entry, Key, Obj
from k9py.values.selector import Selector, read_selector


class ReplicaSets(Controller):
    """Makes and deletes pods. Its subclass does the same for ReplicationControllers."""

    name: ClassVar[str] = "replicaset"
    collection: ClassVar[str] = "replicasets.apps"
    kind: ClassVar[str] = "ReplicaSet"
    api_version: ClassVar[str] = "apps/v1"
    component: ClassVar[str] = "replicaset-controller"
    counts_terminating: ClassVar[bool] = True

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster)
        self.control = PodControl(self.registry, self.recorder)

    def start(self) -> None:
        """Watch sets, their pods, and pods that have no controller."""
        self.watch(self.collection)
        owners = self.owner(self.collection, self.kind)
        self.watch("pods", lambda change: self._concerned(change, owners))

    def _concerned(self, change: Change, owners: Callable[[Change], Iterable[Key]]) -> Iterable[Key]:
        if not self.pods.is_news(change):
            return ()
        return owners(change) if _managed(change) else self._adopters(change)

    def selector(self, obj: Obj) -> Selector:
        """Which pods it may own."""
        return read_selector(obj["spec"].get("selector"))

    def reconcile(self, entry: Entry) -> None:
        """Claim pods, make or delete some, write the status."""
        key, obj = entry.key, entry.read()
        selector = self.selector(obj)
        ref = controller_ref(entry, self.kind, self.api_version)
        active = self._claim(entry, selector, ref)
        terminating = [
            pod for pod in self.pods.owned(entry.meta.uid) if pod.terminating and selector.matches(pod.labels)
        ]
        error = None
        if not entry.meta.deletion_timestamp:
            error = self._manage(obj, active, ref)
        self.write_status(key, self.status(obj, active, len(terminating), error))
        self._look_again(key, obj, active, error)

    def _claim(self, entry: Entry, selector: Selector, ref: dict[str, Any]) -> list[Pod]:
        """Its active pods; adopts those that match and have no owner, lets go of those that match no longer."""
        owned = [pod for pod in self.pods.owned(entry.meta.uid) if pod.active]
        kept = [pod for pod in owned if selector.matches(pod.labels)]
        if entry.meta.deletion_timestamp:
            return kept
        for pod in owned:
            if not selector.matches(pod.labels):
                disown(self.registry, pod.key, {entry.meta.uid})
        if selector.requirements:
            for pod in self.pods.orphans(entry.key.namespace):
                if pod.active and selector.matches(pod.labels):
                    adopt(self.registry, pod.key, ref)
                    kept.append(pod)
        return kept

    def _manage(self, obj: Obj, active: Sequence[Pod], ref: dict[str, Any]) -> StatusError | None:
        """Make what is missing, delete what is too much."""
        wanted = obj["spec"].get("replicas", 1)
        surplus = len(active) - wanted
        try:
            if surplus < 0:
                name, template = obj["metadata"]["name"], obj["spec"]["template"]
                self.control.create_many(obj, -surplus, lambda: pod_from_template(template, name, ref))
            for pod in self._victims(obj, active, min(surplus, BURST)):
                self.control.delete(obj, pod)
        except StatusError as error:
            return error
        return None

    def _victims(self, obj: Obj, active: Sequence[Pod], count: int) -> Sequence[Pod]:
        if count <= 0:
            return ()
        if count < len(active):
            crowd = Counter(pod.node for pod in self._related(obj) if pod.active)
            active = sorted(active, key=lambda pod: deletion_order(pod, crowd[pod.node], self.clock.now))
        return active[:count]

    def _related(self, obj: Obj) -> Iterable[Pod]:
        """The pods of all that its owner owns: of a Deployment's other ReplicaSets too."""
        owner = next((ref for ref in obj["metadata"].get("ownerReferences", ()) if ref.get("controller")), None)
        if owner is None:
            return self.pods.owned(obj["metadata"]["uid"])
        siblings = [one for one in self.store.owned(owner["uid"]) if one.key.collection == self.collection]
        return [pod for sibling in siblings for pod in self.pods.owned(sibling.meta.uid)]

    def status(self, obj: Obj, active: Sequence[Pod], terminating: int, error: StatusError | None) -> Obj:
        """Its new status."""
        spec, metadata = obj["spec"], obj["metadata"]
        labels = ((spec["template"].get("metadata") or {}).get("labels") or {}).items()
        delay, now = spec.get("minReadySeconds", 0), self.clock.now
        counts = {
            "fullyLabeledReplicas": sum(1 for pod in active if labels <= pod.labels.items()),
            "readyReplicas": sum(1 for pod in active if pod.ready),
            "availableReplicas": sum(1 for pod in active if pod.available(delay, now)),
        }
        status: Obj = {"replicas": len(active), **{name: count for name, count in counts.items() if count}}
        if self.counts_terminating:
            status["terminatingReplicas"] = terminating
        status["observedGeneration"] = metadata.get("generation", 1)
        conditions = self._conditions(obj, len(active), error)
        return status | ({"conditions": conditions} if conditions else {})

    def _conditions(self, obj: Obj, active: int, error: StatusError | None) -> list[Obj]:
        known: list[Obj] = (obj.get("status") or {}).get("conditions") or []
        if error is None:
            return without(known, "ReplicaFailure")
        if find(known, "ReplicaFailure"):
            return known
        reason = "FailedCreate" if active < obj["spec"].get("replicas", 1) else "FailedDelete"
        found = {"type": "ReplicaFailure", "status": "True", "lastTransitionTime": self.clock.stamp()}
        return [*known, {**found, "reason": reason, "message": error.message}]

    def _look_again(self, key: Key, obj: Obj, active: Sequence[Pod], error: StatusError | None) -> None:
        """After a failure, or when the next pod will have been ready for long enough."""
        if error:
            self.enqueue(key, self.backoff.failed(key))
            return
        self.backoff.forget(key)
        delay, now = obj["spec"].get("minReadySeconds", 0), self.clock.now
        waits = [at - now for pod in active if delay and (at := pod.available_at(delay)) is not None and at > now]
        if waits:
            self.enqueue(key, min(waits))

    def _adopters(self, change: Change) -> Iterable[Key]:
        """Who may want a pod that has no controller; asked when it is new, or its labels are."""
        entry, old = change.entry, change.old
        if change.type == "DELETED":
            return
        if old and old.meta.labels == entry.meta.labels and not old.meta.controller:
            return
        for found in self.store.entries(self.collection, entry.key.namespace):
            if self.selector(found.read()).matches(entry.meta.labels):
                yield found.key


def _managed(change: Change) -> bool:
    return bool(change.entry.meta.controller or (change.old and change.old.meta.controller))


def deletion_order(pod: Pod, crowd: int, now: float) -> tuple[Any, ...]:
    """Sorts first what goes first: unscheduled, pending, not ready, cheap, crowded, newly ready, restarted, new."""
    phases = {"Pending": 0, "Unknown": 1, "Running": 2}
    ready_for = _rank(now - pod.ready_since) if pod.ready else 0
    return (
        bool(pod.node),
        phases.get(pod.phase, 0),
        pod.ready,
        pod.cost,
        -crowd,
        ready_for,
        -pod.restarts,
        _rank(now - pod.created),
        pod.uid,
    )


def _rank(seconds: float) -> int:
    """Ages of the same order are the same, so that chance decides (KEP-2185)."""
    return int(math.log2(seconds * 1e9)) if seconds > 0 else -1
