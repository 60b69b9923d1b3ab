"""SPDY/3.1, as far as Kubernetes uses it: streams with headers over one connection.

kubectl tunnels it through a websocket for port-forward; older clients upgrade to it for exec and attach too. Flow
control is as in the library of the real server: none but that of the connection itself.
"""

from __future__ import annotations

import asyncio
import struct
import zlib
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping

_NAMES = (
    "options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow "
    "authorization cache-control connection content-base content-encoding content-language content-length "
    "content-location content-md5 content-range content-type date etag expect expires from host if-match "
    "if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma "
    "proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding upgrade "
    "user-agent vary via warning www-authenticate method get status"
)
_REST = (
    "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505"
    "203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden"
    "404 Not Found500 Internal Server Error501 Not Implemented503 Service Unavailable"
    "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT"
    "chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript,"
    "publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0."
)
DICTIONARY = (
    b"".join(
        struct.pack(">I", len(name)) + name.encode()
        for name in (
            *_NAMES.split(),
            "200 OK",
            "version",
            "HTTP/1.1",
            "url",
            "public",
            "set-cookie",
            "keep-alive",
            "origin",
        )
    )
    + _REST.encode()
)
"""What header blocks are compressed with (SPDY draft 3, 2.6.10.1)."""

SYN_STREAM, SYN_REPLY, RST_STREAM, SETTINGS, PING, GOAWAY, HEADERS, WINDOW_UPDATE = 1, 2, 3, 4, 6, 7, 8, 9
FIN = 1
CANCEL = 5
LARGEST = 1 << 20
"""Bytes of a frame that is still taken."""
HELD = 256 * 1024
"""Bytes that wait to be read on one stream before the connection is read no further."""

Headers = Mapping[str, str]
Send = Callable[[bytes], Awaitable[None]]


class ProtocolError(Exception):
    """Bytes that are no SPDY."""


class Stream:
    """One stream. Both sides may end theirs on its own."""

    def __init__(self, connection: Connection, number: int, headers: Headers) -> None:
        self.number = number
        self.headers = headers
        self._connection = connection
        self._chunks: deque[bytes] = deque()
        self._moved = asyncio.Event()
        self._ended = False
        self.finished = False
        self.reset = False

    @property
    def held(self) -> int:
        """Bytes that wait to be read."""
        return sum(map(len, self._chunks))

    async def read(self) -> bytes:
        """Some bytes; none when the other side has ended its half."""
        while not self._chunks:
            if self._ended:
                return b""
            self._moved.clear()
            await self._moved.wait()
        data = b"".join(self._chunks)
        self._chunks.clear()
        self._connection.read_on()
        return data

    async def write(self, data: bytes) -> None:
        """Send bytes. Nothing is sent after the end."""
        for at in range(0, len(data), 32_768):
            if not (self.finished or self.reset):
                await self._connection.send_data(self.number, 0, data[at : at + 32_768])

    async def finish(self) -> None:
        """End this half."""
        if not (self.finished or self.reset):
            self.finished = True
            await self._connection.send_data(self.number, FIN, b"")

    def take(self, data: bytes) -> None:
        """Bytes have come."""
        if data:
            self._chunks.append(data)
        self._moved.set()

    def end(self, reset: bool = False) -> None:
        """The other side has ended its half; or, with `reset`, the whole stream."""
        self._ended = True
        self.reset = self.reset or reset
        self._moved.set()


class Connection:
    """The server's side of one connection. `feed` takes what comes; streams that are opened wait in `accept`."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._buffer = bytearray()
        self._inflate = zlib.decompressobj(zdict=DICTIONARY)
        self._deflate = zlib.compressobj(zdict=DICTIONARY)
        self._streams: dict[int, Stream] = {}
        self._opened: asyncio.Queue[Stream | None] = asyncio.Queue()
        self._read_on = asyncio.Event()
        self._writing = asyncio.Lock()
        self.closed = False

    async def accept(self) -> Stream | None:
        """The next stream that the client opens; None when the connection has ended."""
        return await self._opened.get()

    async def feed(self, data: bytes) -> None:
        """Take bytes. Waits while what has come is not read. ProtocolError for what is no SPDY."""
        self._buffer += data
        for head, flags, body in self._frames():
            if head & 0x8000_0000:
                await self._control(head & 0xFFFF, flags, body)
            else:
                self._data(head, flags, body)
        while not self.closed and any(stream.held > HELD for stream in self._streams.values()):
            self._read_on.clear()
            await self._read_on.wait()

    def read_on(self) -> None:
        """Somebody has read: there is room again."""
        self._read_on.set()

    def end(self) -> None:
        """The connection is gone."""
        self.closed = True
        for stream in self._streams.values():
            stream.end(reset=True)
        self._opened.put_nowait(None)
        self._read_on.set()

    async def send_data(self, number: int, flags: int, data: bytes) -> None:
        """A data frame."""
        await self._write(struct.pack(">II", number, flags << 24 | len(data)) + data)
        stream = self._streams.get(number)
        if stream and stream.finished and stream._ended:
            del self._streams[number]

    async def go_away(self) -> None:
        """Tell the client that no more streams are taken."""
        await self._write(_control(GOAWAY, 0, struct.pack(">II", max(self._streams, default=0), 0)))

    def _frames(self) -> Iterator[tuple[int, int, bytes]]:
        while len(self._buffer) >= 8:
            head, size = struct.unpack_from(">II", self._buffer)
            length = size & 0xFF_FFFF
            if length > LARGEST:
                raise ProtocolError(f"a frame of {length} bytes")
            if len(self._buffer) < 8 + length:
                return
            body = bytes(self._buffer[8 : 8 + length])
            del self._buffer[: 8 + length]
            yield head, size >> 24, body

    def _data(self, number: int, flags: int, body: bytes) -> None:
        stream = self._streams.get(number)
        if stream is None:
            return
        stream.take(body)
        if flags & FIN:
            self._half(stream)

    def _half(self, stream: Stream) -> None:
        stream.end()
        if stream.finished:
            self._streams.pop(stream.number, None)

    async def _control(self, kind: int, flags: int, body: bytes) -> None:
        if kind == SYN_STREAM:
            await self._open(flags, body)
        elif kind == PING:
            await self._write(_control(PING, 0, body))
        elif kind == RST_STREAM:
            stream = self._streams.pop(struct.unpack_from(">I", body)[0], None)
            if stream:
                stream.end(reset=True)
        elif kind in (SYN_REPLY, HEADERS):
            self._headers(body[4:])
        elif kind == GOAWAY:
            self._opened.put_nowait(None)

    async def _open(self, flags: int, body: bytes) -> None:
        number = struct.unpack_from(">I", body)[0]
        stream = Stream(self, number, self._headers(body[10:]))
        self._streams[number] = stream
        await self._write(_control(SYN_REPLY, 0, struct.pack(">I", number) + self._pack({})))
        if flags & FIN:
            stream.end()
        self._opened.put_nowait(stream)

    def _headers(self, block: bytes) -> Headers:
        try:
            plain = self._inflate.decompress(block, LARGEST)
        except zlib.error as error:
            raise ProtocolError(f"headers: {error}") from None
        return dict(_pairs(plain))

    def _pack(self, headers: Headers) -> bytes:
        plain = struct.pack(">I", len(headers))
        for name, value in headers.items():
            for text in (name.lower(), value):
                plain += struct.pack(">I", len(text)) + text.encode()
        return self._deflate.compress(plain) + self._deflate.flush(zlib.Z_SYNC_FLUSH)

    async def _write(self, frame: bytes) -> None:
        async with self._writing:
            if not self.closed:
                await self._send(frame)


def _control(kind: int, flags: int, body: bytes) -> bytes:
    return struct.pack(">II", 0x8003_0000 | kind, flags << 24 | len(body)) + body


def _pairs(plain: bytes) -> Iterator[tuple[str, str]]:
    """Names and values of a header block; of several values, the first."""
    try:
        count = struct.unpack_from(">I", plain)[0]
        at = 4
        for _ in range(min(count, 256)):
            pair = []
            for _ in range(2):
                length = struct.unpack_from(">I", plain, at)[0]
                pair.append(plain[at + 4 : at + 4 + length].decode("utf-8", "replace"))
                at += 4 + length
            yield pair[0].lower(), pair[1].split("\0")[0]
    except struct.error:
        raise ProtocolError("headers that end too early") from None
