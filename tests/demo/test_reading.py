"""GET: forms, versions, parts of lists, and the words of refusals, as the real server (1.36) has them."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest
import yaml
from aiohttp import ClientSession

from k9py.demo.cluster import Cluster
from k9py.demo.serve import serving
from tests.demo.asking import asking, make_cluster

MAPS = "/api/v1/namespaces/shop/configmaps"
PARTIAL = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"
PARTIAL_LIST = PARTIAL.replace("Metadata;", "MetadataList;")


def _put(cluster: Cluster, *names: str, **data: str) -> None:
    for name in names:
        head = {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": name, "namespace": "shop"}}
        cluster.registry.make("configmaps", {**head, "data": data})


def _cluster(*names: str) -> Cluster:
    cluster = make_cluster()
    _put(cluster, *names)
    return cluster


def _names(listed: Any) -> list[str]:
    return [item["metadata"]["name"] for item in listed["items"]]


async def test_a_list_in_parts_is_of_one_version() -> None:
    cluster = _cluster("a", "b", "c", "d", "e")
    async with asking(cluster) as client:
        first = await client.get(f"{MAPS}?limit=2")
        assert _names(first) == ["a", "b"]
        assert first["metadata"]["remainingItemCount"] == 3
        _put(cluster, "bb")
        second = await client.get(f"{MAPS}?limit=2&continue={first['metadata']['continue']}")
        assert _names(second) == ["c", "d"]
        assert second["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]
        last = await client.get(f"{MAPS}?limit=2&continue={second['metadata']['continue']}")
        assert _names(last) == ["e"]
        assert set(last["metadata"]) == {"resourceVersion"}


async def test_how_many_remain_is_not_known_of_a_selection() -> None:
    async with asking(_cluster("a", "b")) as client:
        listed = await client.get(f"{MAPS}?limit=1&fieldSelector=metadata.name!=b")
    assert "continue" in listed["metadata"]
    assert "remainingItemCount" not in listed["metadata"]


async def test_a_list_whose_version_is_forgotten_can_be_ended_with_what_is_there_now() -> None:
    cluster = _cluster("a", "b", "c")
    async with asking(cluster) as client:
        first = await client.get(f"{MAPS}?limit=1")
        _put(cluster, "d")
        cluster.store.compact()
        refused = await client.ask("GET", f"{MAPS}?limit=1&continue={first['metadata']['continue']}")
        assert (refused.status, refused.body["reason"]) == (410, "Expired")
        assert refused.message.startswith("The provided continue parameter is too old to display a consistent list")
        rest = await client.get(f"{MAPS}?continue={refused.body['metadata']['continue']}")
    assert _names(rest) == ["b", "c", "d"]


@pytest.mark.parametrize(
    ("query", "code", "message"),
    [
        ("resourceVersion=9999", 504, "Timeout: Too large resource version: 9999, current: {version}"),
        (
            "resourceVersion=x",
            400,
            (
                'invalid resource version: resourceVersion: Invalid value: "x": '
                'strconv.ParseUint: parsing "x": invalid syntax'
            ),
        ),
        (
            "resourceVersionMatch=Exact",
            422,
            (
                'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: '
                "resourceVersionMatch is forbidden unless resourceVersion is provided"
            ),
        ),
        (
            "resourceVersion=5&resourceVersionMatch=Foo",
            422,
            (
                'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Unsupported value: "Foo": '
                'supported values: "Exact", "NotOlderThan", ""'
            ),
        ),
        (
            "sendInitialEvents=true",
            422,
            (
                'ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: Forbidden: '
                "sendInitialEvents is forbidden for list"
            ),
        ),
        ("limit=x", 400, 'strconv.ParseInt: parsing "x": invalid syntax'),
        (
            "continue=abc",
            400,
            "invalid continue token: continue key is not valid: invalid character 'i' looking for beginning of value",
        ),
        (
            "continue=eyJ2IjoieCIsInJ2IjotMX0",
            400,
            "invalid continue token: continue key is not valid: server does not recognize this encoded version x",
        ),
        ("watch=1&resourceVersion=x", 500, 'resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x"'),
        (
            "watch=1&sendInitialEvents=true",
            422,
            (
                'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: '
                "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
            ),
        ),
        (
            "watch=1&resourceVersionMatch=NotOlderThan",
            422,
            (
                'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: '
                "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"
            ),
        ),
    ],
)
async def test_options_that_cannot_be(query: str, code: int, message: str) -> None:
    cluster = _cluster("a")
    async with asking(cluster) as client:
        refused = await client.ask("GET", f"{MAPS}?{query}")
    assert refused.status == code
    assert refused.message.startswith(message.format(version=cluster.store.version))


async def test_exactly_a_version_and_none_older() -> None:
    cluster = _cluster("a")
    then = cluster.store.version
    _put(cluster, "b")
    async with asking(cluster) as client:
        exact = await client.get(f"{MAPS}?resourceVersion={then}&resourceVersionMatch=Exact")
        assert (_names(exact), exact["metadata"]["resourceVersion"]) == (["a"], str(then))
        newer = await client.get(f"{MAPS}?resourceVersion={then}&resourceVersionMatch=NotOlderThan")
        assert _names(newer) == ["a", "b"]
        assert _names(await client.get(f"{MAPS}?resourceVersion=0&limit=1")) == ["a", "b"]
        cluster.store.compact()
        refused = await client.ask("GET", f"{MAPS}?resourceVersion={then}&resourceVersionMatch=Exact")
    assert (refused.status, refused.message) == (410, "The resourceVersion for the provided list is too old.")


async def test_metadata_only() -> None:
    async with asking(_cluster("a")) as client:
        listed = await client.get(MAPS, PARTIAL_LIST)
        assert (listed["kind"], listed["apiVersion"]) == ("PartialObjectMetadataList", "meta.k8s.io/v1")
        assert set(listed["items"][0]) == {"kind", "apiVersion", "metadata"}
        one = await client.get(f"{MAPS}/a", PARTIAL)
        assert (one["kind"], one["metadata"]["name"]) == ("PartialObjectMetadata", "a")
        refused = await client.ask("GET", MAPS, Accept=PARTIAL)
        assert refused.status == 406
        assert refused.message == (
            "you requested PartialObjectMetadata, but the requested object is a list (*core.ConfigMapList)"
        )


@pytest.mark.parametrize(
    ("accept", "message"),
    [
        (
            "text/html",
            (
                "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, "
                "application/vnd.kubernetes.protobuf"
            ),
        ),
        (
            "application/json;as=Table;v=v2;g=meta.k8s.io",
            (
                "only the following media types are accepted: application/json, application/yaml, "
                "application/vnd.kubernetes.protobuf"
            ),
        ),
    ],
)
async def test_what_cannot_be_had_is_not_acceptable(accept: str, message: str) -> None:
    async with asking(_cluster("a")) as client:
        refused = await client.ask("GET", f"{MAPS}/a", Accept=accept)
    assert (refused.status, refused.message) == (406, message)


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("application/json;as=Table;v=v2;g=meta.k8s.io,application/json", "ConfigMap"),
        ("application/json;q=0.5,application/json;as=Table;v=v1;g=meta.k8s.io", "Table"),
        ("application/vnd.kubernetes.protobuf;q=0.9,application/json;q=0.1", "ConfigMap"),
        ("*/*", "ConfigMap"),
    ],
)
async def test_the_best_of_several_forms_is_taken(accept: str, kind: str) -> None:
    async with asking(_cluster("a")) as client:
        assert (await client.get(f"{MAPS}/a", accept))["kind"] == kind


async def test_a_server_without_tables_answers_the_objects() -> None:
    cluster = make_cluster(frozenset({"tables"}))
    async with asking(cluster) as client:
        accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
        assert (await client.get("/api/v1/namespaces", accept))["kind"] == "NamespaceList"


async def test_yaml_and_indents_for_those_who_read_it_themselves() -> None:
    async with asking(_cluster("a")) as client:
        answer = await client.ask("GET", f"{MAPS}/a", Accept="application/yaml")
        assert answer.headers["Content-Type"].startswith("application/yaml")
        assert yaml.safe_load(answer.body)["metadata"]["name"] == "a"
        assert f'resourceVersion: "{client.cluster.store.version}"' in answer.body
    async with serving(_cluster("a")) as running, ClientSession(running.url.rpartition("/")[0]) as session:
        token = running.url.rpartition("/")[2]
        async with session.get(f"/{token}{MAPS}/a", headers={"User-Agent": "curl/8"}) as response:
            assert (await response.text()).startswith('{\n  "kind": "ConfigMap",\n')


async def test_a_large_list_is_compressed_for_who_takes_that() -> None:
    cluster = make_cluster()
    _put(cluster, *(f"m{number}" for number in range(40)), text="x" * 5000)
    async with serving(cluster) as running, ClientSession(auto_decompress=False) as session:
        async with session.get(running.url + MAPS, headers={"Accept-Encoding": "gzip"}) as response:
            assert response.headers["Content-Encoding"] == "gzip"
            packed = await response.read()
        assert len(json.loads(gzip.decompress(packed))["items"]) == 40
        async with session.get(running.url + MAPS, headers={"Accept-Encoding": "identity"}) as response:
            assert "Content-Encoding" not in response.headers
            assert len(json.loads(await response.read())["items"]) == 40
        async with session.get(f"{running.url}{MAPS}/m1", headers={"Accept-Encoding": "gzip"}) as response:
            assert "Content-Encoding" not in response.headers


async def test_what_is_missing_and_what_is_no_path() -> None:
    async with asking(_cluster()) as client:
        missing = await client.ask("GET", f"{MAPS}/none")
        assert (missing.status, missing.message) == (404, 'configmaps "none" not found')
        assert (await client.ask("GET", "/api/v1/configmaps/none")).message == (
            "the server could not find the requested resource"
        )
        assert (await client.ask("HEAD", MAPS)).status == 405
        assert (await client.get("/api/v1/namespaces/none/configmaps"))["items"] == []


def test_tokens_are_those_of_the_real_server() -> None:
    from k9py.demo.http.listing import read_token, write_token

    token = "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MjE1OCwic3RhcnQiOiIvZGVmYXVsdC9kZWZhdWx0XHUwMDAwIn0"
    assert json.loads(base64.urlsafe_b64decode(token + "=="))["rv"] == 2158
    place = read_token(token)
    assert (place.at, place.start) == (2158, "default/default")
    assert read_token(write_token(7, "shop/a")).start == "shop/a"
