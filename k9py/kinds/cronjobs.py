"""Cron jobs (batch/v1, batch/v1beta1): when they run, ran last, and whether they do now. Enter leads to their jobs."""

from __future__ import annotations

from typing import Any

import msgspec

from k9py.kinds.kind import AGE, LABELS, NAME, NONE, Kind, Opening, Part, always, count_cell, text_cell, time_cell
from k9py.kinds.parts import Selecting, selector_cell, template_columns
from k9py.kinds.valid import valid_column
from k9py.store.column import Column, Joined
from k9py.values.age import parse_time
from k9py.values.cell import Cell, Tone
from k9py.values.metadata import Metadata

_TONES = {"Terminating": Tone.GOING, "Suspended": Tone.DONE, "Failed": Tone.WARN, "Scheduled": Tone.OK}


class JobToBe(Part, frozen=True):
    """The mould of its jobs (JobTemplateSpec)."""

    spec: Selecting = Selecting()


class CronJobSpec(Part, frozen=True):
    """What is wanted."""

    schedule: str = ""
    time_zone: str | None = None
    suspend: bool | None = None
    job_template: JobToBe = JobToBe()


class ActiveJob(Part, frozen=True):
    """A job of it that runs."""


class CronJobStatus(Part, frozen=True):
    """What has come of it."""

    active: tuple[ActiveJob, ...] | None = None
    last_schedule_time: str | None = None
    last_successful_time: str | None = None

    @property
    def failed_last(self) -> bool:
        """Whether its last job is over without a success. Servers before 1.21 tell of none, which is no failure."""
        scheduled, succeeded = parse_time(self.last_schedule_time), parse_time(self.last_successful_time)
        return not self.active and succeeded is not None and scheduled is not None and succeeded < scheduled


class CronJob(msgspec.Struct, frozen=True, gc=False):
    """A cron job."""

    metadata: Metadata
    spec: CronJobSpec = CronJobSpec()
    status: CronJobStatus = CronJobStatus()

    @property
    def state(self) -> str:
        """In a word of ours: kubectl has none."""
        if self.metadata.deletion_timestamp:
            return "Terminating"
        if self.spec.suspend:
            return "Suspended"
        return "Failed" if self.status.failed_last else "Scheduled"


def _tone(cron: CronJob, _joined: Joined) -> Tone:
    return _TONES[cron.state]


def _suspend(cron: CronJob, joined: Joined) -> Cell:
    suspend = cron.spec.suspend
    return Cell("<unset>" if suspend is None else str(suspend), _tone(cron, joined))


def _since(time: str | None) -> Cell:
    return time_cell(time) if time else NONE


def _opens(cron: CronJob) -> Opening:
    uid, namespace = cron.metadata.uid, cron.metadata.namespace

    def keep(job: Any) -> bool:
        return any(owner.uid == uid for owner in job.metadata.owner_references or ())

    return Opening("jobs.batch", f"cronjob {cron.metadata.name}", namespace, keep)


KIND = Kind(
    "batch",
    "cronjobs",
    CronJob,
    always(
        NAME,
        Column("SCHEDULE", lambda cron, _: Cell(cron.spec.schedule)),
        Column("TIMEZONE", lambda cron, _: text_cell(cron.spec.time_zone or "")),
        Column("SUSPEND", _suspend, glyph=True),
        Column("ACTIVE", lambda cron, _: count_cell(len(cron.status.active or ())), "right", numeric=True),
        Column("LAST SCHEDULE", lambda cron, _: _since(cron.status.last_schedule_time), numeric=True),
        Column("LAST SUCCESS", lambda cron, _: _since(cron.status.last_successful_time), numeric=True),
        *template_columns(lambda cron: cron.spec.job_template.spec.template),
        Column("SELECTOR", lambda cron, _: selector_cell(cron.spec.job_template.spec.selector), wide=True),
        LABELS,
        valid_column(_tone, lambda _cron: "its last job was no success"),
        AGE,
    ),
    _tone,
    opens=_opens,
)
