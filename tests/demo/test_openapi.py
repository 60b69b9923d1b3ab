"""OpenAPI: what kubectl explain reads, and what clients keep by its hash."""

from __future__ import annotations

import pytest

from k9py.demo.core.parts import parts_of
from tests.demo.asking import asking, make_cluster
from tests.demo.test_crds import CRD, CRDS


async def test_documents_are_kept_by_their_hash() -> None:
    async with asking(make_cluster()) as client:
        index = await client.ask("GET", "/openapi/v3")
        assert index.headers["Content-Type"].startswith("text/plain")
        address = (await client.ask("GET", "/openapi/v3/apis/policy/v1")).headers
        assert address["Cache-Control"] == "no-cache, private"
        assert '"apis/apps/v1":{"serverRelativeURL":"/openapi/v3/apis/apps/v1?hash=' in index.body
        tag = address["ETag"]
        kept = await client.ask("GET", f"/openapi/v3/apis/policy/v1?hash={tag.strip(chr(34))}")
        assert kept.headers["Cache-Control"] == "public, immutable"
        assert kept.headers["Expires"] == "Mon, 01 Mar 2027 12:00:00 UTC"
        assert "io.k8s.api.policy.v1.PodDisruptionBudget" in kept.body["components"]["schemas"]
        again = await client.ask("GET", f"/openapi/v3/apis/policy/v1?hash={tag.strip(chr(34))}", If_None_Match=tag)
        assert again.status == 304
        assert (await client.ask("GET", "/openapi/v3/apis/nope/v1")).status == 404


async def test_a_definition_is_described_with_what_every_object_has() -> None:
    cluster = make_cluster()
    async with asking(cluster) as client:
        before = await client.get("/openapi/v3")
        await client.ask("POST", CRDS, CRD)
        cluster.clock.advance(0)
        assert await client.get("/openapi/v3") != before
        document = await client.get("/openapi/v3/apis/demo.example.com/v1")
    schemas = document["components"]["schemas"]
    widget = schemas["com.example.demo.v1.Widget"]
    assert list(widget["properties"]) == ["apiVersion", "kind", "metadata", "spec", "status"]
    assert widget["x-kubernetes-group-version-kind"] == [
        {"group": "demo.example.com", "kind": "Widget", "version": "v1"}
    ]
    assert widget["properties"]["metadata"]["allOf"][0]["$ref"].endswith("meta.v1.ObjectMeta")
    port = widget["properties"]["spec"]["properties"]["port"]
    assert port["anyOf"] == [{"type": "integer"}, {"type": "string"}]
    create = document["paths"]["/apis/demo.example.com/v1/namespaces/{namespace}/widgets"]["post"]
    assert create["operationId"] == "createDemoExampleComV1NamespacedWidget"
    assert [one["name"] for one in create["parameters"]] == ["dryRun", "fieldManager", "fieldValidation"]
    assert "io.k8s.apimachinery.pkg.apis.meta.v1.OwnerReference" in schemas


async def test_every_reference_of_a_document_is_in_it() -> None:
    cluster = make_cluster()
    cluster.registry.make("customresourcedefinitions.apiextensions.k8s.io", CRD | {"metadata": dict(CRD["metadata"])})
    cluster.clock.advance(0)
    async with asking(cluster) as client:
        answer = await client.ask("GET", "/openapi/v3/apis/demo.example.com/v1")
    known = answer.body["components"]["schemas"]
    named = str(answer.body).split("'$ref': '#/components/schemas/")[1:]
    assert {one.split("'")[0] for one in named} <= known.keys()


async def test_older_servers_describe_themselves_in_one_piece() -> None:
    async with asking(make_cluster(parts_of("1.22"))) as client:
        assert (await client.ask("GET", "/openapi/v3/apis/apps/v1")).status == 404
        document = await client.get("/openapi/v2")
    assert (document["swagger"], document["info"]["version"]) == ("2.0", "1.22")
    deployment = document["definitions"]["io.k8s.api.apps.v1.Deployment"]
    assert deployment["properties"]["spec"]["$ref"] == "#/definitions/io.k8s.api.apps.v1.DeploymentSpec"
    assert "io.k8s.api.core.v1.Pod" in document["definitions"]
    patch = document["paths"]["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]["patch"]
    assert "application/strategic-merge-patch+json" in patch["consumes"]
    assert patch["parameters"][-1]["in"] == "body"


@pytest.mark.parametrize("part", ["cronjob-v1", "pdb-v1"])
async def test_what_is_served_in_an_older_version_is_described_so(part: str) -> None:
    group, kind = {"cronjob-v1": ("batch", "CronJob"), "pdb-v1": ("policy", "PodDisruptionBudget")}[part]
    async with asking(make_cluster(frozenset({part}))) as client:
        document = await client.get(f"/openapi/v3/apis/{group}/v1beta1")
    wanted = {"group": group, "kind": kind, "version": "v1beta1"}
    schemas = document["components"]["schemas"].values()
    assert any(wanted in schema.get("x-kubernetes-group-version-kind", ()) for schema in schemas)
    assert all(f"/apis/{group}/v1beta1/" in path for path in document["paths"])


def fields_of(message: bytes) -> list[tuple[int, bytes | int]]:
    """The fields of a protobuf message: numbers, and texts or messages as bytes."""
    found: list[tuple[int, bytes | int]] = []
    at = 0

    def number() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(message):
        tag = number()
        if tag & 7 == 0:
            found.append((tag >> 3, number()))
            continue
        size = 8 if tag & 7 == 1 else number()
        found.append((tag >> 3, message[at : at + size]))
        at += size
    return found


def named(message: bytes | int, number: int) -> dict[bytes, bytes]:
    """The entries of a map that is written as a list of names and values."""
    assert isinstance(message, bytes)
    entries = (dict(fields_of(one)) for tag, one in fields_of(message) if tag == number and isinstance(one, bytes))
    return {bytes(entry[1]): bytes(entry[2]) for entry in entries}


async def test_kubectl_asks_for_protobuf() -> None:
    accept = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
    async with asking(make_cluster(parts_of("1.22"))) as client:
        answer = await client.ask("GET", "/openapi/v2", Accept=accept)
    assert answer.headers["Content-Type"] == accept
    document = dict(fields_of(answer.body))
    assert document[1] == b"2.0"
    deployment = fields_of(named(document[9], 1)[b"io.k8s.api.apps.v1.Deployment"])
    properties = named(dict(deployment)[25], 1)
    assert (1, b"#/definitions/io.k8s.api.apps.v1.DeploymentSpec") in fields_of(properties[b"spec"])
    extensions = [dict(fields_of(one)) for tag, one in deployment if tag == 31 and isinstance(one, bytes)]
    assert extensions[0][1] == b"x-kubernetes-group-version-kind"
    assert b'"kind":"Deployment"' in bytes(extensions[0][2])


async def test_a_server_that_does_not_validate_fields_does_not_offer_it() -> None:
    path = "/apis/apps/v1/namespaces/{namespace}/deployments"
    for off, offered in ((frozenset(), True), (frozenset({"field-validation"}), False)):
        async with asking(make_cluster(off)) as client:
            document = await client.get("/openapi/v3/apis/apps/v1")
        names = [one["name"] for one in document["paths"][path]["post"]["parameters"]]
        assert ("fieldValidation" in names) is offered
