"""What is shown of a log: found, with lines around, by level and source, folded; late lines put in their place."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k9py.store.filter import FilterError
from k9py.ui.widgets import log_sieve
from k9py.ui.widgets.log_buffer import LogBuffer
from k9py.ui.widgets.log_sieve import Sieve, parse_log_filter
from k9py.values.log import REMARK, Entry
from k9py.values.log_reading import Level


def entries(*texts: str, source: int = 0, first: int = 0) -> list[Entry]:
    return [Entry(first + at, source, first + at, text) for at, text in enumerate(texts)]


def filled(texts: Sequence[str], block: int = 4) -> LogBuffer:
    buffer = LogBuffer(1_000, block)
    buffer.extend(entries(*texts))
    return buffer


def sift(buffer: LogBuffer, sieve: Sieve) -> list[str]:
    buffer.show(sieve)
    while buffer.busy:
        buffer.sift(0)
    return shown(buffer)


def shown(buffer: LogBuffer) -> list[str]:
    return [buffer.line(buffer.locate(row)[0]).text for row in range(buffer.rows)]


words = st.sampled_from(["a", "ab", "B", "가나", "xa", "", "🚀 b"])


@settings(max_examples=300, deadline=None)
@given(
    st.lists(words, max_size=30),
    st.sampled_from(["a", "b", "가", "a|가", "^$", "[^a]", "🚀"]),
    st.booleans(),
    st.integers(0, 3),
    st.lists(words, max_size=9),
)
def test_lines_that_are_found_and_those_around_them(
    texts: list[str], sought: str, inverted: bool, context: int, later: list[str]
) -> None:
    pattern = re.compile(sought, re.IGNORECASE)
    buffer = filled(texts)
    sift(buffer, Sieve(pattern, inverted, context=context))
    buffer.extend(entries(*later, first=100))
    texts = texts + later
    found = [at for at, text in enumerate(texts) if (pattern.search(text) is not None) is not inverted]
    around = [at for at in range(len(texts)) if any(abs(at - each) <= context for each in found)]
    assert shown(buffer) == [texts[at] for at in around]
    assert buffer.found == len(found)
    steps, number = [], -1
    while (number := buffer.step(number, 1)) is not None:  # type: ignore[assignment]
        steps.append(number)
    assert steps == found
    assert [buffer.rank(number) for number in found] == list(range(1, len(found) + 1))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 40)), max_size=40), st.integers(1, 6))
def test_lines_of_several_sources_are_in_the_order_of_time_however_they_come(
    told: list[tuple[int, int]], size: int
) -> None:
    """Each source tells its own in order; of lines of one time, those that came first stand first."""
    last = [0, 0, 0]
    lines = []
    for number, (source, key) in enumerate(told):
        last[source] = max(last[source], key)
        lines.append(Entry(last[source], source, last[source], f"{number} of {source}"))
    buffer = LogBuffer(1_000, 4)
    for at in range(0, len(lines), size):
        buffer.extend(sorted(lines[at : at + size], key=lambda line: line.key))
    assert shown(buffer) == [line.text for line in sorted(lines, key=lambda line: line.key)]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(words, max_size=30),
    st.lists(st.sampled_from(["sift", "come", "late", "drop"]), max_size=20),
    st.sampled_from([Sieve(folds=True), Sieve(re.compile("a|가"), context=1), Sieve(level=Level.INFO, reads=True)]),
    st.sampled_from([0, 2]),
)
def test_what_is_shown_does_not_depend_on_when_it_is_worked_out(
    texts: list[str], steps: list[str], sieve: Sieve, room: int
) -> None:
    """Lines come while a block is half sifted: in its place, in order or late, and others fall off for them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(log_sieve, "PIECE", 2)
        slow, whole = LogBuffer(40, 8), LogBuffer(40, 8)
        for buffer in (slow, whole):
            buffer.extend(entries(*texts, "info a a"))
            buffer.wrap(room)
            buffer.show(sieve)
        whole.sift(math.inf)
        for at, step in enumerate(steps):
            slow.sift(0)
            came = {
                "come": entries("info ab", "a", "a", first=100 + at),
                "late": entries("info 가", first=at),
                "drop": entries(*("x" for _ in range(9)), first=100 + at),
            }
            for buffer in (slow, whole):
                buffer.extend(came.get(step, []))
                buffer.sift(math.inf if buffer is whole else 0)
        slow.sift(math.inf)
    assert shown(slow) == shown(whole)
    assert [slow.locate(row) for row in range(slow.rows)] == [whole.locate(row) for row in range(whole.rows)]
    assert (slow.found, slow.dropped) == (whole.found, whole.dropped)


def test_a_late_line_is_put_in_its_place_in_what_is_filtered() -> None:
    buffer = filled(["a 0", "b", "a 2", "b", "a 4", "b"])
    assert sift(buffer, Sieve(re.compile("a"))) == ["a 0", "a 2", "a 4"]
    buffer.extend([Entry(1, 1, 1, "a late")])
    assert shown(buffer) == ["a 0", "a late", "a 2", "a 4"]


def test_levels_and_sources_hide_and_remarks_stay() -> None:
    buffer = LogBuffer(100, 4)
    buffer.extend(entries("INFO one", "ERROR two", "WARN three"))
    buffer.extend([Entry(3, 0, REMARK, "started again")])
    buffer.extend(entries("ERROR four", "INFO five", source=1, first=4))
    assert sift(buffer, Sieve(level=Level.ERROR)) == ["ERROR two", "started again", "ERROR four"]
    assert sift(buffer, Sieve(level=Level.WARN, sources=frozenset({0}))) == ["ERROR two", "WARN three", "started again"]
    assert sift(buffer, Sieve(re.compile("o"), level=Level.ERROR)) == ["ERROR two", "started again", "ERROR four"]


def test_a_search_hides_nothing() -> None:
    buffer = filled(["a", "b", "a"])
    assert sift(buffer, Sieve(re.compile("a"), hides=False)) == ["a", "b", "a"]
    assert [buffer.line(number).found for number in range(3)] == [True, False, True]
    assert buffer.step(0, 1) == 2
    assert buffer.step(2, -1) == 0
    assert buffer.step(2, 1) is None


def test_lines_that_repeat_are_folded_whatever_their_times() -> None:
    texts = ["09:00:01 again", "09:00:02.5 again", "09:00:03 again", "09:00:04 500", "09:00:05 200"]
    buffer = filled(texts, block=8)
    assert sift(buffer, Sieve(folds=True)) == [texts[0], *texts[3:]]
    assert buffer.line(0).repeats == 3
    buffer.extend(entries("09:00:06 200", first=50))
    assert buffer.line(4).repeats == 2


def test_numbers_outlive_what_falls_off() -> None:
    buffer = LogBuffer(8, 4)
    sift(buffer, Sieve(re.compile("5")))
    buffer.extend(entries(*(f"line {number}" for number in range(30))))
    assert buffer.dropped == 20
    assert shown(buffer) == ["line 25"]
    assert buffer.line(25).text == "line 25"
    assert len(buffer) == 10


def test_what_takes_too_much_room_falls_off_too() -> None:
    buffer = LogBuffer(1_000, 4, most_bytes=100)
    buffer.extend(entries(*("x" * 20 for _ in range(40))))
    assert len(buffer) == 4
    assert buffer.dropped == 36


@pytest.mark.parametrize(
    ("text", "sieve"),
    [
        ("", Sieve()),
        ("-C 3 ", Sieve()),
        ("-s ", Sieve()),
        ("err", Sieve(re.compile("err", re.IGNORECASE))),
        ("!err", Sieve(re.compile("err", re.IGNORECASE), inverted=True)),
        ("-C 3 err", Sieve(re.compile("err", re.IGNORECASE), context=3)),
        ("-C3 !err", Sieve(re.compile("err", re.IGNORECASE), inverted=True, context=3)),
        ("-s a b", Sieve(re.compile("a b", re.IGNORECASE), hides=False)),
    ],
)
def test_what_is_typed_to_filter_a_log(text: str, sieve: Sieve) -> None:
    assert parse_log_filter(text) == sieve


@pytest.mark.parametrize("text", ["-l app=web", "-C 1000 err", "-C 2 (", "-s ["])
def test_what_cannot_be_a_filter_of_a_log(text: str) -> None:
    with pytest.raises(FilterError):
        parse_log_filter(text)
