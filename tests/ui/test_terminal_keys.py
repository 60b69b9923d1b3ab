"""Keys, pasted text and the mouse arrive at a program as xterm sends them."""

from __future__ import annotations

import pytest

from k9py.ui.terminal.keys import MOVED, WHEEL_UP, encode_key, encode_mouse, encode_paste

KEYS = {
    ("a", "a"): b"a",
    ("A", "A"): b"A",
    ("colon", ":"): b":",
    ("plus", "+"): b"+",
    ("가", "가"): "가".encode(),
    ("space", " "): b" ",
    ("enter", "\r"): b"\r",
    ("tab", "\t"): b"\t",
    ("shift+tab", None): b"\x1b[Z",
    ("escape", "\x1b"): b"\x1b",
    ("backspace", "\x7f"): b"\x7f",
    ("ctrl+c", "\x03"): b"\x03",
    ("ctrl+i", None): b"\t",
    ("ctrl+shift+a", None): b"\x01",
    ("ctrl+@", "\0"): b"\0",
    ("ctrl+backslash", "\x1c"): b"\x1c",
    ("ctrl+right_square_bracket", "\x1d"): b"\x1d",
    ("ctrl+underscore", "\x1f"): b"\x1f",
    ("ctrl+4", None): b"\x1c",
    ("up", None): b"\x1b[A",
    ("shift+up", None): b"\x1b[1;2A",
    ("ctrl+left", None): b"\x1b[1;5D",
    ("ctrl+shift+end", None): b"\x1b[1;6F",
    ("home", None): b"\x1b[H",
    ("pageup", None): b"\x1b[5~",
    ("ctrl+delete", None): b"\x1b[3;5~",
    ("f1", None): b"\x1bOP",
    ("f5", None): b"\x1b[15~",
    ("f12", None): b"\x1b[24~",
    ("ctrl+f5", None): b"\x1b[15;5~",
    ("f13", None): b"\x1b[1;2P",
    ("f20", None): b"\x1b[19;2~",
    ("alt+a", "a"): b"\x1ba",
    ("alt+shift+a", "A"): b"\x1bA",
    ("alt+enter", None): b"\x1b\r",
    ("alt+up", None): b"\x1b[1;3A",
    ("ctrl+alt+a", None): b"\x1b\x01",
    ("alt+full_stop", None): b"\x1b.",
    ("alt+plus", None): b"\x1b+",
    ("ctrl+shift+6", None): b"\x1e",
    ("ctrl+shift+minus", None): b"\x1f",
    ("ctrl+alt+4", None): b"\x1b\x1c",
    ("super+s", None): b"",
    ("volume_up", None): b"",
    ("<ignore>", None): b"",
}


@pytest.mark.parametrize(("key", "character"), KEYS)
def test_keys(key: str, character: str | None) -> None:
    assert encode_key(key, character) == KEYS[key, character]


def test_arrows_of_a_program_that_wants_them_so() -> None:
    assert encode_key("up", None, application=True) == b"\x1bOA"
    assert encode_key("shift+up", None, application=True) == b"\x1b[1;2A"
    assert encode_key("delete", None, application=True) == b"\x1b[3~"


def test_pasted_text_ends_its_brackets_nowhere_but_at_its_end() -> None:
    text = "ls\nrm \x1b[201~; rm -rf /\r\n\x03한글\t."
    assert encode_paste(text, True) == "\x1b[200~ls\rrm [201~; rm -rf /\r한글\t.\x1b[201~".encode()
    assert encode_paste(text, False) == "ls\rrm [201~; rm -rf /\r한글\t.".encode()


def test_the_mouse_is_told_only_of_what_is_wanted() -> None:
    assert encode_mouse(0, 4, 9, set()) == b""
    assert encode_mouse(0, 4, 9, {1000, 1006}) == b"\x1b[<0;5;10M"
    assert encode_mouse(0, 4, 9, {1000, 1006}, released=True) == b"\x1b[<0;5;10m"
    assert encode_mouse(WHEEL_UP, 0, 0, {1000}) == b"\x1b[M\x60\x21\x21"
    assert encode_mouse(0, 0, 0, {1000}, released=True) == b"\x1b[M\x23\x21\x21"
    assert encode_mouse(0, 0, 0, {9}, released=True) == b""
    assert encode_mouse(MOVED, 1, 1, {1000, 1006}) == b""
    assert encode_mouse(MOVED, 1, 1, {1002, 1006}) == b"\x1b[<32;2;2M"
    assert encode_mouse(MOVED + 3, 1, 1, {1002, 1006}) == b""
    assert encode_mouse(MOVED + 3, 1, 1, {1003, 1006}) == b"\x1b[<35;2;2M"
