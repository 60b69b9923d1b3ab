"""CronJobs: a Job at each of the times of a schedule (pkg/controller/cronjob)."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from email.utils import format_datetime
from functools import lru_cache
from typing import Any, ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from k9py.demo.api.events import reference
from k9py.demo.api.schedule import Schedule, ScheduleError, parse_schedule
from k9py.demo.controllers.controller import Controller, is_terminating
from k9py.demo.controllers.jobs import JOBS, outcome
from k9py.demo.controllers.owning import controller_ref
from k9py.demo.core.status import StatusError
from k9py.demo.core.store import Entry, Obj
from k9py.values.age import parse_time

CRONJOBS = "cronjobs.batch"
LATE = 0.1
"""Seconds after its time at which a schedule is looked at."""
MANY = 100
"""So many missed times are told to a person."""
RETRY = 10.0


class CronJobs(Controller):
    """Makes Jobs when they are due, and keeps as many of the finished ones as is asked for."""

    name: ClassVar[str] = "cronjob"
    component: ClassVar[str] = "cronjob-controller"

    def start(self) -> None:
        """Watch CronJobs and their Jobs."""
        self.watch(CRONJOBS)
        self.watch(JOBS, self.owner(CRONJOBS, "CronJob"))

    def reconcile(self, entry: Entry) -> None:
        """See what has finished, make what is due, forget what is old, write the status."""
        obj = entry.read()
        status: Obj = obj.setdefault("status", {})
        jobs = [one.read() for one in self.store.owned(entry.meta.uid) if one.key.collection == JOBS]
        self._follow(obj, jobs)
        if not entry.meta.deletion_timestamp:
            self._schedule(entry, obj)
        self._forget_old(obj, jobs)
        if not status.get("active"):
            status.pop("active", None)
        self.write_status(entry.key, status)

    def _follow(self, obj: Obj, jobs: list[Obj]) -> None:
        """What of its active Jobs has finished, or is gone."""
        status = obj["status"]
        active = {ref["uid"]: ref for ref in status.get("active") or ()}
        for job in jobs:
            uid, ended = job["metadata"]["uid"], outcome(job)
            if ended and active.pop(uid, None):
                text = f"Saw completed job: {job['metadata']['name']}, condition: {ended}"
                self.recorder.normal(obj, "SawCompletedJob", text)
            elif not ended and uid not in active:
                text = f"Saw a job that the controller did not create or forgot: {job['metadata']['name']}"
                self.recorder.warning(obj, "UnexpectedJob", text)
            done = (job.get("status") or {}).get("completionTime")
            if ended == "Complete" and done and done > status.get("lastSuccessfulTime", ""):
                status["lastSuccessfulTime"] = done
        present = {job["metadata"]["uid"] for job in jobs}
        for uid, ref in list(active.items()):
            if uid not in present:
                self.recorder.normal(obj, "MissingJob", f"Active job went missing: {ref['name']}")
                del active[uid]
        status["active"] = list(active.values())

    def _schedule(self, entry: Entry, obj: Obj) -> None:
        spec = obj["spec"]
        zone = self._zone(obj)
        if zone is None or spec.get("suspend"):
            return
        try:
            schedule = parse_schedule(spec["schedule"])
        except ScheduleError as error:
            text = f'unparseable schedule: "{spec["schedule"]}" : {error}'
            self.recorder.warning(obj, "UnparseableSchedule", text)
            return
        due = self._due(obj, schedule, zone)
        if due is not None and self._may_start(obj, due):
            self._make(entry, obj, due, zone)
        following = schedule.next(self.clock.now if due is None else max(due, self.clock.now), zone)
        if following is not None:
            self.enqueue(entry.key, following - self.clock.now + LATE)

    def _zone(self, obj: Obj) -> tzinfo | None:
        name = obj["spec"].get("timeZone")
        if name is None:
            return UTC
        found = find_zone(name)
        if found is None:
            text = f'invalid timeZone: "{name}": unknown time zone {name}'
            self.recorder.warning(obj, "UnknownTimeZone", text)
        return found

    def _due(self, obj: Obj, schedule: Schedule, zone: tzinfo) -> float | None:
        """The latest time that has passed since the last Job; None if none has."""
        now, status = self.clock.now, obj["status"]
        last = parse_time(status.get("lastScheduleTime")) or parse_time(obj["metadata"]["creationTimestamp"]) or now
        deadline = obj["spec"].get("startingDeadlineSeconds")
        if deadline is not None:
            last = max(last, now - deadline)
        due, missed = None, 0
        following = schedule.next(last, zone)
        while following is not None and following <= now:
            due, missed = following, missed + 1
            following = schedule.next(following if missed <= MANY else max(following, now - 86400), zone)
        if missed > MANY:
            text = "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew"
            self.recorder.warning(obj, "TooManyMissedTimes", text)
        return due

    def _may_start(self, obj: Obj, due: float) -> bool:
        """Whether a Job is to be made now; running ones may forbid it, or be replaced."""
        spec, status = obj["spec"], obj["status"]
        deadline = spec.get("startingDeadlineSeconds")
        if deadline is not None and due + deadline < self.clock.now:
            time = format_datetime(datetime.fromtimestamp(due, UTC))
            self.recorder.warning(obj, "MissSchedule", f"Missed scheduled time to start a job: {time}")
            return False
        active = status["active"]
        if any(ref["name"] == job_name(obj, due) for ref in active):
            return False
        if status.get("lastScheduleTime") == self.clock.stamp(due):
            return False
        policy = spec.get("concurrencyPolicy", "Allow")
        if policy == "Forbid" and active:
            text = "Not starting job because prior execution is running and concurrency policy is Forbid"
            self.recorder.normal(obj, "JobAlreadyActive", text)
            return False
        if policy == "Replace":
            for ref in active:
                self._delete(obj, ref["name"])
            status["active"] = []
        return True

    def _make(self, entry: Entry, obj: Obj, due: float, zone: tzinfo) -> None:
        try:
            job = self.registry.make(JOBS, job_of(entry, obj, due, zone))
        except StatusError as error:
            if error.reason == "AlreadyExists":
                obj["status"]["lastScheduleTime"] = self.clock.stamp(due)
            elif not is_terminating(error):
                self.recorder.warning(obj, "FailedCreate", f"Error creating job: {error.message}")
                self.enqueue(entry.key, RETRY)
            return
        self.recorder.normal(obj, "SuccessfulCreate", f"Created job {job['metadata']['name']}")
        obj["status"]["active"].append(reference(job))
        obj["status"]["lastScheduleTime"] = self.clock.stamp(due)

    def _forget_old(self, obj: Obj, jobs: list[Obj]) -> None:
        """Delete the oldest of the finished Jobs beyond the limits."""
        limits = {
            "Complete": obj["spec"].get("successfulJobsHistoryLimit", 3),
            "Failed": obj["spec"].get("failedJobsHistoryLimit", 1),
        }
        for ended, limit in limits.items():
            found = [job for job in jobs if outcome(job) == ended]
            found.sort(key=lambda job: ((job["status"].get("startTime") or ""), job["metadata"]["name"]))
            for job in found[: max(0, len(found) - limit)]:
                self._delete(obj, job["metadata"]["name"])

    def _delete(self, obj: Obj, name: str) -> None:
        self.registry.discard(JOBS, obj["metadata"]["namespace"], name, propagation="Background")
        self.recorder.normal(obj, "SuccessfulDelete", f"Deleted job {name}")


def job_name(obj: Obj, due: float) -> str:
    """The name of the Job of that time: its minute since the epoch makes it unique."""
    return f"{obj['metadata']['name']}-{int(due // 60)}"


def job_of(entry: Entry, obj: Obj, due: float, zone: tzinfo) -> Obj:
    """The Job of that time."""
    template = obj["spec"]["jobTemplate"]
    found = template.get("metadata") or {}
    moment = datetime.fromtimestamp(due, zone).isoformat().replace("+00:00", "Z")
    notes = {**(found.get("annotations") or {}), "batch.kubernetes.io/cronjob-scheduled-timestamp": moment}
    metadata: dict[str, Any] = {
        "name": job_name(obj, due),
        "namespace": entry.key.namespace,
        "annotations": notes,
        "ownerReferences": [controller_ref(entry, "CronJob", "batch/v1")],
    }
    if found.get("labels"):
        metadata["labels"] = dict(found["labels"])
    spec = msgspec.json.decode(msgspec.json.encode(template["spec"]))
    return {"kind": "Job", "apiVersion": "batch/v1", "metadata": metadata, "spec": spec}


@lru_cache(maxsize=64)
def find_zone(name: str) -> tzinfo | None:
    """A time zone by its name; None for one that nobody knows."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None
