"""What is on a screen, saved: files of k9py's own that nobody else on the machine may read."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from k9py.values.errors import K9pyError

_UNFIT = re.compile(r"[^\w.@=+-]+")
_LONGEST = 80
"""Signs of one part of a name: four of them stay below the 255 bytes that file systems take, but for rare scripts."""


def screens_folder() -> Path:
    """Where screens are saved."""
    import platformdirs  # needed only now: start-up time counts

    return Path(platformdirs.user_data_dir("k9py", appauthor=False)) / "screens"


def save_text(text: str, words: Sequence[str], suffix: str = "txt", root: Path | None = None) -> Path:
    """Write a new file named after words and the time, and answer where it is. Raises K9pyError, and leaves none.

    The first word (the context) names a folder, below `root`. What is in a cluster may be secret: only its owner can
    read the file.
    """
    folder = (root or screens_folder()) / _fit(words[0])
    stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S-%f")[:-3]
    path = folder / "_".join([*map(_fit, words[1:]), f"{stamp}.{suffix}"])
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(path, text)
    except OSError as error:
        raise K9pyError(f"not saved, {error.strerror or error}: {path}") from error
    return path


def write_private(path: Path, text: str) -> None:
    """A new file that only its owner can read; none is left where it does not go in whole. Raises OSError."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with open(handle, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            file.write(text)
    except OSError:
        path.unlink(missing_ok=True)
        raise


def _fit(word: str) -> str:
    """A part of a name that every file system takes, and that leads to no other folder."""
    return _UNFIT.sub("-", word)[:_LONGEST].encode()[:_LONGEST].decode(errors="ignore").lstrip(".") or "-"
