"""CustomResourceDefinitions: what they bring is served, validated, printed, and goes with them."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator
from typing import Any

import pytest

from k9py.demo.core.store import Obj
from tests.demo.asking import Answer, Client, asking, make_cluster

CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
WIDGETS = "/apis/demo.example.com/v1/namespaces/shop/widgets"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"

SPEC_SCHEMA: Obj = {
    "type": "object",
    "required": ["size"],
    "properties": {
        "size": {"type": "integer", "minimum": 1, "maximum": 100},
        "color": {"type": "string", "enum": ["red", "green"], "default": "red"},
        "code": {"type": "string", "pattern": "^[a-z]+$", "minLength": 2, "maxLength": 5},
        "tags": {"type": "array", "maxItems": 3, "x-kubernetes-list-type": "set", "items": {"type": "string"}},
        "port": {"x-kubernetes-int-or-string": True},
        "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        "made": {"type": "string", "format": "date-time"},
        "replicas": {"type": "integer", "format": "int32"},
        "parts": {
            "type": "array",
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["name"],
            "items": {
                "type": "object",
                "required": ["name"],
                "properties": {"name": {"type": "string"}, "count": {"type": "integer", "default": 3}},
            },
        },
        "either": {
            "type": "object",
            "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
            "oneOf": [{"required": ["a"]}, {"required": ["b"]}],
        },
    },
}
CRD: Obj = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "widgets.demo.example.com"},
    "spec": {
        "group": "demo.example.com",
        "scope": "Namespaced",
        "names": {"plural": "widgets", "kind": "Widget", "shortNames": ["wd"], "categories": ["all"]},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "subresources": {"status": {}, "scale": {"specReplicasPath": ".spec.replicas"}},
                "additionalPrinterColumns": [
                    {"name": "Size", "type": "integer", "jsonPath": ".spec.size", "description": "How big"},
                    {"name": "Made", "type": "date", "jsonPath": ".spec.made"},
                    {"name": "Tags", "type": "string", "jsonPath": ".spec.tags", "priority": 1},
                    {"name": "Ready", "type": "string", "jsonPath": '.status.conditions[?(@.type=="Ready")].status'},
                ],
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "required": ["spec"],
                        "properties": {
                            "spec": SPEC_SCHEMA,
                            "status": {
                                "type": "object",
                                "properties": {
                                    "replicas": {"type": "integer"},
                                    "conditions": {
                                        "type": "array",
                                        "items": {
                                            "type": "object",
                                            "properties": {"type": {"type": "string"}, "status": {"type": "string"}},
                                        },
                                    },
                                },
                            },
                        },
                    }
                },
            },
            {
                "name": "v1alpha1",
                "served": True,
                "storage": False,
                "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}},
            },
        ],
    },
}


def widget(**spec: Any) -> Obj:
    """A custom resource."""
    return {
        "apiVersion": "demo.example.com/v1",
        "kind": "Widget",
        "metadata": {"name": "w", "namespace": "shop"},
        "spec": {"size": 3, **spec},
    }


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with asking(make_cluster()) as found:
        answer = await define(found)
        assert answer.body["status"] == {
            "conditions": None,
            "acceptedNames": {"plural": "", "kind": ""},
            "storedVersions": ["v1"],
        }
        yield found


async def define(client: Client) -> Answer:
    """Make the definition, and let it be established."""
    answer = await client.ask("POST", CRDS, CRD)
    assert answer.status == 201
    client.cluster.clock.advance(0)
    return answer


async def test_a_definition_is_accepted_and_established(client: Client) -> None:
    status = (await client.get(f"{CRDS}/widgets.demo.example.com"))["status"]
    assert [(one["type"], one["status"], one["reason"]) for one in status["conditions"]] == [
        ("NamesAccepted", "True", "NoConflicts"),
        ("Established", "True", "InitialNamesAccepted"),
    ]
    assert status["acceptedNames"] == {
        "plural": "widgets",
        "singular": "widget",
        "kind": "Widget",
        "listKind": "WidgetList",
        "shortNames": ["wd"],
        "categories": ["all"],
    }


async def test_its_resources_are_discovered(client: Client) -> None:
    group = await client.get("/apis/demo.example.com")
    assert [one["version"] for one in group["versions"]] == ["v1", "v1alpha1"]
    listed = (await client.get("/apis/demo.example.com/v1"))["resources"]
    assert [one["name"] for one in listed] == ["widgets", "widgets/status", "widgets/scale"]
    assert listed[0]["categories"] == ["all"]
    assert (listed[2]["group"], listed[2]["kind"]) == ("autoscaling", "Scale")


async def test_groups_of_definitions_come_before_those_of_other_servers(client: Client) -> None:
    groups = [group["name"] for group in (await client.get("/apis"))["groups"]]
    assert groups[-2:] == ["demo.example.com", "metrics.k8s.io"]


async def test_a_definition_takes_its_objects_with_it(client: Client) -> None:
    assert (await client.ask("POST", WIDGETS, widget())).status == 201
    client.cluster.clock.advance(0)
    await client.ask("DELETE", f"{CRDS}/widgets.demo.example.com")
    client.cluster.clock.advance(60)
    assert (await client.ask("GET", f"{CRDS}/widgets.demo.example.com")).status == 404
    assert (await client.ask("GET", WIDGETS)).status == 404
    assert "demo.example.com" not in client.cluster.catalog.groups()
    assert client.cluster.store.count("widgets.demo.example.com") == 0


async def test_a_definition_waits_for_objects_that_are_held(client: Client) -> None:
    held = widget()
    held["metadata"]["finalizers"] = ["demo.example.com/hold"]
    await client.ask("POST", WIDGETS, held)
    await client.ask("DELETE", f"{CRDS}/widgets.demo.example.com")
    client.cluster.clock.advance(60)
    waiting = await client.get(f"{CRDS}/widgets.demo.example.com")
    assert waiting["metadata"]["finalizers"] == ["customresourcecleanup.apiextensions.k8s.io"]
    assert waiting["status"]["conditions"][-1]["reason"] == "InstanceDeletionInProgress"
    more = await client.ask("POST", WIDGETS, {**widget(), "metadata": {"name": "late"}})
    assert more.message == (
        'widgets.demo.example.com "late" is forbidden: '
        "create not allowed while custom resource definition is terminating"
    )
    free = [{"op": "remove", "path": "/metadata/finalizers"}]
    await client.ask("PATCH", f"{WIDGETS}/w", free, Content_Type="application/json-patch+json")
    client.cluster.clock.advance(60)
    assert (await client.ask("GET", f"{CRDS}/widgets.demo.example.com")).status == 404


async def test_names_that_are_taken_are_not_accepted(client: Client) -> None:
    other = copy.deepcopy(CRD)
    other["metadata"]["name"] = "gadgets.demo.example.com"
    other["spec"]["names"] = {"plural": "gadgets", "kind": "Widget"}
    await client.ask("POST", CRDS, other)
    client.cluster.clock.advance(0)
    conditions = (await client.get(f"{CRDS}/gadgets.demo.example.com"))["status"]["conditions"]
    assert (conditions[0]["status"], conditions[0]["message"]) == ("False", '"WidgetList" is already in use')
    assert conditions[1]["reason"] == "NotAccepted"
    status = (await client.get(f"{CRDS}/gadgets.demo.example.com"))["status"]
    assert status["acceptedNames"] == {"plural": "gadgets", "kind": ""}
    assert (await client.ask("GET", WIDGETS.replace("widgets", "gadgets"))).status == 404


@pytest.mark.parametrize(("index", "gone", "stays"), [(1, "v1alpha1", "v1"), (0, "v1", "v1alpha1")])
async def test_a_version_that_is_served_no_longer_goes(client: Client, index: int, gone: str, stays: str) -> None:
    await client.ask("POST", WIDGETS, widget())
    crd = f"{CRDS}/widgets.demo.example.com"
    off = [{"op": "replace", "path": f"/spec/versions/{index}/served", "value": False}]
    assert (await client.ask("PATCH", crd, off, Content_Type="application/json-patch+json")).status == 200
    client.cluster.clock.advance(0)
    assert (await client.ask("GET", WIDGETS.replace("v1", gone))).status == 404
    assert len((await client.get(WIDGETS.replace("v1", stays)))["items"]) == 1
    await client.ask("DELETE", crd)
    client.cluster.clock.advance(60)
    assert client.cluster.store.count("widgets.demo.example.com") == 0
    assert client.cluster.catalog.of_kind(f"demo.example.com/{gone}", "Widget") is None


async def test_defaults_are_filled_in_and_unknown_fields_pruned(client: Client) -> None:
    obj = widget(parts=[{"name": "a", "x": 1}], free={"any": {"thing": 1}}, color=None, foo=1)
    answer = await client.ask("POST", WIDGETS, obj)
    assert answer.warnings == ['unknown field "spec.foo"', 'unknown field "spec.parts[0].x"']
    assert answer.body["spec"] == {
        "size": 3,
        "color": "red",
        "parts": [{"name": "a", "count": 3}],
        "free": {"any": {"thing": 1}},
    }
    strict = await client.ask("POST", f"{WIDGETS}?fieldValidation=Strict", widget(foo=1))
    assert strict.message == (
        'Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "spec.foo"'
    )


@pytest.mark.parametrize(
    ("spec", "causes"),
    [
        ({"size": "big"}, ['spec.size: Invalid value: "string": spec.size in body must be of type integer: "string"']),
        ({"size": 0}, ["spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1"]),
        ({"size": 101}, ["spec.size: Invalid value: 101: spec.size in body should be less than or equal to 100"]),
        ({"size": None}, ["spec.size: Required value"]),
        ({"color": "blue"}, ['spec.color: Unsupported value: "blue": supported values: "red", "green"']),
        ({"code": "A1"}, ["spec.code: Invalid value: \"A1\": spec.code in body should match '^[a-z]+$'"]),
        ({"code": "a"}, ['spec.code: Invalid value: "a": spec.code in body should be at least 2 chars long']),
        ({"code": "abcdef"}, ["spec.code: Too long: may not be more than 5 bytes"]),
        ({"tags": ["a", "b", "c", "d"]}, ["spec.tags: Too many: 4: must have at most 3 items"]),
        ({"tags": ["a", "a"]}, ['spec.tags[1]: Duplicate value: "a"']),
        (
            {"tags": ["a", 5]},
            ['spec.tags[1]: Invalid value: "integer": spec.tags[1] in body must be of type string: "integer"'],
        ),
        (
            {"port": True},
            ['spec.port: Invalid value: "boolean": spec.port in body must be of type integer,string: "boolean"'],
        ),
        (
            {"made": "yesterday"},
            ['spec.made: Invalid value: "yesterday": spec.made in body must be of type date-time: "yesterday"'],
        ),
        ({"parts": [{"count": 1}]}, ["spec.parts[0].name: Required value"]),
        ({"parts": [{"name": "a"}, {"name": "a"}]}, ['spec.parts[1]: Duplicate value: {"name":"a"}']),
        (
            {"either": {}},
            [
                (
                    '<nil>: Invalid value: "": "spec.either" must validate one and only one schema (oneOf). '
                    "Found none valid"
                ),
                "spec.either.a: Required value",
            ],
        ),
        (
            {"size": "x", "color": "blue"},
            [
                'spec.size: Invalid value: "string": spec.size in body must be of type integer: "string"',
                'spec.color: Unsupported value: "blue": supported values: "red", "green"',
            ],
        ),
    ],
)
async def test_what_the_schema_refuses(client: Client, spec: Obj, causes: list[str]) -> None:
    answer = await client.ask("POST", WIDGETS, widget(**spec))
    text = causes[0] if len(causes) == 1 else f"[{', '.join(causes)}]"
    assert (answer.status, answer.message) == (422, f'Widget.demo.example.com "w" is invalid: {text}')
    listed = answer.body["details"]["causes"]
    assert [f"{cause['field']}: {cause['message']}" for cause in listed] == causes


async def test_what_was_wrong_before_may_stay(client: Client) -> None:
    client.cluster.registry.make("widgets.demo.example.com", widget(size=500))
    repaint = await client.ask(
        "PATCH", f"{WIDGETS}/w", {"spec": {"color": "green"}}, Content_Type="application/merge-patch+json"
    )
    assert repaint.status == 200
    resize = await client.ask(
        "PATCH", f"{WIDGETS}/w", {"spec": {"size": 501}}, Content_Type="application/merge-patch+json"
    )
    assert resize.status == 422


async def test_the_status_has_a_way_of_its_own(client: Client) -> None:
    await client.ask("POST", WIDGETS, widget() | {"status": {"replicas": 7}})
    assert "status" not in await client.get(f"{WIDGETS}/w")
    merge = "application/merge-patch+json"
    both = {"spec": {"size": 9}, "status": {"replicas": 2}}
    answer = await client.ask("PATCH", f"{WIDGETS}/w/status", both, Content_Type=merge)
    assert (answer.body["status"], answer.body["spec"]["size"]) == ({"replicas": 2}, 3)
    assert answer.body["metadata"]["generation"] == 1
    bad = await client.ask("PATCH", f"{WIDGETS}/w/status", {"status": {"replicas": "x"}}, Content_Type=merge)
    assert bad.body["details"]["causes"][0]["field"] == "status.replicas"


async def test_columns_are_those_of_the_definition(client: Client) -> None:
    spec = {"made": "2026-03-01T10:00:00Z", "tags": ["a", "b"]}
    await client.ask("POST", WIDGETS, widget(**spec))
    await client.ask("POST", WIDGETS, {**widget(), "metadata": {"name": "x", "namespace": "shop"}})
    ready = {"status": {"conditions": [{"type": "Ready", "status": "True"}]}}
    await client.ask("PATCH", f"{WIDGETS}/w/status", ready, Content_Type="application/merge-patch+json")
    table = await client.get(WIDGETS, TABLE)
    columns = table["columnDefinitions"]
    assert [(one["name"], one["type"], one["priority"]) for one in columns] == [
        ("Name", "string", 0),
        ("Size", "integer", 0),
        ("Made", "date", 0),
        ("Tags", "string", 1),
        ("Ready", "string", 0),
    ]
    assert columns[1]["description"] == "How big"
    assert columns[2]["description"] == "Custom resource definition column (in JSONPath format): .spec.made"
    assert [row["cells"] for row in table["rows"]] == [
        ["w", 3, "120m", '["a","b"]', "True"],
        ["x", 3, None, None, None],
    ]


async def test_without_columns_there_are_name_and_age(client: Client) -> None:
    await client.ask("POST", WIDGETS, widget())
    client.cluster.clock.advance(90)
    table = await client.get(WIDGETS.replace("/v1/", "/v1alpha1/"), TABLE)
    assert [one["name"] for one in table["columnDefinitions"]] == ["Name", "Age"]
    assert table["rows"][0]["cells"] == ["w", "90s"]


async def test_an_object_is_served_in_every_version(client: Client) -> None:
    await client.ask("POST", WIDGETS, widget())
    other = await client.get(f"{WIDGETS.replace('/v1/', '/v1alpha1/')}/w")
    assert (other["apiVersion"], other["spec"]) == ("demo.example.com/v1alpha1", {"size": 3, "color": "red"})


async def test_replicas_must_be_a_number_that_a_scale_can_have(client: Client) -> None:
    answer = await client.ask("POST", WIDGETS, widget(replicas=-1))
    assert answer.message == (
        'Widget.demo.example.com "w" is invalid: .spec.replicas: Invalid value: -1: should be a non-negative integer'
    )


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (
            ("metadata", "name"),
            "x.y.z",
            'metadata.name: Invalid value: "x.y.z": must be spec.names.plural+"."+spec.group',
        ),
        (
            ("spec", "scope"),
            "Galaxy",
            'spec.scope: Unsupported value: "Galaxy": supported values: "Cluster", "Namespaced"',
        ),
        (
            ("spec", "versions", 0, "schema", "openAPIV3Schema", "properties", "spec", "type"),
            "thing",
            (
                'spec.versions[0].schema.openAPIV3Schema.properties[spec].type: Unsupported value: "thing": '
                'supported values: "array", "boolean", "integer", "number", "object", "string"'
            ),
        ),
        (
            ("spec", "versions", 0, "additionalPrinterColumns", 0, "type"),
            "text",
            (
                'spec.versions[0].additionalPrinterColumns[0].type: Invalid value: "text": '
                "must be one of boolean,date,integer,number,string"
            ),
        ),
    ],
)
async def test_a_definition_that_is_wrong(path: tuple[str | int, ...], value: Any, message: str) -> None:
    crd: Any = copy.deepcopy(CRD)
    place = crd
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    async with asking(make_cluster()) as client:
        answer = await client.ask("POST", CRDS, crd)
    name = crd["metadata"]["name"]
    expected = f'CustomResourceDefinition.apiextensions.k8s.io "{name}" is invalid: {message}'
    assert (answer.status, answer.message) == (422, expected)
