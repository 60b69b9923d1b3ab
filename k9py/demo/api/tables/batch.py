"""Jobs and cron jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from k9py.demo.api.tables.printer import NONE, age, containers, name_of, part, selector_text, since, yes_no
from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj
from k9py.values.age import human_duration, parse_time


def _job(obj: Obj, cluster: Cluster) -> list[Any]:
    spec, status = part(obj, "spec"), part(obj, "status")
    return [
        name_of(obj),
        _state(obj, status),
        f"{status.get('succeeded', 0)}/{_wanted(spec)}",
        _duration(status, cluster),
        age(obj, cluster),
        *containers(part(spec, "template")),
        selector_text(spec.get("selector")) or NONE,
    ]


def _state(obj: Obj, status: Mapping[str, Any]) -> str:
    held = {one["type"] for one in status.get("conditions") or () if one["status"] == "True"}
    leaving = {"Terminating"} if obj["metadata"].get("deletionTimestamp") else set()
    order = ("Complete", "Failed", "Terminating", "Suspended", "FailureTarget")
    return next((word for word in order if word in held | leaving), "Running")


def _wanted(spec: Mapping[str, Any]) -> str:
    if spec.get("completions") is not None:
        return str(spec["completions"])
    return f"1 of {spec['parallelism']}" if (spec.get("parallelism") or 0) > 1 else "1"


def _duration(status: Mapping[str, Any], cluster: Cluster) -> str:
    began, ended = parse_time(status.get("startTime")), parse_time(status.get("completionTime"))
    if began is None:
        return ""
    return human_duration((cluster.clock.now if ended is None else ended) - began)


def _cron_job(obj: Obj, cluster: Cluster) -> list[Any]:
    spec, status = part(obj, "spec"), part(obj, "status")
    last = status.get("lastScheduleTime")
    job = part(part(spec, "jobTemplate"), "spec")
    return [
        name_of(obj),
        spec.get("schedule", ""),
        spec.get("timeZone") or NONE,
        yes_no(spec.get("suspend")),
        len(status.get("active") or ()),
        since(last, cluster) if last else NONE,
        age(obj, cluster),
        *containers(part(job, "template")),
        selector_text(job.get("selector")) or NONE,
    ]


PRINTERS = {"jobs.batch": _job, "cronjobs.batch": _cron_job}
