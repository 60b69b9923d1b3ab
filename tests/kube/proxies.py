"""Proxies on loopback: HTTP (CONNECT), the same over TLS, and SOCKS5. Each notes what it was asked for."""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Handshake = Callable[["Proxy", asyncio.StreamReader, asyncio.StreamWriter], Awaitable[tuple[str, int] | None]]


@dataclass
class Proxy:
    """Where it listens. `names` are the hosts that it alone knows; `login` is who may pass, all when empty."""

    port: int = 0
    login: tuple[str, str] = ("", "")
    names: Mapping[str, str] = field(default_factory=dict)
    asked: list[tuple[str, int]] = field(default_factory=list)
    """Host and port of each way that was wanted."""
    certificates: list[object] = field(default_factory=list)
    """What clients have shown in TLS."""


@asynccontextmanager
async def http_proxy(proxy: Proxy, context: ssl.SSLContext | None = None) -> AsyncIterator[Proxy]:
    """A proxy of HTTP's CONNECT."""
    async with _serve(proxy, _connect, context):
        yield proxy


@asynccontextmanager
async def socks_proxy(proxy: Proxy) -> AsyncIterator[Proxy]:
    """A proxy of SOCKS5 (RFC 1928), with user and password (RFC 1929) when there is a login."""
    async with _serve(proxy, _greet, None):
        yield proxy


@asynccontextmanager
async def answering_proxy(answer: bytes) -> AsyncIterator[Proxy]:
    """What says the same to everybody, and no more."""

    async def say(proxy: Proxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        writer.write_eof()
        await reader.read()

    proxy = Proxy()
    async with _serve(proxy, say, None):
        yield proxy


@asynccontextmanager
async def _serve(proxy: Proxy, handshake: Handshake, context: ssl.SSLContext | None) -> AsyncIterator[None]:
    handling: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        proxy.certificates.append(writer.get_extra_info("peercert"))
        with suppress(OSError, asyncio.IncompleteReadError):
            if target := await handshake(proxy, reader, writer):
                proxy.asked.append(target)
                await _pass(reader, writer, proxy.names.get(target[0], target[0]), target[1])
        await _close(writer)

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(handle(reader, writer))
        handling.add(task)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=context)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield
    finally:
        server.close()
        await asyncio.wait_for(asyncio.gather(*handling), 30)


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, port: int) -> None:
    """Pass bytes both ways until one end has closed."""
    back, there = await asyncio.open_connection(host, port)
    pumps = [asyncio.create_task(_pump(reader, there)), asyncio.create_task(_pump(back, writer))]
    await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
    there.transport.abort()
    writer.transport.abort()
    await asyncio.wait(pumps)
    await _close(there)


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()


async def _connect(proxy: Proxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, int] | None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    method, target, _ = head.split(" ", 2)
    assert method == "CONNECT", head
    wanted = base64.b64encode(":".join(proxy.login).encode()).decode()
    if proxy.login[0] and f"Proxy-Authorization: Basic {wanted}\r\n" not in head:
        writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        return None
    writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
    host, _, port = target.rpartition(":")
    return host, int(port)


async def _greet(proxy: Proxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, int] | None:
    _, count = await reader.readexactly(2)
    methods = await reader.readexactly(count)
    method = 2 if proxy.login[0] else 0
    if method not in methods:
        writer.write(b"\x05\xff")
        return None
    writer.write(bytes((5, method)))
    if method and not await _check_login(proxy, reader, writer):
        return None
    _, command, _, kind = await reader.readexactly(4)
    assert command == 1
    host = await _read_host(reader, kind)
    port = int.from_bytes(await reader.readexactly(2))
    allowed = host != "forbidden.example"
    writer.write(bytes((5, 0 if allowed else 2, 0, 1, 0, 0, 0, 0, 0, 0)))
    return (host, port) if allowed else None


async def _check_login(proxy: Proxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    await reader.readexactly(1)
    user = await reader.readexactly((await reader.readexactly(1))[0])
    password = await reader.readexactly((await reader.readexactly(1))[0])
    right = (user.decode(), password.decode()) == proxy.login
    writer.write(b"\x01\x00" if right else b"\x01\x01")
    return right


async def _read_host(reader: asyncio.StreamReader, kind: int) -> str:
    if kind == 3:
        return (await reader.readexactly((await reader.readexactly(1))[0])).decode()
    assert kind == 1
    return ".".join(map(str, await reader.readexactly(4)))
