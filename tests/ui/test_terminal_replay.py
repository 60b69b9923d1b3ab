"""What a screen shows, written for another one."""

from __future__ import annotations

import pytest

from k9py.ui.terminal.replay import replay
from k9py.ui.terminal.terminal import Terminal


def screen_of(*written: bytes) -> Terminal:
    terminal = Terminal(20, 5)
    for data in written:
        terminal.feed(data)
    terminal.advance()
    return terminal


@pytest.mark.parametrize(
    "written",
    [
        b"$ ",
        b"one\r\ntwo\r\n$ ls -l\x1b[3D",
        b"\x1b[1;31mred\x1b[0m plain \x1b[4;48;5;200mx\x1b[m\r\n\x1b[38;2;1;2;3mtrue\x1b[m\r\n",
        b"\x1b[95;102mbright\x1b[36;40mnot\x1b[m",
        "쿠버네티스 🚀 é\r\n$ ".encode(),
        b"1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7\r\n$ ",
        b"\x1b[?1049h\x1b[2J\x1b[3;4Hin the middle\x1b[5;1H~\x1b[2;2H",
        b"\x1b[?1h\x1b[?2004h\x1b[?1000h\x1b[?1006h\x1b[?25l\x1b=\x1b[7mreverse",
        b"",
    ],
)
def test_another_screen_shows_the_same(written: bytes) -> None:
    one = screen_of(written).screen
    other = screen_of(replay(one)).screen
    assert [(row.chars, row.looks) for row in one.rows] == [(row.chars, row.looks) for row in other.rows]
    assert (one.x, one.y, one.look, one.modes - {1049}, one.keypad, one.alternate) == (
        *(other.x, other.y, other.look, other.modes - {1049}, other.keypad, other.alternate),
    )
