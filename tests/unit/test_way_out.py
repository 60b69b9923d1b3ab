"""Enter ~ . in what is typed, however it is cut."""

from __future__ import annotations

import pytest

from k9py.ui.way_out import WayOut


@pytest.mark.parametrize(
    ("typed", "passed", "leaves"),
    [
        (b"", b"", False),
        (b"ls\r", b"ls\r", False),
        (b"~.", b"", True),
        (b"ls\r~.rest", b"ls\r", True),
        (b"ls\n~.", b"ls\n", True),
        (b"~~", b"~", False),
        (b"\r~~.", b"\r~.", False),
        (b"~x", b"~x", False),
        (b"~\r~.", b"~\r", True),
        (b"cd ~.", b"cd ~.", False),
        (b"a~.", b"a~.", False),
        (b"\x1b[200~.", b"\x1b[200~.", False),
        (b"\x1b[24;5R~.", b"\x1b[24;5R", True),
        (b"ls\r\x1b[24;5R\x1b[?64;1c~.", b"ls\r\x1b[24;5R\x1b[?64;1c", True),
        (b"ls\x1b[24;5R~.", b"ls\x1b[24;5R~.", False),
        (b"\x1b[A~.", b"\x1b[A~.", False),
        (b"\x1b~.", b"\x1b~.", False),
        (b"\x1b\r~.", b"\x1b\r", True),
        (b"~\x1b[24;5R", b"~\x1b[24;5R", False),
        ("김치\r~.".encode(), "김치\r".encode(), True),
    ],
)
def test_the_way_out(typed: bytes, passed: bytes, leaves: bool) -> None:
    assert WayOut().read(typed) == (passed, leaves)
    way_out, found, left = WayOut(), b"", False
    for sign in typed:
        part, left = way_out.read(bytes((sign,)))
        found += part
        if left:
            break
    assert (found, left) == (passed, leaves)
