"""What log lines say, in JSON, logfmt, as klog writes, and in plain words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k9py.values.log import REMARK, read_stamp, write_stamp
from k9py.values.log_reading import Level, Reading, level_of, read_line


@pytest.mark.parametrize(
    ("line", "reading"),
    [
        (
            '{"ts":"2026-01-01T00:00:00Z","level":"warn","msg":"결제 is slow","took":1.5,"tags":["a"]}',
            Reading(Level.WARN, "결제 is slow", (("took", "1.5"), ("tags", '["a"]'))),
        ),
        ('{"severity":"ERROR","message":"no"}', Reading(Level.ERROR, "no")),
        ('{"level":30,"time":1,"msg":"pino"}', Reading(Level.INFO, "pino")),
        ('{"a":1}', Reading(Level.NONE, "", (("a", "1"),))),
        ('{"msg":"\\u001b[2Jgone\\u0000"}', Reading(Level.NONE, "gone")),
        ('{"msg":', None),
        ("[1, 2]", None),
        (
            'time=2026-01-01T00:00:00Z level=info msg="all \\"well\\"" n=3 empty=',
            Reading(Level.INFO, 'all "well"', (("n", "3"), ("empty", ""))),
        ),
        ("a=1 b=2", None),
        ("level=info and words", None),
        ("GET /?level=info 200", None),
        (
            'E0131 09:14:02.123456       7 sync.go:12] "Failed to sync" pod="shop/web-1" err="EOF"',
            Reading(Level.ERROR, "Failed to sync", (("pod", "shop/web-1"), ("err", "EOF"))),
        ),
        ("I0131 09:14:02.123456       7 main.go:1] started", Reading(Level.INFO, "started")),
        ("just words", None),
    ],
)
def test_a_line_is_read_into_its_parts(line: str, reading: Reading | None) -> None:
    assert read_line(line) == reading


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("2026-01-01 00:00:00 ERROR cannot reach payments", Level.ERROR),
        ("[warning] low disk", Level.WARN),
        ("WRN slow", Level.WARN),
        ("panic: runtime error", Level.FATAL),
        ("W0131 09:14:02.123456       7 main.go:1] old", Level.WARN),
        ('{"msg":"an error", "level": "debug"}', Level.DEBUG),
        ('{"lvl":50,"msg":"x"}', Level.ERROR),
        ('t=1 level="error" msg="x"', Level.ERROR),
        ("GET /errors/info.html 200", Level.NONE),
        ("terror and information-desk", Level.NONE),
        ("x" * 200 + " error", Level.NONE),
        ("", Level.NONE),
    ],
)
def test_the_level_of_a_line(line: str, level: Level) -> None:
    assert level_of(line) is level


@given(st.text())
def test_whatever_a_line_says_it_is_read_without_an_error_and_fit_for_a_terminal(line: str) -> None:
    level_of(line)
    for text in (line, "{" + line, f'{{"msg": "{line}"}}', f"level={line}"):
        reading = read_line(text)
        if reading and text.isprintable():
            assert all(part.isprintable() for part in (reading.message, *sum(reading.fields, ())))


@pytest.mark.parametrize(
    ("stamp", "written"),
    [
        ("2026-01-01T09:14:02.123456789Z", "2026-01-01T09:14:02.123456789Z"),
        ("2026-01-01T18:14:02.000000001+09:00", "2026-01-01T09:14:02.000000001Z"),
        ("2026-01-01T09:14:02Z", "2026-01-01T09:14:02.000000000Z"),
        ("2026-01-01T09:14:02.5Z", "2026-01-01T09:14:02.500000000Z"),
    ],
)
def test_stamps_are_read_to_the_nanosecond(stamp: str, written: str) -> None:
    assert write_stamp(read_stamp(stamp)) == written


def test_what_is_no_stamp_is_none() -> None:
    assert read_stamp("yesterday") == REMARK
