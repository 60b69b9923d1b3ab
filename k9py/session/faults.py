"""Where every unexpected exception ends: written to the log with its context, told in one line, and k9py goes on."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path

import platformdirs

LOG_BYTES = 2_000_000
REPEAT = 10.0
"""Seconds for which the same fault once more is only counted."""


def open_log(folder: Path | None = None) -> Path | None:
    """Send k9py's log records to a file of its own (kept below 2 MB, one former file beside it); answers its path.

    None where no file can be written: k9py goes on without one.
    """
    folder = folder or Path(platformdirs.user_log_dir("k9py", appauthor=False))
    path, handler = _log_file(folder / "k9py.log")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]  # nothing may print to the terminal that Textual paints,
    logging.raiseExceptions = False  # not even that the disk is full
    root.setLevel(logging.INFO)
    return path


def _log_file(path: Path) -> tuple[Path | None, logging.Handler]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return path, RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8")
    except OSError:
        return None, logging.NullHandler()


class Faults:
    """The one place that hears of unexpected exceptions. `tell` is called with one line for the screen."""

    def __init__(self) -> None:
        self.count = 0
        self.tell: Callable[[str], None] = lambda line: None
        self._log = logging.getLogger("k9py")
        self._last: tuple[object, ...] = ()
        self._last_at = 0.0

    def report(self, error: BaseException, doing: str) -> None:
        """Record an exception that nobody expected, and what was being done."""
        self.count += 1
        what, now = (type(error), str(error), doing), time.monotonic()
        if what == self._last and now - self._last_at < REPEAT:
            return  # what fails thirty times a second is written and told once
        self._last, self._last_at = what, now
        self._log.error("while %s", doing, exc_info=error)
        self.tell(f"{type(error).__name__} while {doing}: {first_line(error)}")


def first_line(error: BaseException) -> str:
    """As much of an exception's message as there is room for."""
    return next(iter(str(error).splitlines()), "") or "no message"
