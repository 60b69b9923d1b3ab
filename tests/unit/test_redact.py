"""Secrets are masked wherever they are, and nothing else is."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from k9py.values.redact import LAST_APPLIED, Remarked, mask_secret, reveal_secret


def secret(**fields: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "login"}, **fields}


def test_values_are_replaced_by_their_sizes() -> None:
    masked = mask_secret(secret(data={"password": "aHVudGVyMg==", "empty": ""}, stringData={"more": "결제"}))
    assert masked["data"] == {"password": "••• 7 bytes", "empty": "••• 0 bytes"}
    assert masked["stringData"] == {"more": "••• 6 bytes"}
    assert masked["metadata"] == {"name": "login"}


def test_what_kubectl_apply_has_kept_is_masked_as_well() -> None:
    metadata = {"name": "login", "annotations": {LAST_APPLIED: '{"data": {"password": "x"}}', "other": "stays"}}
    masked = mask_secret(secret(metadata=metadata, data={"password": "eA=="}))
    assert masked["metadata"]["annotations"] == {LAST_APPLIED: "••• masked", "other": "stays"}


def test_the_original_is_left_as_it_was() -> None:
    original = secret(
        metadata={"annotations": {LAST_APPLIED: "x"}}, data={"password": "eA=="}, stringData={"more": "x"}
    )
    mask_secret(original)
    assert original["data"] == {"password": "eA=="}
    assert original["stringData"] == {"more": "x"}
    assert original["metadata"]["annotations"] == {LAST_APPLIED: "x"}


def test_what_is_no_base64_is_masked_too() -> None:
    assert mask_secret(secret(data={"broken": "not base64!"}))["data"] == {"broken": "••• 11 bytes"}
    assert mask_secret(secret(data={"number": 12345}))["data"] == {"number": "••• 5 bytes"}


def test_a_secret_without_data_stays_what_it_is() -> None:
    oddities: list[dict[str, Any]] = [{}, {"data": None}, {"metadata": {}}, {"metadata": {"annotations": None}}]
    for odd in oddities:
        assert mask_secret(secret(**odd)) == secret(**odd)


def test_other_kinds_are_left_alone() -> None:
    for other in (
        {"apiVersion": "v1", "kind": "ConfigMap", "data": {"password": "x"}},
        {"apiVersion": "example.com/v1", "kind": "Secret", "data": {"password": "x"}},
    ):
        assert mask_secret(other) is other


def test_what_can_be_read_is_revealed_as_text_and_the_rest_stays_base64() -> None:
    revealed = reveal_secret(
        secret(
            data={"password": "aHVudGVyMg==", "결제": "6rKw7KCc", "bytes": "/wE=", "escape": "G11hCg==", "bad": "no!"},
            stringData={"more": "x"},
        )
    )
    assert revealed["stringData"] == {"password": "hunter2", "결제": "결제", "more": "x"}
    assert revealed["data"] == {"bytes": "/wE=", "escape": "G11hCg==", "bad": "no!"}
    assert {name: value.remark for name, value in revealed["data"].items() if isinstance(value, Remarked)} == {
        "bytes": "2 bytes",
        "escape": "4 bytes",
        "bad": "3 bytes",
    }


def test_only_secrets_are_revealed() -> None:
    for other in ({"apiVersion": "v1", "kind": "ConfigMap", "data": {"x": "aHVudGVyMg=="}}, secret(data=None)):
        assert reveal_secret(other) == other


@given(st.dictionaries(st.text(min_size=1), st.binary(min_size=4)))
def test_no_value_survives(values: dict[str, bytes]) -> None:
    data = {name: b64encode(value).decode() for name, value in values.items()}
    masked = mask_secret(secret(data=data))["data"]
    assert masked == {name: f"••• {len(value)} bytes" for name, value in values.items()}
