"""Why a table is empty is said in as many lines as it takes, and there are."""

from __future__ import annotations

from k9py.ui.painting import wrap_empty

DENIED = 'denied: secrets is forbidden: User "ann" cannot list resource "secrets" in the namespace "shop"'


def test_a_long_reason_is_told_to_its_end() -> None:
    lines = wrap_empty(DENIED, 40, 10)
    assert " ".join(lines) == DENIED
    assert max(map(len, lines)) <= 38


def test_where_there_is_no_room_it_is_cut() -> None:
    assert wrap_empty(DENIED, 40, 2)[-1].endswith(" …")
    assert len(wrap_empty(DENIED, 40, 2)) == 2
    assert wrap_empty(DENIED, 0, 0)  # a pane that is being laid out has no size yet


def test_what_fits_is_one_line() -> None:
    assert wrap_empty("no pods in shop", 40, 1) == ("no pods in shop",)
    assert wrap_empty("", 40, 1) == ("",)
