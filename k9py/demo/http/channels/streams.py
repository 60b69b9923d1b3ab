"""Channels as streams of SPDY: what exec and attach were before websockets, and still are for older clients."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from k9py.demo.http.channels.remote import ERROR, RESIZE, STDERR, STDIN, STDOUT, dump
from k9py.demo.http.channels.spdy import Connection, Stream

_TYPES = {"stdin": STDIN, "stdout": STDOUT, "stderr": STDERR, "error": ERROR, "resize": RESIZE}
PATIENCE = 30.0
"""Seconds within which all streams must have been opened (the kubelet's streamCreationTimeout)."""


class Streams:
    """The streams of one command."""

    def __init__(self, protocol: str) -> None:
        self._protocol = protocol
        self._streams: dict[int, Stream] = {}
        self._received: asyncio.Queue[tuple[int, bytes | None] | None] = asyncio.Queue(8)
        self._readers: list[asyncio.Task[None]] = []

    async def open(self, connection: Connection, wanted: set[int]) -> bool:
        """Wait until the client has opened those that it has asked for; False if it goes before."""
        while not wanted <= self._streams.keys():
            stream = await asyncio.wait_for(connection.accept(), PATIENCE)
            if stream is None:
                return False
            kind = _TYPES.get(stream.headers.get("streamtype", ""))
            if kind is not None:
                self._streams[kind] = stream
        self._readers = [
            asyncio.create_task(self._read(kind, self._streams[kind]))
            for kind in (STDIN, RESIZE)
            if kind in self._streams
        ]
        self._readers.append(asyncio.create_task(self._gone(connection)))
        return True

    async def receive(self) -> tuple[int, bytes | None] | None:
        """A channel and its bytes; None for them if it is closed, None when the client has gone."""
        return await self._received.get()

    async def send(self, channel: int, data: bytes) -> None:
        """Bytes to the client."""
        stream = self._streams.get(channel)
        if stream:
            await stream.write(data)

    async def finish(self, status: Mapping[str, Any] | None, plain: str) -> None:
        """Say how it has ended, and end all streams."""
        if self._protocol == "v4.channel.k8s.io" and status is not None:
            await self.send(ERROR, dump(status))
        elif plain:
            await self.send(ERROR, plain.encode())
        for stream in self._streams.values():
            await stream.finish()

    def close(self) -> None:
        """Nobody listens any more."""
        for task in self._readers:
            task.cancel()

    async def _read(self, kind: int, stream: Stream) -> None:
        while data := await stream.read():
            await self._received.put((kind, data))
        if not stream.reset:
            await self._received.put((kind, None))

    async def _gone(self, connection: Connection) -> None:
        while await connection.accept() is not None:
            pass
        await self._received.put(None)
