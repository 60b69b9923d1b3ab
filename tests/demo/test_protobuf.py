"""Typed clients send protobuf: what is read is what the real server shows of the same object as JSON."""

from __future__ import annotations

import base64
import json
import struct
from pathlib import Path
from typing import Any

import pytest

from k9py.demo.core.status import StatusError
from k9py.demo.http.protobuf import decode
from k9py.demo.http.wellknown import duration_text
from tests.demo.asking import asking, make_cluster

ANSWERS = json.loads((Path(__file__).parent / "data" / "protobuf.json").read_text())
"""Objects of a real server in both forms."""


def field(number: int, value: bytes | str | int) -> bytes:
    """A field on the wire."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value % (1 << 64))
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def varint(value: int) -> bytes:
    """A number on the wire."""
    return bytes([value & 0x7F | 0x80]) + varint(value >> 7) if value > 0x7F else bytes([value])


def message(api_version: str, kind: str, raw: bytes) -> bytes:
    """An object as clients send it."""
    return b"k8s\0" + field(1, field(1, api_version) + field(2, kind)) + field(2, raw) + field(3, "") + field(4, "")


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer["json"]["kind"])
def test_both_forms_of_an_object_are_the_same(answer: Any) -> None:
    assert decode(base64.b64decode(answer["protobuf"])) == answer["json"]


async def test_a_typed_write_is_stored_as_one_in_json() -> None:
    metadata = field(1, "made") + field(11, field(1, "app") + field(2, "web")) + field(8, b"")
    body = message("v1", "ConfigMap", field(1, metadata) + field(2, field(1, "a") + field(2, "1")))
    async with asking(make_cluster()) as client:
        url = "/api/v1/namespaces/shop/configmaps"
        made = await client.ask("POST", url, body, Content_Type="application/vnd.kubernetes.protobuf")
        assert (made.status, made.body["kind"]) == (201, "ConfigMap")
        found = await client.get(f"{url}/made")
    assert (found["metadata"]["labels"], found["data"]) == ({"app": "web"}, {"a": "1"})


def test_what_is_empty_is_left_out_and_what_is_a_pointer_is_meant() -> None:
    spec = field(1, 0) + field(5, 0) + field(4, b"") + field(6, 0)
    found = decode(message("apps/v1", "Deployment", field(2, spec) + field(3, b"")))
    assert found["spec"] == {
        "replicas": 0,
        "selector": None,
        "template": {"metadata": {}, "spec": {"containers": None}},
        "strategy": {},
        "revisionHistoryLimit": 0,
    }


def test_lists_that_are_bare_in_json_and_scalars_of_all_kinds() -> None:
    extra = field(1, "scopes") + field(2, field(1, "a") + field(1, "b"))
    review = decode(message("authorization.k8s.io/v1", "SubjectAccessReview", field(2, field(5, extra))))
    assert review["spec"]["extra"] == {"scopes": ["a", "b"]}
    found = decode(message("policy/v1", "Eviction", field(2, field(1, -5))))
    assert found["deleteOptions"] == {"gracePeriodSeconds": -5}


def test_options_of_a_deletion_are_known_in_every_group() -> None:
    body = message("apps/v1", "DeleteOptions", field(1, 30) + field(4, "Orphan"))
    found = decode(body)
    assert (found["gracePeriodSeconds"], found["propagationPolicy"]) == (30, "Orphan")


def test_numbers_with_a_point() -> None:
    schema = field(12, b"") + bytes([9 << 3 | 1]) + struct.pack("<d", 2.5)
    version = field(1, "v1") + field(2, 1) + field(4, field(1, schema))
    found = decode(message("apiextensions.k8s.io/v1", "CustomResourceDefinition", field(2, field(7, version))))
    assert found["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["maximum"] == 2.5


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"{}", "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]"),
        (message("v1", "Nonsense", b""), 'no kind "Nonsense" is registered for version "v1"'),
        (message("v1", "Pod", b"\x0a\xff"), "the request body cannot be read"),
        (message("v1", "Pod", b"\x0a\x05a"), "unexpected EOF"),
        (message("v1", "Pod", b"\x0b\x05a"), "the request body cannot be read"),
    ],
)
def test_what_is_no_message_is_refused(body: bytes, text: str) -> None:
    with pytest.raises(StatusError) as raised:
        decode(body)
    assert raised.value.code == 400
    assert text in raised.value.message


@pytest.mark.parametrize(
    ("nanos", "text"),
    [
        (0, "0s"),
        (3_600_000_000_000, "1h0m0s"),
        (90_500_000_000, "1m30.5s"),
        (200_000_000, "200ms"),
        (1_500, "1.5µs"),
        (7, "7ns"),
    ],
)
def test_durations_are_written_as_go_writes_them(nanos: int, text: str) -> None:
    assert duration_text(nanos) == text
