"""What is typed for a program that has no terminal of its own."""

from __future__ import annotations

import pytest

from k9py.ui.terminal.lines import LineInput


@pytest.mark.parametrize(
    ("typed", "shown", "passed"),
    [
        ([b"l", b"s", b"\r"], b"ls\r\n", b"ls\n"),
        ([b"lx", b"\x7f", b"s\r"], b"lx\b \bs\r\n", b"ls\n"),
        (["결".encode(), b"\x7f", b"a\r"], "결\b \b\b \ba\r\n".encode(), b"a\n"),
        ([b"abc", b"\x15", b"d\r"], b"abc" + b"\b \b" * 3 + b"d\r\n", b"d\n"),
        ([b"\x7f", b"a\r"], b"a\r\n", b"a\n"),
        ([b"\x1b[A", b"a\x1bb\r"], b"ab\r\n", b"ab\n"),
        ([b"one\rtwo\r"], b"one\r\ntwo\r\n", b"one\ntwo\n"),
        ([b"half", b"\x04"], b"half", b"half"),
    ],
)
def test_lines_are_shown_as_they_are_typed_and_passed_whole(typed: list[bytes], shown: bytes, passed: bytes) -> None:
    lines, seen, given = LineInput(), b"", b""
    for data in typed:
        said, told, ends = lines.type(data)
        seen, given = seen + said, given + told
        assert not ends
    assert (seen, given) == (shown, passed)


def test_the_input_ends_where_nothing_is_typed() -> None:
    assert LineInput().type(b"\x04") == (b"", b"", True)
    assert LineInput().type(b"a\r\x04") == (b"a\r\n", b"a\n", True)
