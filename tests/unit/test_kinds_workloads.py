"""What makes pods says how far it is, feels what is missing, and leads to what it has made."""

from __future__ import annotations

from typing import Any

import pytest

from k9py.kinds.cronjobs import KIND as CRON_JOBS
from k9py.kinds.daemonsets import KIND as DAEMON_SETS
from k9py.kinds.jobs import KIND as JOBS
from k9py.kinds.kind import Kind
from k9py.kinds.replicasets import KIND as REPLICA_SETS
from k9py.kinds.statefulsets import KIND as STATEFUL_SETS
from k9py.values.cell import Tone
from tests.unit.kinds import LEAVING, Shown
from tests.unit.objects import pod
from tests.unit.test_pods import read as read_pod

SELECTOR = {"matchLabels": {"app": "web"}}
TEMPLATE = {"spec": {"containers": [{"name": "app", "image": "cart:1"}, {"name": "proxy", "image": "envoy:2"}]}}


def replica_set(status: dict[str, Any] | None = None, /, metadata: Any = None, **spec: Any) -> Shown:
    full = {"replicas": 3, "readyReplicas": 3, "availableReplicas": 3, **(status or {})}
    return Shown(REPLICA_SETS, metadata=metadata or {}, spec={"replicas": 3, **spec}, status=full)


@pytest.mark.parametrize(
    ("shown", "cells", "tone"),
    [
        (replica_set(), ["3", "3", "3"], Tone.OK),
        (replica_set({"readyReplicas": 1}), ["3", "3", "1"], Tone.BUSY),
        (replica_set({"replicas": 4}), ["3", "4", "3"], Tone.BUSY),
        (replica_set({"replicas": 0, "readyReplicas": 0}, replicas=0), ["0", "0", "0"], Tone.DONE),
        (replica_set({"conditions": [{"type": "ReplicaFailure", "status": "True"}]}), ["3", "3", "3"], Tone.BAD),
        (replica_set({"conditions": None}), ["3", "3", "3"], Tone.OK),
        (replica_set(metadata=LEAVING), ["3", "3", "3"], Tone.GOING),
    ],
)
def test_replica_sets(shown: Shown, cells: list[str], tone: Tone) -> None:
    assert shown.texts("DESIRED", "CURRENT", "READY") == cells
    assert shown.tone is shown.cell("READY").tone is tone


def stateful_set(status: dict[str, Any] | None = None, /, metadata: Any = None, **spec: Any) -> Shown:
    full = {"observedGeneration": 2, "replicas": 2, "readyReplicas": 2, "currentRevision": "a", "updateRevision": "a"}
    metadata = {"generation": 2, **(metadata or {})}
    spec = {"replicas": 2, "serviceName": "db", **spec}
    return Shown(STATEFUL_SETS, metadata=metadata, spec=spec, status={**full, **(status or {})})


@pytest.mark.parametrize(
    ("shown", "ready", "tone"),
    [
        (stateful_set(), "2/2", Tone.OK),
        (stateful_set({"readyReplicas": 1}), "1/2", Tone.BUSY),
        (stateful_set({"updateRevision": "b"}), "2/2", Tone.BUSY),
        (stateful_set({"observedGeneration": 1}), "2/2", Tone.BUSY),
        (stateful_set({"replicas": 0, "readyReplicas": 0}, replicas=0), "0/0", Tone.DONE),
        (stateful_set(metadata=LEAVING), "2/2", Tone.GOING),
    ],
)
def test_stateful_sets(shown: Shown, ready: str, tone: Tone) -> None:
    assert shown.texts("READY", "SERVICE") == [ready, "db"]
    assert shown.tone is shown.cell("READY").tone is tone


def daemon_set(metadata: Any = None, **status: int) -> Shown:
    counts = ("desiredNumberScheduled", "currentNumberScheduled", "numberReady", "updatedNumberScheduled")
    full = dict.fromkeys((*counts, "numberAvailable"), 2) | {"observedGeneration": 1}
    template = {"spec": {**TEMPLATE["spec"], "nodeSelector": {"disk": "ssd"}}}
    metadata = {"generation": 1, **(metadata or {})}
    return Shown(DAEMON_SETS, metadata=metadata, spec={"template": template}, status={**full, **status})


@pytest.mark.parametrize(
    ("shown", "ready", "tone"),
    [
        (daemon_set(), "2", Tone.OK),
        (daemon_set(numberReady=1), "1", Tone.BUSY),
        (daemon_set(updatedNumberScheduled=0), "2", Tone.BUSY),
        (daemon_set(numberAvailable=1), "2", Tone.BUSY),
        (daemon_set(observedGeneration=0), "2", Tone.BUSY),
        (daemon_set(numberMisscheduled=1), "2", Tone.WARN),
        (daemon_set(LEAVING), "2", Tone.GOING),
    ],
)
def test_daemon_sets(shown: Shown, ready: str, tone: Tone) -> None:
    assert shown.texts("DESIRED", "READY", "NODE SELECTOR") == ["2", ready, "disk=ssd"]
    assert shown.tone is shown.cell("READY").tone is tone


def test_a_daemon_set_for_which_there_is_no_node_has_nothing_to_do() -> None:
    assert Shown(DAEMON_SETS, status={}).tone is Tone.DONE


def job(*conditions: str, metadata: Any = None, status: Any = None, **spec: Any) -> Shown:
    told = [{"type": condition, "status": "True"} for condition in conditions]
    return Shown(JOBS, metadata=metadata or {}, spec=spec, status={"conditions": told or None, **(status or {})})


@pytest.mark.parametrize(
    ("shown", "word", "tone"),
    [
        (job(), "Running", Tone.OK),
        (job(status={"failed": 2}), "Running", Tone.WARN),
        (job("SuccessCriteriaMet", "Complete"), "Complete", Tone.DONE),
        (job("Failed"), "Failed", Tone.BAD),
        (job("FailureTarget"), "FailureTarget", Tone.BAD),
        (job("Suspended"), "Suspended", Tone.DONE),
        (job(metadata=LEAVING), "Terminating", Tone.GOING),
    ],
)
def test_jobs(shown: Shown, word: str, tone: Tone) -> None:
    assert shown.texts("STATUS") == [word]
    assert shown.tone is shown.cell("STATUS").tone is tone


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"completions": 3}, "1/3"),
        ({"completions": 0}, "1/0"),
        ({}, "1/1"),
        ({"parallelism": 1}, "1/1"),
        ({"parallelism": 4}, "1/1 of 4"),
    ],
)
def test_how_much_of_a_job_is_done(spec: dict[str, int], said: str) -> None:
    assert job(status={"succeeded": 1}, **spec).texts("COMPLETIONS") == [said]


def test_how_long_a_job_takes_and_took() -> None:
    began, ended = "2026-01-01T00:00:00Z", "2026-01-01T00:01:30Z"
    over = job(status={"startTime": began, "completionTime": ended}).cell("DURATION")
    assert (over.text, over.since) == ("90s", None)
    running = job(status={"startTime": began}).cell("DURATION")
    assert running.text == ""
    assert running.since is not None
    assert running.value > over.value, "what goes on has the longest duration"
    assert job().cell("DURATION").text == ""


def cron_job(metadata: Any = None, status: Any = None, **spec: Any) -> Shown:
    template = {"spec": {"template": TEMPLATE}}
    spec = {"schedule": "5 4 * * *", "jobTemplate": template, **spec}
    return Shown(CRON_JOBS, metadata=metadata or {}, spec=spec, status=status or {})


RAN = {"lastScheduleTime": "2026-01-02T00:00:00Z", "lastSuccessfulTime": "2026-01-01T00:01:00Z"}


@pytest.mark.parametrize(
    ("shown", "suspend", "tone"),
    [
        (cron_job(suspend=False), "False", Tone.OK),
        (cron_job(), "<unset>", Tone.OK),
        (cron_job(suspend=True), "True", Tone.DONE),
        (cron_job(metadata=LEAVING), "<unset>", Tone.GOING),
        (cron_job(status=RAN), "<unset>", Tone.WARN),
        (cron_job(status={**RAN, "active": [{"name": "web-1"}]}), "<unset>", Tone.OK),
        (cron_job(status={**RAN, "lastSuccessfulTime": "2026-01-02T00:01:00Z"}), "<unset>", Tone.OK),
        (cron_job(status={"lastScheduleTime": RAN["lastScheduleTime"]}), "<unset>", Tone.OK),
    ],
)
def test_cron_jobs(shown: Shown, suspend: str, tone: Tone) -> None:
    assert shown.texts("SCHEDULE", "SUSPEND", "IMAGES") == ["5 4 * * *", suspend, "cart:1,envoy:2"]
    assert shown.tone is shown.cell("SUSPEND").tone is tone


def test_a_cron_job_leads_to_its_jobs() -> None:
    opening = cron_job().opening
    assert (opening.what, opening.title, opening.namespace) == ("jobs.batch", "cronjob web", "shop")
    owner = {"kind": "CronJob", "name": "web", "uid": "uid-web"}
    assert opening.keep(Shown(JOBS, metadata={"ownerReferences": [owner]}).obj)
    assert not opening.keep(Shown(JOBS, metadata={"ownerReferences": [{**owner, "uid": "other"}]}).obj)
    assert not opening.keep(Shown(JOBS).obj)


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        (REPLICA_SETS, "replicaset"),
        (STATEFUL_SETS, "statefulset"),
        (DAEMON_SETS, "daemonset"),
        (JOBS, "job"),
    ],
)
def test_all_others_lead_to_the_pods_that_they_select(kind: Kind, word: str) -> None:
    shown = Shown(kind, spec={"selector": SELECTOR, "template": TEMPLATE})
    assert shown.texts("CONTAINERS", "IMAGES", "SELECTOR") == ["app,proxy", "cart:1,envoy:2", "app=web"]
    opening = shown.opening
    assert (opening.what, opening.title, opening.namespace) == ("pods", f"{word} web", "shop")
    assert opening.keep(read_pod(pod("web-1", "shop")))
    assert not opening.keep(read_pod(pod("web-1", "other")))
    assert not opening.keep(read_pod(pod("api-1", "shop")))


@pytest.mark.parametrize("kind", [REPLICA_SETS, STATEFUL_SETS, DAEMON_SETS, JOBS])
def test_a_selector_that_cannot_be_read_is_said(kind: Kind) -> None:
    odd = {"matchExpressions": [{"key": "app", "operator": "Like", "values": ["w"]}]}
    assert Shown(kind, spec={"selector": odd}).texts("SELECTOR") == ["<invalid>"]


@pytest.mark.parametrize("kind", [REPLICA_SETS, STATEFUL_SETS, DAEMON_SETS, JOBS])
def test_lists_that_are_null_are_empty(kind: Kind) -> None:
    spec = {"selector": {"matchLabels": None, "matchExpressions": None}, "template": {"spec": {"containers": None}}}
    shown = Shown(kind, spec=spec, status={"conditions": None})
    assert shown.texts("CONTAINERS", "IMAGES", "SELECTOR") == ["<none>", "<none>", "<none>"]
