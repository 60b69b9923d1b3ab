"""Workloads: rows of several kinds in one table, each about the object that it is made of."""

from __future__ import annotations

from typing import Any

import pytest

from k9py.kinds.registry import decoder, kind_for
from k9py.kinds.wellknown import CRONJOBS, DAEMONSETS, DEPLOYMENTS, JOBS, REPLICASETS, STATEFULSETS, WORKLOADS
from k9py.store.column import Joined
from k9py.values.cell import Tone
from k9py.values.resource import Resource
from tests.unit.objects import pod, raw
from tests.unit.test_pods import read as read_pod

KIND = kind_for(WORKLOADS)
SPEC = {
    "replicas": 2,
    "selector": {"matchLabels": {"app": "web"}},
    "template": {"spec": {"containers": [{"name": "app", "image": "cart:1"}]}},
}
HALF = {"replicas": 2, "readyReplicas": 1}
CRON = {"schedule": "* * * * *", "jobTemplate": {"spec": {"template": SPEC["template"]}}}


def made(resource: Resource, status: Any, spec: Any = None, **metadata: Any) -> list[tuple[tuple[str, str], Any]]:
    metadata = {"name": "web", "namespace": "shop", "uid": "uid-web", "labels": {"app": "web"}, **metadata}
    whole = {"metadata": metadata, "spec": spec or SPEC, "status": status}
    return list(KIND.make(resource, decoder(kind_for(resource))(raw(whole)), lambda: b""))


def texts(row: Any, *titles: str) -> list[str]:
    columns = {column.title: column for column in KIND.columns(())}
    return [columns[title].cell(row, Joined()).text for title in titles]


@pytest.mark.parametrize(
    ("resource", "spec", "status", "said", "tone"),
    [
        (DEPLOYMENTS, None, HALF, ["Deployment", "1/2", "Progressing"], Tone.BUSY),
        (STATEFULSETS, None, {**HALF, "readyReplicas": 2}, ["StatefulSet", "2/2", "OK"], Tone.OK),
        (REPLICASETS, {**SPEC, "replicas": 0}, {}, ["ReplicaSet", "0/0", "Idle"], Tone.DONE),
        (
            DAEMONSETS,
            None,
            {"desiredNumberScheduled": 3, "numberReady": 2},
            ["DaemonSet", "2/3", "Progressing"],
            Tone.BUSY,
        ),
        (JOBS, None, {"conditions": [{"type": "Failed", "status": "True"}]}, ["Job", "0/1", "Failed"], Tone.BAD),
        (CRONJOBS, {**CRON, "suspend": True}, {"active": [{}]}, ["CronJob", "1 active", "Suspended"], Tone.DONE),
        (CRONJOBS, CRON, {}, ["CronJob", "0 active", "Scheduled"], Tone.OK),
    ],
)
def test_a_row_says_what_the_table_of_its_kind_does(
    resource: Resource, spec: Any, status: Any, said: list[str], tone: Tone
) -> None:
    ((name, row),) = made(resource, status, spec)
    assert name == ("shop", f"{resource.singular}/web")
    assert texts(row, "KIND", "READY", "STATUS") == said
    assert texts(row, "NAME", "CONTAINERS", "IMAGES", "LABELS") == ["web", "app", "cart:1", "app=web"]
    assert KIND.tone(row, Joined()) is tone


def test_two_of_one_name_are_two_rows() -> None:
    names = {made(resource, {})[0][0] for resource in KIND.made_of}
    assert len(names) == len(KIND.made_of) == 6


def test_what_a_workload_has_made_is_no_row_of_its_own() -> None:
    def owner(kind: str, controller: bool | None) -> list[dict[str, Any]]:
        return [{"kind": kind, "name": "web", "uid": "u", "controller": controller}]

    assert made(REPLICASETS, {}, ownerReferences=owner("Deployment", True)) == []
    assert made(JOBS, {}, ownerReferences=owner("CronJob", True)) == []
    assert made(REPLICASETS, {}, ownerReferences=owner("Rollout", True)), "whose owner has no row"
    assert made(JOBS, {}, ownerReferences=owner("CronJob", None)), "whom nobody looks after"
    assert made(JOBS, {}, ownerReferences=None)


def test_keys_and_enter_mean_the_object_itself() -> None:
    ((_, row),) = made(STATEFULSETS, {})
    standing = KIND.stands_for(row)
    assert standing is not None
    assert (standing.resource, standing.namespace, standing.name) == ("statefulsets.apps", "shop", "web")
    assert (standing.uid, standing.part) == ("uid-web", "")
    opening = KIND.opens(row)
    assert opening is not None
    assert (opening.what, opening.title) == ("pods", "statefulset web")
    assert opening.keep(read_pod(pod("web-1")))
    ((_, cron),) = made(CRONJOBS, {}, CRON)
    leads = KIND.opens(cron)
    assert leads is not None
    assert leads.what == "jobs.batch"
