"""Jobs and cron jobs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from zoneinfo import available_timezones

from k9py.demo.api.defaults.filling import fill
from k9py.demo.api.defaults.podspec import default_template
from k9py.demo.api.internals import pod_spec
from k9py.demo.api.registry import Registry
from k9py.demo.api.schedule import ScheduleError, parse_schedule
from k9py.demo.api.strategy import Strategy
from k9py.demo.api.validation.names import too_long
from k9py.demo.api.validation.podspec import check_template
from k9py.demo.api.validation.warnings import warn_of_cron_job, warn_of_template
from k9py.demo.api.validation.words import IMMUTABLE, at_least, in_order, invalid, not_negative, one_of, unchanged
from k9py.demo.core.status import Cause, required, unsupported_value
from k9py.demo.core.store import Obj

_UID = "batch.kubernetes.io/controller-uid"
_SCHEDULING = ("nodeSelector", "affinity", "tolerations", "schedulingGates")
"""What of a template can be changed while a job that has never started is suspended."""


def _check_job(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    spec = obj["spec"]
    yield from _check_job_spec("spec", spec)
    yield from _check_selector(obj)
    if old is not None:
        yield from _check_change(spec, old)


def _check_job_spec(path: str, spec: Obj) -> Iterator[Cause]:
    """What a job and a template of one have in common."""
    names = (
        "parallelism",
        "completions",
        "activeDeadlineSeconds",
        "backoffLimit",
        "ttlSecondsAfterFinished",
        "backoffLimitPerIndex",
        "maxFailedIndexes",
    )
    yield from not_negative(path, spec, names)
    mode = spec.get("completionMode")
    if mode is not None:
        yield from one_of(f"{path}.completionMode", mode, ("NonIndexed", "Indexed"))
        if mode == "Indexed" and spec.get("completions") is None:
            yield required(f"{path}.completions", "when completion mode is Indexed")
    template = spec["template"]
    yield from check_template(f"{path}.template", template)
    restart, at = template["spec"].get("restartPolicy"), f"{path}.template.spec.restartPolicy"
    if restart in ("Always", ""):
        yield required(at, 'valid values: "OnFailure", "Never"')
    elif restart not in ("OnFailure", "Never"):
        yield unsupported_value(at, str(restart), ("OnFailure", "Never"))


def _check_selector(obj: Obj) -> Iterator[Cause]:
    spec, uid = obj["spec"], obj["metadata"]["uid"]
    selector = spec.get("selector")
    if selector is None:
        yield required("spec.selector")
        return
    wanted, labels = selector.get("matchLabels") or {}, spec["template"]["metadata"].get("labels") or {}
    if not spec.get("manualSelector") and wanted != {_UID: uid} and wanted != {"controller-uid": uid}:
        yield invalid("spec.selector", {"matchLabels": in_order(wanted)}, "`selector` not auto-generated")
    if any(labels.get(name) != value for name, value in wanted.items()):
        detail = "`selector` does not match template `labels`"
        yield invalid("spec.template.metadata.labels", in_order(labels), detail)


def _check_change(spec: Obj, old: Obj) -> Iterator[Cause]:
    before = old["spec"]
    elastic = spec.get("completionMode") == "Indexed" and spec.get("completions") == spec.get("parallelism")
    if not elastic:
        yield from unchanged("spec.completions", spec.get("completions"), before.get("completions"))
    yield from unchanged("spec.selector", spec.get("selector"), before.get("selector"))
    if _frozen(spec, old) != _frozen(before, old):
        yield (
            invalid("spec.template", _template(spec), IMMUTABLE)
            if _labels(spec) != _labels(before)
            else invalid("spec.template.spec", pod_spec(spec["template"]["spec"]), IMMUTABLE)
        )
    yield from unchanged("spec.completionMode", spec.get("completionMode"), before.get("completionMode"))
    for name in ("podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy"):
        yield from unchanged(f"spec.{name}", spec.get(name), before.get(name))


def _template(spec: Obj) -> Obj:
    return {"metadata": spec["template"]["metadata"], "Spec": pod_spec(spec["template"]["spec"])}


def _labels(spec: Obj) -> Obj:
    metadata: Obj = spec["template"]["metadata"]
    return metadata


def _frozen(spec: Obj, old: Obj) -> Obj:
    """A template without what may change."""
    template: Obj = spec["template"]
    status = old.get("status") or {}
    if not old["spec"].get("suspend") or status.get("startTime"):
        return template
    kept = {name: value for name, value in template["spec"].items() if name not in _SCHEDULING}
    return {**template, "metadata": {}, "spec": kept}


def _check_cron_job(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    """A cron job: its jobs' names are eleven characters longer."""
    spec = obj["spec"]
    yield from _check_schedule(spec)
    yield from at_least("spec.startingDeadlineSeconds", spec.get("startingDeadlineSeconds"))
    zone = spec.get("timeZone")
    if zone is not None and zone not in _zones():
        yield invalid(
            "spec.timeZone", zone, f"unknown time zone {zone}" if zone else "timeZone must be nil or non-empty string"
        )
    yield from one_of("spec.concurrencyPolicy", spec["concurrencyPolicy"], ("Allow", "Forbid", "Replace"))
    yield from _check_job_spec("spec.jobTemplate.spec", spec["jobTemplate"]["spec"])
    yield from not_negative("spec", spec, ("successfulJobsHistoryLimit", "failedJobsHistoryLimit"))
    if old is None and len(obj["metadata"]["name"]) > 52:
        yield invalid("metadata.name", obj["metadata"]["name"], too_long(52))


def _check_schedule(spec: Obj) -> Iterator[Cause]:
    schedule = spec.get("schedule", "")
    if not schedule:
        yield required("spec.schedule")
        return
    words = schedule.split()
    zoned = words and words[0].startswith(("TZ=", "CRON_TZ="))
    try:
        parse_schedule(" ".join(words[1:]) if zoned else schedule)
    except ScheduleError as error:
        yield invalid("spec.schedule", schedule, str(error))
    if "TZ" in schedule:
        yield invalid("spec.schedule", schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead")


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


UID = "batch.kubernetes.io/controller-uid"
NAME = "batch.kubernetes.io/job-name"


def default_job(obj: Obj) -> None:
    """One pod that has to succeed once, six times at most."""
    spec = obj.setdefault("spec", {})
    template = spec.setdefault("template", {})
    default_template(template)
    if "completions" not in spec and "parallelism" not in spec:
        spec["completions"] = 1
    spec.setdefault("parallelism", 1)
    spec.setdefault("backoffLimit", (1 << 31) - 1 if "backoffLimitPerIndex" in spec else 6)
    spec.setdefault("completionMode", "NonIndexed")
    spec.setdefault("suspend", False)
    spec.setdefault("podReplacementPolicy", "Failed" if "podFailurePolicy" in spec else "TerminatingOrFailed")
    spec.setdefault("manualSelector", False)
    default_failure_policy(spec)
    labels = template["metadata"].get("labels")
    if labels and not obj["metadata"].get("labels"):
        obj["metadata"]["labels"] = labels  # one map: what is added to the template shows here too


def default_failure_policy(spec: Obj) -> None:
    """A pattern of conditions means those that are true."""
    for rule in (spec.get("podFailurePolicy") or {}).get("rules") or ():
        for pattern in rule.get("onPodConditions") or ():
            pattern["status"] = pattern.get("status") or "True"


def prepare_job(obj: Obj, old: Obj | None, registry: Registry) -> None:
    """Its own selector: pods that bear its uid."""
    metadata, spec = obj["metadata"], obj["spec"]
    if old is not None or spec.get("manualSelector"):
        return
    own = {
        UID: metadata["uid"],
        NAME: metadata["name"],
        "controller-uid": metadata["uid"],
        "job-name": metadata["name"],
    }
    labels = {**(spec["template"]["metadata"].get("labels") or {})}
    for name, value in own.items():
        labels.setdefault(name, value)
    shared = metadata.get("labels") is spec["template"]["metadata"].get("labels")
    spec["template"]["metadata"]["labels"] = labels
    if shared:
        metadata["labels"] = dict(labels)
    selector = spec.setdefault("selector", {})
    selector.setdefault("matchLabels", {}).setdefault(UID, metadata["uid"])


_CRON = {
    "concurrencyPolicy": "Allow",
    "suspend": False,
    "successfulJobsHistoryLimit": 3,
    "failedJobsHistoryLimit": 1,
    "jobTemplate": {"metadata": {}, "spec": {"template": {}}},
}


def default_cron_job(obj: Obj) -> None:
    """Runs may overlap; three that succeeded are kept, and one that failed."""
    spec = obj.setdefault("spec", {})
    fill(spec, _CRON)
    job = spec["jobTemplate"]["spec"]
    default_template(job["template"])
    default_failure_policy(job)


STRATEGIES = (
    Strategy(
        "jobs.batch",
        default_job,
        prepare=prepare_job,
        validate=_check_job,
        warn=warn_of_template,
        status=dict[str, object],
    ),
    Strategy(
        "cronjobs.batch", default_cron_job, validate=_check_cron_job, warn=warn_of_cron_job, status=dict[str, object]
    ),
)
