"""Jobs and cron jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from k9py.demo.api.defaults.podspec import default_template
from k9py.demo.api.strategy import Strategy
from k9py.demo.api.validation.jobs import check_cron_job, check_job
from k9py.demo.api.validation.warnings import warn_of_cron_job, warn_of_template
from k9py.demo.core.store import Obj

if TYPE_CHECKING:
    from k9py.demo.api.registry import Registry

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


def default_cron_job(obj: Obj) -> None:
    """Runs may overlap; three that succeeded are kept, and one that failed."""
    spec = obj.setdefault("spec", {})
    spec.setdefault("concurrencyPolicy", "Allow")
    spec.setdefault("suspend", False)
    spec.setdefault("successfulJobsHistoryLimit", 3)
    spec.setdefault("failedJobsHistoryLimit", 1)
    template = spec.setdefault("jobTemplate", {})
    template.setdefault("metadata", {})
    job = template.setdefault("spec", {})
    default_template(job.setdefault("template", {}))
    default_failure_policy(job)


STRATEGIES = (
    Strategy(
        "jobs.batch",
        default_job,
        prepare=prepare_job,
        validate=check_job,
        warn=warn_of_template,
        status=dict[str, object],
    ),
    Strategy(
        "cronjobs.batch", default_cron_job, validate=check_cron_job, warn=warn_of_cron_job, status=dict[str, object]
    ),
)
