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


def save_text(text: str, words: Sequence[str], suffix: str = "txt") -> Path:
    """Write a new file named after words and the time, and answer where it is. Raises K9pyError.

    The first word (the context) names a folder. What is in a cluster may be secret: only its owner can read the file.
    """
    folder = screens_folder() / _fit(words[0])
    stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S-%f")[:-3]
    path = folder / "_".join([*map(_fit, words[1:]), f"{stamp}.{suffix}"])
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise K9pyError(f"{path} can't be written: {error.strerror or error}") from error
    return path


def _fit(word: str) -> str:
    """A part of a name that every file system takes, and that leads to no other folder."""
    return _UNFIT.sub("-", word)[:_LONGEST].encode()[:_LONGEST].decode(errors="ignore").lstrip(".") or "-"
