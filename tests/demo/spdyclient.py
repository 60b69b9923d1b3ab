"""The client's side of SPDY, as kubectl speaks it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Awaitable, Callable

from k9py.demo.http.channels.spdy import DICTIONARY


class SpdyClient:
    """Writes frames with `send`; `take` reads what has come."""

    def __init__(self, send: Callable[[bytes], Awaitable[object]]) -> None:
        self._send = send
        self._deflate = zlib.compressobj(zdict=DICTIONARY)
        self._buffer = b""
        self._next = 1
        self.data: dict[int, bytes] = {}
        self.ended: set[int] = set()
        self.replied: list[int] = []
        self.pongs: list[bytes] = []

    async def open(self, **headers: str) -> int:
        """Open a stream."""
        number, self._next = self._next, self._next + 2
        block = struct.pack(">I", len(headers))
        for name, value in headers.items():
            block += struct.pack(">I", len(name)) + name.encode() + struct.pack(">I", len(value)) + value.encode()
        packed = self._deflate.compress(block) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
        await self.control(1, struct.pack(">IIBB", number, 0, 0, 0) + packed)
        return number

    async def control(self, kind: int, body: bytes, flags: int = 0) -> None:
        """A control frame."""
        await self._send(struct.pack(">HHI", 0x8003, kind, flags << 24 | len(body)) + body)

    async def write(self, number: int, data: bytes, end: bool = False) -> None:
        """A data frame."""
        await self._send(struct.pack(">II", number, int(end) << 24 | len(data)) + data)

    def take(self, data: bytes) -> None:
        """Bytes from the server."""
        self._buffer += data
        while len(self._buffer) >= 8:
            head, size = struct.unpack_from(">II", self._buffer)
            end = 8 + (size & 0xFFFFFF)
            if len(self._buffer) < end:
                return
            self._frame(head, size >> 24, self._buffer[8:end])
            self._buffer = self._buffer[end:]

    def _frame(self, head: int, flags: int, body: bytes) -> None:
        if not head & 0x80000000:
            self.data[head] = self.data.get(head, b"") + body
            if flags & 1:
                self.ended.add(head)
        elif head & 0xFFFF == 2:
            self.replied.append(struct.unpack_from(">I", body)[0])
        elif head & 0xFFFF == 6:
            self.pongs.append(body)
