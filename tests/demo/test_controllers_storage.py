"""Claims and the volumes that they get."""

from __future__ import annotations

from typing import Any

from k9py.demo.controllers.claimprotection import ClaimProtection
from k9py.demo.controllers.claims import Claims
from k9py.demo.controllers.volumes import Volumes
from k9py.demo.core.store import Obj
from tests.demo.stage import Stage, of_shop, web_pod

CLAIMS = "persistentvolumeclaims"
VOLUMES = "persistentvolumes"


def _claim(name: str, **spec: Any) -> Obj:
    body = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, **spec}
    return of_shop("v1", "PersistentVolumeClaim", name, spec=body)


def _storage(mode: str = "Immediate") -> Stage:
    stage = Stage(Claims, Volumes, ClaimProtection)
    made = {"kind": "StorageClass", "apiVersion": "storage.k8s.io/v1", "metadata": {"name": "standard"}}
    stage.put("storageclasses.storage.k8s.io", {**made, "provisioner": "shop.io/disk", "volumeBindingMode": mode})
    return stage


def test_claim_gets_a_volume_of_its_class_and_takes_it_along() -> None:
    stage = _storage()
    made = stage.put(CLAIMS, _claim("data", storageClassName="standard"))
    stage.step(5)
    claim = stage.get(CLAIMS, "data")
    assert claim["spec"]["volumeName"] == f"pvc-{made['metadata']['uid']}"
    assert claim["status"] == {"phase": "Bound", "accessModes": ["ReadWriteOnce"], "capacity": {"storage": "1Gi"}}
    volume = stage.get(VOLUMES, claim["spec"]["volumeName"], "")
    assert (volume["status"]["phase"], volume["spec"]["persistentVolumeReclaimPolicy"]) == ("Bound", "Delete")
    assert (
        f"Normal ProvisioningSucceeded Successfully provisioned volume {claim['spec']['volumeName']}" in stage.events()
    )
    stage.delete(CLAIMS, "data")
    stage.step(5)
    assert stage.cluster.store.count(VOLUMES) == 0


def test_claim_waits_for_its_first_pod_where_the_class_says_so() -> None:
    stage = _storage("WaitForFirstConsumer")
    stage.put(CLAIMS, _claim("data", storageClassName="standard"))
    stage.step(5)
    text = "Normal WaitForFirstConsumer waiting for first consumer to be created before binding"
    assert stage.events() == [text]

    def choose(obj: Obj) -> Obj:
        obj["metadata"].setdefault("annotations", {})["volume.kubernetes.io/selected-node"] = "node1"
        return obj

    stage.cluster.registry.patch(CLAIMS, ("shop", "data"), choose)
    stage.step(5)
    assert stage.get(CLAIMS, "data")["status"]["phase"] == "Bound"


def test_claims_that_cannot_be_met_say_why() -> None:
    stage = _storage()
    stage.put(CLAIMS, _claim("nothing", storageClassName=""))
    stage.put(CLAIMS, _claim("unknown", storageClassName="gold"))
    stage.step(1)
    assert sorted(stage.events()) == [
        "Normal FailedBinding no persistent volumes available for this claim and no storage class is set",
        'Warning ProvisioningFailed storageclass.storage.k8s.io "gold" not found',
    ]


def test_claim_takes_the_smallest_volume_that_suits() -> None:
    stage = _storage()
    for name, size in (("large", "10Gi"), ("small", "2Gi"), ("tiny", "1Mi")):
        spec = {"capacity": {"storage": size}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/x"}}
        made = {"kind": "PersistentVolume", "apiVersion": "v1", "metadata": {"name": name}}
        stage.put(VOLUMES, {**made, "spec": {**spec, "storageClassName": "manual"}})
    stage.step()
    stage.put(CLAIMS, _claim("data", storageClassName="manual"))
    stage.step()
    assert stage.get(CLAIMS, "data")["spec"]["volumeName"] == "small"
    stage.delete(CLAIMS, "data")
    stage.step()
    assert stage.get(VOLUMES, "small", "")["status"]["phase"] == "Released"


def test_claim_in_use_stays_until_its_pod_has_gone() -> None:
    stage = _storage()
    stage.put(CLAIMS, _claim("data", storageClassName="standard"))
    pod = web_pod("user")
    pod["spec"]["volumes"] = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    stage.put("pods", pod)
    stage.step(5)
    stage.delete(CLAIMS, "data")
    stage.step()
    assert stage.get(CLAIMS, "data")["metadata"]["deletionTimestamp"]
    stage.delete("pods", "user", grace=0)
    stage.step()
    assert stage.names(CLAIMS) == []
