"""Objects are defaulted, prepared, admitted and refused as the real server does it: rules/*.json are its answers."""

from __future__ import annotations

from typing import Any

import pytest

from k9py.demo.api.addresses import Addresses
from k9py.demo.api.registry import SYSTEM, Deletion, Intent
from k9py.demo.cluster import Cluster
from k9py.demo.core.status import StatusError
from k9py.demo.core.store import Obj
from tests.demo.rulebook import answer_create, answer_update, cluster_for_rules, read_cases, settle

PERSON = Intent("kubectl", "admin", trusted=False)


@pytest.fixture(scope="module")
def rules() -> Cluster:
    return cluster_for_rules()


@pytest.fixture
def cluster() -> Cluster:
    return cluster_for_rules()


def _name(case: Any) -> str:
    sent = case.get("sent") or case["before"]
    return f"{sent['kind']}-{sent['metadata'].get('name')}"


@pytest.mark.parametrize("case", read_cases("creates"), ids=_name)
def test_a_new_object_is_what_the_real_server_makes_of_it(rules: Cluster, case: Any) -> None:
    assert settle(answer_create(rules, case["sent"])) == settle(case)


@pytest.mark.parametrize("case", read_cases("refusals"), ids=_name)
def test_a_wrong_object_is_refused_in_the_real_servers_words(rules: Cluster, case: Any) -> None:
    assert settle(answer_create(rules, case["sent"])) == settle(case)


@pytest.mark.parametrize("case", read_cases("updates"), ids=_name)
def test_a_change_is_taken_or_refused_as_the_real_server_does(rules: Cluster, case: Any) -> None:
    assert settle(answer_update(rules, case["before"], case["patch"])) == settle(case)


def _pod(name: str = "web", **spec: Any) -> Obj:
    metadata = {"name": name, "namespace": "rules"}
    containers = [{"name": "app", "image": "shop/web:1"}]
    return {"kind": "Pod", "apiVersion": "v1", "metadata": metadata, "spec": {"containers": containers, **spec}}


def _service(name: str, **spec: Any) -> Obj:
    metadata = {"name": name, "namespace": "rules"}
    return {"kind": "Service", "apiVersion": "v1", "metadata": metadata, "spec": {"ports": [{"port": 80}], **spec}}


def _create(cluster: Cluster, collection: str, obj: Obj) -> Obj:
    return cluster.registry.create(cluster.catalog.storage(collection), obj, PERSON)


def _refusal(cluster: Cluster, collection: str, obj: Obj) -> str:
    with pytest.raises(StatusError) as refused:
        _create(cluster, collection, obj)
    return refused.value.message


def test_services_get_addresses_and_ports_of_their_own_and_give_them_back(cluster: Cluster) -> None:
    one, two = (_create(cluster, "services", _service(name, type="NodePort")) for name in ("one", "two"))
    assert one["spec"]["clusterIP"] != two["spec"]["clusterIP"]
    port = one["spec"]["ports"][0]["nodePort"]
    taken = _service("three", type="NodePort", ports=[{"port": 80, "nodePort": port}])
    assert _refusal(cluster, "services", taken).endswith(
        f"spec.ports[0].nodePort: Invalid value: {port}: provided port is already allocated"
    )
    address = one["spec"]["clusterIP"]
    assert _refusal(cluster, "services", _service("three", clusterIP=address)).endswith(
        f'Invalid value: ["{address}"]: failed to allocate IP {address}: provided IP is already allocated'
    )
    cluster.registry.discard("services", "rules", "one")
    assert _create(cluster, "services", _service("three", clusterIP=address))["spec"]["clusterIP"] == address


def test_a_node_port_out_of_the_range_is_refused(cluster: Cluster) -> None:
    message = _refusal(cluster, "services", _service("s", type="NodePort", ports=[{"port": 80, "nodePort": 80}]))
    assert (
        "Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767" in message
    )


def test_all_addresses_of_a_small_network_differ(cluster: Cluster) -> None:
    cluster.registry.part(Addresses)
    found = {_create(cluster, "services", _service(f"s{n}"))["spec"]["clusterIP"] for n in range(100)}
    assert len(found) == 100


def test_a_pod_that_runs_nowhere_is_gone_at_once_and_others_in_their_time(cluster: Cluster) -> None:
    pods = cluster.catalog.storage("pods")
    _create(cluster, "pods", _pod("pending"))
    last, gone = cluster.registry.delete(pods, "rules", "pending", Deletion(), SYSTEM)
    assert gone
    assert last["metadata"]["deletionGracePeriodSeconds"] == 0
    assert last["metadata"]["generation"] == 2
    _create(cluster, "pods", _pod("running", nodeName="node1"))
    first, gone = cluster.registry.delete(pods, "rules", "running", Deletion(), SYSTEM)
    assert not gone
    assert first["metadata"]["deletionGracePeriodSeconds"] == 30
    later, _ = cluster.registry.delete(pods, "rules", "running", Deletion(grace=60), SYSTEM)
    assert later["metadata"] == first["metadata"]
    sooner, _ = cluster.registry.delete(pods, "rules", "running", Deletion(grace=5), SYSTEM)
    assert sooner["metadata"]["deletionTimestamp"] == cluster.clock.stamp(cluster.clock.now + 5)
    assert sooner["metadata"]["generation"] == 2
    assert cluster.registry.delete(pods, "rules", "running", Deletion(grace=0), SYSTEM)[1]


def test_a_deletion_that_means_another_object_is_refused(cluster: Cluster) -> None:
    _create(cluster, "pods", _pod())
    with pytest.raises(StatusError, match=r'on Pod "web": the UID in the precondition \(x\) does not match the UID in'):
        cluster.registry.delete(cluster.catalog.storage("pods"), "rules", "web", Deletion(uid="x"), SYSTEM)


def test_what_is_being_deleted_takes_no_new_finalizers(cluster: Cluster) -> None:
    obj = {
        "kind": "ConfigMap",
        "apiVersion": "v1",
        "metadata": {"name": "a", "namespace": "rules", "finalizers": ["a.b/c"]},
    }
    served = cluster.catalog.storage("configmaps")
    _create(cluster, "configmaps", obj)
    cluster.registry.delete(served, "rules", "a", Deletion(), SYSTEM)

    def add(old: Obj) -> Obj:
        old["metadata"]["finalizers"].append("d.e/f")
        return old

    with pytest.raises(StatusError, match=r'found new finalizers \[\]string\{"d.e/f"\}'):
        cluster.registry.update(served, "rules", "a", add, PERSON)


def test_a_namespace_waits_until_its_finalizer_is_gone_and_the_default_one_stays(cluster: Cluster) -> None:
    namespaces = cluster.catalog.storage("namespaces")
    obj, gone = cluster.registry.delete(namespaces, "", "rules", Deletion(), SYSTEM)
    assert not gone
    assert obj["status"]["phase"] == "Terminating"
    assert "deletionGracePeriodSeconds" not in obj["metadata"]
    assert _refusal(cluster, "pods", _pod()) == (
        'pods "web" is forbidden: unable to create new content in namespace rules because it is being terminated'
    )
    with pytest.raises(StatusError, match='namespaces "default" is forbidden: this namespace may not be deleted'):
        cluster.registry.delete(namespaces, "", "default", Deletion(), SYSTEM)
    cluster.registry.update(namespaces, "", "rules", lambda old: {**old, "spec": {}}, SYSTEM, "finalize")
    assert cluster.registry.read("namespaces", "", "rules") is None


def test_controllers_are_defaulted_and_admitted_but_not_validated(cluster: Cluster) -> None:
    pod = cluster.registry.make("pods", _pod("Upper_Case"))
    assert pod["spec"]["serviceAccountName"] == "default"
    assert pod["status"]["qosClass"] == "BestEffort"
    with pytest.raises(StatusError, match='serviceaccount "missing" not found'):
        cluster.registry.make("pods", _pod("other", serviceAccountName="missing"))


def test_pods_take_pull_secrets_and_the_wish_for_no_token_from_their_account(cluster: Cluster) -> None:
    metadata = {"name": "builder", "namespace": "rules"}
    account = {"kind": "ServiceAccount", "apiVersion": "v1", "metadata": metadata}
    secrets = [{"name": "registry"}]
    cluster.registry.make(
        "serviceaccounts", {**account, "imagePullSecrets": secrets, "automountServiceAccountToken": False}
    )
    spec = _create(cluster, "pods", _pod(serviceAccountName="builder"))["spec"]
    assert spec["imagePullSecrets"] == secrets
    assert "volumes" not in spec


def test_the_default_priority_class_and_storage_class_are_taken(cluster: Cluster) -> None:
    head = {"kind": "PriorityClass", "apiVersion": "scheduling.k8s.io/v1", "metadata": {"name": "normal"}}
    cluster.registry.make("priorityclasses.scheduling.k8s.io", {**head, "value": 7, "globalDefault": True})
    spec = _create(cluster, "pods", _pod())["spec"]
    assert (spec["priorityClassName"], spec["priority"]) == ("normal", 7)
    annotations = {"storageclass.kubernetes.io/is-default-class": "true"}
    storage = {"kind": "StorageClass", "apiVersion": "storage.k8s.io/v1", "provisioner": "k9py.io/x"}
    metadata = {"name": "fast", "annotations": annotations}
    cluster.registry.make("storageclasses.storage.k8s.io", {**storage, "metadata": metadata})
    wanted = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    claim = {"kind": "PersistentVolumeClaim", "apiVersion": "v1", "metadata": {"name": "c", "namespace": "rules"}}
    assert _create(cluster, "persistentvolumeclaims", {**claim, "spec": wanted})["spec"]["storageClassName"] == "fast"


def test_the_same_seed_makes_the_same_cluster() -> None:
    one, two = cluster_for_rules(), cluster_for_rules()
    for cluster in (one, two):
        _create(cluster, "pods", _pod())
        _create(cluster, "services", _service("web"))
    for collection in one.store.collections():
        assert [entry.raw for entry in one.store.entries(collection)] == [
            entry.raw for entry in two.store.entries(collection)
        ]


def test_what_is_taken_may_be_warned_of(cluster: Cluster) -> None:
    heard = Intent("kubectl", "admin", trusted=False)
    pod = _pod("a.b", nodeSelector={"beta.kubernetes.io/os": "linux"})
    pod["spec"]["containers"][0]["env"] = [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]
    cluster.registry.create(cluster.catalog.storage("pods"), pod, heard)
    assert heard.warnings == [
        (
            "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; "
            "a DNS label is recommended: [must not contain dots]"
        ),
        'spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
        'spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
    ]
