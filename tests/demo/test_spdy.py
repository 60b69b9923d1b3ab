"""SPDY frames, and exec over them as older clients do it."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import pytest

from k9py.demo.http.channels.spdy import DICTIONARY, Connection, ProtocolError
from tests.demo.channelling import opened
from tests.demo.spdyclient import SpdyClient

SERVED = "v4.channel.k8s.io v3.channel.k8s.io v2.channel.k8s.io channel.k8s.io"


def test_the_dictionary_is_that_of_the_draft() -> None:
    assert len(DICTIONARY) == 1423
    assert DICTIONARY.startswith(b"\0\0\0\x07options\0\0\0\x04head")
    assert DICTIONARY.endswith(b",enq=0.")


async def test_streams_with_headers_in_bytes_that_come_one_by_one() -> None:
    sent: list[bytes] = []

    async def collect(data: bytes) -> None:
        sent.append(data)

    async def keep(data: bytes) -> None:
        client.take(data)

    client = SpdyClient(collect)
    server = Connection(keep)
    first = await client.open(streamtype="data", port="80")
    second = await client.open(streamtype="error", port="80")
    await client.write(first, b"hello", end=True)
    await client.control(6, b"\0\0\0\x01")
    for byte in b"".join(sent):
        await server.feed(bytes((byte,)))
    streams = [await server.accept(), await server.accept()]
    assert [stream.headers["streamtype"] for stream in streams if stream] == ["data", "error"]
    assert client.replied == [first, second]
    assert client.pongs == [b"\0\0\0\x01"]
    assert streams[0]
    assert [await streams[0].read(), await streams[0].read()] == [b"hello", b""]
    await streams[0].write(b"x" * 100_000)
    await streams[0].finish()
    assert len(client.data[first]) == 100_000
    assert client.ended == {first}


async def test_what_is_no_spdy() -> None:
    async def nowhere(data: bytes) -> None:
        return None

    with pytest.raises(ProtocolError):
        await Connection(nowhere).feed(b"GET / HTTP/1.1\r\n")


async def test_exec_after_an_upgrade() -> None:
    async with opened() as cluster:
        url = urlsplit(cluster.path("box", "exec", "container=main&stdin=true&stdout=true&stderr=true&command=cat"))
        reader, writer = await asyncio.open_connection(url.hostname, url.port)
        head = (
            f"POST {url.path}?{url.query} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: Upgrade\r\n"
            "Upgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\n\r\n"
        )
        writer.write(head.encode())
        answer = await reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 101 Switching Protocols\r\n")
        assert b"X-Stream-Protocol-Version: v4.channel.k8s.io\r\n" in answer

        async def send(data: bytes) -> None:
            writer.write(data)
            await writer.drain()

        client = SpdyClient(send)
        streams = {kind: await client.open(streamtype=kind) for kind in ("error", "stdin", "stdout", "stderr")}
        await client.write(streams["stdin"], b"abc\n", end=True)
        while data := await reader.read(65536):
            client.take(data)
            if streams["error"] in client.ended:
                break
        assert client.data[streams["stdout"]] == b"abc\n"
        assert client.data[streams["error"]] == b'{"metadata":{},"status":"Success"}'
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize(
    ("offered", "code", "text"),
    [
        ("", 400, "unable to upgrade: X-Stream-Protocol-Version is required\n"),
        (
            "nope",
            403,
            f"unable to upgrade: unable to negotiate protocol: client supports [nope], server accepts [{SERVED}]\n",
        ),
    ],
)
async def test_no_protocol_of_streams_fits(offered: str, code: int, text: str) -> None:
    async with opened() as cluster:
        path = cluster.path("web", "exec", "stdout=true&command=ls")
        headers = {"Connection": "Upgrade", "Upgrade": "SPDY/3.1"}
        if offered:
            headers["X-Stream-Protocol-Version"] = offered
        async with cluster.session.post(path, headers=headers) as response:
            assert (response.status, await response.text()) == (code, text)
