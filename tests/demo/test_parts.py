"""A server can be as old as 1.20 in what it offers."""

from __future__ import annotations

from typing import Any

import pytest

from k9py.demo.core.parts import OLDEST, PARTS, VERSION, parts_of, version_of
from tests.demo.asking import asking, make_cluster
from tests.demo.test_discovery import V2, V2BETA1

CRONJOB: dict[str, Any] = {
    "apiVersion": "batch/v1",
    "kind": "CronJob",
    "metadata": {"name": "nightly", "namespace": "shop"},
    "spec": {"schedule": "0 3 * * *", "jobTemplate": {"spec": {"template": {"spec": {"containers": []}}}}},
}


def test_each_version_lacks_what_came_later() -> None:
    assert "autoscaling-v2" in parts_of("1.22")
    assert "autoscaling-v2" not in parts_of("v1.23.4")
    assert not parts_of("1.36")
    for minor in range(OLDEST, VERSION[1] + 1):
        assert version_of(parts_of(f"1.{minor}"))[:2] == (1, minor)


@pytest.mark.parametrize("version", ["1.19", "1.99", "2.0"])
def test_a_version_that_cannot_be_had_is_refused(version: str) -> None:
    with pytest.raises(ValueError, match=f"1.20 to 1.36 can be simulated, not {version}"):
        parts_of(version)


def test_a_part_that_is_misspelt_is_refused() -> None:
    with pytest.raises(ValueError, match="no such part: openapi-v4"):
        make_cluster(frozenset({"openapi-v4"}))


async def test_an_old_server_tells_its_age_and_its_resources() -> None:
    async with asking(make_cluster(parts_of("1.20"))) as client:
        assert (await client.get("/version"))["gitVersion"] == "v1.20.0"
        assert "emulationMajor" not in await client.get("/version")
        answer = await client.ask("GET", "/apis", Accept=f"{V2},{V2BETA1},application/json")
        assert answer.body["kind"] == "APIGroupList"
        versions = {group["name"]: [one["version"] for one in group["versions"]] for group in answer.body["groups"]}
        assert versions["batch"] == ["v1", "v1beta1"]
        assert versions["policy"] == ["v1beta1"]
        assert versions["autoscaling"] == ["v1", "v2beta2"]
        assert "metrics.k8s.io" in versions
        assert "flowcontrol.apiserver.k8s.io" not in versions
        pods = {one["name"]: one for one in (await client.get("/api/v1"))["resources"]}
        assert "pods/resize" not in pods
        assert "pods/ephemeralcontainers" not in pods
        assert pods["pods/eviction"]["version"] == "v1beta1"
        assert (await client.ask("GET", "/openapi/v3")).status == 404


async def test_between_the_two_aggregated_discovery_is_beta() -> None:
    async with asking(make_cluster(parts_of("1.27"))) as client:
        answer = await client.ask("GET", "/apis", Accept=f"{V2},{V2BETA1},application/json")
        assert answer.headers["Content-Type"] == V2BETA1
        assert answer.body["apiVersion"] == "apidiscovery.k8s.io/v2beta1"


async def test_parts_are_switched_off_one_by_one() -> None:
    async with asking(make_cluster(frozenset({"metrics"}))) as client:
        groups = [group["name"] for group in (await client.get("/apis"))["groups"]]
        assert "metrics.k8s.io" not in groups
        assert "flowcontrol.apiserver.k8s.io" in groups
        assert (await client.get("/version"))["gitVersion"] == "v1.36.3"


async def test_what_controllers_write_is_served_in_the_older_version() -> None:
    cluster = make_cluster(frozenset({"cronjob-v1"}))
    cluster.registry.make("cronjobs.batch", CRONJOB)
    async with asking(cluster) as client:
        listed = await client.get("/apis/batch/v1beta1/namespaces/shop/cronjobs")
        assert [item["metadata"]["name"] for item in listed["items"]] == ["nightly"]
        found = await client.get("/apis/batch/v1beta1/namespaces/shop/cronjobs/nightly")
        assert found["apiVersion"] == "batch/v1beta1"
        assert (await client.ask("GET", "/apis/batch/v1/namespaces/shop/cronjobs")).status == 404


async def test_endpoint_slices_had_their_zone_in_a_topology() -> None:
    cluster = make_cluster(frozenset({"endpointslices-v1"}))
    cluster.registry.make(
        "endpointslices.discovery.k8s.io",
        {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": {"name": "web-x", "namespace": "shop"},
            "addressType": "IPv4",
            "endpoints": [{"addresses": ["10.1.2.3"], "nodeName": "node-1", "zone": "a"}],
        },
    )
    async with asking(cluster) as client:
        found = await client.get("/apis/discovery.k8s.io/v1beta1/namespaces/shop/endpointslices/web-x")
    assert found["endpoints"][0]["topology"] == {
        "kubernetes.io/hostname": "node-1",
        "topology.kubernetes.io/zone": "a",
    }
    assert "zone" not in found["endpoints"][0]


async def test_old_servers_drop_unknown_fields_without_a_word() -> None:
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "dta": {"x": "1"}}
    async with asking(make_cluster(parts_of("1.24"))) as client:
        answer = await client.ask("POST", "/api/v1/namespaces/shop/configmaps?fieldValidation=Strict", body)
    assert (answer.status, answer.warnings) == (201, [])
    assert "dta" not in answer.body


def test_every_part_says_what_is_otherwise() -> None:
    assert all(part.without for part in PARTS.values())
