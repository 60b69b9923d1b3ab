"""Jobs: pods that run until enough of them have succeeded (pkg/controller/job)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from k9py.demo.api.conditions import find, is_true, without
from k9py.demo.cluster import Cluster
from k9py.demo.controllers.controller import Controller
from k9py.demo.controllers.job_pods import FINALIZER, Tally, completed_indexes, is_indexed, job_pod, open_indexes, tally
from k9py.demo.controllers.owning import let_go
from k9py.demo.controllers.podcontrol import BURST, PodControl
from k9py.demo.controllers.pods import Pod
from k9py.demo.core.status import StatusError
from k9py.demo.core.store import Change, Entry, Key, Obj
from k9py.values.age import parse_time

JOBS = "jobs.batch"
BATCH = 1.0
"""Seconds in which changes of pods are gathered."""
FIRST_RETRY = 10.0
LAST_RETRY = 600.0
"""Seconds after a failed pod before the next one; twice as long each time."""


@dataclass(slots=True)
class _Failures:
    """How often in a row pods have failed, and when the last time was."""

    count: int = 0
    last: float = 0.0

    def wait(self, now: float) -> float:
        """Seconds until the next pod may be made."""
        if not self.count:
            return 0.0
        return max(0.0, self.last + min(FIRST_RETRY * 2.0 ** min(self.count - 1, 20), LAST_RETRY) - now)


@dataclass(slots=True)
class _Sync:
    """One look at a Job: what its pods do, and what its status is to say."""

    obj: Obj
    found: Tally
    succeeded: int
    failed: int
    indexes: str
    active: int
    conditions: list[dict[str, Any]] = field(default_factory=list)
    start: str | None = None


class Jobs(Controller):
    """Makes pods until a Job is complete, or has failed."""

    name: ClassVar[str] = "job"
    component: ClassVar[str] = "job-controller"

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster)
        self.control = PodControl(self.registry, self.recorder)
        self.failures: dict[Key, _Failures] = {}

    def start(self) -> None:
        """Watch Jobs, and their pods with a little patience."""
        self.watch(JOBS)
        owners = self.owner(JOBS, "Job")

        def hear(change: Change) -> None:
            for key in owners(change):
                self.enqueue(key, 0.0 if change.type == "ADDED" else BATCH)

        self.store.follow("pods", hear)

    def reconcile(self, entry: Entry) -> None:
        """Count what has ended, make or delete pods, write the status."""
        key, obj = entry.key, entry.read()
        found = tally(obj, self.pods.owned(entry.meta.uid))
        if outcome(obj):
            self._untrack(found.counted)
            self.failures.pop(key, None)
            return
        sync = self._look(obj, found)
        self._remember(key, found)
        self._judge(sync)
        goal = find(sync.conditions, "SuccessCriteriaMet") or find(sync.conditions, "FailureTarget")
        try:
            if goal:
                self._delete(sync, sync.found.active)
            elif not entry.meta.deletion_timestamp:
                self._manage(key, sync)
        except StatusError:
            self.enqueue(key, FIRST_RETRY)
        self._write(key, sync)
        self._untrack(found.counted)

    def forget(self, key: Key) -> None:
        """Its failures are forgiven."""
        self.failures.pop(key, None)

    def _look(self, obj: Obj, found: Tally) -> _Sync:
        status = obj.get("status") or {}
        indexes = completed_indexes(obj, found) if is_indexed(obj) else ""
        succeeded = status.get("succeeded", 0) + len(found.succeeded)
        if is_indexed(obj):
            succeeded = sum(1 for _ in range(obj["spec"].get("completions", 0))) - len(open_indexes(obj, indexes, ()))
        failed = status.get("failed", 0) + len(found.failed)
        sync = _Sync(obj, found, succeeded, failed, indexes, len(found.active))
        sync.conditions = list(status.get("conditions") or ())
        sync.start = status.get("startTime")
        if sync.start is None and not obj["spec"].get("suspend"):
            sync.start = self.clock.stamp()
        return sync

    def _remember(self, key: Key, found: Tally) -> None:
        """A success forgives all failures."""
        if found.failed:
            known = self.failures.setdefault(key, _Failures())
            known.count += len(found.failed)
            known.last = self.clock.now
        if found.succeeded:
            self.failures.pop(key, None)

    def _judge(self, sync: _Sync) -> None:
        """Whether it is to end: too many failures, too late, or all done."""
        if find(sync.conditions, "SuccessCriteriaMet") or find(sync.conditions, "FailureTarget"):
            return
        spec = sync.obj["spec"]
        limit = spec.get("backoffLimit", 6)
        if sync.failed > limit or self._restarts_exceed(sync, limit):
            self._aim(sync, "FailureTarget", "BackoffLimitExceeded", "Job has reached the specified backoff limit")
        elif self._is_late(sync):
            self._aim(sync, "FailureTarget", "DeadlineExceeded", "Job was active longer than specified deadline")
        elif self._is_done(sync):
            self._aim(sync, "SuccessCriteriaMet", "CompletionsReached", "Reached expected number of succeeded pods")

    def _restarts_exceed(self, sync: _Sync, limit: int) -> bool:
        if sync.obj["spec"]["template"]["spec"].get("restartPolicy") != "OnFailure":
            return False
        restarts = sum(pod.restarts for pod in sync.found.pods if pod.phase in ("Running", "Pending"))
        return restarts > 0 if not limit else restarts >= limit

    def _is_late(self, sync: _Sync) -> bool:
        seconds = sync.obj["spec"].get("activeDeadlineSeconds")
        if seconds is None or sync.start is None or sync.obj["spec"].get("suspend"):
            return False
        left = (parse_time(sync.start) or 0.0) + seconds - self.clock.now
        if left > 0:
            metadata = sync.obj["metadata"]
            self.enqueue(Key(JOBS, metadata["namespace"], metadata["name"]), left)
        return bool(left <= 0)

    def _is_done(self, sync: _Sync) -> bool:
        wanted = sync.obj["spec"].get("completions")
        if wanted is None:
            return sync.succeeded > 0 and not sync.active
        return sync.succeeded >= int(wanted) and not sync.active

    def _aim(self, sync: _Sync, kind: str, reason: str, text: str) -> None:
        sync.conditions = [*without(sync.conditions, kind), self._condition(kind, "True", reason, text)]

    def _condition(self, kind: str, status: str, reason: str, text: str) -> dict[str, Any]:
        now = self.clock.stamp()
        times = {"lastProbeTime": now, "lastTransitionTime": now}
        return {"type": kind, "status": status, **times, "reason": reason, "message": text}

    def _manage(self, key: Key, sync: _Sync) -> None:
        """As many pods as are still to do, and may run at once."""
        spec, active = sync.obj["spec"], sync.found.active
        if spec.get("suspend"):
            self._withdraw(sync, active)
            self._note_suspension(sync, True)
            return
        wanted = self._wanted(sync)
        surplus = len(active) - wanted
        if surplus > 0:
            self._withdraw(sync, sorted(active, key=lambda pod: (pod.ready, -pod.created, pod.name))[:surplus])
        elif surplus < 0:
            waiting = sync.found.terminating if spec.get("podReplacementPolicy") == "Failed" else 0
            self._create(key, sync, -surplus - waiting)
        self._note_suspension(sync, False)

    def _wanted(self, sync: _Sync) -> int:
        """How many pods are to run by now."""
        spec = sync.obj["spec"]
        parallel: int = spec.get("parallelism", 1)
        completions = spec.get("completions")
        if completions is None:
            return min(len(sync.found.active), parallel) if sync.succeeded else parallel
        return max(0, min(int(completions) - sync.succeeded, parallel))

    def _create(self, key: Key, sync: _Sync, count: int) -> None:
        wait = self.failures[key].wait(self.clock.now) if key in self.failures else 0.0
        if wait > 0:
            self.enqueue(key, wait)
            return
        entry = self.store.get(key)
        if entry is None or count <= 0:
            return
        indexes: list[int | None] = [None] * count
        if is_indexed(sync.obj):
            indexes = [*open_indexes(sync.obj, sync.indexes, sync.found.active)[:count]]
        for index in indexes[:BURST]:
            self.control.create(sync.obj, job_pod(entry, sync.obj, index))
            sync.active += 1

    def _withdraw(self, sync: _Sync, pods: Sequence[Pod]) -> None:
        """Delete pods whose end is to count for nothing."""
        self._untrack(pods)
        self._delete(sync, pods)

    def _delete(self, sync: _Sync, pods: Sequence[Pod]) -> None:
        for pod in pods:
            self.control.delete(sync.obj, pod)
            sync.active -= 1

    def _note_suspension(self, sync: _Sync, suspended: bool) -> None:
        known = find(sync.conditions, "Suspended")
        if is_true(sync.conditions, "Suspended") == suspended:
            return
        word = "Suspended" if suspended else "Resumed"
        new = self._condition("Suspended", str(suspended), f"Job{word}", f"Job {word.lower()}")
        sync.conditions = (
            [new if one is known else one for one in sync.conditions] if known else [*sync.conditions, new]
        )
        self.recorder.normal(sync.obj, word, f"Job {word.lower()}")
        sync.start = None if suspended else self.clock.stamp()

    def _write(self, key: Key, sync: _Sync) -> None:
        entry = self.store.get(key)
        if entry is None:
            return
        pods = self.pods.owned(entry.meta.uid)
        terminating = sum(1 for pod in pods if pod.terminating)
        status: Obj = {
            "ready": sum(1 for pod in pods if pod.active and pod.ready),
            "terminating": terminating,
            "uncountedTerminatedPods": {},
        }
        counts = {"active": sync.active, "succeeded": sync.succeeded, "failed": sync.failed}
        status |= {name: count for name, count in counts.items() if count}
        status |= {"startTime": sync.start} if sync.start else {}
        status |= {"completedIndexes": sync.indexes} if sync.indexes else {}
        if terminating == 0 and not sync.active:
            self._end(sync, status)
        status |= {"conditions": sync.conditions} if sync.conditions else {}
        self.write_status(key, status)

    def _end(self, sync: _Sync, status: Obj) -> None:
        """When nothing runs any more, what it has aimed at has come to pass."""
        if find(sync.conditions, "SuccessCriteriaMet"):
            text = "Reached expected number of succeeded pods"
            self._finish(sync, status, "Complete", "CompletionsReached", text)
            status["completionTime"] = self.clock.stamp()
            self.recorder.normal(sync.obj, "Completed", "Job completed")
        elif goal := find(sync.conditions, "FailureTarget"):
            self._finish(sync, status, "Failed", goal["reason"], goal["message"])
            self.recorder.warning(sync.obj, goal["reason"], goal["message"])

    def _finish(self, sync: _Sync, status: Obj, kind: str, reason: str, text: str) -> None:
        status.pop("active", None)
        sync.conditions = [*sync.conditions, self._condition(kind, "True", reason, text)]

    def _untrack(self, pods: Sequence[Pod]) -> None:
        """Take the finalizer from pods."""
        for pod in pods:
            if self.store.get(pod.key):
                let_go(self.registry, pod.key, FINALIZER)


def outcome(obj: Obj) -> str:
    """`Complete` or `Failed`; empty while it is neither."""
    known = (obj.get("status") or {}).get("conditions")
    return next((kind for kind in ("Complete", "Failed") if is_true(known, kind)), "")
