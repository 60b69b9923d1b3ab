"""Objects as YAML: as people would write them, and as any reader of YAML reads them again."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from k9py.kinds.wellknown import PODS
from k9py.ui.document import count_managed, write_yaml
from k9py.values.resource import Gvr, Resource

SECRETS = Resource(Gvr("", "v1", "secrets"), "Secret", "secret", True, frozenset({"get"}))
POD: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web", "managedFields": [{"manager": "a"}, {"manager": "b"}]},
}


def write(obj: dict[str, Any], resource: Resource = PODS, **how: bool) -> str:
    return write_yaml(json.dumps(obj).encode(), resource, **how)


def test_managed_fields_are_left_out_unless_asked_for() -> None:
    assert write(POD) == "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n"
    assert "- manager: a\n" in write(POD, managed_fields=True)
    assert count_managed(json.dumps(POD).encode()) == 2
    assert count_managed(b'{"metadata": {}}') == 0
    assert count_managed(b'{"metadata": {"managedFields": null}}') == 0


def test_items_of_a_list_say_what_they_are() -> None:
    assert write({"metadata": {"name": "web"}}).startswith("apiVersion: v1\nkind: Pod\n")
    assert write({"metadata": {"name": "web"}}, SECRETS).startswith("apiVersion: v1\nkind: Secret\n")


def test_a_secret_that_does_not_say_what_it_is_is_masked_all_the_same() -> None:
    text = write({"metadata": {"name": "login"}, "data": {"password": "aHVudGVyMg=="}}, SECRETS)
    assert "password: ••• 7 bytes" in text
    assert "aHVudGVyMg" not in text


def test_a_secret_is_shown_when_asked_for() -> None:
    text = write({"metadata": {"name": "login"}, "data": {"password": "aHVudGVyMg=="}}, SECRETS, unmasked=True)
    assert "password: aHVudGVyMg==" in text


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("two\nlines\n", "v: |\n  two\n  lines\n"),
        ("two\nlines", "v: |-\n  two\n  lines\n"),
        ("plain", "v: plain\n"),
        ("12", "v: '12'\n"),
        ("yes", "v: 'yes'\n"),
        ("결제", "v: 결제\n"),
        (True, "v: true\n"),
        (None, "v: null\n"),
        ([], "v: []\n"),
        ({}, "v: {}\n"),
        ("x" * 500, f"v: {'x' * 500}\n"),
        ("a " * 200 + "b", f"v: {'a ' * 200}b\n"),
    ],
)
def test_values_are_written_as_people_write_them(value: Any, written: str) -> None:
    assert write({"metadata": {}, "v": value}).endswith(written)


def test_emoji_are_written_as_they_are() -> None:
    assert "🛒" in write({"metadata": {}, "v": "a 🛒 of things"})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(spec=JSON)
def test_what_is_written_is_read_again_as_the_same(spec: Any) -> None:
    obj = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": spec}
    assert yaml.safe_load(write(obj)) == obj
