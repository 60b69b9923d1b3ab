"""The handshake with a SOCKS5 proxy (RFC 1928, and RFC 1929 for user and password).

It is short, and a library for it would be imported by the official client's websockets at every start.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from aiohappyeyeballs import start_connection

_PORT = 1080
_VERSION, _LOGIN_VERSION = 5, 1
_OPEN, _BY_PASSWORD, _NONE = 0, 2, 0xFF
_CONNECT = 1
_IPV4, _NAME, _IPV6 = 1, 3, 4
_REFUSALS = {
    1: "it has failed",
    2: "its rules do not allow it",
    3: "the network is unreachable",
    4: "the host is unreachable",
    5: "the connection is refused there",
    6: "it took too long",
    7: "it connects nothing",
    8: "it does not know such addresses",
}


class SocksRefusal(Exception):
    """The proxy answers, and does not let us through: why, in its words."""


@dataclass(frozen=True, slots=True)
class SocksProxy:
    """Where the proxy is, and who we are to it."""

    host: str
    port: int
    user: str
    password: str

    @classmethod
    def read(cls, url: str) -> SocksProxy:
        """Of an address such as socks5://user:password@host:1080."""
        parts = urlsplit(url)
        login = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname or "", parts.port or _PORT, *login)

    async def connect(self, host: str, port: int) -> socket.socket:
        """A socket that leads through the proxy to a host, whose name the proxy resolves. OSError, SocksRefusal."""
        loop = asyncio.get_running_loop()
        way = await start_connection(await loop.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM))
        try:
            await self._greet(_Talk(way, loop))
            await _ask_for(_Talk(way, loop), host, port)
        except BaseException:
            way.close()
            raise
        return way

    async def _greet(self, talk: _Talk) -> None:
        methods = bytes((_OPEN, _BY_PASSWORD) if self.user else (_OPEN,))
        version, method = await talk.ask(bytes((_VERSION, len(methods))) + methods, 2)
        if version != _VERSION:
            raise SocksRefusal("it does not speak SOCKS 5")
        if method not in methods:
            raise SocksRefusal("it takes no user and password" if self.user else "it wants a user and password")
        if method == _BY_PASSWORD:
            login = b"".join(bytes((len(word),)) + word for word in (self.user.encode(), self.password.encode()))
            _, failed = await talk.ask(bytes((_LOGIN_VERSION,)) + login, 2)
            if failed:
                raise SocksRefusal("user or password is wrong")


@dataclass(frozen=True, slots=True)
class _Talk:
    way: socket.socket
    loop: asyncio.AbstractEventLoop

    async def ask(self, words: bytes, count: int) -> bytes:
        """Send, and read so many bytes, not one more: what follows is the server's."""
        await self.loop.sock_sendall(self.way, words)
        return await self.read(count)

    async def read(self, count: int) -> bytes:
        """Exactly so many bytes."""
        found = b""
        while len(found) < count:
            if not (more := await self.loop.sock_recv(self.way, count - len(found))):
                raise SocksRefusal("it has closed the connection")
            found += more
        return found


async def _ask_for(talk: _Talk, host: str, port: int) -> None:
    words = bytes((_VERSION, _CONNECT, 0)) + _address(host) + port.to_bytes(2)
    _, refused, _, kind = await talk.ask(words, 4)
    if refused:
        raise SocksRefusal(_REFUSALS.get(refused, f"error {refused}"))
    bound = {_IPV4: 4, _IPV6: 16}.get(kind)
    await talk.read((bound if bound is not None else (await talk.read(1))[0]) + 2)


def _address(host: str) -> bytes:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        name = host.encode("idna")
        return bytes((_NAME, len(name))) + name
    return bytes((_IPV4 if address.version == 4 else _IPV6,)) + address.packed
