"""Deployments read as kubectl prints them, and feel what is missing."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from k9py.kinds.deployments import KIND, Deployment
from k9py.store.column import Joined
from k9py.values.cell import Tone
from tests.unit.objects import pod
from tests.unit.test_pods import read as read_pod

COLUMNS = {column.title: column for column in KIND.columns(())}
FULL = {"observedGeneration": 2, "replicas": 3, "readyReplicas": 3, "updatedReplicas": 3, "availableReplicas": 3}


def read(status: dict[str, Any] | None = None, /, deleted: str | None = None, **spec: Any) -> Deployment:
    obj = {
        "metadata": {"name": "web", "namespace": "shop", "generation": 2, "deletionTimestamp": deleted},
        "spec": {"replicas": 3, "selector": {"matchLabels": {"app": "web"}}, **spec},
        "status": {**FULL, **(status or {})},
    }
    return msgspec.json.decode(json.dumps(obj), type=Deployment)


def text(deployment: Deployment, title: str) -> str:
    return COLUMNS[title].cell(deployment, Joined()).text


ZERO = dict.fromkeys(("replicas", "readyReplicas", "updatedReplicas", "availableReplicas"), 0)


@pytest.mark.parametrize(
    ("deployment", "ready", "tone"),
    [
        (read(), "3/3", Tone.OK),
        (read({"readyReplicas": 2}), "2/3", Tone.BUSY),
        (read({"availableReplicas": 2}), "3/3", Tone.BUSY),
        (read({"updatedReplicas": 1}), "3/3", Tone.BUSY),
        (read({"replicas": 4}), "3/3", Tone.BUSY),
        (read({"observedGeneration": 1}), "3/3", Tone.BUSY),
        (read(paused=True), "3/3", Tone.BUSY),
        (read(ZERO, replicas=0), "0/0", Tone.DONE),
        (read({"conditions": [{"type": "Progressing", "status": "False"}]}), "3/3", Tone.BAD),
        (read({"conditions": [{"type": "ReplicaFailure", "status": "True"}]}), "3/3", Tone.BAD),
        (read(deleted="2026-01-01T00:00:00Z"), "3/3", Tone.GOING),
    ],
)
def test_how_far_it_is(deployment: Deployment, ready: str, tone: Tone) -> None:
    assert text(deployment, "READY") == ready
    assert KIND.tone(deployment, Joined()) is tone


def test_a_deployment_without_replicas_named_wants_one() -> None:
    obj = {"metadata": {"name": "web"}, "spec": {}, "status": {}}
    assert text(msgspec.json.decode(json.dumps(obj), type=Deployment), "READY") == "0/1"


def test_wide_columns() -> None:
    containers = [{"name": "app", "image": "cart:1.42"}, {"name": "proxy", "image": "envoy:1"}]
    deployment = read(template={"spec": {"containers": containers}})
    titles = ("UP-TO-DATE", "AVAILABLE", "CONTAINERS", "IMAGES", "SELECTOR")
    assert [text(deployment, title) for title in titles] == ["3", "3", "app,proxy", "cart:1.42,envoy:1", "app=web"]


def test_enter_leads_to_the_pods_that_it_selects_in_its_namespace() -> None:
    opening = KIND.opens(read())
    assert opening is not None
    assert (opening.what, opening.title, opening.namespace) == ("pods", "deployment web", "shop")
    assert opening.keep(read_pod(pod("web-1", "shop")))
    assert not opening.keep(read_pod(pod("web-1", "other")))
    assert not opening.keep(read_pod(pod("api-1", "shop")))
