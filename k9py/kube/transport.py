"""Requests as data go out here, answers and streams come back: one a context.

It stands on the official REST client, and adds what that leaves out: timeouts that suit streams, errors that say what
to do, credentials that are had anew when they run out or when the server refuses them.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass

from aiohttp import ClientResponse, ClientTimeout, ClientWebSocketResponse, SocketTimeoutError

from k9py.kube.connection import Connection
from k9py.kube.credentials import NEARLY, obtain
from k9py.kube.failures import NETWORK_ERRORS, api_error, network_error, not_kubernetes, silence_error
from k9py.kube.kubeconfig import Context, Kubeconfig, read_entry
from k9py.values.errors import ApiError, Unreachable
from k9py.values.request import Request, Response

DEFAULT_TIMEOUT = 30.0
CONNECT_TIMEOUT = 10.0
REFUSED_PAUSE = 10.0
"""Seconds between two renewals by force: every watch that gets a 401 asks for one."""
CLOSING = 1.0
"""Seconds that the end may take: a server that takes nothing in any more would hold up a connection for ever."""

_WARNING = re.compile(r'299 \S+ "((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True)
class ConnectOptions:
    """What the command line says about every connection. `request_timeout` is in seconds; 0 is none given (30 s)."""

    request_timeout: float = 0


class Transport:
    """The way to one API server, as one user. Make it with `open`, end it with `close`."""

    def __init__(
        self,
        kubeconfig: Kubeconfig,
        context: Context,
        options: ConnectOptions | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.context = context
        self._kubeconfig = kubeconfig
        self._options = options or ConnectOptions()
        self._clock = clock
        self._connection: Connection | None = None
        self._renewal: asyncio.Task[Connection] | None = None
        self._fresh_until = 0.0
        self._refused_at = float("-inf")
        self._closed = False

    @classmethod
    async def open(
        cls, kubeconfig: Kubeconfig, context_name: str, options: ConnectOptions, *, interactive: bool = False
    ) -> Transport:
        """Log in, and get ready to send; nothing is sent yet.

        `interactive` lets an exec plugin ask at the terminal: only before the screen starts. ConfigError says what in
        the kubeconfig is not usable, LoginFailed why there are no credentials.
        """
        transport = cls(kubeconfig, read_entry(kubeconfig, context_name).context, options)
        try:
            await transport._renew(interactive)
        except BaseException:  # who gives up waiting, too, leaves nothing behind: no plugin, no connection
            await transport.close()
            raise
        return transport

    @property
    def server(self) -> str:
        """The server's address."""
        return self._connection.server if self._connection else ""

    @property
    def user(self) -> str:
        """The user's name in the kubeconfig, which need not be what the server calls them."""
        return self.context.user

    async def send(self, request: Request, timeout: float | None = None) -> Response:
        """Send, and read the whole answer within `timeout` seconds. ApiError, Unreachable, LoginFailed."""
        total = timeout or self._options.request_timeout or DEFAULT_TIMEOUT
        async with self._exchange(request, ClientTimeout(total=total, connect=CONNECT_TIMEOUT)) as response:
            body = await self._read(response)
            return Response(response.status, body, _read_warnings(response))

    @asynccontextmanager
    async def stream(self, request: Request, silence: float | None = None) -> AsyncGenerator[AsyncIterator[bytes]]:
        """Send, and give the answer's chunks as they come, for as long as it lasts.

        After `silence` seconds without a byte it is Unreachable; the other errors are those of `send`.
        """
        timeout = ClientTimeout(total=None, connect=CONNECT_TIMEOUT, sock_read=silence)
        async with (
            self._exchange(request, timeout) as response,
            aclosing(self._chunks(response, silence)) as chunks,
        ):
            try:
                yield chunks
            finally:
                _cut(response)

    @asynccontextmanager
    async def socket(self, request: Request, protocols: Sequence[str]) -> AsyncGenerator[ClientWebSocketResponse]:
        """Open a websocket (exec, attach, port-forward) by the way of requests; with the errors of `send`."""
        connection = await self._current()
        async with connection.socket(request, protocols) as socket:
            yield socket

    async def close(self) -> None:
        """End every stream and close every connection, at once; what is sent after that is Unreachable.

        It returns when they are closed, after CLOSING seconds at the latest.
        """
        self._closed = True
        if self._renewal is not None:
            self._renewal.cancel()
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSING):
                if self._connection is not None:
                    await self._connection.close()
                if self._renewal is not None:
                    await asyncio.wait([self._renewal])

    @asynccontextmanager
    async def _exchange(self, request: Request, timeout: ClientTimeout) -> AsyncGenerator[ClientResponse]:
        """Exchange, once more with another credential when the server refuses the one it got."""
        connection = await self._current()
        async with connection.exchange(request, timeout) as response:
            refusal = await self._failure(request, response)
            if refusal is None:
                yield response
                return
        replacement = await self._replace(connection) if refusal.unauthorized else connection
        if replacement is connection:
            raise refusal
        async with replacement.exchange(request, timeout) as response:
            if refusal := await self._failure(request, response):
                raise refusal
            yield response

    async def _failure(self, request: Request, response: ClientResponse) -> ApiError | None:
        if response.status >= 400:
            return api_error(response.status, await self._read(response), response.headers)
        if response.content_type == "text/html" and "json" in request.accept:
            return not_kubernetes(response.status, await self._read(response))
        return None

    async def _read(self, response: ClientResponse) -> bytes:
        try:
            return await response.read()
        except NETWORK_ERRORS as error:
            raise network_error(error, self.server) from error

    async def _chunks(self, response: ClientResponse, silence: float | None) -> AsyncGenerator[bytes]:
        try:
            async for chunk in response.content.iter_any():
                yield chunk
        except SocketTimeoutError as error:
            raise silence_error(self.server, silence or 0) from error
        except NETWORK_ERRORS as error:
            raise network_error(error, self.server) from error

    async def _current(self) -> Connection:
        if self._closed:
            raise Unreachable(f"the connection to {self.server} is closed")
        if self._connection is None or self._clock() >= self._fresh_until:
            return await self._renew()
        return self._connection

    async def _replace(self, refused: Connection) -> Connection:
        """Give a connection made anew, or the refused one when that was tried just now."""
        if self._connection is not None and self._connection is not refused:
            return self._connection
        if not self._is_renewing and self._clock() - self._refused_at < REFUSED_PAUSE:
            return refused
        self._refused_at = self._clock()
        return await self._renew(refused=refused)

    @property
    def _is_renewing(self) -> bool:
        return self._renewal is not None and not self._renewal.done()

    async def _renew(self, interactive: bool = False, refused: Connection | None = None) -> Connection:
        if self._renewal is None or self._renewal.done():
            # one for all: however many requests find it stale at once
            self._renewal = asyncio.create_task(self._log_in(interactive, refused))
        # shielded: the one who asked first may give up, the others still wait for it
        return await asyncio.shield(self._renewal)

    async def _log_in(self, interactive: bool, refused: Connection | None) -> Connection:
        """Get the credential anew. The kubeconfig is read again: somebody may have logged in beside k9py.

        A refused connection is made anew in any case: the certificate files that it has read may be others by now.
        """
        entry = read_entry(self._kubeconfig, self.context.name)
        credential = await obtain(entry, interactive, self._clock())
        self._fresh_until = credential.fresh_until - NEARLY
        old = self._connection
        if old is not None and old is not refused and old.credential.same_as(credential):
            return old
        self._connection = await Connection.make(entry, credential)
        if old is not None:
            await old.retire()
        return self._connection


def _cut(response: ClientResponse) -> None:
    """End a stream that has not ended at once: a TLS connection that is closed waits for the server to agree."""
    if response.connection is not None and response.connection.transport is not None:
        response.connection.transport.abort()


def _read_warnings(response: ClientResponse) -> tuple[str, ...]:
    """The texts of the `Warning: 299 - "…"` headers."""
    found = (text for header in response.headers.getall("Warning", ()) for text in _WARNING.findall(header))
    return tuple(re.sub(r"\\(.)", r"\1", text) for text in found)
