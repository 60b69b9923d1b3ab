"""What a schema says of a field, in OpenAPI v3 and v2."""

from __future__ import annotations

import json
from typing import Any

import pytest

from k9py.insight.explain import Schemas, explain
from k9py.values.errors import K9pyError
from k9py.values.resource import Gvr

CHOIRS = Gvr("example.com", "v1", "choirs")


def schemas(prefix: str) -> dict[str, Any]:
    def to(name: str) -> str:
        return f"{prefix}{name}"

    return {
        "com.example.v1.Choir": {
            "description": "A choir 🎤",
            "x-kubernetes-group-version-kind": [{"group": "example.com", "version": "v1", "kind": "Choir"}],
            "properties": {
                "kind": {"type": "string"},
                "spec": {
                    "description": "What is wanted",
                    "default": {},
                    "allOf": [{"$ref": to("com.example.v1.Spec")}],
                },
                "labels": {
                    "description": "Its labels",
                    "type": "object",
                    "additionalProperties": {"type": "string", "default": ""},
                },
            },
        },
        "com.example.v1.Spec": {
            "description": "A spec",
            "required": ["singers"],
            "properties": {
                "singers": {
                    "description": "Who sings",
                    "type": "array",
                    "items": {"default": {}, "allOf": [{"$ref": to("com.example.v1.Singer")}]},
                },
                "voice": {"type": "string", "enum": ["high", "low"], "default": "low"},
                "port": {"x-kubernetes-int-or-string": True},
                "rooms": {"type": "object", "additionalProperties": {"$ref": to("com.example.v1.Singer")}},
            },
        },
        "com.example.v1.Singer": {
            "description": "A singer",
            "required": ["name"],
            "properties": {"name": {"type": "string", "description": "Who it is"}, "age": {"type": "integer"}},
        },
    }


V3 = json.dumps({"openapi": "3.0.0", "components": {"schemas": schemas("#/components/schemas/")}}).encode()
V2 = json.dumps({"swagger": "2.0", "definitions": schemas("#/definitions/")}).encode()


@pytest.fixture(params=[V3, V2], ids=["v3", "v2"])
def found(request: pytest.FixtureRequest) -> Schemas:
    return Schemas(request.param)


@pytest.mark.parametrize(
    ("path", "kind", "required", "descriptions"),
    [
        ((), "Object", False, ("A choir 🎤",)),
        (("spec",), "Spec", False, ("What is wanted", "A spec")),
        (("spec", "singers"), "[]Singer", True, ("Who sings", "A singer")),
        (("spec", "singers", "name"), "string", True, ("Who it is",)),
        (("spec", "singers", "age"), "integer", False, ()),
        (("spec", "port"), "IntOrString", False, ()),
        (("spec", "rooms"), "map[string]Singer", False, ()),
        (("spec", "rooms", "any", "name"), "string", True, ("Who it is",)),
        (("labels", "app"), "string", False, ("Its labels",)),
    ],
)
def test_a_field(
    found: Schemas, path: tuple[str, ...], kind: str, required: bool, descriptions: tuple[str, ...]
) -> None:
    root = found.root(CHOIRS, "Choir")
    assert root is not None
    field = explain(found, root, path)
    assert field
    assert (field.type, field.required) == (kind, required)
    assert field.descriptions == descriptions


def test_what_it_may_be_and_what_it_holds(found: Schemas) -> None:
    root = found.root(CHOIRS, "Choir")
    assert root is not None
    voice, singers = explain(found, root, ("spec", "voice")), explain(found, root, ("spec", "singers"))
    assert voice
    assert singers
    assert (voice.enum, voice.default) == (("high", "low"), "low")
    assert singers.fields == (("age", "integer", False), ("name", "string", True))


def test_what_the_schema_does_not_know(found: Schemas) -> None:
    root = found.root(CHOIRS, "Choir")
    assert root is not None
    assert explain(found, root, ("spec", "nothing")) is None
    assert explain(found, root, ("kind", "deeper")) is None
    assert found.root(CHOIRS, "Organ") is None
    assert found.root(Gvr("example.com", "v2", "choirs"), "Choir") is None


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"components": {"schemas": 5}}'])
def test_what_is_no_document_is_said(body: bytes) -> None:
    with pytest.raises(K9pyError, match="no OpenAPI document"):
        Schemas(body)
