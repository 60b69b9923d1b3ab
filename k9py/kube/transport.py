"""Requests as data go out here, answers and streams come back: one a context.

It stands on the official REST client, and adds what that leaves out: timeouts that suit streams, errors that say what
to do, credentials that are had anew when they run out or when the server refuses them.
"""

from __future__ import annotations

import asyncio
import email.utils
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Hashable, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, suppress
from dataclasses import dataclass

from aiohttp import ClientResponse, ClientTimeout, ClientWebSocketResponse, SocketTimeoutError

from k9py.kube.basis import Basis
from k9py.kube.connection import Connection
from k9py.kube.credentials import NEARLY, obtain
from k9py.kube.failures import NETWORK_ERRORS, api_error, network_error, not_kubernetes, silence_error
from k9py.kube.kubeconfig import Context, Kubeconfig, read_entry
from k9py.kube.stamps import Stamps
from k9py.values.errors import ApiError, ConfigError, Unreachable
from k9py.values.request import Request, Response

DEFAULT_TIMEOUT = 30.0
CONNECT_TIMEOUT = 10.0
CONNECT_PART = 0.9
"""How much of the time of a request may pass until it is connected."""
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
        self._basis: Basis | None = None
        """What the last login went by."""
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

    @property
    def stamps(self) -> Stamps:
        """The files that the kubeconfig names for this context (certificates, keys, a token), as they were read."""
        return self._basis.stamps if self._basis else {}

    @property
    def place(self) -> Hashable:
        """Which server it is, and as whom it is asked: another place is another cluster."""
        return self._basis.place if self._basis else None

    async def follow(self, kubeconfig: Kubeconfig) -> bool:
        """Go by the kubeconfig as it is now: whether anything about this context is another.

        ConfigError when the context is gone: then all ends here, until it is there again. LoginFailed when there are
        no new credentials: then the old ones are gone on with.
        """
        self._kubeconfig = kubeconfig
        try:
            basis = await self._read_basis()
        except ConfigError:
            await self._leave()
            raise
        if basis == self._basis:
            return False
        if self._renewal is not None:
            await asyncio.wait([self._renewal])  # it may go by what was
        await self._renew()
        return True

    async def send(self, request: Request, timeout: float | None = None) -> Response:
        """Send, and read the whole answer within `timeout` seconds. ApiError, Unreachable, LoginFailed."""
        total = timeout or self._options.request_timeout or DEFAULT_TIMEOUT
        connect = min(CONNECT_TIMEOUT, CONNECT_PART * total)  # what ends before it was connected was not sent
        async with self._exchange(request, ClientTimeout(total=total, connect=connect)) as response:
            body = await self._read(response)
            return Response(response.status, body, _read_warnings(response), _read_date(response))

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
        """Open a websocket (exec, attach, port-forward) by the way of requests; with the errors of `send`.

        Like a request it is tried once more with a credential that is had anew when the server refuses the one it had.
        """
        async with AsyncExitStack() as stack:
            yield await self._open(stack, request, protocols)

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
        """Exchange, once more over another connection when it is refused, or there may be a better way by now."""
        async with AsyncExitStack() as stack:
            yield await self._answer(stack, request, timeout)  # what the body raises is its own affair

    async def _answer(self, stack: AsyncExitStack, request: Request, timeout: ClientTimeout) -> ClientResponse:
        connection = await self._current()
        try:
            return await self._try(stack, connection, request, timeout)
        except ApiError as refusal:
            replacement = await self._replace(connection) if refusal.unauthorized else connection
            if replacement is connection:
                raise
        except Unreachable:
            # a change may have been made all the same: only a question is asked again
            replacement = await self._better(connection) if request.method == "GET" else connection
            if replacement is connection:
                raise
        return await self._try(stack, replacement, request, timeout)

    async def _open(self, stack: AsyncExitStack, request: Request, protocols: Sequence[str]) -> ClientWebSocketResponse:
        connection = await self._current()
        try:
            return await stack.enter_async_context(connection.socket(request, protocols))
        except ApiError as refusal:
            replacement = await self._replace(connection) if refusal.unauthorized else connection
            if replacement is connection:
                raise
        return await stack.enter_async_context(replacement.socket(request, protocols))

    async def _try(
        self, stack: AsyncExitStack, connection: Connection, request: Request, timeout: ClientTimeout
    ) -> ClientResponse:
        async with AsyncExitStack() as tried:
            response = await tried.enter_async_context(connection.exchange(request, timeout))
            if refusal := await self._failure(request, response):
                raise refusal
            stack.push_async_exit(tried.pop_all())
            return response

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

    async def _better(self, failed: Connection) -> Connection:
        """Give the connection that the kubeconfig leads to now, or the failed one when it is the same."""
        if self._closed or self._connection is not failed:
            return self._connection or failed
        with suppress(ConfigError):
            if await self._read_basis() != self._basis:
                return await self._renew()
        return failed

    async def _leave(self) -> None:
        """The context is gone: nothing more is asked with credentials that were taken away."""
        connection, self._connection, self._basis = self._connection, None, None
        if connection is not None:
            await connection.close()

    async def _read_basis(self) -> Basis:
        return await asyncio.to_thread(Basis.read, self._kubeconfig, self.context.name)

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
        basis = await self._read_basis()
        credential = await obtain(basis.entry, interactive, self._clock())
        self._fresh_until = credential.fresh_until - NEARLY
        self._basis, self.context = basis, basis.entry.context
        old = self._connection
        if old is not None and old is not refused and old.serves(basis, credential):
            return old
        self._connection = await Connection.make(basis, credential)
        if old is not None:
            await old.retire()
        return self._connection


def _cut(response: ClientResponse) -> None:
    """End a stream that has not ended at once: a TLS connection that is closed waits for the server to agree."""
    if response.connection is not None and response.connection.transport is not None:
        response.connection.transport.abort()


def _read_date(response: ClientResponse) -> float | None:
    try:
        return email.utils.parsedate_to_datetime(response.headers.get("Date", "")).timestamp()
    except ValueError:
        return None


def _read_warnings(response: ClientResponse) -> tuple[str, ...]:
    """The texts of the `Warning: 299 - "…"` headers."""
    found = (text for header in response.headers.getall("Warning", ()) for text in _WARNING.findall(header))
    return tuple(re.sub(r"\\(.)", r"\1", text) for text in found)
