from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k9py.ui.widgets.spark import bar, bars, sparkline, thin


@pytest.mark.parametrize(
    ("fraction", "drawn"),
    [(-1, "▁"), (0.124, "▁"), (0.125, "▂"), (0.5, "▅"), (0.99, "█"), (1, "█"), (7, "█")],
)
def test_a_bar_is_a_share(fraction: float, drawn: str) -> None:
    assert bar(fraction) == drawn


def test_the_newest_is_at_the_right() -> None:
    assert sparkline([0.0, 0.5, 1.0], 5) == "  ▁▅█"
    assert sparkline([1.0, 0.0, 0.5], 2) == "▁▅"
    assert sparkline([5, 10], 2, top=10) == "▅█"


@given(st.lists(st.floats(-10, 10), max_size=20), st.integers(0, 12), st.floats(0, 5))
def test_always_as_wide_as_asked(values: list[float], width: int, top: float) -> None:
    assert len(sparkline(values, width, top)) == width


def test_bars_fill_their_lines_from_below_and_the_newest_is_at_the_right() -> None:
    assert bars([0.0, 1.0, 8.0, 16.0], 6, 2, 16.0) == ["     █", "   ▁██"]


def test_what_is_more_than_nothing_is_seen_and_nothing_is_not() -> None:
    assert bars([0.0, 0.001], 2, 2, 100.0) == ["  ", " ▁"]
    assert bars([0.0, 0.0], 2, 1, 0.0) == ["  "]


@given(st.lists(st.floats(0, 1e12), max_size=300), st.integers(1, 100))
def test_thinning_loses_no_peak(values: list[float], most: int) -> None:
    thinned = thin(values, most)
    assert len(thinned) == min(len(values), most)
    assert max(thinned, default=0) == max(values, default=0)


@given(st.lists(st.floats(0, 1e12), max_size=300), st.integers(0, 100), st.integers(0, 9))
def test_bars_have_the_room_that_they_were_given(values: list[float], width: int, height: int) -> None:
    drawn = bars(values, width, height, max(values, default=0))
    assert [len(line) for line in drawn] == [width] * height
