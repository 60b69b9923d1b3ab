from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k9py.ui.widgets.spark import bar, sparkline


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
