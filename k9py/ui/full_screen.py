"""A conversation that has the whole terminal: bytes go from the keyboard to the program, and from it to the screen.

This is the one place where what comes from a cluster reaches the terminal as it is: a shell is nothing else. Afterwards
the terminal is as it was found, whatever the program has done to it.
"""

from __future__ import annotations

import asyncio
import os
import signal
import termios
import tty
from collections.abc import Callable
from contextlib import suppress

from k9py.session.shells import Shell, ShellState
from k9py.ui.way_out import HINT, WayOut
from k9py.values.text import clean

PIECE = 16_384
"""Bytes that are read, or written, at once."""
FULL, ROOM = 1_000_000, 250_000
"""Bytes of output that wait for the terminal until the program has to, and until it may go on."""
PASTED = 16_000_000
"""Bytes of input that wait for the program until the terminal has to."""
PARTING = 1.0
"""Seconds that a terminal may take to show the last of it."""
CTRL_C = b"\x03"
_RESET = (
    b"\x1b[0m\x1b(B\x0f"  # colours, and the letters that draw lines
    b"\x1b[?1l\x1b>\x1b[?7h\x1b[?6l\x1b[4l\x1b[r"  # keys, wrapping, origin, insertion, the region that scrolls
    b"\x1b[?9l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1004l\x1b[?1005l\x1b[?1006l\x1b[?1015l\x1b[?2004l\x1b[?2026l"
    b"\x1b[?5l\x1b[20l\x1b[>4m"  # light and dark as usual, line feeds as they are, keys as xterm has them
    b"\x1b[=0u\x1b[?47l\x1b[=0u"  # keys in no other way either (kitty), of both screens; the second one left
    b"\x1b[?25h\x1b[0 q"  # the cursor there, and of its usual shape
    b"\x1b[999;1H\r\n"  # some of that has moved it
)
"""Takes back what a program that was cut off may have left behind, and does nothing where there is nothing."""


class FullScreen:
    """One conversation in this process's terminal. It is shown once, while nobody else reads or paints there."""

    def __init__(self, shell: Shell, first: bytes = b"", keyboard: int = 0, screen: int = 1) -> None:
        """`first` is what it has shown elsewhere until now."""
        self.left = False
        """Whether the person has left it, rather than it ended."""
        self._shell = shell
        self._first = first
        self._keyboard = keyboard
        self._screen = screen
        self._way_out = WayOut()
        self._output = bytearray()
        self._work = asyncio.Event()
        self._over = asyncio.Event()
        self._quiet = asyncio.Event()
        """Set while there is nothing left to show."""
        self._key = asyncio.Event()
        self._asking = False
        """Whether any key goes back."""
        self._reading = False
        self._closing = False

    async def show(self) -> None:
        """Until the program has ended, or the person leaves. The conversation itself goes on after that."""
        before = termios.tcgetattr(self._keyboard)
        former = self._shell.on_output, self._shell.on_change, self._shell.on_taken
        painting = asyncio.create_task(self._paint())
        try:
            await self._converse(former[0], former[1])
        finally:
            self._closing = True
            self._work.set()
            self._stop_reading()
            asyncio.get_running_loop().remove_signal_handler(signal.SIGWINCH)
            self._shell.on_output, self._shell.on_change, self._shell.on_taken = former
            self._shell.resume(self)
            await asyncio.wait({painting}, timeout=PARTING)
            with suppress(OSError, termios.error, TimeoutError):  # the terminal itself may be gone, or stand still
                async with asyncio.timeout(PARTING):
                    await asyncio.to_thread(_write, self._screen, _RESET)
            with suppress(termios.error):
                termios.tcsetattr(self._keyboard, termios.TCSANOW, before)

    async def _converse(self, listener: Callable[[bytes], None] | None, changed: Callable[[], None]) -> None:
        shell, loop = self._shell, asyncio.get_running_loop()
        hint = self._set_modes()
        self._say(" · ".join(part for part in (shell.title, shell.channel.remark, hint) if part))
        self._put(self._first)
        loop.add_signal_handler(signal.SIGWINCH, self._fit)
        shell.resize(*os.get_terminal_size(self._screen))

        def look() -> None:
            changed()
            self._look()

        def take(data: bytes) -> None:
            if listener:
                listener(data)
            self._take(data)

        shell.on_change, shell.on_taken, shell.on_output = look, self._read_on, take
        self._start_reading()
        self._look()
        await self._over.wait()
        await self._quiet.wait()
        if not self.left and (shell.channel.stays or shell.failed):
            self._asking = True
            self._say(f"{shell.ending} · any key goes back", apart=True)
            await self._key.wait()

    def _set_modes(self) -> str:
        """Have the terminal give what the program needs; what is to be said of leaving.

        A program with a terminal of its own is given every key as it is. Another is given lines, which are shown as
        they are typed; and to one that takes nothing, nothing is.
        """
        channel = self._shell.channel
        if channel.tty and channel.stdin:
            tty.setraw(self._keyboard, termios.TCSANOW)
            return HINT
        modes = termios.tcgetattr(self._keyboard)
        modes[tty.LFLAG] &= ~(termios.ISIG if channel.stdin else termios.ISIG | termios.ICANON | termios.ECHO)
        if channel.stdin:
            modes[tty.CC][termios.VEOL] = CTRL_C  # it ends a line, and so is read at once
        else:
            modes[tty.CC][termios.VMIN] = 1
        termios.tcsetattr(self._keyboard, termios.TCSANOW, modes)
        return "ctrl-c leaves, ctrl-d ends the input" if channel.stdin else "ctrl-c leaves"

    def _say(self, line: str, apart: bool = False) -> None:
        """A line of k9py's own; `apart` begins it below what the program has written."""
        self._put(f"{chr(13) + chr(10) if apart else ''}\x1b[0m\x1b[7m {clean(line)} \x1b[0m\r\n".encode())

    def _fit(self) -> None:
        self._shell.resize(*os.get_terminal_size(self._screen))

    def _look(self) -> None:
        if self._shell.state is ShellState.ENDED:
            self._over.set()

    # ── from the keyboard ────────────────────────────────────────────────────────────────────────────────────────────

    def _start_reading(self) -> None:
        if not self._reading and not self._closing:
            asyncio.get_running_loop().add_reader(self._keyboard, self._read)
            self._reading = True

    def _stop_reading(self) -> None:
        if self._reading:
            asyncio.get_running_loop().remove_reader(self._keyboard)
            self._reading = False

    def _read(self) -> None:
        try:
            typed = os.read(self._keyboard, PIECE)
        except OSError:  # the terminal is gone
            self._leave()
            self._stop_reading()
            return
        if self._asking:
            self._key.set()
        elif self._shell.channel.tty and self._shell.channel.stdin:
            self._type(typed)
        else:
            self._type_line(typed)

    def _type(self, typed: bytes) -> None:
        passed, leaves = self._way_out.read(typed)
        self._shell.write(passed)
        if leaves or not typed:
            self._leave()
        if self._shell.pending > PASTED:
            self._stop_reading()

    def _type_line(self, typed: bytes) -> None:
        """A line; ctrl-c leaves, and ctrl-d at its begin ends the input."""
        if CTRL_C in typed:
            self._leave()
        elif typed:
            self._type(typed)
        else:
            self._shell.end_input()

    def _read_on(self) -> None:
        if self._shell.pending <= PASTED:
            self._start_reading()

    def _leave(self) -> None:
        self.left = True
        self._quiet.set()
        self._key.set()
        self._over.set()

    # ── to the screen ────────────────────────────────────────────────────────────────────────────────────────────────

    def _take(self, data: bytes) -> None:
        self._put(data)
        if len(self._output) > FULL:
            self._shell.pause(self)

    def _put(self, data: bytes) -> None:
        self._output += data
        self._quiet.clear()
        self._work.set()

    async def _paint(self) -> None:
        """Write to the terminal in a thread: one that is slow, or stopped, holds up nothing else."""
        while not self._closing:
            await self._work.wait()
            self._work.clear()
            while self._output and not (self.left or self._closing):
                piece = bytes(self._output[:PIECE])
                del self._output[:PIECE]
                if len(self._output) < ROOM:
                    self._shell.resume(self)
                try:
                    await asyncio.to_thread(_write, self._screen, piece)
                except OSError:  # the terminal is gone
                    self._leave()
            self._quiet.set()


def _write(screen: int, data: bytes) -> None:
    while data:
        data = data[os.write(screen, data) :]
