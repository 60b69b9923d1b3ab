"""A conversation that has a terminal to itself, whatever that terminal does."""

from __future__ import annotations

import asyncio
import os
import termios
import tty
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from k9py.actions.plan import Channel, Command, Target
from k9py.kinds.wellknown import PODS
from k9py.session.audit import Audit
from k9py.session.session import Session
from k9py.session.shells import Shell
from k9py.ui.consoles import Console
from k9py.ui.full_screen import FullScreen
from k9py.values.resource import Key
from tests.unit.waiting import until

BLOB = bytes(range(256)) * 20_000


@dataclass
class Stage:
    """A conversation with nobody, and the other side of the terminal that it is shown in."""

    shell: Shell
    screen: FullScreen
    master: int
    showing: asyncio.Task[None]
    before: list[Any]

    async def read(self, size: int) -> bytes:
        """So many bytes of what reached the terminal."""
        found = b""
        while len(found) < size:
            found += await asyncio.to_thread(os.read, self.master, 65_536)
        return found

    async def says(self, text: bytes) -> bytes:
        found = b""
        while text not in found:
            found += await asyncio.to_thread(os.read, self.master, 65_536)
        return found

    def type(self, data: bytes) -> None:
        os.write(self.master, data)

    async def ends(self) -> bytes:
        """Until it is over: what it wrote to the terminal meanwhile."""
        reading = asyncio.create_task(self.says(b"\x1b[999;1H"))
        await self.showing
        assert termios.tcgetattr(self.master) == self.before
        return await reading


def nobody(*, tty: bool = True, stdin: bool = True, stays: bool = False) -> Shell:
    """A conversation with nobody."""
    target = Target(Key("lab", PODS.gvr, "shop", "web"), "u1", PODS, "main")
    channel = Channel(target, (), "Shell shop/web · main", Command(()), tty=tty, stdin=stdin, stays=stays)
    return Shell(1, cast(Session, None), channel, Audit(Path(os.devnull)), (80, 24), lambda: None)


@asynccontextmanager
async def stage(*, tty: bool = True, stdin: bool = True, stays: bool = False) -> AsyncIterator[Stage]:
    shell = nobody(tty=tty, stdin=stdin, stays=stays)
    master, slave = os.openpty()
    screen = FullScreen(shell, b"", slave, slave)
    before = termios.tcgetattr(slave)
    it = Stage(shell, screen, master, asyncio.create_task(screen.show()), before)
    try:
        await it.says(b"leaves")
        yield it
    finally:
        it.showing.cancel()
        await asyncio.gather(it.showing, return_exceptions=True)
        os.close(slave)
        os.close(master)


async def test_bytes_pass_as_they_are_both_ways() -> None:
    async with stage() as it:
        assert not termios.tcgetattr(it.master)[tty.LFLAG] & (termios.ICANON | termios.ECHO | termios.ISIG)
        it.shell._take(b"\x1b[31m\xff\xe2\x82")
        it.shell._take(b"\xac\n")
        assert (await it.says(b"\n")).endswith(b"\x1b[31m\xff\xe2\x82\xac\n")
        it.type(b"\x03\x1a\xff\x00\x1b[A\r")
        await until(lambda: bool(it.shell._written))
        assert b"".join(it.shell._written) == b"\x03\x1a\xff\x00\x1b[A\r"
        it.shell._end("exit code 0")
        await it.ends()
        assert not it.screen.left


async def test_five_megabytes_reach_a_terminal_that_is_slow() -> None:
    async with stage() as it:
        for at in range(0, len(BLOB), 32_768):
            it.shell._take(BLOB[at : at + 32_768])
        assert not it.shell._flowing.is_set(), "the program waits"
        await asyncio.sleep(0.05)  # nobody reads: the loop goes on all the same
        assert await it.read(len(BLOB)) == BLOB
        assert it.shell._flowing.is_set()
        it.shell._end("exit code 0")
        await it.ends()


async def test_the_last_of_it_is_shown_before_it_is_over() -> None:
    async with stage() as it:
        it.shell._take(BLOB)
        it.shell._end("exit code 0")
        assert (await it.ends()).startswith(BLOB)


async def test_leaving_a_terminal_that_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("k9py.ui.full_screen.PARTING", 0.05)
    async with stage() as it:
        it.shell._take(BLOB)
        it.type(b"~.")
        await asyncio.wait({it.showing}, timeout=0.5)
        assert it.screen.left
        await it.ends()


async def test_what_stays_is_left_with_any_key() -> None:
    async with stage(stays=True) as it:
        it.shell._take(b"42\r\n")
        it.shell._end("exit code 4")
        assert b"42\r\n" in await it.says(b"exit code 4 \xc2\xb7 any key goes back")
        assert not it.showing.done()
        it.type(b"x")
        await it.ends()


async def test_a_failure_is_read_before_it_goes() -> None:
    async with stage() as it:
        it.shell._end("the connection was \x1b[2Jlost", failed=True)
        said = await it.says(b"any key goes back")
        assert b"the connection was lost" in said
        assert b"\x1b[2J" not in said
        it.type(b"x")
        await it.ends()


async def test_without_a_terminal_of_its_own_it_is_given_lines() -> None:
    async with stage(tty=False) as it:
        modes = termios.tcgetattr(it.master)
        assert modes[tty.LFLAG] & (termios.ICANON | termios.ECHO) == termios.ICANON | termios.ECHO
        assert not modes[tty.LFLAG] & termios.ISIG
        it.type(b"ab\x7fc\n")
        await until(lambda: bool(it.shell._written))
        assert it.shell._written.pop() == b"ac\n"
        it.type(b"\x04")
        await until(lambda: it.shell._input_ends)
        it.type(b"half a line\x03")
        await it.ends()
        assert it.screen.left


async def test_to_what_takes_no_input_nothing_is_given() -> None:
    async with stage(tty=False, stdin=False) as it:
        it.type(b"hello\n")
        it.type(b"\x03")
        await it.ends()
        assert it.screen.left
        assert not it.shell._written


async def test_who_listened_before_listens_on() -> None:
    heard: list[bytes] = []
    async with stage() as it:
        it.shell.on_output = heard.append
        it.showing.cancel()
        await asyncio.gather(it.showing, return_exceptions=True)
        screen = FullScreen(it.shell, b"", it.screen._keyboard, it.screen._screen)
        it.shell.on_output = heard.append
        it.showing = asyncio.create_task(screen.show())
        await it.says(b"leaves")
        it.shell._take(b"to both")
        await it.says(b"to both")
        it.type(b"~.")
        await it.ends()
        it.shell._take(b"to one")
    assert heard == [b"to both", b"to one"]


async def test_a_failure_of_ours_leaves_the_terminal_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage() as it:
        monkeypatch.setattr(it.screen, "_look", lambda: 1 / 0)
        it.showing.cancel()
        await asyncio.gather(it.showing, return_exceptions=True)
        assert termios.tcgetattr(it.master) == it.before


def test_a_pane_that_has_another_size_meanwhile_tells_the_program_afterwards() -> None:
    shell = nobody()
    console = Console(shell, lambda *args: None, lambda: None, (80, 24))
    console.elsewhere = True
    shell.resize(200, 50)
    console.resize(40, 10)
    assert console.terminal.size == (40, 10)
    assert shell._size == (200, 50)
