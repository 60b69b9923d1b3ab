"""One credential, one SSL context, one pool of connections, and the headers that every request of theirs carries."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from urllib.parse import quote

from aiohttp import (
    ClientConnectionError,
    ClientResponse,
    ClientTimeout,
    ClientWebSocketResponse,
    ClientWSTimeout,
    WSServerHandshakeError,
)
from kubernetes.aio.client.configuration import Configuration
from kubernetes.aio.client.rest import RESTClientObject
from multidict import CIMultiDict
from yarl import URL

from k9py import __version__
from k9py.kube.basis import Basis
from k9py.kube.configuration import make_client
from k9py.kube.credentials import Credential
from k9py.kube.failures import NETWORK_ERRORS, api_error, network_error
from k9py.kube.kubeconfig import Entry
from k9py.kube.kubeconfig_file import User
from k9py.kube.proxy import is_near
from k9py.values.request import Request

HANDSHAKE = 40.0
"""Seconds that a websocket may take to open: the API server gives a kubelet 30 before it says that it is not there."""
GOODBYE = 1.0
"""Seconds for which the end of a websocket is waited for to be agreed on."""


class Connection:
    """What one credential can send with. Another credential gets another Connection, and this one retires."""

    def __init__(
        self, basis: Basis, credential: Credential, client: RESTClientObject, headers: CIMultiDict[str]
    ) -> None:
        self.server: str = client.configuration.host
        self.basis = basis
        self.credential = credential
        self._client = client
        self._headers = headers
        self._users = 0
        self._answers: set[ClientResponse] = set()
        self._retired = False

    @classmethod
    async def make(cls, basis: Basis, credential: Credential) -> Connection:
        """Build it; nothing is sent yet. ConfigError says what in the kubeconfig is not usable."""
        client = await make_client(basis.entry, credential, os.environ)
        return cls(basis, credential, client, _headers(client.configuration, basis.entry))

    def serves(self, basis: Basis, credential: Credential) -> bool:
        """Whether one made of these would be the same."""
        return self.credential.same_as(credential) and self.basis.connects_like(basis)

    @asynccontextmanager
    async def exchange(self, request: Request, timeout: ClientTimeout) -> AsyncGenerator[ClientResponse]:
        """Send, and give the answer as its headers come, whatever its status. Unreachable when there is none."""
        self._users += 1
        try:
            response = await self._send(request, timeout)
            self._answers.add(response)
            try:
                yield response
            finally:
                self._answers.discard(response)
                response.close()  # after the whole body the connection is back in the pool, and this does nothing
        finally:
            self._users -= 1
            await self._close_if_done()

    @asynccontextmanager
    async def socket(self, request: Request, protocols: Sequence[str]) -> AsyncGenerator[ClientWebSocketResponse]:
        """Open a websocket by the same way: proxy, TLS and headers are those of requests. ApiError, Unreachable.

        Pings and pongs come as messages: who reads them answers.
        """
        self._users += 1
        try:
            socket = await self._open_socket(request, protocols)
            try:
                yield socket
            finally:
                await socket.close()
        finally:
            self._users -= 1
            await self._close_if_done()

    async def retire(self) -> None:
        """Close it once the last answer has been read: a change that is under way is not cut off."""
        self._retired = True
        await self._close_if_done()

    async def close(self) -> None:
        """Close it now, and with it every stream."""
        for answer in self._answers:  # aiohttp would leave who waits for more of one waiting
            answer.content.set_exception(ClientConnectionError("it was closed here"))
        await self._client.close()

    async def _send(self, request: Request, timeout: ClientTimeout) -> ClientResponse:
        headers = self._headers.copy()
        headers["Accept"] = request.accept
        headers["Content-Type"] = request.content_type
        url = URL(self.server + request.target, encoded=True)
        try:
            answer = await self._client.request(  # type: ignore[no-untyped-call]
                request.method, url, headers, request.body, _request_timeout=timeout
            )
        except NETWORK_ERRORS as error:
            raise network_error(error, self.server) from error
        response: ClientResponse = answer.response
        return response

    async def _open_socket(self, request: Request, protocols: Sequence[str]) -> ClientWebSocketResponse:
        """The official client's own applies neither the proxy nor tls-server-name."""
        session = self._client.pool_manager
        assert session is not None
        try:
            async with asyncio.timeout(HANDSHAKE):
                return await session.ws_connect(
                    URL(self.server + request.target, encoded=True),
                    headers=self._headers,
                    protocols=protocols,
                    proxy=self._client.proxy,
                    server_hostname=self._client.configuration.tls_server_name,
                    max_msg_size=0,
                    autoping=False,
                    timeout=ClientWSTimeout(ws_close=GOODBYE),
                )
        except WSServerHandshakeError as error:
            raise api_error(error.status, b"", error.headers) from error
        except NETWORK_ERRORS as error:
            raise network_error(error, self.server) from error

    async def _close_if_done(self) -> None:
        if self._retired and not self._users:
            await self.close()


def _headers(configuration: Configuration, entry: Entry) -> CIMultiDict[str]:
    plain = is_near(configuration.host) or entry.cluster.disable_compression
    headers = CIMultiDict({"User-Agent": f"k9py/{__version__}", "Accept-Encoding": "identity" if plain else "gzip"})
    if authorization := configuration.api_key.get("BearerToken"):
        headers["Authorization"] = authorization
    _impersonate(headers, entry.user)
    return headers


def _impersonate(headers: CIMultiDict[str], user: User) -> None:
    """Ask to act as somebody else, as the kubeconfig says; the official client leaves this out."""
    if user.impersonate:
        headers["Impersonate-User"] = user.impersonate
    if user.impersonate_uid:
        headers["Impersonate-Uid"] = user.impersonate_uid
    headers.extend([("Impersonate-Group", group) for group in user.impersonate_groups])
    for key, values in user.impersonate_extra.items():
        headers.extend([(f"Impersonate-Extra-{quote(key.lower(), safe='')}", value) for value in values])
