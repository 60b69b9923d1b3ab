"""Runs programs in a pseudo-terminal, keeps what they write, and asks tmux what a screen of it looks like."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import shlex
import struct
import subprocess
import tempfile
import termios
import time
from pathlib import Path

HERE = Path(__file__).parent
COLUMNS, ROWS = 80, 24
QUIET = 0.6
"""Seconds without output after which a program is taken to wait."""
TEXT = "".join(
    f"{n:3} 결제 서버 {n}호 🚀 the quick brown fox jumps over the lazy dog, again and again, {'x' * (n * 7 % 90)}\n"
    for n in range(1, 120)
)
ENVIRONMENT = {
    "TERM": "xterm-256color",
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "PS1": "$ ",
    "LS_COLORS": "di=01;34:ex=01;32",
}

PROGRAMS: dict[str, tuple[list[str], list[bytes]]] = {
    "vim": (
        ["vim", "-u", "NONE", "-N", "-i", "NONE", "text"],
        [b":set nu hls\r", b"/fox\r", b"\x06", b"Goadded \xea\xb0\x80\xeb\x82\x98\x1b", b":split\r", b"\x15", b"dd3u"],
    ),
    "vim-left": (["vim", "-u", "NONE", "-N", "-i", "NONE", "text"], [b"\x06", b":q!\r"]),
    "less": (["less", "text"], [b" ", b" ", b"/fox\r", b"k", b"kk", b"\x1b[B"]),
    "less-left": (["less", "-X", "text"], [b" ", b"b", b"G", b"q"]),
    # of itself only: what else runs on a machine is nobody's business
    "top": (["sh", "-c", "exec top -d 0.4 -p $$"], [b"", b"z", b"x", b"b"]),
    "bash": (
        ["bash", "--norc", "-i"],
        [
            b"echo one two \xed\x95\x9c\xea\xb8\x80\r",
            b"seq 40\r",
            b"ls --color=always\r",
            b"printf '\\033[31mred\\033[m \\033[1;44mblue\\033[0m\\n'\r",
            b"echo a long line that wraps at the end of the screen " + b"y" * 60 + b"\x01\x1b[C\x1b[C!\x05\r",
            b"echo wrong\x7f\x7f\x7f\x1bb\x0b",
        ],
    ),
}


def record(argv: list[str], keys: list[bytes], folder: Path) -> bytes:
    """What a program writes while these keys are pressed one after the other."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.execvpe(argv[0], argv, ENVIRONMENT)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    written = read(terminal)
    for key in keys:
        os.write(terminal, key)
        written += read(terminal)
    os.close(terminal)
    os.waitpid(pid, 0)
    return written


def read(terminal: int) -> bytes:
    """What comes until it is quiet, or has gone on for long."""
    written, end = b"", time.monotonic() + 4 * QUIET
    while time.monotonic() < end and select.select([terminal], [], [], QUIET)[0]:
        try:
            data = os.read(terminal, 65536)
        except OSError:  # the program has ended
            return written
        if not data:
            return written
        written += data
    return written


def show_in_tmux(recording: Path) -> str:
    """The screen of tmux after these bytes, with what has gone by above it."""
    tmux = ["tmux", "-L", f"k9py-{os.getpid()}", "-f", "/dev/null"]
    show = f"stty raw -echo; cat {shlex.quote(str(recording))}; sleep 60"
    size = ["-x", str(COLUMNS), "-y", str(ROWS)]
    subprocess.run([*tmux, "new-session", "-d", *size, show], check=True, env=ENVIRONMENT | {"TERM": "xterm"})
    try:
        time.sleep(1.5)
        capture = [*tmux, "capture-pane", "-p", "-S", "-"]
        return subprocess.run(capture, check=True, capture_output=True, text=True).stdout
    finally:
        subprocess.run([*tmux, "kill-server"], check=False)


def main() -> None:
    """Make all of them."""
    for name, (argv, keys) in PROGRAMS.items():
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "text").write_text(TEXT)
            path = HERE / f"{name}.bytes"
            path.write_bytes(record(argv, keys, Path(folder)))
            (HERE / f"{name}.screen").write_text(show_in_tmux(path))


if __name__ == "__main__":
    main()
