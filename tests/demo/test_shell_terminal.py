"""A shell at a terminal, byte for byte as busybox's ash draws it (seen in a container of a real cluster)."""

from __future__ import annotations

import pytest

from k9py.demo.node.shell.session import Session
from tests.demo.shellbox import Box

KEYS: list[tuple[bytes, bytes]] = [
    (b"echo hi\r", b"echo hi\r\nhi\r\n/ # "),
    (b"abc\x7f\x7fx\r", b"abc\x08\x1b[J\x08\x1b[Jx\r\nsh: ax: not found\r\n/ # "),
    (b"\x1b[A", b"\r/ # ax\x1b[J"),
    (b"\x1b[A", b"\r/ # echo hi\x1b[J"),
    (b"\x1b[B", b"\r/ # ax\x1b[J"),
    (b"\r", b"\r\nsh: ax: not found\r\n/ # "),
    (b"foo\x03", b"foo^C\r\n/ # "),
    (b"sleep 100\r", b"sleep 100\r\n"),
    (b"\x03", b"^C\r\n/ # "),
    (b"cat\r", b"cat\r\n"),
    (b"abc\r", b"abc\r\nabc\r\n"),
    (b"\x04", b"/ # "),
    (b"ech\t", b"ech\r/ # echo \x1b[J"),
    (b"\x03", b"^C\r\n/ # "),
    (b"ls /et\t\x15", b"ls /et\r/ # ls /etc/\x1b[J\r/ # \x1b[J"),
    (b"ab\x1b[Dc\x01x\x05y\r", b"ab\x08cb\x08\x08\x08xacb\x08\x08\x08acby\r\nsh: xacby: not found\r\n/ # "),
    (b"echo $?\r", b"echo $?\r\n127\r\n/ # "),
    (b"\x0c", b"\x1b[H\x1b[J\r/ # \x1b[J"),
    (b"for i in 1 2\r", b"for i in 1 2\r\n> "),
    (b"do echo $i\r", b"do echo $i\r\n> "),
    (b"done\r", b"done\r\n1\r\n2\r\n/ # "),
    (b"echo 'a\r", b"echo 'a\r\n> "),
    (b"b'\r", b"b'\r\na\r\nb\r\n/ # "),
    (b"clear\r", b"clear\r\n\x1b[H\x1b[J/ # "),
    (b"cd /etc\r", b"cd /etc\r\n/etc # "),
    (b"cd\r", b"cd\r\n~ # "),
]


@pytest.fixture
def session() -> Session:
    found = Box().start("sh", stdin=True, tty=True)
    assert found.stdout.take() == b"/ # "
    return found


def test_keys_and_what_they_show(session: Session) -> None:
    for keys, shown in KEYS:
        session.feed(keys)
        assert session.stdout.take() == shown, keys


def test_control_d_leaves_with_the_last_status(session: Session) -> None:
    session.feed(b"false\r")
    session.stdout.take()
    session.feed(b"\x04")
    assert session.stdout.take() == b"\r\n"
    assert session.task.status == 1


def test_exit_code(session: Session) -> None:
    session.feed(b"exit 4\r")
    assert session.task.status == 4


def test_the_size_of_the_window(session: Session) -> None:
    assert session.terminal is not None
    session.terminal.resize(90, 33)
    assert session.stdout.take() == b"\r/ # \x1b[J"
    session.feed(b"stty size\r")
    assert session.stdout.take() == b"stty size\r\n33 90\r\n/ # "
    session.feed(b"ls /etc\r")
    assert session.stdout.take().count(b"\r\n") == 2, "names stand in columns as wide as the window"


def test_korean_is_two_columns_wide(session: Session) -> None:
    text = "안녕".encode()
    session.feed(text + b"\x7f")
    assert session.stdout.take() == text + b"\x08\x08\x1b[J"


def test_a_letter_may_come_in_two_pieces(session: Session) -> None:
    raw = "echo é\r".encode()
    session.feed(raw[:6])
    session.feed(raw[6:])
    assert session.stdout.take().endswith("\r\né\r\n/ # ".encode())


def test_what_is_typed_while_a_command_runs_is_for_the_next_prompt(session: Session) -> None:
    session.feed(b"sleep 1\r")
    session.feed(b"echo early\r")
    session.system.clock.advance(2)
    assert session.stdout.take().endswith(b"echo early\r\nearly\r\n/ # ")


def test_control_c_in_a_script_ends_it_but_not_the_shell_around_it(session: Session) -> None:
    session.feed(b"sh -c 'while true; do sleep 1; done'\r\x03echo $?\r")
    assert session.stdout.take().endswith(b"130\r\n/ # ")


def test_cooked_lines_can_be_mended_before_they_are_read() -> None:
    session = Box().start("cat", stdin=True, tty=True)
    session.feed(b"x\x7fy\r")
    assert session.stdout.take() == b"x\x08 \x08y\r\ny\r\n"
    session.feed(b"a\x15b\x04")
    assert session.stdout.take() == b"a\x08 \x08bb"
    session.feed(b"\x04")
    assert session.task.status == 0


def test_control_c_ends_a_command_that_is_no_shell() -> None:
    session = Box().start("cat", stdin=True, tty=True)
    session.feed(b"\x03")
    assert session.stdout.take() == b"^C"
    assert session.task.status == 130


def test_long_lines_are_edited_over_several_rows(session: Session) -> None:
    assert session.terminal is not None
    session.terminal.resize(20, 24)
    session.stdout.take()
    session.feed(b"echo 0123456789abcdefghij\x01\x1b[3~\x05\r")
    assert session.stdout.take().endswith(b"sh: cho: not found\r\n/ # ")
