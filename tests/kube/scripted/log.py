"""The log of one container, as a kubelet serves it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping


class ContainerLog:
    """Lines with their stamps; readers who follow are woken by each write and let go when it ends."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, bytes]] = []
        self.ended = False
        self.moved = asyncio.Event()

    def write(self, stamp: str, text: str | bytes) -> None:
        self.lines.append((stamp, text.encode() if isinstance(text, str) else text))
        self._wake()

    def end(self) -> None:
        """The container has stopped: followers get the end of their stream."""
        self.ended = True
        self._wake()

    def start_anew(self) -> None:
        """Another container of the same name: the log begins again."""
        self.lines = []
        self.ended = False
        self._wake()

    def first(self, query: Mapping[str, str]) -> int:
        """The index from which a reader gets lines."""
        return max(0, len(self.lines) - int(query.get("tailLines", len(self.lines))))

    def render(self, begin: int, since: str) -> bytes:
        """The lines from there on; `since`, in whole seconds, is compared with each of them."""
        kept = ((stamp, text) for stamp, text in self.lines[begin:] if stamp[:19] >= since[:19])
        return b"".join(stamp.encode() + b" " + text + b"\n" for stamp, text in kept)

    def _wake(self) -> None:
        self.moved.set()
        self.moved = asyncio.Event()
