"""Durations as kubectl says them: the cases are those of k8s.io/apimachinery's own test."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k9py.values.age import human_duration, parse_duration, parse_time

MINUTE, HOUR, DAY = 60, 3600, 86400
YEAR = 365 * DAY
TICK = 0.001

CASES = [
    (-2, "<invalid>"),
    (-2 + TICK, "0s"),
    (0, "0s"),
    (1 - TICK, "0s"),
    (1, "1s"),
    (70, "70s"),
    (2 * MINUTE - TICK, "119s"),
    (2 * MINUTE, "2m"),
    (2 * MINUTE + 1, "2m1s"),
    (190, "3m10s"),
    (10 * MINUTE - TICK, "9m59s"),
    (10 * MINUTE, "10m"),
    (10 * MINUTE + 1, "10m"),
    (70 * MINUTE, "70m"),
    (3 * HOUR - TICK, "179m"),
    (3 * HOUR, "3h"),
    (3 * HOUR + MINUTE, "3h1m"),
    (8 * HOUR - TICK, "7h59m"),
    (8 * HOUR, "8h"),
    (8 * HOUR + 59 * MINUTE, "8h"),
    (47 * HOUR, "47h"),
    (2 * DAY - TICK, "47h"),
    (2 * DAY, "2d"),
    (2 * DAY + HOUR, "2d1h"),
    (8 * DAY - TICK, "7d23h"),
    (8 * DAY, "8d"),
    (8 * DAY + 23 * HOUR, "8d"),
    (367 * DAY, "367d"),
    (2 * YEAR - TICK, "729d"),
    (2 * YEAR, "2y"),
    (2 * YEAR + 23 * HOUR + 59 * MINUTE, "2y"),
    (2 * YEAR + DAY - TICK, "2y"),
    (2 * YEAR + DAY, "2y1d"),
    (7 * YEAR, "7y"),
    (8 * YEAR - TICK, "7y364d"),
    (8 * YEAR, "8y"),
    (8 * YEAR + 364 * DAY, "8y"),
    (9 * YEAR, "9y"),
]


@pytest.mark.parametrize(("seconds", "said"), CASES)
def test_durations_read_as_kubectl_writes_them(seconds: float, said: str) -> None:
    assert human_duration(seconds) == said


@pytest.mark.parametrize(
    ("text", "epoch"),
    [
        ("2024-01-02T03:04:05Z", 1704164645.0),
        ("2024-01-02T03:04:05.123456789Z", 1704164645.123456),
        ("2024-01-02T05:04:05+02:00", 1704164645.0),
        ("0001-01-01T00:00:00Z", -62135596800.0),
        ("", None),
        (None, None),
        ("yesterday", None),
    ],
)
def test_times_are_read_where_there_are_any(text: str | None, epoch: float | None) -> None:
    assert parse_time(text) == epoch


@given(st.integers(0, 100 * YEAR))
def test_a_duration_is_read_back_to_the_figures_that_it_has(seconds: int) -> None:
    said = human_duration(seconds)
    read = parse_duration(said)
    assert read is not None
    assert read <= seconds
    assert human_duration(read) == said


@pytest.mark.parametrize("text", ["", "<unknown>", "5", "m", "5m ago", "1h2d"])
def test_other_text_is_no_duration(text: str) -> None:
    assert parse_duration(text) is None
