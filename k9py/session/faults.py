"""Where every unexpected exception ends: written to the log with its context, told in one line, and k9py goes on."""

from __future__ import annotations

import logging
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path

import platformdirs

LOG_BYTES = 2_000_000


def open_log(folder: Path | None = None) -> Path:
    """Send k9py's log records to a file of its own (kept below 2 MB, one former file beside it); answers its path."""
    folder = folder or Path(platformdirs.user_log_dir("k9py", appauthor=False))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / "k9py.log"
    handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]  # nothing may print to the terminal that Textual paints
    root.setLevel(logging.INFO)
    return path


class Faults:
    """The one place that hears of unexpected exceptions. `tell` is called with one line for the screen."""

    def __init__(self) -> None:
        self.count = 0
        self.tell: Callable[[str], None] = lambda line: None
        self._log = logging.getLogger("k9py")

    def report(self, error: BaseException, doing: str) -> None:
        """Record an exception that nobody expected, and what was being done."""
        self.count += 1
        self._log.error("while %s", doing, exc_info=error)
        self.tell(f"{type(error).__name__} while {doing}: {str(error).splitlines()[0] if str(error) else 'no message'}")
