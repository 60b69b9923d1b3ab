"""Quotas and limit ranges hold people and controllers to what a namespace may have."""

from __future__ import annotations

from typing import Any

import pytest

from k9py.demo.api.bootstrap import bootstrap
from k9py.demo.cluster import Cluster
from k9py.demo.controllers.ipaddresses import AddressController
from k9py.demo.controllers.quotas import QuotaController
from k9py.demo.core.status import StatusError
from k9py.demo.core.store import Obj


@pytest.fixture
def cluster() -> Cluster:
    cluster = Cluster(1_700_000_000.0)
    bootstrap(cluster)
    QuotaController(cluster).start()
    return cluster


def _object(kind: str, name: str, spec: Obj, api_version: str = "v1") -> Obj:
    return {"kind": kind, "apiVersion": api_version, "metadata": {"name": name, "namespace": "default"}, "spec": spec}


def _pod(name: str, resources: Obj | None = None, **spec: Any) -> Obj:
    return _object("Pod", name, {"containers": [{"name": "app", "image": "x", "resources": resources or {}}], **spec})


def _quota(cluster: Cluster, name: str = "compute", scopes: list[str] | None = None, **hard: str) -> None:
    spec: Obj = {"hard": {key.replace("__", "."): value for key, value in hard.items()}}
    cluster.registry.make(
        "resourcequotas", _object("ResourceQuota", name, spec | ({"scopes": scopes} if scopes else {}))
    )


def _used(cluster: Cluster, name: str = "compute") -> Obj:
    cluster.clock.advance(0)
    found = cluster.registry.read("resourcequotas", "default", name)
    assert found
    used: Obj = found["status"]["used"]
    return used


def _refusal(cluster: Cluster, collection: str, obj: Obj) -> str:
    with pytest.raises(StatusError) as refused:
        cluster.registry.make(collection, obj)
    assert refused.value.code == 403
    return refused.value.message


def test_no_more_pods_than_a_quota_allows_and_one_more_when_one_is_gone(cluster: Cluster) -> None:
    _quota(cluster, pods="2")
    for name in ("a", "b"):
        cluster.registry.make("pods", _pod(name))
    assert _used(cluster) == {"pods": "2"}
    assert _refusal(cluster, "pods", _pod("c")) == (
        'pods "c" is forbidden: exceeded quota: compute, requested: pods=1, used: pods=2, limited: pods=2'
    )
    cluster.registry.discard("pods", "default", "a")
    cluster.registry.make("pods", _pod("c"))
    assert _used(cluster) == {"pods": "2"}


def test_requests_and_limits_are_summed_and_must_be_said(cluster: Cluster) -> None:
    _quota(cluster, requests__cpu="1", limits__memory="1Gi")
    assert _refusal(cluster, "pods", _pod("silent")).endswith(
        "failed quota: compute: must specify limits.memory for: app; requests.cpu for: app"
    )
    half = {"requests": {"cpu": "600m"}, "limits": {"memory": "300Mi"}}
    cluster.registry.make("pods", _pod("a", half))
    assert _used(cluster) == {"limits.memory": "300Mi", "requests.cpu": "600m"}
    assert _refusal(cluster, "pods", _pod("b", half)).endswith(
        "exceeded quota: compute, requested: requests.cpu=600m, used: requests.cpu=600m, limited: requests.cpu=1"
    )


def test_a_pod_that_has_ended_counts_no_more(cluster: Cluster) -> None:
    _quota(cluster, pods="1", count__pods="5")
    hard = {"pods": "1", "count/pods": "5"}
    cluster.registry.patch("resourcequotas", ("default", "compute"), lambda old: {**old, "spec": {"hard": hard}})
    cluster.registry.make("pods", _pod("a"))
    cluster.registry.patch("pods", ("default", "a"), lambda pod: {**pod, "status": {"phase": "Succeeded"}}, "status")
    assert _used(cluster) == {"count/pods": "1", "pods": "0"}


def test_kinds_of_all_sorts_can_be_counted(cluster: Cluster) -> None:
    spec = {"hard": {"count/deployments.apps": "0", "services.nodeports": "1", "configmaps": "2"}}
    cluster.registry.make("resourcequotas", _object("ResourceQuota", "things", spec))
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "app", "image": "x"}]}}
    deployment = _object(
        "Deployment", "web", {"selector": {"matchLabels": {"a": "b"}}, "template": template}, "apps/v1"
    )
    assert "requested: count/deployments.apps=1, used: count/deployments.apps=0" in _refusal(
        cluster, "deployments.apps", deployment
    )
    service = _object(
        "Service", "two", {"type": "NodePort", "ports": [{"name": n, "port": p} for n, p in (("a", 1), ("b", 2))]}
    )
    assert "requested: services.nodeports=2" in _refusal(cluster, "services", service)
    assert _used(cluster, "things")["configmaps"] == "1"  # the certificate that each namespace has


def test_scopes_choose_the_pods_that_count(cluster: Cluster) -> None:
    _quota(cluster, "besteffort", ["BestEffort"], pods="1")
    cluster.registry.make("pods", _pod("burst", {"requests": {"cpu": "1"}}))
    assert _used(cluster, "besteffort") == {"pods": "0"}
    cluster.registry.make("pods", _pod("plain"))
    assert "exceeded quota: besteffort" in _refusal(cluster, "pods", _pod("more"))


def _limit(cluster: Cluster, *items: Obj) -> None:
    cluster.registry.make("limitranges", _object("LimitRange", "limits", {"limits": list(items)}))


def test_a_limit_range_fills_in_and_says_so(cluster: Cluster) -> None:
    _limit(cluster, {"type": "Container", "default": {"cpu": "500m"}, "defaultRequest": {"cpu": "200m"}})
    pod = cluster.registry.make("pods", _pod("a"))
    assert pod["spec"]["containers"][0]["resources"] == {"requests": {"cpu": "200m"}, "limits": {"cpu": "500m"}}
    assert pod["metadata"]["annotations"]["kubernetes.io/limit-ranger"] == (
        "LimitRanger plugin set: cpu request for container app; cpu limit for container app"
    )
    assert pod["status"]["qosClass"] == "Burstable"


@pytest.mark.parametrize(
    ("resources", "words"),
    [
        (
            {"requests": {"cpu": "50m"}, "limits": {"cpu": "100m"}},
            "minimum cpu usage per Container is 100m, but request is 50m",
        ),
        ({"requests": {"cpu": "1"}, "limits": {"cpu": "2"}}, "maximum cpu usage per Container is 1, but limit is 2"),
        (
            {"requests": {"cpu": "100m"}, "limits": {"cpu": "700m"}},
            "cpu max limit to request ratio per Container is 4, but provided ratio is 7.000000",
        ),
    ],
)
def test_a_container_beyond_the_limits_is_refused(cluster: Cluster, resources: Obj, words: str) -> None:
    _limit(
        cluster,
        {"type": "Container", "max": {"cpu": "1"}, "min": {"cpu": "100m"}, "maxLimitRequestRatio": {"cpu": "4"}},
    )
    assert _refusal(cluster, "pods", _pod("a", resources)) == f'pods "a" is forbidden: {words}'


def test_pods_and_claims_have_limits_too(cluster: Cluster) -> None:
    _limit(
        cluster,
        {"type": "Pod", "max": {"cpu": "1"}},
        {"type": "PersistentVolumeClaim", "min": {"storage": "1Gi"}},
    )
    assert _refusal(cluster, "pods", _pod("a", {"limits": {"cpu": "1200m"}})).endswith(
        "maximum cpu usage per Pod is 1, but limit is 1200m"
    )
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "500Mi"}}}
    assert _refusal(cluster, "persistentvolumeclaims", _object("PersistentVolumeClaim", "c", spec)).endswith(
        "minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 500Mi"
    )


def test_the_address_of_a_service_is_an_object_as_long_as_the_service_lives(cluster: Cluster) -> None:
    AddressController(cluster).start()
    service = cluster.registry.make("services", _object("Service", "web", {"ports": [{"port": 80}]}))
    cluster.clock.advance(0)
    address = service["spec"]["clusterIP"]
    found = cluster.registry.read("ipaddresses.networking.k8s.io", "", address)
    assert found
    assert found["spec"]["parentRef"] == {"resource": "services", "namespace": "default", "name": "web"}
    cluster.registry.discard("services", "default", "web")
    cluster.clock.advance(0)
    assert cluster.registry.read("ipaddresses.networking.k8s.io", "", address) is None
