"""StatefulSets, DaemonSets, Jobs and CronJobs: what they make, in which order, and what they say of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from k9py.demo.api.schedule import ScheduleError, parse_schedule
from k9py.demo.controllers.cronjobs import CronJobs
from k9py.demo.controllers.daemonsets import DaemonSets
from k9py.demo.controllers.garbage import GarbageCollector
from k9py.demo.controllers.job_pods import parse_indexes, write_indexes
from k9py.demo.controllers.jobs import Jobs
from k9py.demo.controllers.statefulsets import StatefulSets
from k9py.demo.controllers.ttlafterfinished import FinishedJobs
from k9py.demo.core.store import Obj
from tests.demo.stage import START, Stage, conditions, template, workload

SETS = "statefulsets.apps"
DAEMONS = "daemonsets.apps"
JOBS = "jobs.batch"
CRONJOBS = "cronjobs.batch"
DONE = "Reached expected number of succeeded pods"


def _stateful(**spec: Any) -> Stage:
    stage = Stage(StatefulSets)
    stage.put(SETS, workload("apps/v1", "StatefulSet", "db", replicas=3, serviceName="db", **spec))
    stage.step()
    return stage


def test_stateful_pods_come_one_after_the_other() -> None:
    stage = Stage(StatefulSets)
    stage.ready = False
    claim = {
        "metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    }
    stage.put(
        SETS, workload("apps/v1", "StatefulSet", "db", replicas=2, serviceName="db", volumeClaimTemplates=[claim])
    )
    stage.step()
    assert stage.names("pods") == ["db-0"]
    stage.say("db-0")
    stage.step()
    assert stage.names("pods") == ["db-0", "db-1"]
    assert stage.events() == [
        "Normal SuccessfulCreate Create Claim data-db-0 Pod db-0 in StatefulSet db success",
        "Normal SuccessfulCreate Create Pod db-0 in StatefulSet db successful",
        "Normal SuccessfulCreate Create Claim data-db-1 Pod db-1 in StatefulSet db success",
        "Normal SuccessfulCreate Create Pod db-1 in StatefulSet db successful",
    ]
    pod = stage.get("pods", "db-1")
    assert pod["metadata"]["labels"]["apps.kubernetes.io/pod-index"] == "1"
    assert (pod["spec"]["hostname"], pod["spec"]["subdomain"]) == ("db-1", "db")
    assert {"name": "data", "persistentVolumeClaim": {"claimName": "data-db-1"}} in pod["spec"]["volumes"]


def test_stateful_update_goes_from_the_top_down_and_moves_the_revision_at_its_end() -> None:
    stage = _stateful()
    first = stage.get(SETS, "db")["status"]["currentRevision"]
    stage.change(SETS, "db", template=template({"app": "db"}, "shop/db:2"))
    stage.step()
    deleted = [line.split(" ")[4] for line in stage.events() if " SuccessfulDelete " in line]
    assert deleted == ["db-2", "db-1", "db-0"]
    status = stage.get(SETS, "db")["status"]
    assert status["currentRevision"] == status["updateRevision"] != first
    assert status["updatedReplicas"] == status["currentReplicas"] == 3
    assert [one["revision"] for one in stage.all("controllerrevisions.apps")].count(2) == 1


def test_partition_keeps_the_lower_pods_as_they_were() -> None:
    stage = _stateful(updateStrategy={"type": "RollingUpdate", "rollingUpdate": {"partition": 2}})
    stage.change(SETS, "db", template=template({"app": "db"}, "shop/db:2"))
    stage.step()
    images = {pod["metadata"]["name"]: pod["spec"]["containers"][0]["image"] for pod in stage.all("pods")}
    assert images == {"db-0": "shop/web:1", "db-1": "shop/web:1", "db-2": "shop/db:2"}
    stage.delete("pods", "db-0")
    stage.step()
    assert stage.get("pods", "db-0")["spec"]["containers"][0]["image"] == "shop/web:1"
    status = stage.get(SETS, "db")["status"]
    assert (status["currentReplicas"], status["updatedReplicas"]) == (2, 1)


def test_on_delete_replaces_nothing_by_itself() -> None:
    stage = _stateful(updateStrategy={"type": "OnDelete"})
    stage.change(SETS, "db", template=template({"app": "db"}, "shop/db:2"))
    stage.step()
    assert not [line for line in stage.events() if "Delete" in line]
    stage.delete("pods", "db-1")
    stage.step()
    assert stage.get("pods", "db-1")["spec"]["containers"][0]["image"] == "shop/db:2"


def test_parallel_pods_come_and_go_at_once() -> None:
    stage = Stage(StatefulSets)
    stage.ready = False
    made = workload("apps/v1", "StatefulSet", "db", replicas=3, serviceName="db", podManagementPolicy="Parallel")
    stage.put(SETS, made)
    stage.step()
    assert stage.names("pods") == ["db-0", "db-1", "db-2"]
    stage.change(SETS, "db", replicas=0)
    stage.step()
    assert stage.names("pods") == []


def _node(stage: Stage, name: str, *taints: Obj, **labels: str) -> None:
    metadata = {"name": name, "labels": {"kubernetes.io/hostname": name, **labels}}
    stage.put("nodes", {"kind": "Node", "apiVersion": "v1", "metadata": metadata, "spec": {}})
    spec = {"taints": list(taints)} if taints else {}
    stage.cluster.registry.patch("nodes", ("", name), lambda node: {**node, "spec": spec})


def _daemons(**spec: Any) -> Stage:
    stage = Stage(DaemonSets)
    _node(stage, "node1", zone="a")
    _node(stage, "node2", zone="b")
    _node(stage, "node3", {"key": "gpu", "effect": "NoSchedule"}, zone="a")
    stage.put(DAEMONS, workload("apps/v1", "DaemonSet", "agent", **spec))
    stage.step()
    return stage


def _target(pod: Obj) -> str:
    required = pod["spec"]["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    node: str = required["nodeSelectorTerms"][0]["matchFields"][0]["values"][0]
    return node


def test_daemons_run_where_they_are_let_to() -> None:
    stage = _daemons()
    assert sorted(map(_target, stage.all("pods"))) == ["node1", "node2"]
    status = stage.get(DAEMONS, "agent")["status"]
    assert (status["desiredNumberScheduled"], status["numberReady"], status["updatedNumberScheduled"]) == (2, 2, 2)
    stage.cluster.registry.patch("nodes", ("", "node3"), lambda node: {**node, "spec": {}})
    stage.step()
    assert sorted(map(_target, stage.all("pods"))) == ["node1", "node2", "node3"]


def test_daemons_leave_a_node_whose_labels_no_longer_match() -> None:
    stage = Stage(DaemonSets)
    _node(stage, "node1", zone="a")
    _node(stage, "node2", zone="b")
    made = workload("apps/v1", "DaemonSet", "agent")
    made["spec"]["template"]["spec"]["nodeSelector"] = {"zone": "a"}
    stage.put(DAEMONS, made)
    stage.step()
    assert list(map(_target, stage.all("pods"))) == ["node1"]

    def move(node: Obj) -> Obj:
        node["metadata"]["labels"]["zone"] = "c"
        return node

    stage.cluster.registry.patch("nodes", ("", "node1"), move)
    stage.step()
    assert stage.names("pods") == []


def test_daemon_update_replaces_one_node_at_a_time() -> None:
    stage = _daemons()
    stage.stuck.add("shop/web:2")
    stage.change(DAEMONS, "agent", template=template({"app": "agent"}, "shop/web:2"))
    stage.step(5)
    images = sorted(pod["spec"]["containers"][0]["image"] for pod in stage.all("pods"))
    assert images == ["shop/web:1", "shop/web:2"]
    assert stage.get(DAEMONS, "agent")["status"]["numberUnavailable"] == 1


def test_surging_daemons_have_a_new_pod_before_the_old_one_goes() -> None:
    stage = _daemons(updateStrategy={"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}})
    stage.stuck.add("shop/web:2")
    stage.change(DAEMONS, "agent", template=template({"app": "agent"}, "shop/web:2"))
    stage.step(5)
    assert len(stage.names("pods")) == 3
    assert stage.get(DAEMONS, "agent")["status"]["numberAvailable"] == 2


def test_failed_daemon_is_replaced_and_told() -> None:
    stage = _daemons()
    name = stage.names("pods")[0]
    node = _target(stage.get("pods", name))
    stage.say(name, phase="Failed", ready=False)
    stage.step()
    assert (
        f"Warning FailedDaemonPod Found failed daemon pod shop/{name} on node {node}, will try to kill it"
        in stage.events()
    )
    assert name not in stage.names("pods")
    assert len(stage.names("pods")) == 2


def _jobs(**spec: Any) -> Stage:
    stage = Stage(Jobs, FinishedJobs, GarbageCollector)
    stage.put(JOBS, _job("work", **spec))
    stage.step()
    return stage


def _job(name: str, **spec: Any) -> Obj:
    body = {"template": template({"app": name}, restartPolicy="Never"), **spec}
    return {"kind": "Job", "apiVersion": "batch/v1", "metadata": {"name": name, "namespace": "shop"}, "spec": body}


def _end(stage: Stage, phase: str = "Succeeded") -> None:
    for pod in stage.all("pods"):
        if pod["status"]["phase"] == "Running":
            stage.say(pod["metadata"]["name"], phase=phase, ready=False)
    stage.step(2)


def test_job_is_complete_when_enough_pods_have_succeeded() -> None:
    stage = _jobs(completions=2)
    assert stage.get(JOBS, "work")["status"]["active"] == 1
    _end(stage)
    _end(stage)
    job = stage.get(JOBS, "work")
    assert conditions(job) == {
        "SuccessCriteriaMet": ("True", "CompletionsReached", DONE),
        "Complete": ("True", "CompletionsReached", DONE),
    }
    assert job["status"]["succeeded"] == 2
    assert "completionTime" in job["status"]
    assert stage.events()[-1] == "Normal Completed Job completed"
    assert all("finalizers" not in pod["metadata"] for pod in stage.all("pods"))


def test_failing_job_waits_longer_each_time_and_gives_up() -> None:
    stage = _jobs(backoffLimit=2)
    made = []
    for _ in range(40):
        _end(stage, "Failed")
        made.append(len(stage.names("pods")))
    assert made[3] == 1  # ten seconds before the second pod
    assert made[10] == 2  # twenty before the third
    text = "Job has reached the specified backoff limit"
    assert conditions(stage.get(JOBS, "work"))["Failed"] == ("True", "BackoffLimitExceeded", text)
    assert stage.get(JOBS, "work")["status"]["failed"] == 3
    assert f"Warning BackoffLimitExceeded {text}" in stage.events()


def test_job_that_runs_too_long_is_ended() -> None:
    stage = _jobs(activeDeadlineSeconds=10)
    stage.step(15)
    text = "Job was active longer than specified deadline"
    assert conditions(stage.get(JOBS, "work"))["Failed"] == ("True", "DeadlineExceeded", text)
    assert stage.names("pods") == []


def test_indexed_job_has_a_pod_for_each_index() -> None:
    stage = _jobs(completions=3, parallelism=2, completionMode="Indexed")
    names = [name.rsplit("-", 1)[0] for name in stage.names("pods")]
    assert names == ["work-0", "work-1"]
    _end(stage)
    _end(stage)
    assert stage.get(JOBS, "work")["status"]["completedIndexes"] == "0-2"
    pod = stage.all("pods")[0]
    assert pod["spec"]["hostname"] == "work-0"
    assert pod["spec"]["containers"][0]["env"][0]["name"] == "JOB_COMPLETION_INDEX"


def test_suspended_job_loses_its_pods_and_gets_them_back() -> None:
    stage = _jobs()
    stage.change(JOBS, "work", suspend=True)
    stage.step()
    job = stage.get(JOBS, "work")
    assert stage.names("pods") == []
    assert conditions(job)["Suspended"] == ("True", "JobSuspended", "Job suspended")
    assert "startTime" not in job["status"]
    assert "failed" not in job["status"]
    stage.change(JOBS, "work", suspend=False)
    stage.step()
    assert len(stage.names("pods")) == 1
    assert conditions(stage.get(JOBS, "work"))["Suspended"] == ("False", "JobResumed", "Job resumed")


def test_finished_job_goes_when_its_time_is_over() -> None:
    stage = _jobs(ttlSecondsAfterFinished=30)
    _end(stage)
    stage.step(20)
    assert stage.names(JOBS) == ["work"]
    stage.step(20)
    assert stage.names(JOBS) == []
    assert stage.names("pods") == []


def _cron(**spec: Any) -> Stage:
    stage = Stage(Jobs, CronJobs, GarbageCollector)
    template_ = {"spec": {"template": template({"app": "cron"}, restartPolicy="Never")}}
    body = {"schedule": "*/5 * * * *", "jobTemplate": template_, **spec}
    metadata = {"name": "cron", "namespace": "shop"}
    stage.put(CRONJOBS, {"kind": "CronJob", "apiVersion": "batch/v1", "metadata": metadata, "spec": body})
    return stage


def test_cron_job_makes_a_job_at_each_of_its_times() -> None:
    stage = _cron()
    stage.step(299)
    assert stage.names(JOBS) == []
    stage.step(2)
    name = f"cron-{int(START // 60) + 5}"
    assert stage.names(JOBS) == [name]
    job = stage.get(JOBS, name)
    note = "batch.kubernetes.io/cronjob-scheduled-timestamp"
    assert job["metadata"]["annotations"][note] == "2026-03-01T12:05:00Z"
    status = stage.get(CRONJOBS, "cron")["status"]
    assert status["lastScheduleTime"] == "2026-03-01T12:05:00Z"
    assert status["active"][0]["name"] == name
    _end(stage)
    assert f"Normal SawCompletedJob Saw completed job: {name}, condition: Complete" in stage.events("CronJob")
    assert "active" not in stage.get(CRONJOBS, "cron")["status"]


def test_history_of_a_cron_job_is_limited() -> None:
    stage = _cron(successfulJobsHistoryLimit=2)
    for _ in range(5):
        stage.step(298)
        _end(stage)
    assert len(stage.names(JOBS)) == 2
    assert any(line.startswith("Normal SuccessfulDelete Deleted job cron-") for line in stage.events("CronJob"))


@pytest.mark.parametrize(("policy", "jobs"), [("Allow", 3), ("Forbid", 1), ("Replace", 1)])
def test_concurrency_policy(policy: str, jobs: int) -> None:
    stage = _cron(concurrencyPolicy=policy)
    stage.step(901)
    assert len(stage.names(JOBS)) == jobs
    first = f"cron-{int(START // 60) + 5}"
    assert (first in stage.names(JOBS)) == (policy != "Replace")


def test_suspended_cron_job_makes_nothing() -> None:
    stage = _cron(suspend=True)
    stage.step(1000)
    assert stage.names(JOBS) == []


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("*/15 * * * *", "UTC", "2026-03-01T12:15"),
        ("0 9-17/4 * * mon-fri", "UTC", "2026-03-02T09:00"),
        ("30 6 1,15 * *", "UTC", "2026-03-15T06:30"),
        ("0 0 13 * fri", "UTC", "2026-03-06T00:00"),  # either day will do
        ("0 0 29 feb *", "UTC", "2028-02-29T00:00"),
        ("@daily", "Asia/Seoul", "2026-03-01T15:00"),
        ("30 2 * * *", "Europe/Berlin", "2026-03-02T01:30"),
    ],
)
def test_schedules(text: str, zone: str, expected: str) -> None:
    found = parse_schedule(text).next(START, ZoneInfo(zone))
    assert found is not None
    assert datetime.fromtimestamp(found, UTC).strftime("%Y-%m-%dT%H:%M") == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("* * * *", "expected exactly 5 fields, found 4: [* * * *]"),
        ("60 * * * *", "end of range (60) above maximum (59): 60"),
        ("@never", "unrecognized descriptor: @never"),
        ("*/0 * * * *", "step of range should be a positive number: */0"),
    ],
)
def test_schedules_that_cannot_be(text: str, message: str) -> None:
    with pytest.raises(ScheduleError, match=None) as error:
        parse_schedule(text)
    assert str(error.value) == message


def test_indexes_are_written_as_runs() -> None:
    assert write_indexes({0, 1, 2, 5, 7, 8}) == "0-2,5,7,8"
    assert parse_indexes("0-2,5") == {0, 1, 2, 5}
