"""Channels over a websocket: the first byte of a message is its channel (apiserver's util/wsstream)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import WSMsgType, web

from k9py.demo.http.channels.remote import ERROR, STDERR, STDOUT, dump

V5, V4, V1 = "v5.channel.k8s.io", "v4.channel.k8s.io", "channel.k8s.io"
V4_TEXT, V1_TEXT = "v4.base64.channel.k8s.io", "base64.channel.k8s.io"
CLOSE = 255
"""In v5: the next byte is a channel that the client closes."""


def wants_socket(request: web.Request) -> bool:
    """Whether a request asks for a websocket."""
    upgrade = request.headers.get("Upgrade", "").lower()
    return upgrade == "websocket" and "upgrade" in request.headers.get("Connection", "").lower()


def offered(request: web.Request) -> list[str]:
    """The subprotocols that a client offers."""
    header = ",".join(request.headers.getall("Sec-WebSocket-Protocol", []))
    return [one.strip() for one in header.split(",") if one.strip()]


def negotiate(request: web.Request, served: Sequence[str]) -> str | None:
    """The first of what is served that the client offers; empty if it offers nothing, None if nothing fits."""
    wanted = offered(request)
    return next((one for one in served if one in wanted), None if wanted else "")


def unfit() -> web.Response:
    """The answer when no subprotocol fits."""
    response = web.Response(status=403)
    response.force_close()
    return response


class Socket:
    """One websocket with channels."""

    def __init__(self, protocol: str) -> None:
        self.protocol = protocol
        self._text = "base64" in protocol
        self._plain = not protocol.startswith(("v4", "v5"))
        self._socket = web.WebSocketResponse(protocols=(protocol,) if protocol else (), compress=False)

    async def open(self, request: web.Request) -> web.WebSocketResponse:
        """Upgrade the connection."""
        await self._socket.prepare(request)
        return self._socket

    async def receive(self) -> tuple[int, bytes | None] | None:
        """A channel and its bytes; None for them if it is closed, None when the client has gone."""
        while True:
            message = await self._socket.receive()
            if message.type not in (WSMsgType.BINARY, WSMsgType.TEXT):
                return None
            data = self._decoded(message.data)
            if not data:
                continue
            if self.protocol == V5 and data[0] == CLOSE:
                if len(data) > 1:
                    return data[1], None
                continue
            return data[0], data[1:]

    async def send(self, channel: int, data: bytes) -> None:
        """Bytes to the client."""
        if self._text:
            await self._socket.send_str(str(channel) + base64.b64encode(data).decode())
        else:
            await self._socket.send_bytes(bytes((channel,)) + data)

    async def greet(self, stdout: bool, stderr: bool) -> None:
        """An empty message, so that the client knows that it is connected."""
        await self.send(STDOUT if stdout else STDERR if stderr else ERROR, b"")

    async def finish(self, status: Mapping[str, Any] | None, plain: str) -> None:
        """Say how it has ended, and close."""
        if self._plain:
            if plain:
                await self.send(ERROR, plain.encode())
        elif status is not None:
            await self.send(ERROR, dump(status))
        await self.close()

    async def close(self) -> None:
        """Close."""
        await self._socket.close()

    def _decoded(self, data: str | bytes) -> bytes:
        if not self._text:
            return data.encode() if isinstance(data, str) else data
        text = data if isinstance(data, str) else data.decode("ascii", "replace")
        if not text[:1].isdigit():
            return b""
        try:
            return bytes((int(text[0]),)) + base64.b64decode(text[1:])
        except (ValueError, binascii.Error):
            return b""
