"""How files are told apart from what they were."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

Stamp = tuple[int, ...]
"""What changes with each write of a file; empty for one that is not there."""
Stamps = Mapping[Path, Stamp]


def read_stamps(paths: Iterable[Path]) -> Stamps:
    """Look at the files, and through links: a mounted Secret is renewed by putting another folder behind one."""
    return {path: _stamp(path) for path in paths}


def _stamp(path: Path) -> Stamp:
    try:
        found = path.stat()
    except OSError:
        return ()
    return (found.st_mtime_ns, found.st_size, found.st_ino)
