"""Jobs and cron jobs."""

from __future__ import annotations

from k9py.insight.describe.conditions import conditions_of
from k9py.insight.describe.facts import (
    Obj,
    controller,
    each,
    get,
    join,
    number,
    selector,
    sub,
    text,
    truth,
    when,
)
from k9py.insight.describe.sheet import NONE, UNSET, Sheet
from k9py.insight.describe.subject import Describer, Subject, annotations_of, has, head, labels_of
from k9py.insight.describe.template import template_of
from k9py.values.age import human_duration, parse_time


def describe_job(sheet: Sheet, subject: Subject) -> None:
    """What is wanted, when it ran, what became of its pods, the mould."""
    found, spec = subject.found, sub(subject.found, "spec")
    sheet.field("Name", subject.name)
    sheet.field("Namespace", text(found, "metadata", "namespace"))
    sheet.field("Selector", selector(spec, "selector"))
    labels_of(sheet, found)
    annotations_of(sheet, found)
    if owner := controller(found):
        sheet.field("Controlled By", owner)
    _write_wanted(sheet, spec)
    _write_times(sheet, found)
    _write_pods(sheet, found)
    template_of(sheet, sub(spec, "template"))
    conditions_of(sheet, found)


_MAYBE = (
    ("TTL Seconds After Finished", "ttlSecondsAfterFinished", ""),
    ("Active Deadline Seconds", "activeDeadlineSeconds", "s"),
    ("Backoff Limit Per Index", "backoffLimitPerIndex", ""),
    ("Max Failed Indexes", "maxFailedIndexes", ""),
    ("Managed By", "managedBy", ""),
    ("Pod Replacement Policy", "podReplacementPolicy", ""),
)


def _write_wanted(sheet: Sheet, spec: Obj) -> None:
    sheet.field("Parallelism", text(spec, "parallelism", none=UNSET))
    sheet.field("Completions", text(spec, "completions", none=UNSET))
    sheet.field("Completion Mode", text(spec, "completionMode", none=UNSET))
    sheet.field("Suspend", text(spec, "suspend", none="false"))
    sheet.field("Backoff Limit", text(spec, "backoffLimit", none=UNSET))
    for label, field, unit in _MAYBE:
        if has(spec, field):
            sheet.field(label, f"{text(spec, field)}{unit}")


def _write_times(sheet: Sheet, found: Obj) -> None:
    for label, field in (("Start Time", "startTime"), ("Completed At", "completionTime")):
        if has(found, "status", field):
            sheet.field(label, when(found, "status", field))
    began, ended = (parse_time(text(found, "status", field)) for field in ("startTime", "completionTime"))
    if began is not None and ended is not None:
        sheet.field("Duration", human_duration(ended - began))


def _write_pods(sheet: Sheet, found: Obj) -> None:
    status = sub(found, "status")
    active, ready = number(status, "active"), number(status, "ready")
    went, failed = number(status, "succeeded"), number(status, "failed")
    sheet.field("Pods Statuses", f"{active} Active ({ready} Ready) / {went} Succeeded / {failed} Failed")
    if get(found, "spec", "completionMode") == "Indexed":
        sheet.field("Completed Indexes", text(status, "completedIndexes", none=NONE))
    if failures := text(status, "failedIndexes"):
        sheet.field("Failed Indexes", failures)


def describe_cron_job(sheet: Sheet, subject: Subject) -> None:
    """When it runs, what it does, and which jobs of it are active."""
    found, spec = subject.found, sub(subject.found, "spec")
    head(sheet, found)
    for label, field in (("Schedule", "schedule"), ("Concurrency Policy", "concurrencyPolicy")):
        sheet.field(label, text(spec, field))
    sheet.field("Suspend", truth(get(spec, "suspend"), UNSET))
    _write_history(sheet, spec)
    job = sub(spec, "jobTemplate", "spec")
    sheet.field("Selector", selector(job, "selector") or UNSET)
    sheet.field("Parallelism", text(job, "parallelism", none=UNSET))
    sheet.field("Completions", text(job, "completions", none=UNSET))
    for label, field, unit in _MAYBE[1:2]:
        if has(job, field):
            sheet.field(label, f"{text(job, field)}{unit}")
    template_of(sheet, sub(job, "template"))
    for label, field in (("Last Schedule Time", "lastScheduleTime"), ("Last Successful Time", "lastSuccessfulTime")):
        sheet.field(label, when(found, "status", field))
    sheet.field("Active Jobs", join(text(active, "name") for active in each(found, "status", "active")))


def _write_history(sheet: Sheet, spec: Obj) -> None:
    sheet.field("Time Zone", text(spec, "timeZone", none=UNSET))
    for label, field in (
        ("Successful Job History Limit", "successfulJobsHistoryLimit"),
        ("Failed Job History Limit", "failedJobsHistoryLimit"),
    ):
        sheet.field(label, text(spec, field, none=UNSET))
    seconds = text(spec, "startingDeadlineSeconds")
    sheet.field("Starting Deadline Seconds", f"{seconds}s" if seconds else UNSET)


DESCRIBERS = (
    Describer(("jobs.batch",), describe_job),
    Describer(("cronjobs.batch",), describe_cron_job),
)
