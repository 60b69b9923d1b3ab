"""What a client learns about a server before it does anything else."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.demo.asking import Client, asking, make_cluster

V2 = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
V2BETA1 = "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList"


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with asking(make_cluster()) as found:
        yield found


async def test_aggregated_discovery_is_sent_once(client: Client) -> None:
    first = await client.ask("GET", "/apis", Accept=f"{V2},{V2BETA1},application/json")
    assert first.headers["Content-Type"] == V2
    assert first.body["apiVersion"] == "apidiscovery.k8s.io/v2"
    assert [item["metadata"]["name"] for item in first.body["items"]][:2] == ["apiregistration.k8s.io", "apps"]
    again = await client.ask("GET", "/apis", Accept=V2, If_None_Match=first.headers["ETag"])
    assert (again.status, again.body) == (304, "")


async def test_who_does_not_ask_for_the_aggregated_form_gets_the_legacy_one(client: Client) -> None:
    groups = await client.get("/apis")
    assert groups["kind"] == "APIGroupList"
    autoscaling = next(group for group in groups["groups"] if group["name"] == "autoscaling")
    assert [one["version"] for one in autoscaling["versions"]] == ["v2", "v1"]
    assert autoscaling["preferredVersion"] == {"groupVersion": "autoscaling/v2", "version": "v2"}
    assert (await client.get("/apis/autoscaling"))["kind"] == "APIGroup"
    assert (await client.get("/api"))["versions"] == ["v1"]


async def test_subresources_name_the_kind_that_they_answer(client: Client) -> None:
    listed = {one["name"]: one for one in (await client.get("/api/v1"))["resources"]}
    assert listed["pods"]["shortNames"] == ["po"]
    assert listed["pods"]["storageVersionHash"] == "xPOwRZ+Yhw8="
    assert listed["pods/log"]["kind"] == "Pod"
    eviction = listed["pods/eviction"]
    assert (eviction["group"], eviction["version"], eviction["kind"]) == ("policy", "v1", "Eviction")
    scale = next(one for one in (await client.get("/apis/apps/v1"))["resources"] if one["name"] == "deployments/scale")
    assert (scale["group"], scale["version"], scale["verbs"]) == ("autoscaling", "v1", ["get", "patch", "update"])


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("/apis/nope", 404, "404 page not found\n"),
        ("/apis/nope/v1/things", 404, "404 page not found\n"),
        ("/nothing/here", 404, "404 page not found\n"),
        ("/openid/v1/jwks", 404, "404 page not found\n"),
        ("/apis/apps/v9", 404, "the server could not find the requested resource"),
        ("/api/v1/nope", 404, "the server could not find the requested resource"),
    ],
)
async def test_what_is_not_there(client: Client, path: str, status: int, text: str) -> None:
    answer = await client.ask("GET", path)
    assert answer.status == status
    assert (answer.body if isinstance(answer.body, str) else answer.message) == text


async def test_a_form_that_nobody_has_is_not_acceptable(client: Client) -> None:
    answer = await client.ask("GET", "/apis", Accept="text/html")
    assert answer.status == 406
    assert answer.message.startswith("only the following media types are accepted: application/json")


async def test_the_version_has_all_fields(client: Client) -> None:
    version = await client.get("/version")
    assert (version["gitVersion"], version["minor"], version["minCompatibilityMinor"]) == ("v1.36.3", "36", "35")
    assert (await client.ask("POST", "/version")).message == (
        "the server does not allow this method on the requested resource"
    )


async def test_health_is_told_check_by_check(client: Client) -> None:
    assert await client.get("/livez") == "ok"
    told = (await client.get("/readyz?verbose&exclude=etcd&exclude=nope")).splitlines()
    assert told[:3] == ["[+]ping ok", "[+]log ok", "[+]etcd excluded: ok"]
    assert told[-2:] == [
        'warn: some health checks cannot be excluded: no matches for "nope"',
        "readyz check passed",
    ]
    assert await client.get("/livez/etcd") == "ok"
    assert (await client.ask("GET", "/livez/nope")).status == 404


async def test_metrics_count_objects(client: Client) -> None:
    metrics = await client.get("/metrics")
    assert 'apiserver_resource_objects{group="",resource="namespaces"} 1' in metrics.splitlines()
