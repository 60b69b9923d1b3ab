"""Nothing that a cluster says can reach the terminal but text and, in logs, colours."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from k9py.values.text import clean, crop, only_colours, pad, plain

HOSTILE = st.text(
    st.one_of(st.sampled_from("\x1b[]0;:?m\x07\\\x9b\x9d\x90\x9c\r\n\t\x08 aé한👍\u202e\u2066\u200d"), st.characters())
)
UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("web-1", "web-1"),
        ("한국 👍🏽 👨‍👩‍👧 é", "한국 👍🏽 👨‍👩‍👧 é"),
        ("a\nb\tc\r\nd", "a b c  d"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b]52;c;never ends", ""),
        ("\x1bPq#0\x1b\\after", "after"),
        ("\x9b31mred", "red"),
        ("a\x07b\x7fc\x85d", "abc d"),
        ("txt\u202egnp", "txtgnp"),
        ("\ud83d", ""),
        ("\x1bc\x1b(Btext", "text"),
        ("\x1b\x00[2J", "[2J"),
    ],
)
def test_clean(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("plain", "plain"),
        ("\x1b[1;31mred\x1b[0m", "\x1b[1;31mred\x1b[0m"),
        ("\x1b[38:2::1:2:3mx", "\x1b[38:2::1:2:3mx"),
        ("\x1b[2J\x1b[Hgone", "gone"),
        ("\x1b[>4;1mxterm", "xterm"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]0;never ends", ""),
        ("mis-encoded \x90 text", "mis-encoded  text"),
        ("10%\r50%\r100%", "100%"),
        ("\x1b[32m10%\r20%", "\x1b[32m20%"),
        ("line\r\n", "line"),
        ("\r", ""),
        ("a\tb", "a       b"),
        ("한\tb", "한      b"),
        ("\x1b[31mab\x1b[0m\tc", "\x1b[31mab\x1b[0m      c"),
        ("12345678\tc", "12345678        c"),
        ("\x1b[31", ""),
    ],
)
def test_logs_keep_only_colours(line: str, shown: str) -> None:
    assert only_colours(line) == shown


def test_searches_see_a_line_without_its_colours() -> None:
    assert plain("\x1b[31mERR\x1b[0mOR\t!") == "ERROR   !"


@given(HOSTILE)
def test_nothing_unfit_is_left_of_any_text(text: str) -> None:
    assert not UNFIT.search(clean(text))
    assert not UNFIT.search(plain(text))
    assert not UNFIT.search(re.sub(r"\x1b\[[0-9;:]*m", "", only_colours(text)))
    assert clean(clean(text)) == clean(text)


@given(HOSTILE.map(clean), st.integers(0, 30))
def test_text_is_cut_and_filled_by_cells(text: str, width: int) -> None:
    assert cell_len(crop(text, width)) <= width
    assert cell_len(pad(text, width)) == width
    assert cell_len(pad(text, width, "right")) == width
    if cell_len(text) <= width:
        assert crop(text, width) == text


def test_what_is_cut_says_so() -> None:
    assert crop("checkout-6f7c9", 9) == "checkout…"
    assert crop("한국한국", 4) == "한 …"
    assert crop("x", 0) == ""
    assert pad("12m", 5, "right") == "  12m"
