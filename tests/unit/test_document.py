"""Objects as YAML: as kubectl would write them, and as any reader of YAML reads them again."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from k9py.kinds.wellknown import PODS
from k9py.values.document import Document, count_managed, read_object, write_object, write_plain
from k9py.values.errors import K9pyError
from k9py.values.prose import whole_text
from k9py.values.reading import read_yaml
from k9py.values.resource import Gvr, Resource

SECRETS = Resource(Gvr("", "v1", "secrets"), "Secret", "secret", True, frozenset({"get"}))
POD: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web", "managedFields": [{"manager": "a"}, {"manager": "b"}]},
}
LOGIN: dict[str, Any] = {"metadata": {"name": "login"}, "data": {"password": "aHVudGVyMg==", "key": "/wE="}}


def read(obj: dict[str, Any], resource: Resource = PODS) -> dict[str, Any]:
    return read_object(json.dumps(obj).encode(), resource)


def write(obj: dict[str, Any], resource: Resource = PODS, **how: bool) -> str:
    return whole_text(write_object(read(obj, resource), **how))


def test_managed_fields_are_left_out_unless_asked_for() -> None:
    assert write(POD) == "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n"
    assert "- manager: a\n" in write(POD, managed_fields=True)
    assert count_managed(POD) == 2
    for metadata in ({}, None, {"managedFields": None}):
        assert count_managed({"metadata": metadata}) == 0
        assert write({"metadata": metadata}).startswith("apiVersion: v1\nkind: Pod\nmetadata:")


def test_items_of_a_list_say_what_they_are() -> None:
    assert write({"metadata": {"name": "web"}}).startswith("apiVersion: v1\nkind: Pod\n")
    assert write({"metadata": {"name": "web"}}, SECRETS).startswith("apiVersion: v1\nkind: Secret\n")
    assert read({"kind": "Other"})["kind"] == "Other"


@pytest.mark.parametrize("raw", [b"", b"[]", b"null", b'"text"', b"{", b"<html>"])
def test_what_is_no_object_is_said(raw: bytes) -> None:
    with pytest.raises(K9pyError, match="is no object"):
        read_object(raw, PODS)


def test_a_secret_that_does_not_say_what_it_is_is_masked_all_the_same() -> None:
    text = write(LOGIN, SECRETS)
    assert "password: ••• 7 bytes" in text
    assert "aHVudGVyMg" not in text
    assert "hunter2" not in text


def test_a_secret_is_decoded_when_asked_for() -> None:
    text = write(LOGIN, SECRETS, unmasked=True)
    assert "stringData:\n  password: hunter2\n" in text
    assert "data:\n  key: /wE=  # 2 bytes\n" in text
    found = yaml.safe_load(text)
    assert found["data"] == {"key": "/wE="}
    assert found["stringData"] == {"password": "hunter2"}


def test_writing_leaves_the_object_as_it_was() -> None:
    found = read({**LOGIN, "metadata": POD["metadata"]}, SECRETS)
    before = json.dumps(found)
    write_object(found)
    write_object(found, unmasked=True)
    assert json.dumps(found) == before


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("two\nlines\n", "v: |\n  two\n  lines\n"),
        ("two\nlines", "v: |-\n  two\n  lines\n"),
        ("two\nlines\n\n", "v: |+\n  two\n  lines\n\n"),
        ("plain", "v: plain\n"),
        ("결제", "v: 결제\n"),
        ("a 🛒 of things", "v: a 🛒 of things\n"),
        ("12", 'v: "12"\n'),
        ("yes", 'v: "yes"\n'),
        ("", 'v: ""\n'),
        ("- x", "v: '- x'\n"),
        ("it's: so", "v: 'it''s: so'\n"),
        ("\x1b]0;title\x07", 'v: "\\e]0;title\\a"\n'),
        (True, "v: true\n"),
        (None, "v: null\n"),
        (1.5, "v: 1.5\n"),
        ([], "v: []\n"),
        ({}, "v: {}\n"),
        (["a", {"b": 1, "c": [2]}], "v:\n- a\n- b: 1\n  c:\n  - 2\n"),
        ("x" * 500, f"v: {'x' * 500}\n"),
    ],
)
def test_values_are_written_as_kubectl_writes_them(value: Any, written: str) -> None:
    assert write({"v": value}).endswith(written)


def test_keys_are_sorted_as_kubectl_sorts_them() -> None:
    text = write({"status": {}, "spec": {}, "metadata": {}})
    assert [line.split(":")[0] for line in text.splitlines()] == ["apiVersion", "kind", "metadata", "spec", "status"]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    # texts at random, and texts of what means something to YAML
    | st.text()
    | st.text("-?:,[]{}#&*!|>'\"%@` \n\t~.0x1eyno=<\\"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(spec=JSON)
def test_what_is_written_is_read_again_as_the_same(spec: Any) -> None:
    obj = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": spec}
    assert yaml.safe_load(write(obj)) == obj


@given(spec=JSON)
def test_nothing_that_a_terminal_obeys_is_written(spec: Any) -> None:
    for line in write({"spec": spec}).split("\n"):
        assert not [sign for sign in line if (ord(sign) < 0x20 and sign != "\t") or 0x7F <= ord(sign) < 0xA0]


@pytest.mark.parametrize("text", ["0" * 5_000, "\x1b" * 5_000, "it's: " * 5_000, "a #" * 5_000, " " * 5_000])
def test_long_texts_that_are_quoted_are_read_at_once(text: str) -> None:
    document = Document({text: text, "list": [text]})
    for number in range(len(document.lines)):
        document.tokens(number)


@given(spec=JSON)
def test_the_parts_of_a_line_lie_within_it_and_apart(spec: Any) -> None:
    document = Document({"spec": spec})
    for number, line in enumerate(document.lines):
        tokens = sorted(document.tokens(number))
        ends = [0, *(token.end for token in tokens)]
        assert all(end <= token.start < token.end for end, token in zip(ends, tokens, strict=False))
        assert ends[-1] <= len(line)


def test_each_line_knows_the_fields_that_lead_to_it() -> None:
    found = {
        "metadata": {"labels": {"a.b/c": "x", "on": "yes"}},
        "spec": {
            "args": ["one", "two: three", "four\nfive: six"],
            "containers": [{"env": [{"name": "a"}], "name": "main"}, {"name": "other"}],
            "empty": {},
            "text": "first\n  key: value\nlast",
        },
    }
    document = Document(found)
    paths = {line.strip(): ".".join(document.path(number)) for number, line in enumerate(document.lines)}
    assert paths == {
        "metadata:": "metadata",
        "labels:": "metadata.labels",
        "a.b/c: x": "metadata.labels.a.b/c",
        '"on": "yes"': "metadata.labels.on",
        "spec:": "spec",
        "args:": "spec.args",
        "- one": "spec.args",
        "- 'two: three'": "spec.args",
        "- |-": "spec.args",
        "four": "spec.args",
        "five: six": "spec.args",
        "containers:": "spec.containers",
        "- env:": "spec.containers.env",
        "- name: a": "spec.containers.env.name",
        "name: main": "spec.containers.name",
        "- name: other": "spec.containers.name",
        "empty: {}": "spec.empty",
        "text: |-": "spec.text",
        "first": "spec.text",
        "key: value": "spec.text",
        "last": "spec.text",
    }


@pytest.mark.parametrize("text", ["\tserver {\n\t}\n", " two\nthree", "\n\tfour\n"])
def test_a_text_that_begins_with_space_is_read_again_as_the_same(text: str) -> None:
    found = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "run"}, "data": {"run": text}}
    assert read_yaml("\n".join(write_plain(found).lines)).value == found
