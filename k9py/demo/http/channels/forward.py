"""Port-forward: pairs of streams, one for the bytes and one for errors, over SPDY or over a websocket."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable
from dataclasses import dataclass, field

from k9py.demo.http.channels.connection import PortConnection, RefusedError
from k9py.demo.http.channels.sockets import Socket
from k9py.demo.http.channels.spdy import Connection, Stream

Open = Callable[[int], PortConnection]
"""Opens a connection to a port. RefusedError if nobody listens."""


@dataclass(slots=True)
class _Pair:
    data: Stream | None = None
    error: Stream | None = None


@dataclass(slots=True)
class Forwarder:
    """Serves the pairs of one SPDY connection (the kubelet's cri/streaming/portforward)."""

    open: Open
    _pairs: dict[str, _Pair] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self, connection: Connection) -> None:
        """Until the client goes."""
        try:
            while (stream := await connection.accept()) is not None:
                self._take(stream)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _take(self, stream: Stream) -> None:
        request = stream.headers.get("requestid", "") or str(stream.number - (stream.number > 2) * 2)
        pair = self._pairs.setdefault(request, _Pair())
        if stream.headers.get("streamtype") == "error":
            pair.error = stream
        else:
            pair.data = stream
        if pair.data and pair.error:
            del self._pairs[request]
            task = asyncio.create_task(self._forward(pair.data, pair.error))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _forward(self, data: Stream, error: Stream) -> None:
        try:
            found = self.open(int(data.headers.get("port", "0") or 0))
        except RefusedError as refusal:
            await error.write(str(refusal).encode())
        else:
            while not found.over and (received := await data.read()):
                await data.write(found.receive(received))
        await data.finish()
        await error.finish()


async def forward_socket(socket: Socket, ports: list[int], open_port: Open) -> None:
    """Channels `2*i` carry the bytes of the i-th port, `2*i+1` its errors; each begins with the port itself."""
    for index, port in enumerate(ports):
        for channel in (2 * index, 2 * index + 1):
            await socket.send(channel, struct.pack("<H", port))
    connections: dict[int, PortConnection] = {}
    for index, port in enumerate(ports):
        try:
            connections[2 * index] = open_port(port)
        except RefusedError as refusal:
            await socket.send(2 * index + 1, str(refusal).encode())
    while (message := await socket.receive()) is not None:
        channel, data = message
        found = connections.get(channel)
        if found is None or not data:
            continue
        answer = found.receive(data)
        for at in range(0, len(answer), 32_768):
            await socket.send(channel, answer[at : at + 32_768])
        if found.over:
            del connections[channel]
        if not connections:
            await socket.close()
            return
