"""What goes with what: owners and what is owned, and the emptying of namespaces."""

from __future__ import annotations

from collections.abc import Iterable

from k9py.demo.controllers.deployments import Deployments
from k9py.demo.controllers.garbage import GarbageCollector
from k9py.demo.controllers.namespaces import Namespaces
from k9py.demo.controllers.replicasets import ReplicaSets
from k9py.demo.core.store import Key, Obj
from tests.demo.stage import Stage, conditions, of_shop, workload

DEPLOYMENTS = "deployments.apps"


def _configmap(name: str, *owners: Obj, finalizers: Iterable[str] = ()) -> Obj:
    refs = [
        {"apiVersion": "v1", "kind": "ConfigMap", "name": one["metadata"]["name"], "uid": one["metadata"]["uid"]}
        for one in owners
    ]
    metadata: Obj = {"ownerReferences": [{**ref, "blockOwnerDeletion": True} for ref in refs]} if refs else {}
    return of_shop(
        "v1", "ConfigMap", name, metadata=metadata | ({"finalizers": list(finalizers)} if finalizers else {})
    )


def test_what_has_lost_its_last_owner_goes() -> None:
    stage = Stage(GarbageCollector)
    first, second = (stage.put("configmaps", _configmap(name)) for name in ("first", "second"))
    stage.put("configmaps", _configmap("child", first, second))
    stage.delete("configmaps", "first")
    stage.step()
    [left] = stage.get("configmaps", "child")["metadata"]["ownerReferences"]
    assert left["name"] == "second"
    stage.delete("configmaps", "second")
    stage.step()
    assert stage.names("configmaps") == []


def test_what_names_an_owner_that_never_was_goes() -> None:
    stage = Stage(GarbageCollector)
    ghost = _configmap("ghost")
    ghost["metadata"]["uid"] = "6c1c0fd5-6f3c-4b3a-a6a5-000000000000"
    stage.put("configmaps", _configmap("child", ghost))
    stage.step()
    assert stage.names("configmaps") == []


def test_foreground_deletion_waits_for_what_is_owned() -> None:
    stage = Stage(GarbageCollector)
    owner = stage.put("configmaps", _configmap("owner"))
    stage.put("configmaps", _configmap("child", owner, finalizers=["shop.io/hold"]))
    stage.delete("configmaps", "owner", "Foreground")
    stage.step()
    assert stage.get("configmaps", "child")["metadata"]["deletionTimestamp"]
    assert stage.get("configmaps", "owner")["metadata"]["finalizers"] == ["foregroundDeletion"]

    def free(obj: Obj) -> Obj:
        obj["metadata"].pop("finalizers")
        return obj

    stage.cluster.registry.patch("configmaps", ("shop", "child"), free)
    stage.step()
    assert stage.names("configmaps") == []


def test_orphans_stay() -> None:
    stage = Stage(GarbageCollector)
    owner = stage.put("configmaps", _configmap("owner"))
    stage.put("configmaps", _configmap("child", owner))
    stage.delete("configmaps", "owner", "Orphan")
    stage.step()
    assert stage.names("configmaps") == ["child"]
    assert "ownerReferences" not in stage.get("configmaps", "child")["metadata"]


def test_namespace_is_emptied_and_says_what_holds_it() -> None:
    stage = Stage(GarbageCollector, Namespaces, Deployments, ReplicaSets)
    stage.put(DEPLOYMENTS, workload("apps/v1", "Deployment", "web", replicas=2))
    stage.put("configmaps", _configmap("held", finalizers=["shop.io/hold"]))
    stage.step()
    stage.delete("namespaces", "shop")
    stage.step(4)
    assert len(stage.names("pods")) == 2  # the last requests are waited for
    stage.step(4)
    assert stage.names("pods") == []
    assert stage.names(DEPLOYMENTS) == []
    found = conditions(stage.get("namespaces", "shop", ""))
    assert found["NamespaceContentRemaining"] == (
        "True",
        "SomeResourcesRemain",
        "Some resources are remaining: configmaps. has 1 resource instances",
    )
    assert found["NamespaceFinalizersRemaining"] == (
        "True",
        "SomeFinalizersRemain",
        "Some content in the namespace has finalizers remaining: shop.io/hold in 1 resource instances",
    )
    assert found["NamespaceDeletionDiscoveryFailure"][:2] == ("False", "ResourcesDiscovered")

    def free(obj: Obj) -> Obj:
        obj["metadata"].pop("finalizers")
        return obj

    stage.cluster.registry.patch("configmaps", ("shop", "held"), free)
    stage.step(20)
    assert stage.cluster.store.get(Key("namespaces", "", "shop")) is None
