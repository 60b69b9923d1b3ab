"""The past of rows: complete while it is short, thinned out when it is long, and never large."""

from __future__ import annotations

from itertools import pairwise

from k9py.store.history import FORGET, POINTS, History
from k9py.values.usage import Usage

WEB, API = ("shop", "web"), ("shop", "결제 🚀")


def test_measurements_are_kept_in_their_order_and_rows_may_come_and_be_missing() -> None:
    history = History(1)
    history.add(10, {WEB: Usage(1, 2)})
    history.add(20, {API: Usage(3, 4)})
    history.add(30, {WEB: Usage(5, 6), API: Usage(7, 8)})
    assert history.of(WEB) == [(10, Usage(1, 2)), (30, Usage(5, 6))]
    assert history.of(API) == [(20, Usage(3, 4)), (30, Usage(7, 8))]
    assert history.of(("shop", "none")) == []


def test_what_is_measured_at_about_the_same_time_is_one_measurement() -> None:
    history = History(5)
    history.add(10, {WEB: Usage(1, 2)})
    history.add(12, {API: Usage(3, 4)})
    assert [point.time for point in history.of(WEB) + history.of(API)] == [10, 10]


def test_however_long_it_goes_on_it_reaches_from_the_first_to_the_newest() -> None:
    history = History(1)
    for tick in range(0, 10 * POINTS * 15, 15):
        history.add(tick, {WEB: Usage(tick, tick)})
        points = history.of(WEB)
        assert len(points) <= POINTS
        assert (points[0].time, points[-1].time) == (0, tick)
    steps = {later.time - former.time for former, later in pairwise(points[:-1])}
    assert len(steps) == 1


def test_what_is_gone_for_long_gives_its_place_to_another_and_leaves_nothing_there() -> None:
    history = History(1)
    history.add(0, {WEB: Usage(1, 1), API: Usage(9, 9)})
    for tick in range(1, FORGET + 2):
        history.add(tick * 15, {WEB: Usage(1, 1)})
    assert history.of(API) == []
    history.add(9_000, {WEB: Usage(1, 1), ("shop", "new"): Usage(2, 2)})
    assert history.of(("shop", "new")) == [(9_000, Usage(2, 2))]
    assert len(history._places) == 2
    assert max(len(each.cpu) for each in history._kept) == 2
