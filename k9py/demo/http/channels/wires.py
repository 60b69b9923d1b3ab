"""What carries bytes between a client and SPDY: a websocket's messages, or the bare connection after an upgrade."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from aiohttp import WSMsgType, web

from k9py.demo.http.channels.spdy import Connection, ProtocolError

Serve = Callable[[Connection], Coroutine[Any, Any, None]]

TUNNEL = "SPDY/3.1+portforward.k8s.io"
"""The subprotocol of a websocket that carries SPDY."""


async def tunnel(request: web.Request, serve: Serve) -> web.StreamResponse:
    """SPDY through a websocket (KEP-4006)."""
    socket = web.WebSocketResponse(protocols=(TUNNEL,), compress=False)
    await socket.prepare(request)
    connection = Connection(socket.send_bytes)
    serving = asyncio.create_task(_until_served(serve, connection, socket))
    try:
        async for message in socket:
            if message.type == WSMsgType.BINARY:
                await connection.feed(message.data)
    except (ProtocolError, ConnectionError):
        pass
    finally:
        await _end(connection, serving)
        await socket.close()
    return socket


async def _until_served(serve: Serve, connection: Connection, socket: web.WebSocketResponse) -> None:
    await serve(connection)
    await socket.close()


async def upgrade(request: web.Request, protocol: str, serve: Serve) -> web.StreamResponse:
    """SPDY on the bare connection, after `101 Switching Protocols`."""
    wire = _Wire(request)
    connection = Connection(wire.send)
    wire.start(protocol)
    serving = asyncio.create_task(serve(connection))
    try:
        await wire.read_into(connection, serving)
    except (ProtocolError, ConnectionError):
        pass
    finally:
        await _end(connection, serving)
        wire.close()
    return _Taken()


async def _end(connection: Connection, serving: asyncio.Task[None]) -> None:
    connection.end()
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


class _Taken(web.StreamResponse):
    """The answer has been written by hand: nothing is left to be sent."""

    def __init__(self) -> None:
        super().__init__(status=101)
        self.force_close()

    async def prepare(self, request: web.BaseRequest) -> None:
        """Nothing."""

    async def write_eof(self, data: bytes = b"") -> None:
        """Nothing."""


class _Wire(asyncio.Protocol):
    """Takes a connection over from aiohttp, which still hears when it is lost."""

    def __init__(self, request: web.Request) -> None:
        assert request.transport is not None
        assert isinstance(request.transport, asyncio.Transport)
        self._transport = request.transport
        self._before = request.protocol
        self._received = bytearray()
        self._moved = asyncio.Event()
        self._lost = False
        self._writable = asyncio.Event()
        self._writable.set()

    def start(self, protocol: str) -> None:
        self._transport.set_protocol(self)
        head = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n"
        self._transport.write(f"{head}X-Stream-Protocol-Version: {protocol}\r\n\r\n".encode())

    async def send(self, data: bytes) -> None:
        await self._writable.wait()
        if not self._lost:
            self._transport.write(data)

    async def read_into(self, connection: Connection, serving: asyncio.Task[None]) -> None:
        """Hand on what comes until the connection is lost, or all is served."""
        serving.add_done_callback(lambda _: self._moved.set())
        while not self._lost and not serving.done():
            self._moved.clear()
            data = bytes(self._received)
            self._received.clear()
            if data:
                self._transport.resume_reading()
                await connection.feed(data)
            else:
                await self._moved.wait()

    def close(self) -> None:
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        self._received += data
        if len(self._received) > 1 << 20:
            self._transport.pause_reading()
        self._moved.set()

    def eof_received(self) -> bool:
        self._lost = True
        self._moved.set()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost = True
        self._moved.set()
        self._writable.set()
        self._before.connection_lost(exc)

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()
