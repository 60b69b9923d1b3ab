"""pods/portforward: tunnelled SPDY as kubectl does it, and pairs of channels as Python's client does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.demo.channelling import V4, V5, Opened, frames, opened
from tests.demo.spdyclient import SpdyClient

TUNNEL = "SPDY/3.1+portforward.k8s.io"
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
async def cluster() -> AsyncIterator[Opened]:
    async with opened() as found:
        yield found


async def test_channels_begin_with_their_port(cluster: Opened) -> None:
    async with cluster.socket("box", "portforward", "ports=8080", (V4,)) as socket:
        await socket.send_bytes(b"\0" + GET)
        port, error, answer = await frames(socket)
    assert (port, error) == (b"\x00\x90\x1f", b"\x01\x90\x1f")
    assert isinstance(answer, bytes)
    assert answer.startswith(b"\0HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"\r\n\r\nhello\n")


async def test_a_port_where_nobody_listens(cluster: Opened) -> None:
    async with cluster.socket("box", "portforward", "ports=8080&ports=99", (V4,)) as socket:
        found = [await socket.receive_bytes() for _ in range(5)]
    assert found[2:4] == [b"\x02c\x00", b"\x03c\x00"]
    assert found[4].startswith(b"\x03error forwarding port 99 to pod ")
    assert b"connect: connection refused" in found[4]


async def tunnelled(socket: aiohttp.ClientWebSocketResponse, client: SpdyClient, until: int) -> None:
    """Read until a stream has ended."""
    while until not in client.ended:
        client.take(await socket.receive_bytes())


async def test_kubectls_tunnel_carries_many_connections(cluster: Opened) -> None:
    async with cluster.socket("web", "portforward", "", (TUNNEL,)) as socket:
        client = SpdyClient(socket.send_bytes)
        for request in ("0", "1"):
            error = await client.open(streamtype="error", port="80", requestid=request)
            await client.write(error, b"", end=True)
            data = await client.open(streamtype="data", port="80", requestid=request)
            for at in range(0, len(GET), 7):
                await client.write(data, GET[at : at + 7])
            await asyncio.sleep(0)
            await client.write(data, b"", end=True)
            await tunnelled(socket, client, error)
            assert b"Welcome to nginx!" in client.data[data]
            assert client.data.get(error, b"") == b""
            assert {data, error} <= client.ended


async def test_an_error_ends_its_own_connection_only(cluster: Opened) -> None:
    async with cluster.socket("web", "portforward", "", (TUNNEL,)) as socket:
        client = SpdyClient(socket.send_bytes)
        error = await client.open(streamtype="error", port="81", requestid="0")
        await client.open(streamtype="data", port="81", requestid="0")
        await tunnelled(socket, client, error)
        assert client.data[error].startswith(b"error forwarding port 81 to pod ")
        again = await client.open(streamtype="error", port="80", requestid="1")
        data = await client.open(streamtype="data", port="80", requestid="1")
        await client.write(data, b"HEAD / HTTP/1.0\r\n\r\n")
        await tunnelled(socket, client, again)
        assert client.data[data].startswith(b"HTTP/1.1 200 OK")


async def test_connections_are_kept_for_more_requests(cluster: Opened) -> None:
    async with cluster.socket("web", "portforward", "ports=80", (V4,)) as socket:
        await socket.receive_bytes()
        await socket.receive_bytes()
        for _ in range(2):
            await socket.send_bytes(b"\0" + GET)
            assert b"Welcome to nginx!" in await socket.receive_bytes()


REFUSALS = [
    ("box", "", V4, 400, 'query parameter "port" is required'),
    ("box", "ports=abc", V4, 400, 'cannot convert to []int32: strconv.ParseUint: parsing "abc": invalid syntax'),
    ("done", "ports=80", V4, 500, 'pod not found ("done_default")'),
    ("unbound", "ports=80", V4, 400, "pod unbound does not have a host assigned"),
    ("nope", "ports=80", V4, 404, 'pods "nope" not found'),
    ("box", "ports=80", V5, 403, ""),
]


async def test_refusals(cluster: Opened) -> None:
    for pod, query, protocol, code, text in REFUSALS:
        answer = await cluster.refused(pod, "portforward", query, Sec_WebSocket_Protocol=protocol)
        assert answer == (code, text)


async def test_old_servers_know_no_tunnel() -> None:
    async with opened(frozenset({"portforward-websocket"})) as cluster:
        answer = await cluster.refused("web", "portforward", "ports=80", Sec_WebSocket_Protocol=TUNNEL)
        assert answer == (403, "")
