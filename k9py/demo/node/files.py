"""The file system of a container."""

from __future__ import annotations


class Files:
    """Files by their absolute path."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
