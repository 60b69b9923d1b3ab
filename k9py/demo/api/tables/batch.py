"""Jobs and cron jobs."""

from __future__ import annotations

from k9py.demo.api.tables.printer import NONE, UNSET, age, at, containers, count, part, row, selector, since, text
from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj
from k9py.values.age import human_duration, parse_time


def _state(obj: Obj, cluster: Cluster) -> str:
    held = {one["type"] for one in part(obj, "status").get("conditions") or () if one["status"] == "True"}
    leaving = {"Terminating"} if obj["metadata"].get("deletionTimestamp") else set()
    order = ("Complete", "Failed", "Terminating", "Suspended", "FailureTarget")
    return next((word for word in order if word in held | leaving), "Running")


def _completions(obj: Obj, cluster: Cluster) -> str:
    spec = part(obj, "spec")
    wanted = spec.get("completions")
    if wanted is None:
        wanted = f"1 of {spec['parallelism']}" if (spec.get("parallelism") or 0) > 1 else "1"
    return f"{part(obj, 'status').get('succeeded', 0)}/{wanted}"


def _duration(obj: Obj, cluster: Cluster) -> str:
    status = part(obj, "status")
    began, ended = parse_time(status.get("startTime")), parse_time(status.get("completionTime"))
    if began is None:
        return ""
    return human_duration((cluster.clock.now if ended is None else ended) - began)


def _last(obj: Obj, cluster: Cluster) -> str:
    last = part(obj, "status").get("lastScheduleTime")
    return since(last, cluster) if last else NONE


PRINTERS = {
    "jobs.batch": row(_state, _completions, _duration, age, *containers("spec.template"), selector("spec.selector")),
    "cronjobs.batch": row(
        at("spec.schedule"),
        at("spec.timeZone", NONE),
        text("spec.suspend", UNSET),
        count("status.active"),
        _last,
        age,
        *containers("spec.jobTemplate.spec.template"),
        selector("spec.jobTemplate.spec.selector"),
    ),
}
