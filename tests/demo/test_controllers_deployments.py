"""Deployments and ReplicaSets: rollouts, rollbacks, pauses, and what kubectl shows of them."""

from __future__ import annotations

from typing import Any

from k9py.demo.controllers.deployments import Deployments
from k9py.demo.controllers.garbage import GarbageCollector
from k9py.demo.controllers.pods import template_hash
from k9py.demo.controllers.replicasets import ReplicaSets
from k9py.demo.controllers.replicationcontrollers import ReplicationControllers
from k9py.demo.core.store import Key, Obj
from tests.demo.stage import Stage, conditions, template, workload

DEPLOYMENTS = "deployments.apps"
SETS = "replicasets.apps"
REVISION = "deployment.kubernetes.io/revision"


def _stage(**spec: Any) -> Stage:
    stage = Stage(Deployments, ReplicaSets, GarbageCollector)
    stage.put(DEPLOYMENTS, workload("apps/v1", "Deployment", "web", **spec))
    stage.step()
    return stage


def _roll(stage: Stage, image: str) -> None:
    stage.change(DEPLOYMENTS, "web", template=template({"app": "web"}, image))
    stage.step()


def _sizes(stage: Stage) -> dict[str, int]:
    """Sizes of the ReplicaSets by their revisions."""
    return {one["metadata"]["annotations"][REVISION]: one["spec"]["replicas"] for one in stage.all(SETS)}


def test_new_deployment_gets_its_replica_set_and_pods() -> None:
    stage = _stage(replicas=3)
    [found] = stage.all(SETS)
    sign = found["metadata"]["labels"]["pod-template-hash"]
    assert found["metadata"]["name"] == f"web-{sign}"
    assert found["spec"]["selector"]["matchLabels"] == {"app": "web", "pod-template-hash": sign}
    assert found["metadata"]["ownerReferences"][0]["name"] == "web"
    assert stage.events("Deployment") == [f"Normal ScalingReplicaSet Scaled up replica set web-{sign} from 0 to 3"]
    assert all(name.startswith(f"web-{sign}-") for name in stage.names("pods"))
    created = [line for line in stage.events("ReplicaSet") if " SuccessfulCreate Created pod: " in line]
    assert len(created) == 3


def test_status_says_what_the_real_one_says() -> None:
    stage = _stage(replicas=2)
    deployment = stage.get(DEPLOYMENTS, "web")
    [name] = stage.names(SETS)
    assert conditions(deployment) == {
        "Available": ("True", "MinimumReplicasAvailable", "Deployment has minimum availability."),
        "Progressing": ("True", "NewReplicaSetAvailable", f'ReplicaSet "{name}" has successfully progressed.'),
    }
    counts = {name: value for name, value in deployment["status"].items() if name != "conditions"}
    assert counts == {
        "observedGeneration": 1,
        "replicas": 2,
        "updatedReplicas": 2,
        "readyReplicas": 2,
        "availableReplicas": 2,
        "terminatingReplicas": 0,
    }
    assert deployment["metadata"]["generation"] == 1  # the revision annotation does not count


def test_rolling_update_never_has_more_pods_than_surge_allows_nor_fewer_than_must_be_available() -> None:
    stage = _stage(replicas=4)
    _roll(stage, "shop/web:2")
    sizes: dict[str, int] = {}
    for line in stage.events("Deployment"):
        _, _, _, direction, *_, name, _, before, _, after = line.split(" ")
        assert sizes.get(name, 0) == int(before)
        sizes[name] = int(after)
        assert (direction == "up") == (int(after) > int(before))
        assert sum(sizes.values()) <= 5
        assert sum(sizes.values()) >= 3
    assert sorted(sizes.values()) == [0, 4]


def test_pods_that_never_get_ready_stop_a_rollout_until_its_deadline() -> None:
    stage = _stage(replicas=4, progressDeadlineSeconds=30)
    stage.stuck.add("shop/web:2")
    _roll(stage, "shop/web:2")
    assert _sizes(stage) == {"1": 3, "2": 2}
    stage.step(40)
    new = next(one["metadata"]["name"] for one in stage.all(SETS) if one["spec"]["replicas"] == 2)
    found = conditions(stage.get(DEPLOYMENTS, "web"))
    timed_out = f'ReplicaSet "{new}" has timed out progressing.'
    assert found["Progressing"] == ("False", "ProgressDeadlineExceeded", timed_out)
    assert found["Available"][0] == "True"


def test_rollback_takes_up_the_old_replica_set_with_a_new_revision() -> None:
    stage = _stage(replicas=2)
    before = stage.names(SETS)
    _roll(stage, "shop/web:2")
    _roll(stage, "shop/web:1")
    assert _sizes(stage) == {"3": 2, "2": 0}
    old = stage.get(SETS, before[0])
    assert old["metadata"]["annotations"]["deployment.kubernetes.io/revision-history"] == "1"
    assert stage.get(DEPLOYMENTS, "web")["metadata"]["annotations"][REVISION] == "3"


def test_history_is_cut_to_its_limit() -> None:
    stage = _stage(replicas=1, revisionHistoryLimit=1)
    for number in range(2, 6):
        _roll(stage, f"shop/web:{number}")
    stage.step()
    assert sorted(_sizes(stage)) == ["4", "5"]


def test_paused_deployment_is_scaled_but_not_rolled_out() -> None:
    stage = _stage(replicas=2)
    stage.change(DEPLOYMENTS, "web", paused=True)
    stage.step()
    paused = ("Unknown", "DeploymentPaused", "Deployment is paused")
    assert conditions(stage.get(DEPLOYMENTS, "web"))["Progressing"] == paused
    _roll(stage, "shop/web:2")
    stage.change(DEPLOYMENTS, "web", replicas=5)
    stage.step()
    assert _sizes(stage) == {"1": 5}
    stage.change(DEPLOYMENTS, "web", paused=False)
    stage.step()
    assert _sizes(stage) == {"1": 0, "2": 5}


def test_scaling_amid_a_stuck_rollout_is_shared_out() -> None:
    stage = _stage(
        replicas=10, strategy={"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 3, "maxUnavailable": 2}}
    )
    stage.stuck.add("shop/web:2")
    _roll(stage, "shop/web:2")
    assert _sizes(stage) == {"1": 8, "2": 5}
    stage.change(DEPLOYMENTS, "web", replicas=15)
    stage.step()
    assert _sizes(stage) == {"1": 11, "2": 7}


def test_recreate_waits_until_the_old_pods_have_gone() -> None:
    stage = _stage(replicas=2, strategy={"type": "Recreate"})
    stage.stuck.add("shop/web:2")
    _roll(stage, "shop/web:2")
    events = stage.events("Deployment")
    assert [line.split(" ")[3] for line in events] == ["up", "down", "up"]
    assert conditions(stage.get(DEPLOYMENTS, "web"))["Available"][:2] == ("False", "MinimumReplicasUnavailable")


def test_min_ready_seconds_delay_availability() -> None:
    stage = _stage(replicas=2, minReadySeconds=20)
    assert stage.get(DEPLOYMENTS, "web")["status"]["unavailableReplicas"] == 2
    stage.step(18)
    assert "availableReplicas" not in stage.get(DEPLOYMENTS, "web")["status"]
    stage.step(2)
    assert stage.get(DEPLOYMENTS, "web")["status"]["availableReplicas"] == 2


def test_orphans_of_a_deployment_are_adopted_by_the_next_of_its_name() -> None:
    stage = _stage(replicas=2)
    pods = stage.names("pods")
    stage.delete(DEPLOYMENTS, "web", "Orphan")
    stage.step()
    assert stage.names("pods") == pods
    assert "ownerReferences" not in stage.all(SETS)[0]["metadata"]
    made = stage.put(DEPLOYMENTS, workload("apps/v1", "Deployment", "web", replicas=2))
    stage.step()
    assert stage.names("pods") == pods
    assert stage.all(SETS)[0]["metadata"]["ownerReferences"][0]["uid"] == made["metadata"]["uid"]


def test_hash_is_stable_and_spells_no_words() -> None:
    one = template({"app": "web"})
    assert template_hash(one) == template_hash({**one, "spec": {**one["spec"], "volumes": []}})
    assert template_hash(one) != template_hash(template({"app": "web"}, "shop/web:2"))
    assert set(template_hash(one)) <= set("456789bcdf")


def _set(kind: str = "ReplicaSet", name: str = "rs", **spec: Any) -> Obj:
    made = workload("apps/v1", kind, name, **spec)
    if kind == "ReplicationController":
        made["apiVersion"] = "v1"
        made["spec"]["selector"] = {"app": name}
    return made


def test_scaling_down_takes_pods_that_are_not_ready_first_and_cheap_ones_next() -> None:
    stage = Stage(ReplicaSets)
    stage.put(SETS, _set(replicas=4))
    stage.step()
    broken, cheap, *rest = stage.names("pods")
    stage.say(broken, ready=False)
    served = stage.cluster.catalog.storage("pods")

    def discount(obj: Obj) -> Obj:
        obj["metadata"]["annotations"] = {"controller.kubernetes.io/pod-deletion-cost": "-5"}
        return obj

    stage.cluster.registry.update(served, "shop", cheap, discount)
    stage.change(SETS, "rs", replicas=2)
    stage.step()
    assert stage.names("pods") == rest
    assert sorted(stage.events()[-2:]) == sorted(
        [f"Normal SuccessfulDelete Deleted pod: {name}" for name in (broken, cheap)]
    )


def test_matching_pods_are_adopted_and_others_let_go() -> None:
    stage = Stage(ReplicaSets)
    pod = {**template({"app": "rs"}), "kind": "Pod", "apiVersion": "v1"}
    pod["metadata"] |= {"name": "stray", "namespace": "shop"}
    stage.put("pods", pod)
    stage.put(SETS, _set(replicas=1))
    stage.step()
    assert stage.names("pods") == ["stray"]

    def relabel(obj: Obj) -> Obj:
        obj["metadata"]["labels"] = {"app": "debug"}
        return obj

    stage.cluster.registry.patch("pods", ("shop", "stray"), relabel)
    stage.step()
    assert "ownerReferences" not in stage.get("pods", "stray")["metadata"]
    assert len(stage.names("pods")) == 2


def test_refused_pods_are_told_and_tried_again_ever_less_often() -> None:
    stage = Stage(ReplicaSets)
    quota = {"kind": "ResourceQuota", "apiVersion": "v1", "metadata": {"name": "q", "namespace": "shop"}}
    stage.put(
        "resourcequotas",
        {**quota, "spec": {"hard": {"pods": "1"}}, "status": {"hard": {"pods": "1"}, "used": {"pods": "0"}}},
    )
    stage.put(SETS, _set(replicas=3))
    stage.step(30)
    assert len(stage.names("pods")) == 1
    refused = [line for line in stage.events() if line.startswith("Warning FailedCreate Error creating: pods ")]
    assert refused
    assert "exceeded quota: q" in refused[0]
    found = conditions(stage.get(SETS, "rs"))["ReplicaFailure"]
    assert found[:2] == ("True", "FailedCreate")
    stage.delete("resourcequotas", "q")
    stage.step(60)
    assert len(stage.names("pods")) == 3
    assert "ReplicaFailure" not in conditions(stage.get(SETS, "rs"))


def test_replication_controllers_work_alike() -> None:
    stage = Stage(ReplicationControllers)
    stage.put("replicationcontrollers", _set("ReplicationController", "rc", replicas=2))
    stage.step()
    status = stage.get("replicationcontrollers", "rc")["status"]
    expected = {"replicas": 2, "fullyLabeledReplicas": 2, "readyReplicas": 2, "availableReplicas": 2}
    assert status == {**expected, "observedGeneration": 1}


def test_nothing_is_written_when_nothing_changes() -> None:
    stage = _stage(replicas=3)
    version = stage.cluster.store.version
    stage.step(600)
    assert stage.cluster.store.version == version
    assert stage.cluster.store.get(Key(DEPLOYMENTS, "shop", "web")) is not None
