"""A log cut anywhere, again and again, is still told once and whole."""

from __future__ import annotations

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from k9py.kube.log_lines import LogLines
from k9py.values.log import LogLine

TENTH = 100_000_000


def stamp(tenths: int) -> str:
    return f"2026-01-01T00:{tenths // 600:02}:{tenths // 10 % 60:02}.{tenths % 10 * TENTH:09}Z"


def render(log: list[tuple[str, str]], since: str) -> bytes:
    """What a kubelet would send: `since` is in whole seconds, and compared with each line."""
    return b"".join(f"{when} {text}\n".encode() for when, text in log if when[:19] >= since[:19])


steps = st.lists(st.tuples(st.sampled_from([0, 0, 1, 7, 30]), st.integers(0, 5)), max_size=30)
texts = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=5)


@given(steps, st.lists(texts, min_size=30, max_size=30), st.lists(st.tuples(st.integers(0, 400), st.integers(1, 60))))
def test_cuts_anywhere(steps: list[tuple[int, int]], texts: list[str], cuts: list[tuple[int, int]]) -> None:
    lines = LogLines()
    # nothing is asked for that is stamped before the first line of all
    log = [(stamp(0), "first")]
    times = accumulate(ahead for ahead, _ in steps)
    # stdout and stderr are stamped one by one, and written in the order in which they come to it
    for (_, late), time, text in zip(steps, times, texts, strict=False):
        log.append((stamp(100 + time - late), text))
    told: list[LogLine] = []
    for length, size in [*cuts, (10**6, 7)]:
        lines.begin()
        stream = render(log, lines.since)[:length]
        for begin in range(0, len(stream), size):
            told += lines.read(stream[begin : begin + size])
    assert told == [LogLine(when, text) for when, text in log]


def test_a_zone_is_kept() -> None:
    lines = LogLines()
    lines.read(b"2026-01-01T09:00:07.5+09:00 a\n")
    assert lines.since == "2026-01-01T09:00:07+09:00"
