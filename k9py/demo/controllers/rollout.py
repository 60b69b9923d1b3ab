"""One Deployment with its ReplicaSets, and the steps that a rollout is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from k9py.demo.api.apply import stamped
from k9py.demo.api.conditions import find
from k9py.demo.api.events import Recorder
from k9py.demo.api.registry import SYSTEM
from k9py.demo.cluster import Cluster
from k9py.demo.controllers.controller import MANAGER, is_terminating
from k9py.demo.controllers.deployment_status import condition, deadline, set_condition
from k9py.demo.controllers.owning import controller_ref
from k9py.demo.controllers.pods import HASH_LABEL, same_template, template_hash
from k9py.demo.controllers.revisions import REVISION, age_order, annotated, by_revision, next_revision, size_annotations
from k9py.demo.controllers.rollout_math import NEVER, asked, count, max_unavailable, new_size, wanted
from k9py.demo.core.status import StatusError
from k9py.demo.core.store import Entry, Key, Obj

DEPLOYMENTS = "deployments.apps"
SETS = "replicasets.apps"


class Rollout:
    """`deployment` is a copy that is written back by `save`; `old` and `newest` are its ReplicaSets as they are."""

    def __init__(
        self, cluster: Cluster, recorder: Recorder, entry: Entry, deployment: Obj, sets: Iterable[Entry]
    ) -> None:
        self._cluster = cluster
        self._recorder = recorder
        self._entry = entry
        self.deployment = deployment
        self._status = dict(deployment.setdefault("status", {}))
        self._notes = dict(deployment["metadata"].get("annotations") or {})
        self._all = sorted((one.read() for one in sets), key=age_order)
        template = self.deployment["spec"]["template"]
        self.newest = next((one for one in self._all if same_template(one["spec"]["template"], template)), None)
        self.old = [one for one in self._all if one is not self.newest]

    @property
    def key(self) -> Key:
        """Of the Deployment."""
        return self._entry.key

    @property
    def all(self) -> list[Obj]:
        """All its ReplicaSets, the newest last."""
        return [*self.old, *([self.newest] if self.newest else ())]

    @property
    def active_old(self) -> list[Obj]:
        """Old ones that are asked for pods."""
        return [one for one in self.old if wanted(one)]

    def sync_revision(self) -> None:
        """Give the newest ReplicaSet its annotations, and the Deployment its revision."""
        found, deployment = self.newest, self.deployment
        if found is None:
            return
        notes = annotated(deployment, found, next_revision(self.old))
        delay = deployment["spec"].get("minReadySeconds", 0)
        if notes != (found["metadata"].get("annotations") or {}) or found["spec"].get("minReadySeconds", 0) != delay:
            self._change(found, notes, minReadySeconds=delay)
        self._set_revision(notes[REVISION])
        progress = find(deployment["status"].get("conditions"), "Progressing")
        if deadline(deployment) is not None and progress is None:
            self._progress("True", "FoundNewReplicaSet", f'Found new replica set "{found["metadata"]["name"]}"')

    def create(self) -> bool:
        """Make a ReplicaSet for the template as it is now. False if its name is taken: the next try takes another."""
        deployment = self.deployment
        number = next_revision(self.old)
        made = self._new_set(number)
        name, size = made["metadata"]["name"], made["spec"]["replicas"]
        try:
            self.newest = self._cluster.registry.make(SETS, made)
        except StatusError as error:
            self._refused(name, error)
            return False
        if size:
            self._event(f"Scaled up replica set {name} from 0 to {size}")
        self._set_revision(str(number))
        if deadline(deployment) is not None:
            self._progress("True", "NewReplicaSetCreated", f'Created new replica set "{name}"')
        return True

    def scale(self, found: Obj, size: int, force: bool = False) -> bool:
        """Ask a ReplicaSet for so many pods; whether that is a change. `force` brings its annotations up to date."""
        before = wanted(found)
        if not force and before == size:
            return False
        notes = (found["metadata"].get("annotations") or {}) | size_annotations(self.deployment)
        self._change(found, notes, replicas=size)
        if before == size:
            return False
        word = "up" if before < size else "down"
        self._event(f"Scaled {word} replica set {found['metadata']['name']} from {before} to {size}")
        return True

    def clean_up(self) -> None:
        """Delete the oldest of the empty ReplicaSets beyond revisionHistoryLimit."""
        limit = self.deployment["spec"].get("revisionHistoryLimit")
        if limit is None or limit == NEVER:
            return
        living = by_revision(one for one in self.old if not one["metadata"].get("deletionTimestamp"))
        for one in living[: max(0, len(living) - limit)]:
            if _is_empty(one):
                metadata = one["metadata"]
                self._cluster.registry.discard(SETS, metadata["namespace"], metadata["name"], metadata["uid"])

    def save(self, status: Obj) -> bool:
        """Write the status, and the annotations if the revision is another; whether anything is new."""
        new = {name: value for name, value in status.items() if name != "conditions" or value}
        notes = self.deployment["metadata"].get("annotations") or {}
        annotated = notes != self._notes
        if new == self._status and not annotated:
            return False

        def change(now: Obj) -> Obj:
            if annotated:
                now["metadata"]["annotations"] = notes
            return {**now, "status": new}

        registry = self._cluster.registry
        served = registry.catalog.storage(DEPLOYMENTS)
        stamping = stamped(self._cluster, served, change, MANAGER, "status")
        registry.update(served, *self.key[1:], stamping, SYSTEM, "status")
        return True

    def _new_set(self, number: int) -> Obj:
        deployment = self.deployment
        spec, metadata = deployment["spec"], deployment["metadata"]
        sign = template_hash(spec["template"], deployment["status"].get("collisionCount", 0))
        template = dict(spec["template"])
        labels = {**((template.get("metadata") or {}).get("labels") or {}), HASH_LABEL: sign}
        template["metadata"] = {**(template.get("metadata") or {}), "labels": labels}
        selector = spec.get("selector") or {}
        selector = {**selector, "matchLabels": {**(selector.get("matchLabels") or {}), HASH_LABEL: sign}}
        made: Obj = {
            "kind": "ReplicaSet",
            "apiVersion": "apps/v1",
            "metadata": {
                "name": f"{metadata['name'][: 252 - len(sign)]}-{sign}",
                "namespace": metadata["namespace"],
                "labels": dict(labels),
                "ownerReferences": [controller_ref(self._entry, "Deployment", "apps/v1")],
            },
            "spec": {"replicas": 0, "selector": selector, "template": template},
        }
        if spec.get("minReadySeconds"):
            made["spec"]["minReadySeconds"] = spec["minReadySeconds"]
        made["spec"]["replicas"] = new_size(deployment, [*self.old, made], made)
        made["metadata"]["annotations"] = annotated(deployment, made, number) | size_annotations(deployment)
        return made

    def _refused(self, name: str, error: StatusError) -> None:
        status = self.deployment["status"]
        if error.reason == "AlreadyExists":
            status["collisionCount"] = status.get("collisionCount", 0) + 1
        elif not is_terminating(error):
            text = f'Failed to create new replica set "{name}": {error.message}'
            if deadline(self.deployment) is not None:
                self._progress("False", "ReplicaSetCreateError", text)
            self._recorder.warning(self.deployment, "ReplicaSetCreateError", text)
        self.save(status)

    def _change(self, found: Obj, notes: dict[str, str], **spec: int) -> None:
        """Write annotations and spec of a ReplicaSet, and know it as it is then."""
        metadata = found["metadata"]

        def change(now: Obj) -> Obj:
            now["metadata"]["annotations"] = notes
            now["spec"].update({name: value for name, value in spec.items() if value or name in now["spec"]})
            return now

        found.update(self._cluster.registry.patch(SETS, (metadata["namespace"], metadata["name"]), change))

    def _set_revision(self, number: str) -> None:
        self.deployment["metadata"].setdefault("annotations", {})[REVISION] = number

    def _progress(self, status: str, reason: str, text: str) -> None:
        now = self._cluster.clock.stamp()
        set_condition(self.deployment["status"], condition("Progressing", status, reason, text, now))

    def _event(self, text: str) -> None:
        self._recorder.normal(self.deployment, "ScalingReplicaSet", text)


def _is_empty(one: Obj) -> bool:
    status: dict[str, Any] = one.get("status") or {}
    seen = status.get("observedGeneration", 0) >= one["metadata"].get("generation", 1)
    return seen and not status.get("replicas") and not wanted(one)


def active_or_latest(rollout: Rollout) -> Obj | None:
    """The only ReplicaSet with pods, or the latest where none has; None where several have."""
    active = [one for one in rollout.all if wanted(one)]
    if len(active) > 1:
        return None
    latest: Sequence[Obj] = [rollout.newest] if rollout.newest else rollout.old[-1:]
    return next(iter(active or latest), None)


def scale_newest(rollout: Rollout) -> bool:
    """Bring the newest ReplicaSet as near to its size as maxSurge allows; whether that is a change."""
    newest, deployment = rollout.newest, rollout.deployment
    if newest is None or wanted(newest) == wanted(deployment):
        return False
    if wanted(newest) > wanted(deployment):
        return rollout.scale(newest, wanted(deployment))
    return rollout.scale(newest, new_size(deployment, rollout.all, newest))


def scale_down_old(rollout: Rollout) -> bool:
    """Take old pods down as far as maxUnavailable allows; whether that is a change."""
    newest, old = rollout.newest, sorted(rollout.active_old, key=age_order)
    if newest is None or not old:
        return False
    least = wanted(rollout.deployment) - max_unavailable(rollout.deployment)
    missing = wanted(newest) - _available(newest)
    room = asked(rollout.all) - least - missing
    if room <= 0:
        return False
    cleaned = _remove_broken(rollout, old, room)
    return _remove_spare(rollout, old, count(rollout.all, "availableReplicas") - least) + cleaned > 0


def _remove_broken(rollout: Rollout, old: list[Obj], most: int) -> int:
    """Pods that are not available are missed by nobody."""
    removed = 0
    for one in old:
        step = min(most - removed, wanted(one) - _available(one))
        if wanted(one) and step > 0:
            rollout.scale(one, wanted(one) - step)
            removed += step
    return removed


def _remove_spare(rollout: Rollout, old: list[Obj], most: int) -> int:
    removed = 0
    for one in old:
        step = min(most - removed, wanted(one))
        if step > 0:
            rollout.scale(one, wanted(one) - step)
            removed += step
    return removed


def _available(one: Obj) -> int:
    number: int = (one.get("status") or {}).get("availableReplicas", 0)
    return number
