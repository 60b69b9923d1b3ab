"""Deployments: roll their template out over ReplicaSets (pkg/controller/deployment)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from k9py.demo.api.conditions import find
from k9py.demo.cluster import Cluster
from k9py.demo.controllers.controller import Controller
from k9py.demo.controllers.deployment_status import (
    condition,
    counted,
    deadline,
    progressed,
    seconds_left,
    set_condition,
)
from k9py.demo.controllers.owning import Orphans, adopt, controller_ref, disown
from k9py.demo.controllers.rollout import DEPLOYMENTS, SETS, Rollout, active_or_latest, scale_down_old, scale_newest
from k9py.demo.controllers.rollout_math import (
    DESIRED,
    annotation_number,
    is_complete,
    is_rolling,
    is_saturated,
    proportional_sizes,
    wanted,
)
from k9py.demo.core.store import Change, Entry, Key, Obj
from k9py.values.selector import read_selector


class Deployments(Controller):
    """Takes each Deployment one step further whenever it, or one of its ReplicaSets, changes."""

    name: ClassVar[str] = "deployment"
    component: ClassVar[str] = "deployment-controller"

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster)
        self.orphans = Orphans(cluster.registry, SETS)

    def start(self) -> None:
        """Watch Deployments and ReplicaSets."""
        self.watch(DEPLOYMENTS)
        owners = self.owner(DEPLOYMENTS, "Deployment")
        self.watch(SETS, lambda change: owners(change) if change.entry.meta.controller else self._adopters(change))

    def reconcile(self, entry: Entry) -> None:
        """Take it one step further."""
        deployment = entry.read()
        rollout = Rollout(self.cluster, self.recorder, entry, deployment, self._claim(entry, deployment))
        if entry.meta.deletion_timestamp:
            self._finish(rollout, progressing=False)
            return
        self._note_pause(rollout)
        rollout.sync_revision()
        if rollout.deployment["spec"].get("paused"):
            self._rescale(rollout)
            rollout.clean_up()
            self._finish(rollout, progressing=False)
        elif self._is_scaling(rollout):
            self._rescale(rollout)
            self._finish(rollout, progressing=False)
        elif is_rolling(rollout.deployment):
            self._roll(rollout)
        else:
            self._recreate(rollout)

    def _claim(self, entry: Entry, deployment: Obj) -> list[Entry]:
        """Its ReplicaSets: those that match its selector. Others are let go, orphans adopted."""
        selector = read_selector(deployment["spec"].get("selector"))
        owned = [one for one in self.store.owned(entry.meta.uid) if one.key.collection == SETS]
        if entry.meta.deletion_timestamp:
            return owned
        for one in owned:
            if not selector.matches(one.meta.labels):
                disown(self.registry, one.key, {entry.meta.uid})
        for one in self.orphans.within(entry.key.namespace):
            if selector.requirements and selector.matches(one.meta.labels) and not one.meta.deletion_timestamp:
                adopt(self.registry, one.key, controller_ref(entry, "Deployment", "apps/v1"))
        return [one for one in self.store.owned(entry.meta.uid) if one.key.collection == SETS]

    def _adopters(self, change: Change) -> Iterable[Key]:
        if change.old and change.old.meta.controller:
            yield from self.owner(DEPLOYMENTS, "Deployment")(change)
        if change.type == "DELETED":
            return
        for found in self.store.entries(DEPLOYMENTS, change.entry.key.namespace):
            if read_selector(found.read()["spec"].get("selector")).matches(change.entry.meta.labels):
                yield found.key

    def _note_pause(self, rollout: Rollout) -> None:
        """Progressing is unknown from a pause on, so that nobody is late after it."""
        deployment = rollout.deployment
        if deadline(deployment) is None:
            return
        known = find(deployment["status"].get("conditions"), "Progressing")
        reason = known["reason"] if known else ""
        paused = bool(deployment["spec"].get("paused"))
        if reason == "ProgressDeadlineExceeded" or paused == (reason == "DeploymentPaused"):
            return
        word = "paused" if paused else "resumed"
        text = f"Deployment is {word}"
        new = condition("Progressing", "Unknown", f"Deployment{word.capitalize()}", text, self.clock.stamp())
        set_condition(deployment["status"], new)

    def _is_scaling(self, rollout: Rollout) -> bool:
        """Whether the Deployment's size is another than its ReplicaSets know."""
        size = wanted(rollout.deployment)
        known = (annotation_number(one, DESIRED) for one in rollout.all if wanted(one))
        return any(number is not None and number != size for number in known)

    def _rescale(self, rollout: Rollout) -> None:
        """A change of size alone: to the one ReplicaSet that has pods, or to all in proportion."""
        deployment = rollout.deployment
        only = active_or_latest(rollout)
        if only is not None:
            rollout.scale(only, wanted(deployment))
        elif is_saturated(deployment, rollout.newest):
            for one in rollout.active_old:
                rollout.scale(one, 0)
        elif is_rolling(deployment):
            active = [one for one in rollout.all if wanted(one)]
            sizes = proportional_sizes(deployment, active) if active else {}
            for one in active:
                rollout.scale(one, sizes[one["metadata"]["name"]], force=True)

    def _roll(self, rollout: Rollout) -> None:
        """New pods up first, then old ones down, never below what must be available."""
        if not self._ensure_newest(rollout):
            return
        moved = scale_newest(rollout) or scale_down_old(rollout)
        if not moved and is_complete(rollout.deployment, rollout.deployment["status"]):
            rollout.clean_up()
        self._finish(rollout)

    def _recreate(self, rollout: Rollout) -> None:
        """All old pods must have gone before the first new one comes."""
        scaled = sum(rollout.scale(one, 0) for one in rollout.active_old)
        if scaled or self._old_pods_run(rollout):
            self._finish(rollout)
            return
        if not self._ensure_newest(rollout):
            return
        if rollout.newest:
            rollout.scale(rollout.newest, wanted(rollout.deployment))
        if is_complete(rollout.deployment, rollout.deployment["status"]):
            rollout.clean_up()
        self._finish(rollout)

    def _old_pods_run(self, rollout: Rollout) -> bool:
        return any(
            (one.get("status") or {}).get("replicas")
            or any(not pod.finished for pod in self.pods.owned(one["metadata"]["uid"]))
            for one in rollout.old
        )

    def _ensure_newest(self, rollout: Rollout) -> bool:
        if rollout.newest is not None or rollout.create():
            self.backoff.forget(rollout.key)
            return True
        self.enqueue(rollout.key, self.backoff.failed(rollout.key))
        return False

    def _finish(self, rollout: Rollout, progressing: bool = True) -> None:
        """Write the status; where it says nothing new, look again when the rollout would be late."""
        deployment = rollout.deployment
        if progressing:
            status = progressed(deployment, rollout.all, rollout.newest, self.clock)
        else:
            status = counted(deployment, rollout.all, rollout.newest, self.clock.stamp())
        if not rollout.save(status):
            left = seconds_left(deployment, status, self.clock.now) if progressing else None
            if left is not None:
                self.enqueue(rollout.key, left + 1)
