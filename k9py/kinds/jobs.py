"""Jobs: how much of their work is done, and how long it took. Enter leads to their pods."""

from __future__ import annotations

import msgspec

from k9py.kinds.conditions import Conditions, holds
from k9py.kinds.kind import AGE, LABELS, NAME, Kind, Part, always
from k9py.kinds.parts import (
    Selecting,
    count_column,
    opens_selected,
    selector_column,
    template_columns,
)
from k9py.kinds.valid import says_conditions, valid_column
from k9py.store.column import Column, Joined
from k9py.values.age import human_duration, parse_time
from k9py.values.cell import Cell, Tone
from k9py.values.metadata import Metadata

_TONES = {
    "Complete": Tone.DONE,
    "Failed": Tone.BAD,
    "Terminating": Tone.GOING,
    "Suspended": Tone.DONE,
    "FailureTarget": Tone.BAD,
    "Running": Tone.OK,
}
"""Its states in the order in which kubectl looks for them (printJob of kubernetes/pkg/printers)."""

_ENDLESS = 1e12
"""More than any job that is over took."""


class JobSpec(Selecting, frozen=True):
    """What is wanted."""

    completions: int | None = None
    parallelism: int | None = None


class JobStatus(Part, frozen=True):
    """How far it is."""

    active: int = 0
    succeeded: int = 0
    failed: int = 0
    start_time: str | None = None
    completion_time: str | None = None
    conditions: Conditions = None


class Job(msgspec.Struct, frozen=True, gc=False):
    """A job."""

    metadata: Metadata
    spec: JobSpec = JobSpec()
    status: JobStatus = JobStatus()

    @property
    def state(self) -> str:
        """In kubectl's word."""
        leaving = bool(self.metadata.deletion_timestamp)
        for word in _TONES:
            if holds(self.status.conditions, word) or (word == "Terminating" and leaving):
                return word
        return "Running"


def _tone(job: Job, _joined: Joined) -> Tone:
    tone = _TONES[job.state]
    return Tone.WARN if tone is Tone.OK and job.status.failed else tone


def _status(job: Job, joined: Joined) -> Cell:
    return Cell(job.state, _tone(job, joined))


def completions(job: Job) -> Cell:
    """`0/1 of 3` where any of so many pods that run beside each other will do."""
    spec, done = job.spec, job.status.succeeded
    if spec.completions is not None:
        share = done / spec.completions if spec.completions else 1.0
        return Cell(f"{done}/{spec.completions}", Tone.PLAIN, share)
    beside = f" of {spec.parallelism}" if (spec.parallelism or 0) > 1 else ""
    return Cell(f"{done}/1{beside}", Tone.PLAIN, float(done))


def _duration(job: Job, _joined: Joined) -> Cell:
    began, ended = parse_time(job.status.start_time), parse_time(job.status.completion_time)
    if began is None:
        return Cell()
    if ended is None:
        return Cell("", Tone.PLAIN, _ENDLESS - began, began)
    return Cell(human_duration(ended - began), Tone.PLAIN, ended - began)


KIND = Kind(
    "batch",
    "jobs",
    Job,
    always(
        NAME,
        Column("STATUS", _status, glyph=True),
        Column("COMPLETIONS", lambda job, _: completions(job), numeric=True),
        Column("DURATION", _duration, numeric=True),
        count_column("ACTIVE", "active", wide=True),
        count_column("FAILED", "failed", wide=True),
        *template_columns(lambda job: job.spec.template),
        selector_column(),
        LABELS,
        valid_column(_tone, says_conditions, lambda job: f"{job.status.failed} failed" if job.status.failed else ""),
        AGE,
    ),
    _tone,
    opens=opens_selected("job"),
)
