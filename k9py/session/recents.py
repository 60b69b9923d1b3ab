"""The namespaces that were used lately, kept from one run to the next in a file that only its owner reads (0600)."""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
import platformdirs

from k9py.values.namespaces import Namespaces

FILE = "namespaces.json"
MOST = 200
"""Contexts that are remembered; those that have not been used for the longest are forgotten."""

_Kept = dict[str, list[str]]
_read = msgspec.json.Decoder(_Kept).decode


def default_path() -> Path:
    """Where it is kept."""
    return Path(platformdirs.user_state_dir("k9py", appauthor=False)) / FILE


class Recents:
    """By context, in the order of their keys. Without a path nothing is read or written.

    That they are not to be had, or not to be kept, is written to the log: nothing else depends on it.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._log = logging.getLogger("k9py")

    def of(self, context: str) -> list[Namespaces]:
        """Those of a context."""
        return [Namespaces.read(text) for text in self._load().get(context, ()) if text != "all"]

    def keep(self, context: str, namespaces: Sequence[Namespaces]) -> None:
        """These are those of a context now. What other runs have kept of other contexts stays."""
        if self._path is None:
            return
        kept = self._load()
        kept.pop(context, None)  # the context in use comes last
        kept[context] = [str(each) for each in namespaces]
        try:
            _write(self._path, dict(list(kept.items())[-MOST:]))
        except OSError as error:
            self._log.info("the namespaces in use can't be kept: %s", error)

    def _load(self) -> _Kept:
        try:
            return _read(self._path.read_bytes()) if self._path and self._path.exists() else {}
        except (OSError, msgspec.DecodeError) as error:
            self._log.info("the namespaces of before can't be read: %s", error)
            return {}


def _write(path: Path, kept: _Kept) -> None:
    """In one go, so that another run never reads half of it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # only its owner can read it
    try:
        with open(handle, "wb") as file:
            file.write(msgspec.json.encode(kept))
        Path(name).replace(path)
    except OSError:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise
