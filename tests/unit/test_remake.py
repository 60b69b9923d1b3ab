"""What is sent to make a deleted object again, kind by kind, and what is said not to come back."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from k9py.values.remake import remake, what_is_lost, why_not

Obj = dict[str, Any]
WRITTEN = {
    "uid": "u",
    "resourceVersion": "7",
    "creationTimestamp": "2026-01-01T00:00:00Z",
    "generation": 3,
    "managedFields": [{}],
    "deletionTimestamp": "2026-01-01T00:00:00Z",
    "deletionGracePeriodSeconds": 30,
    "selfLink": "/x",
}


def thing(kind: str, api_version: str = "v1", metadata: Obj | None = None, **fields: Any) -> Obj:
    return {
        "apiVersion": api_version,
        "kind": kind,
        "metadata": {"name": "one", **WRITTEN, **(metadata or {})},
        "status": {"phase": "x"},
        **fields,
    }


def owner(kind: str, controller: bool = True) -> Obj:
    return {"ownerReferences": [{"kind": kind, "name": "o", "uid": "o", "controller": controller}]}


def test_what_the_server_writes_is_not_sent() -> None:
    found = thing("ConfigMap", metadata={"finalizers": ["foregroundDeletion", "a/b", "orphan"]}, data={"a": "b"})
    kept = copy.deepcopy(found)
    assert remake(found) == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "one", "finalizers": ["a/b"]},
        "data": {"a": "b"},
    }
    assert found == kept, "it is a pure function"


def test_a_pod_is_scheduled_anew_without_its_debug_containers() -> None:
    spec = {"nodeName": "n", "containers": [], "ephemeralContainers": [{"name": "debugger"}], "priority": 0}
    assert remake(thing("Pod", spec=spec))["spec"] == {"containers": [], "priority": 0}
    assert "its debug containers" in what_is_lost(thing("Pod", spec=spec))


def test_a_service_keeps_its_address() -> None:
    spec = {"clusterIP": "10.0.0.7", "clusterIPs": ["10.0.0.7"], "ports": [{"port": 80, "nodePort": 30080}]}
    assert remake(thing("Service", spec=spec))["spec"] == spec
    assert what_is_lost(thing("Service", spec=spec)) == ()
    assert what_is_lost(thing("Service", spec={"type": "LoadBalancer"}))


CLAIM = thing(
    "PersistentVolumeClaim",
    metadata={
        "annotations": {
            "pv.kubernetes.io/bind-completed": "yes",
            "volume.kubernetes.io/selected-node": "n",
            "own": "kept",
        }
    },
    spec={"volumeName": "pv-1", "storageClassName": "fast"},
)


@pytest.mark.parametrize(
    ("kept", "spec", "annotations", "lost"),
    [
        (True, CLAIM["spec"], CLAIM["metadata"]["annotations"], "is bound again only when its claimRef is taken away"),
        (False, {"storageClassName": "fast"}, {"own": "kept"}, "the data of its volume pv-1"),
        (None, {"storageClassName": "fast"}, {"own": "kept"}, "is not known"),
    ],
)
def test_a_claim_gets_its_volume_again_only_if_that_is_kept(
    kept: bool | None, spec: Obj, annotations: Obj, lost: str
) -> None:
    made = remake(CLAIM, volume_kept=bool(kept))
    assert (made["spec"], made["metadata"]["annotations"]) == (spec, annotations)
    assert lost in what_is_lost(CLAIM, volume_kept=kept)[0]


def test_a_volume_is_bound_by_the_name_of_its_claim() -> None:
    claim = {"name": "data", "namespace": "shop", "uid": "u", "resourceVersion": "7"}
    made = remake(thing("PersistentVolume", spec={"claimRef": claim}))
    assert made["spec"]["claimRef"] == {"name": "data", "namespace": "shop"}


LABELS = {"app": "x", "controller-uid": "u", "batch.kubernetes.io/controller-uid": "u", "job-name": "one"}


@pytest.mark.parametrize("manual", [False, True])
def test_a_job_gets_its_selector_anew_unless_somebody_has_chosen_it(manual: bool) -> None:
    template = {"metadata": {"labels": LABELS}, "spec": {}}
    spec = {"selector": {"matchLabels": {"controller-uid": "u"}}, "template": template}
    spec |= {"manualSelector": True} if manual else {}
    made = remake(thing("Job", "batch/v1", metadata={"labels": LABELS}, spec=spec))
    assert (made["metadata"]["labels"] == {"app": "x"}) == (not manual)
    assert ("selector" in made["spec"]) == manual
    assert made["spec"]["template"]["metadata"]["labels"] == (LABELS if manual else {"app": "x"})


def test_a_namespace_brings_back_only_itself() -> None:
    found = thing("Namespace", spec={"finalizers": ["kubernetes"]})
    assert "spec" not in remake(found)
    assert what_is_lost(found) == ("what is in it: only the namespace itself comes back",)


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (thing("Pod", metadata=owner("ReplicaSet"), spec={}), "a Pod of a ReplicaSet is made again by it"),
        (thing("Pod", metadata=owner("Thing", controller=False), spec={}), ""),
        (thing("Pod", spec={}), ""),
        (
            thing("Pod", metadata={"annotations": {"kubernetes.io/config.mirror": "x"}}),
            "a static pod is made again by its kubelet",
        ),
        (
            thing("ReplicaSet", "apps/v1", owner("Deployment"), spec={"replicas": 2}),
            "a ReplicaSet of a Deployment is made again by it",
        ),
        (thing("ReplicaSet", "apps/v1", owner("Deployment"), spec={"replicas": 0}), ""),
        (thing("Job", "batch/v1", owner("CronJob"), spec={}), ""),
        (thing("Secret", metadata=owner("Certificate")), ""),
    ],
)
def test_what_a_controller_makes_again_has_no_undo(found: Obj, why: str) -> None:
    assert why_not(found) == why
