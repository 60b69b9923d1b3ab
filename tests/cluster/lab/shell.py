"""What every part of the lab needs: running commands, waiting, saying what happens, one error type.

Commands are argument lists and never shell text, so nothing has to be quoted and nothing can be expanded.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_BEGAN = time.monotonic()


class LabError(Exception):
    """Something the reader can act on: the message says what."""


def say(text: str) -> None:
    """Print a progress line with the seconds since the program began."""
    print(f"[{time.monotonic() - _BEGAN:5.1f} s] {text}", flush=True)


def run(*argv: str | Path, stdin: str | None = None) -> str:
    """Run a command to its end and return its output; LabError with its words when it fails."""
    try:
        done = subprocess.run([str(a) for a in argv], input=stdin, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise LabError(f"{argv[0]} is not installed: python -m tests.cluster.lab deps") from error
    if done.returncode:
        raise LabError(f"{' '.join(map(str, argv))}: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def attempt(*argv: str | Path) -> bool:
    """Run a command that may fail; True when it did not."""
    done = subprocess.run([str(a) for a in argv], capture_output=True, check=False)
    return done.returncode == 0


def until(holds: Callable[[], bool], seconds: float, what: str, pause: float = 0.2) -> float:
    """Wait until `holds()` and return how long that took; LabError naming `what` when it never does."""
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > seconds:
            raise LabError(f"{what}: not within {seconds:.0f} s")
        time.sleep(pause)
    return time.monotonic() - began


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on a file; it ends with the process, however that ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _lock(handle, path)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, path: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say(f"waiting for another process that holds {path}")
        fcntl.flock(handle, fcntl.LOCK_EX)
