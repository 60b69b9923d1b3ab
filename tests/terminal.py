"""Drives a terminal program in a pseudo-terminal and reads its screen, as a person would.

    with Terminal(["k9py", "--kubeconfig", path], size=(120, 40)) as terminal:
        terminal.wait(r"web-1")              # seconds it took; an error shows the screen
        terminal.send("j", "enter", "ctrl-c")
        terminal.type("/web")
        assert "Running" in terminal.screen()

The program's own controlling terminal is real: it is told of resizes, and its queries are answered as terminals do.
"""

from __future__ import annotations

import fcntl
import os
import re
import signal
import struct
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

import psutil
import pyte
from pyte.screens import Char
from wcwidth import wcwidth

_ARROWS = {"up": "A", "down": "B", "right": "C", "left": "D"}
_NAMED = {"home": "H", "end": "F", "shift-tab": "Z", "insert": "2~", "delete": "3~", "pageup": "5~", "pagedown": "6~"}
_CSI_KEYS = {
    **_ARROWS,
    **_NAMED,
    **{f"f{n}": f"{code}~" for n, code in enumerate((15, 17, 18, 19, 20, 21, 23, 24), 5)},
    **{f"shift-{name}": f"1;2{end}" for name, end in _ARROWS.items()},
    **{f"ctrl-{name}": f"1;5{end}" for name, end in _ARROWS.items()},
}
_PLAIN = {"esc": "\x1b", "enter": "\r", "tab": "\t", "backspace": "\x7f", "space": " "}
KEYS = {
    **_PLAIN,
    "escape": "\x1b",
    "ctrl-]": "\x1d",
    **{f"f{n}": f"\x1bO{end}" for n, end in enumerate("PQRS", 1)},
    **{f"ctrl-{letter}": chr(ord(letter) - 96) for letter in "abcdefghijklmnopqrstuvwxyz"},
    **{f"alt-{letter}": f"\x1b{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"},
    **{name: f"\x1b[{end}" for name, end in _CSI_KEYS.items()},
}
#: A program tells the escape key from the begin of a sequence by the pause after it.
_ESCAPE_PAUSE = 0.15

#: What terminals answer; a query that is not here (such as that of the kitty keyboard protocol) gets no answer.
_ANSWERS = {
    b"\x1b[5n": b"\x1b[0n",
    b"\x1b[c": b"\x1b[?62;22c",
    b"\x1b[0c": b"\x1b[?62;22c",
    b"\x1b[>c": b"\x1b[>0;10;1c",
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",
    b"\x1b[?2048$p": b"\x1b[?2048;0$y",
}
#: Sequences that are looked at one by one: pyte would print parts of some, and knows no second screen.
_SPECIAL = re.compile(
    rb"\x1b\[[<>=?][0-9;:]*[ -/]*[@-~]"  # private ones
    rb"|\x1b\[[0-9;]*:[0-9;:]*[@-~]"  # with colons
    rb"|\x1b\[(?:[56]n|0?c)"  # queries
    rb"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # titles, colours, clipboard
    rb"|\x1b[P_^X][^\x1b]*\x1b\\"  # device control strings
)
_MODE = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")
#: The begin of a sequence whose rest has not been read yet.
_UNFINISHED = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*|[\]P_^X][^\x07\x1b]*\x1b?|[ -/]*)\Z")
_CURSOR_QUERY = b"\x1b[6n"
_SECOND_SCREEN = 1049


def _render(screen: pyte.Screen, row: int) -> str:
    """A line as a person sees it: wide characters once, halves of overwritten ones as blanks."""
    cells, text, x = screen.buffer[row], [], 0
    plain = "".join(cells[x].data for x in range(screen.columns))
    if plain.isascii() and len(plain) == screen.columns:
        return plain.rstrip()
    while x < screen.columns:
        data = cells[x].data or " "
        if wcwidth(data[0]) == 2:
            whole = x + 1 < screen.columns and not cells[x + 1].data
            text.append(data if whole else " ")
            x += int(whole)
        else:
            text.append(data)
        x += 1
    return "".join(text).rstrip()


class Emulator:
    """The screen side of a terminal: takes what a program writes, and gives the answers to its queries."""

    def __init__(self, cols: int, rows: int) -> None:
        self.first = pyte.Screen(cols, rows)
        self.screen = self.first
        self.modes: set[int] = set()
        self._stream = pyte.ByteStream(self.screen)
        self._rest = b""

    def feed(self, data: bytes) -> bytes:
        """Show what was written and return what a terminal answers to it."""
        data = self._rest + data
        unfinished = _UNFINISHED.search(data)
        end = unfinished.start() if unfinished else len(data)
        data, self._rest = data[:end], data[end:]
        answers, at = b"", 0
        for special in _SPECIAL.finditer(data):
            self._stream.feed(data[at : special.start()])
            answers += self._special(special[0])
            at = special.end()
        self._stream.feed(data[at:])
        return answers

    def resize(self, cols: int, rows: int) -> None:
        for screen in {id(s): s for s in (self.first, self.screen)}.values():
            screen.resize(rows, cols)

    def lines(self) -> list[str]:
        return [_render(self.screen, row) for row in range(self.screen.lines)]

    def _special(self, sequence: bytes) -> bytes:
        if sequence == _CURSOR_QUERY:
            return b"\x1b[%d;%dR" % (self.screen.cursor.y + 1, self.screen.cursor.x + 1)
        if mode := _MODE.fullmatch(sequence):
            self._set_modes({int(n) for n in mode[1].split(b";") if n}, on=mode[2] == b"h")
            self._stream.feed(sequence)
        return _ANSWERS.get(sequence, b"")

    def _set_modes(self, modes: set[int], *, on: bool) -> None:
        if _SECOND_SCREEN in modes and on != (_SECOND_SCREEN in self.modes):
            self._stream.detach(self.screen)
            self.screen = pyte.Screen(self.first.columns, self.first.lines) if on else self.first
            self._stream.attach(self.screen)
        self.modes = self.modes | modes if on else self.modes - modes


class Terminal:
    """A program in a terminal of its own; `size` is (columns, rows), `keep_raw` the bytes of its output to keep."""

    def __init__(
        self,
        argv: Sequence[str],
        size: tuple[int, int] = (120, 40),
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        keep_raw: int = 1_000_000,
    ) -> None:
        self.bytes_out = 0
        self.raw = bytearray()
        self.exit_code: int | None = None
        self._keep_raw = keep_raw
        self._emulator = Emulator(*size)
        self._changed = threading.Condition()
        self._ended = False
        self._last_output = time.monotonic()
        self._escape_until = 0.0
        self._master, slave = os.openpty()
        self._set_size(*size)
        self.pid = _spawn(argv, os.ttyname(slave), env or {}, cwd)
        os.close(slave)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    # what the program gets

    def send(self, *keys: str) -> None:
        """Press keys: single characters, or names such as enter, esc, ctrl-c, shift-tab, pagedown, f1."""
        for key in keys:
            if key not in KEYS and len(key) != 1:
                raise ValueError(f"no key is called {key!r}")
            self._write(KEYS.get(key, key))
            if KEYS.get(key) == "\x1b":
                self._escape_until = time.monotonic() + _ESCAPE_PAUSE

    def type(self, text: str) -> None:
        """Type a text, character by character."""
        self.send(*text)

    def paste(self, text: str) -> None:
        """Paste a text as terminals do when the program asked for it to be marked."""
        self._write(f"\x1b[200~{text}\x1b[201~")

    def mouse_click(self, x: int, y: int) -> None:
        """Press and release the left button on a cell (counted from 0)."""
        self._write(f"\x1b[<0;{x + 1};{y + 1}M\x1b[<0;{x + 1};{y + 1}m")

    def wheel(self, x: int, y: int, up: bool = False) -> None:
        """Turn the wheel by a notch over a cell."""
        self._write(f"\x1b[<{64 if up else 65};{x + 1};{y + 1}M")

    def resize(self, cols: int, rows: int) -> None:
        """Change the window's size; the program is told."""
        with self._changed:
            self._emulator.resize(cols, rows)
        self._set_size(cols, rows)

    # what it shows

    def screen(self) -> str:
        """The screen's lines, without the blanks at their ends."""
        with self._changed:
            return "\n".join(self._emulator.lines())

    def line(self, n: int) -> str:
        """A line of the screen, from 0; negative numbers count from the bottom."""
        with self._changed:
            return self._emulator.lines()[n]

    def cell(self, x: int, y: int) -> Char:
        """A cell: its data, fg, bg, bold, reverse and so on."""
        with self._changed:
            return self._emulator.screen.buffer[y][x]

    @property
    def cursor(self) -> tuple[int, int, bool]:
        """The cursor's column and row, and whether it is hidden."""
        with self._changed:
            cursor = self._emulator.screen.cursor
            return cursor.x, cursor.y, cursor.hidden

    @property
    def modes(self) -> set[int]:
        """The private modes that the program set and did not reset: 1049 second screen, 1000 mouse, 2004 paste."""
        with self._changed:
            return set(self._emulator.modes)

    def wait(self, pattern: str, timeout: float = 30, gone: bool = False) -> float:
        """Wait until the screen matches (or, with `gone`, no longer does); the seconds it took."""
        rule = re.compile(pattern, re.MULTILINE)
        what = f"{'still' if gone else 'no'} {pattern!r}"
        return self.wait_until(lambda text: bool(rule.search(text)) != gone, timeout, what)

    def wait_until(self, holds: Callable[[str], bool], timeout: float = 30, what: str = "it does not hold") -> float:
        """Wait until `holds(screen)`; the seconds it took. TimeoutError with the screen when it never does."""
        began = time.monotonic()
        while True:
            with self._changed:
                ended, output = self._ended, self.bytes_out
                text = "\n".join(self._emulator.lines())
            if holds(text):
                return time.monotonic() - began
            took = time.monotonic() - began
            if took >= timeout or ended:
                state = "the program has ended" if ended else "the program runs"
                raise TimeoutError(f"{what} after {took:.1f} s ({state}):\n{text}")
            self._wait_for_output(output, min(timeout - took, 0.25))

    def _wait_for_output(self, seen: int, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._ended or self.bytes_out != seen, seconds)

    def settle(self, quiet: float = 0.3, timeout: float = 10) -> None:
        """Wait until nothing was written for a moment, or the time is over."""
        end = time.monotonic() + timeout
        while time.monotonic() < end and time.monotonic() - self._last_output < quiet:
            time.sleep(0.02)

    # what it costs, and its end

    def rss_mb(self) -> float:
        """The memory of the program and its children."""
        return sum(p.memory_info().rss for p in self._processes()) / 1e6

    def cpu_s(self) -> float:
        """The processor time of the program and its children, also of those that have ended."""
        return float(sum(sum(p.cpu_times()[:4]) for p in self._processes()))

    @property
    def alive(self) -> bool:
        """Whether the program still runs."""
        return self._reap() is None

    def wait_exit(self, timeout: float = 10) -> int:
        """Wait until the program ends; its exit code (negative: the signal that ended it)."""
        end = time.monotonic() + timeout
        while (code := self._reap()) is None:
            if time.monotonic() > end:
                raise TimeoutError(f"the program still runs after {timeout:.1f} s:\n{self.screen()}")
            time.sleep(0.02)
        self._reader.join(1)
        return code

    def close(self) -> None:
        """End the program and its children at once, whatever they do."""
        if self._master < 0:
            return
        for process in reversed(self._processes()):
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        while self._reap() is None:
            time.sleep(0.01)
        self._reader.join(2)
        master, self._master = self._master, -1
        os.close(master)

    def _reap(self) -> int | None:
        if self.exit_code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.exit_code = os.waitstatus_to_exitcode(status) if pid else None
        return self.exit_code

    def _processes(self) -> list[psutil.Process]:
        if self._reap() is not None:
            return []
        try:
            process = psutil.Process(self.pid)
            return [process, *process.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def _write(self, text: str) -> None:
        time.sleep(max(0.0, self._escape_until - time.monotonic()))
        data = text.encode()
        while data:
            data = data[os.write(self._master, data) :]

    def _set_size(self, cols: int, rows: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))

    def _read(self) -> None:
        while data := self._next():
            with self._changed:
                answers = self._emulator.feed(data)
                self.bytes_out += len(data)
                self.raw += data
                del self.raw[: max(0, len(self.raw) - self._keep_raw)]
                self._last_output = time.monotonic()
                self._changed.notify_all()
            if answers:
                os.write(self._master, answers)
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _next(self) -> bytes:
        try:
            return os.read(self._master, 65536)
        except OSError:  # how Linux says that no program has the terminal open any more
            return b""


def _spawn(argv: Sequence[str], tty: str, env: Mapping[str, str], cwd: Path | None) -> int:
    """Start a program in a new session; the terminal that it opens first becomes the one that controls it."""
    own = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
    inherited = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES", "NO_COLOR")}
    command = ["env", f"--chdir={cwd}", *argv] if cwd else list(argv)
    actions = [(os.POSIX_SPAWN_OPEN, n, tty, os.O_RDWR, 0) for n in (0, 1, 2)]
    usual = [signal.SIGPIPE, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP]
    environment = {**inherited, **own, **env}
    return os.posix_spawnp(command[0], command, environment, file_actions=actions, setsid=True, setsigdef=usual)
