"""An aggregated API that is down, and a request for a certificate that waits, are to be seen at a glance."""

from __future__ import annotations

import msgspec
import pytest

from k9py.kinds.server_columns import server_kind
from k9py.store.column import Joined
from k9py.values.batch import ServerColumn
from k9py.values.cell import Tone

KIND = server_kind("apiregistration.k8s.io", "apiservices")


@pytest.mark.parametrize(
    ("name", "value", "tone"),
    [
        ("Available", "True", Tone.OK),
        ("Available", "False (MissingEndpoints)", Tone.BAD),
        ("Available", "Unknown (FailedDiscoveryCheck)", Tone.BUSY),
        ("Condition", "Pending", Tone.BUSY),
        ("Condition", "Denied", Tone.BAD),
        ("Status", "Running a test", Tone.PLAIN),
    ],
)
def test_a_state_has_its_tone_with_or_without_a_reason(name: str, value: str, tone: Tone) -> None:
    column, *_ = KIND.columns((ServerColumn(name),))
    told = msgspec.json.encode({"cells": [value], "object": {"metadata": {"name": "x"}}})
    row = msgspec.json.decode(told, type=KIND.row)
    assert column.glyph
    assert column.cell(row, Joined()).tone is tone


def test_a_number_of_what_is_available_is_none() -> None:
    column, *_ = KIND.columns((ServerColumn("Available", "integer"),))
    assert not column.glyph
