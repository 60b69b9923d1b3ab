"""YAML as Kubernetes reads it, with the lines of what it says."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k9py.values.document import write_plain
from k9py.values.prose import whole_text
from k9py.values.reading import YamlError, read_yaml
from tests.unit.values import OBJECTS, patiently


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", True),
        ("Off", False),
        ("y", True),
        ("n", False),
        ("~", None),
        ("", None),
        ("2026-03-01", "2026-03-01"),
        ("2026-03-01T09:14:02Z", "2026-03-01T09:14:02Z"),
        ("12:30:45", "12:30:45"),
        ("22:22", "22:22"),
        ("0644", 0o644),
        ("0o17", 15),
        ("0x1F", 31),
        ("-0b11", -3),
        ("1_000", 1000),
        ("08", 8),
        ("1e3", 1000),
        ("1.5", 1.5),
        ("2.0", 2),
        ("1.42.0", "1.42.0"),
        ("1Gi", "1Gi"),
        ("'1'", "1"),
        ('"yes"', "yes"),
        ("!!str 1", "1"),
        ("!!int '7'", 7),
        ("<none>", "<none>"),
        ("-", [None]),
        ("18446744073709551615", 2**64 - 1),
        ("결제 🚀", "결제 🚀"),
    ],
)
def test_plain_values_are_what_they_are_to_kubernetes(text: str, value: Any) -> None:
    found = read_yaml(f"a: {text}\n" if text != "-" else "a:\n-\n").value["a"]
    assert found == value
    assert type(found) is type(value)


def test_keys_are_texts() -> None:
    assert read_yaml("1: a\nyes: b\n1.5: c\n'x': d\n").value == {"1": "a", "true": "b", "1.5": "c", "x": "d"}


def test_anchors_and_merge_keys() -> None:
    text = "base: &b {a: 1, b: 2}\none: *b\ntwo:\n  <<: *b\n  b: 3\nthree:\n  <<: [{a: 9}, *b]\n"
    found = read_yaml(text).value
    assert found["one"] == {"a": 1, "b": 2}
    assert found["two"] == {"a": 1, "b": 3}
    assert found["three"] == {"a": 9, "b": 2}


@pytest.mark.parametrize(
    ("text", "said", "line", "column"),
    [
        ("a: 1\nb:\n  c: 1\n  c: 2\n", "the key c stands twice", 3, 2),
        ("a: 1\nb: [1\n", "expected ',' or ']'", 2, 0),
        ("a: 1\n\tb: 2\n", "tab", 1, 0),
        ("a: .inf\n", "has no place in JSON", 0, 3),
        ("a: 1e999\n", "too large a number", 0, 3),
        ("a: !foo 1\n", "the tag !foo is not known", 0, 3),
        ("a: !!int x\n", "x is no int", 0, 3),
        ("a: *b\n", "undefined alias", 0, 3),
        ("? [a]\n: 1\n", "a key must be a text", 0, 2),
        ("~: 1\n", "a key must not be null", 0, 0),
        ("a: 1\n---\nb: 2\n", "another document", 1, 0),
        ("<<: 1\n", "<< takes a map", 0, 4),
        ("a: \ud800\n", "half a surrogate", 0, 0),
        ("a: b\nc: \x07\n", "control characters are not allowed", 1, 0),
        ("[" * 3000, "", 0, None),
    ],
)
def test_what_will_not_do_is_said_with_its_line(text: str, said: str, line: int, column: int | None) -> None:
    with pytest.raises(YamlError) as raised:
        read_yaml(text)
    assert said in raised.value.message
    assert raised.value.line_number == line
    if column is not None:
        assert raised.value.column == column


def test_aliases_of_aliases_come_to_an_end() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    with pytest.raises(YamlError, match="more than 1,000,000 values"):
        read_yaml("\n".join(lines))


def test_every_field_has_its_line() -> None:
    reading = read_yaml(
        "spec:\n  list:\n  - name: a\n    image: x\n  - name: b\n  text: |\n    one\n    two\nend: {}\n"
    )
    assert reading.line_of(("spec", "list", 0, "image")) == 3
    assert reading.line_of(("spec", "list", 1)) == 4
    assert reading.line_of(("spec", "text")) == 5
    assert reading.line_of(("end",)) == 8
    assert reading.line_of(("spec", "list", 1, "ports", 0)) == 4
    assert reading.line_of(("nowhere",)) is None


@patiently
@given(OBJECTS)
def test_what_is_written_reads_back_as_it_was(found: dict[str, Any]) -> None:
    assert json.dumps(read_yaml(whole_text(write_plain(found))).value or {}, sort_keys=True) == json.dumps(
        found, sort_keys=True
    )


@patiently
@given(st.text())
def test_no_text_is_too_odd(text: str) -> None:
    with suppress(YamlError):
        read_yaml(text)
