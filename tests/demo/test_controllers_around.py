"""What surrounds workloads: garbage, namespaces, endpoints, budgets, claims, autoscalers, and how events are told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from k9py.demo.api.virtual import SOURCES
from k9py.demo.cluster import Cluster
from k9py.demo.controllers.autoscalers import Autoscalers
from k9py.demo.controllers.claimprotection import ClaimProtection
from k9py.demo.controllers.claims import Claims
from k9py.demo.controllers.deployments import Deployments
from k9py.demo.controllers.disruptions import Disruptions
from k9py.demo.controllers.endpoints import Endpoints
from k9py.demo.controllers.endpointslices import EndpointSlices
from k9py.demo.controllers.garbage import GarbageCollector
from k9py.demo.controllers.loading import found_controllers
from k9py.demo.controllers.namespaces import Namespaces
from k9py.demo.controllers.replicasets import ReplicaSets
from k9py.demo.controllers.volumes import Volumes
from k9py.demo.core.store import Key, Obj
from tests.demo.stage import Stage, conditions, template, workload

DEPLOYMENTS = "deployments.apps"
SLICES = "endpointslices.discovery.k8s.io"
BUDGETS = "poddisruptionbudgets.policy"
AUTOSCALERS = "horizontalpodautoscalers.autoscaling"
CLAIMS = "persistentvolumeclaims"
VOLUMES = "persistentvolumes"


def _made(api_version: str, kind: str, name: str, **fields: Any) -> Obj:
    metadata = {"name": name, "namespace": "shop", **fields.pop("metadata", {})}
    return {"kind": kind, "apiVersion": api_version, "metadata": metadata, **fields}


def _configmap(name: str, *owners: Obj, finalizers: Iterable[str] = ()) -> Obj:
    refs = [
        {"apiVersion": "v1", "kind": "ConfigMap", "name": one["metadata"]["name"], "uid": one["metadata"]["uid"]}
        for one in owners
    ]
    metadata: Obj = {"ownerReferences": [{**ref, "blockOwnerDeletion": True} for ref in refs]} if refs else {}
    return _made("v1", "ConfigMap", name, metadata=metadata | ({"finalizers": list(finalizers)} if finalizers else {}))


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


def _service(name: str = "web", **spec: Any) -> Obj:
    ports = [{"name": "http", "port": 80, "targetPort": "http"}]
    return _made("v1", "Service", name, spec={"selector": {"app": "web"}, "ports": ports, **spec})


def _pod(name: str, **labels: str) -> Obj:
    made = template(labels or {"app": "web"})
    made["spec"]["containers"][0]["ports"] = [{"name": "http", "containerPort": 8080}]
    made["metadata"] |= {"name": name, "namespace": "shop"}
    return {"kind": "Pod", "apiVersion": "v1", **made}


def test_endpoints_follow_pods() -> None:
    stage = Stage(Endpoints, EndpointSlices, GarbageCollector)
    stage.put("services", _service())
    stage.step()
    [found] = stage.all(SLICES)
    assert (found["endpoints"], found["ports"]) == (None, None)
    assert "subsets" not in stage.get("endpoints", "web")
    stage.put("pods", _pod("a"))
    stage.put("pods", _pod("b"))
    stage.step()
    stage.say("b", ready=False)
    stage.step()
    [found] = stage.all(SLICES)
    assert found["ports"] == [{"name": "http", "port": 8080, "protocol": "TCP"}]
    ready = {one["targetRef"]["name"]: one["conditions"]["ready"] for one in found["endpoints"]}
    assert ready == {"a": True, "b": False}
    [subset] = stage.get("endpoints", "web")["subsets"]
    assert [one["targetRef"]["name"] for one in subset["addresses"]] == ["a"]
    assert [one["targetRef"]["name"] for one in subset["notReadyAddresses"]] == ["b"]
    stage.delete("services", "web")
    stage.step()
    assert stage.names(SLICES) == stage.names("endpoints") == []


def test_pod_whose_label_changes_leaves_its_service() -> None:
    stage = Stage(EndpointSlices)
    stage.put("services", _service())
    stage.put("pods", _pod("a"))
    stage.step()

    def relabel(obj: Obj) -> Obj:
        obj["metadata"]["labels"] = {"app": "debug"}
        return obj

    stage.cluster.registry.patch("pods", ("shop", "a"), relabel)
    stage.step()
    assert stage.all(SLICES)[0]["endpoints"] is None


def test_a_slice_holds_a_hundred_endpoints() -> None:
    stage = Stage(EndpointSlices)
    stage.put("services", _service())
    for number in range(150):
        stage.put("pods", _pod(f"pod-{number:03}"))
    stage.step()
    assert sorted(len(one["endpoints"]) for one in stage.all(SLICES)) == [50, 100]


def _budget(**spec: Any) -> Obj:
    return _made("policy/v1", "PodDisruptionBudget", "web", spec={"selector": {"matchLabels": {"app": "web"}}, **spec})


def _budgeted(**spec: Any) -> Stage:
    stage = Stage(Deployments, ReplicaSets, Disruptions)
    stage.put(BUDGETS, _budget(**spec))
    stage.put(DEPLOYMENTS, workload("apps/v1", "Deployment", "web", replicas=4))
    stage.step()
    return stage


@pytest.mark.parametrize(
    ("spec", "desired", "allowed"),
    [
        ({"minAvailable": 3}, 3, 1),
        ({"minAvailable": "75%"}, 3, 1),
        ({"maxUnavailable": 1}, 3, 1),
        ({"maxUnavailable": "30%"}, 2, 2),
        ({"minAvailable": "100%"}, 4, 0),
    ],
)
def test_budget_counts_pods(spec: Obj, desired: int, allowed: int) -> None:
    stage = _budgeted(**spec)
    budget = stage.get(BUDGETS, "web")
    status = budget["status"]
    assert (status["desiredHealthy"], status["disruptionsAllowed"]) == (desired, allowed)
    assert (status["currentHealthy"], status["expectedPods"]) == (4, 4)
    expected = ("True", "SufficientPods", "") if allowed else ("False", "InsufficientPods", "")
    assert conditions(budget)["DisruptionAllowed"] == expected


def test_budget_blocks_while_a_pod_is_not_ready() -> None:
    stage = _budgeted(minAvailable=3)
    stage.say(stage.names("pods")[0], ready=False)
    stage.step()
    assert stage.get(BUDGETS, "web")["status"]["disruptionsAllowed"] == 0


def test_an_eviction_counts_until_the_pod_goes_or_two_minutes_have_passed() -> None:
    stage = _budgeted(minAvailable=3)
    name = stage.names("pods")[0]

    def evict(obj: Obj) -> Obj:
        obj["status"]["disruptedPods"] = {name: stage.cluster.clock.stamp()}
        return obj

    stage.cluster.registry.patch(BUDGETS, ("shop", "web"), evict, "status")
    stage.step()
    assert stage.get(BUDGETS, "web")["status"]["disruptionsAllowed"] == 0
    stage.step(125)
    status = stage.get(BUDGETS, "web")["status"]
    assert status["disruptionsAllowed"] == 1
    assert "disruptedPods" not in status


def _claim(name: str, **spec: Any) -> Obj:
    body = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, **spec}
    return _made("v1", "PersistentVolumeClaim", name, spec=body)


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
    pod = _pod("user")
    pod["spec"]["volumes"] = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    stage.put("pods", pod)
    stage.step(5)
    stage.delete(CLAIMS, "data")
    stage.step()
    assert stage.get(CLAIMS, "data")["metadata"]["deletionTimestamp"]
    stage.delete("pods", "user", grace=0)
    stage.step()
    assert stage.names(CLAIMS) == []


@pytest.fixture
def usage(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What each pod uses, as the metrics API tells it: CPU in thousandths of a core."""
    used = {"cpu": "100m"}

    def metrics(cluster: Cluster, namespace: str) -> Iterator[Obj]:
        for entry in cluster.store.entries("pods", namespace):
            metadata = {"name": entry.key.name, "namespace": namespace, "labels": dict(entry.meta.labels)}
            containers = [{"name": "app", "usage": {"cpu": used["cpu"], "memory": "50Mi"}}]
            now = cluster.clock.stamp()
            yield {"metadata": metadata, "timestamp": now, "window": "15s", "containers": containers}

    monkeypatch.setitem(SOURCES, "pods.metrics.k8s.io", metrics)
    return used


def _scaled(requests: Obj | None = None, **spec: Any) -> Stage:
    stage = Stage(Deployments, ReplicaSets, Autoscalers)
    made = workload("apps/v1", "Deployment", "web", replicas=2)
    if requests != {}:
        made["spec"]["template"]["spec"]["containers"][0]["resources"] = {"requests": requests or {"cpu": "200m"}}
    stage.put(DEPLOYMENTS, made)
    target = {"type": "Utilization", "averageUtilization": 50}
    body = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
        "minReplicas": 1,
        "maxReplicas": 10,
        "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
        **spec,
    }
    stage.put(AUTOSCALERS, _made("autoscaling/v2", "HorizontalPodAutoscaler", "web", spec=body))

    def start(obj: Obj) -> Obj:
        obj["status"]["startTime"] = stage.cluster.clock.stamp()
        return obj

    stage.step()
    for name in stage.names("pods"):
        stage.cluster.registry.patch("pods", ("shop", name), start, "status")
    return stage


def _replicas(stage: Stage) -> int:
    replicas: int = stage.get(DEPLOYMENTS, "web")["spec"]["replicas"]
    return replicas


def test_autoscaler_leaves_alone_what_is_near_its_target(usage: dict[str, str]) -> None:
    usage["cpu"] = "105m"
    stage = _scaled()
    stage.step(60)
    assert _replicas(stage) == 2
    found = stage.get(AUTOSCALERS, "web")
    name = "cpu resource utilization (percentage of request)"
    assert conditions(found) == {
        "AbleToScale": ("True", "ReadyForNewScale", "recommended size matches current size"),
        "ScalingActive": (
            "True",
            "ValidMetricFound",
            f"the HPA was able to successfully calculate a replica count from {name}",
        ),
        "ScalingLimited": ("False", "DesiredWithinRange", "the desired count is within the acceptable range"),
    }
    current = {"averageUtilization": 52, "averageValue": "105m"}
    assert found["status"]["currentMetrics"] == [{"type": "Resource", "resource": {"name": "cpu", "current": current}}]


def test_autoscaler_scales_up_at_once_and_down_after_five_minutes(usage: dict[str, str]) -> None:
    usage["cpu"] = "200m"
    stage = _scaled(maxReplicas=4)
    stage.step(60)
    assert _replicas(stage) == 4
    reason = "cpu resource utilization (percentage of request) above target"
    assert f"Normal SuccessfulRescale New size: 4; reason: {reason}" in stage.events("HorizontalPodAutoscaler")
    usage["cpu"] = "10m"
    stage.step(120)
    assert _replicas(stage) == 4
    assert conditions(stage.get(AUTOSCALERS, "web"))["AbleToScale"][1] == "ScaleDownStabilized"
    stage.step(300)
    assert _replicas(stage) == 1
    assert "Normal SuccessfulRescale New size: 1; reason: All metrics below target" in stage.events()


def test_policies_slow_an_autoscaler_down(usage: dict[str, str]) -> None:
    usage["cpu"] = "1"
    policies = [{"type": "Pods", "value": 1, "periodSeconds": 60}]
    stage = _scaled(behavior={"scaleUp": {"policies": policies, "selectPolicy": "Max"}})
    stage.step(16)
    assert _replicas(stage) == 3
    text = "the desired replica count is increasing faster than the maximum scale rate"
    assert conditions(stage.get(AUTOSCALERS, "web"))["ScalingLimited"] == ("True", "ScaleUpLimit", text)
    stage.step(45)
    assert _replicas(stage) == 3


def test_autoscaler_without_requests_says_so(usage: dict[str, str]) -> None:
    stage = _scaled(requests={})
    stage.step(20)
    status, reason, text = conditions(stage.get(AUTOSCALERS, "web"))["ScalingActive"]
    assert (status, reason) == ("False", "FailedGetResourceMetric")
    why = "failed to get cpu utilization: missing request for cpu in container app of Pod web-"
    assert text.startswith(f"the HPA was unable to compute the replica count: {why}")
    first = "invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: "
    assert any(line.startswith(f"Warning FailedComputeMetricsReplicas {first}{why}") for line in stage.events())


def test_autoscaler_without_a_target_says_so(usage: dict[str, str]) -> None:
    stage = _scaled(scaleTargetRef={"apiVersion": "apps/v1", "kind": "Deployment", "name": "gone"})
    stage.step(20)
    why = 'deployments.apps "gone" not found'
    text = f"the HPA controller was unable to get the target's current scale: {why}"
    assert conditions(stage.get(AUTOSCALERS, "web"))["AbleToScale"] == ("False", "FailedGetScale", text)
    assert f"Warning FailedGetScale {why}" in stage.events()


def test_many_similar_events_are_told_as_one() -> None:
    stage = Stage(ReplicaSets)
    stage.put("replicasets.apps", workload("apps/v1", "ReplicaSet", "many", replicas=40))
    stage.step()
    events = stage.all("events")
    combined = [one for one in events if one["message"].startswith("(combined from similar events): Created pod: ")]
    assert len(events) == 10
    assert [one["count"] for one in combined] == [16]  # of one object, 25 at once are told


def test_all_controllers_are_found_in_a_fixed_order() -> None:
    names = [controller.name for controller in found_controllers()]
    assert names == sorted(names)
    assert {"deployment", "replicaset", "garbage-collector", "job", "cronjob", "disruption"} <= set(names)
