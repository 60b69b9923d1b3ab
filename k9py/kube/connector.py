"""How a connection is made: through which proxy, and with whose certificates. Requests and websockets share it.

aiohttp passes an HTTP proxy by itself. It knows no SOCKS, and would take the proxy of an https:// address for the
cluster: trust it only if the cluster's CA signed it, and show it the user's certificate.
"""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aiohttp import ClientConnectionError, ClientProxyConnectionError, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult

from k9py.kube.socks import SocksProxy, SocksRefusal

if TYPE_CHECKING:
    from aiohttp import ClientRequest, ClientTimeout
    from aiohttp.client_proto import ResponseHandler
    from aiohttp.connector import AddrInfoType


class ProxyRefusal(ClientConnectionError):
    """A SOCKS proxy that answers, and does not let us through."""


def make_connector(context: ssl.SSLContext, proxy: str) -> TCPConnector:
    """The connector towards a server with these TLS settings; `proxy` as `find_proxy` gives it."""
    if is_socks(proxy):
        return _SocksConnector(proxy, context)
    if proxy.startswith("https:"):
        return _SecureProxyConnector(proxy, context)
    return TCPConnector(ssl=context, limit=0)  # no limit: each watch holds a connection for as long as it lives


def http_proxy(proxy: str) -> str | None:
    """What aiohttp is to be told of the proxy: nothing of one that the connector passes."""
    return None if is_socks(proxy) else proxy or None


def is_socks(proxy: str) -> bool:
    """Whether a proxy speaks SOCKS5."""
    return proxy.startswith(("socks5:", "socks5h:"))


class _SecureProxyConnector(TCPConnector):
    """TLS to the proxy, and within it TLS to the server.

    The proxy may be known to this machine or to the cluster (kubectl asks for the latter). It is not shown the user's
    certificate.
    """

    def __init__(self, proxy: str, context: ssl.SSLContext) -> None:
        super().__init__(ssl=context, limit=0)
        address = urlsplit(proxy)
        self._proxy = (address.hostname, address.port or 443)
        self._towards_proxy = _without_identity(context)

    def _get_ssl_context(self, req: ClientRequest) -> ssl.SSLContext | None:
        if (req.url.host, req.url.port) == self._proxy:
            return self._towards_proxy
        return super()._get_ssl_context(req)


def _without_identity(context: ssl.SSLContext) -> ssl.SSLContext:
    """The same strictness and what it trusts, and this machine's CAs beside; no certificate of our own."""
    plain = ssl.create_default_context()
    if known := b"".join(context.get_ca_certs(binary_form=True)):
        plain.load_verify_locations(cadata=known)
    plain.check_hostname = context.check_hostname
    plain.verify_mode = context.verify_mode
    plain.verify_flags = context.verify_flags
    return plain


class _SocksConnector(TCPConnector):
    """The proxy resolves the server's name, as it does for Go with socks5 and socks5h alike."""

    def __init__(self, proxy: str, context: ssl.SSLContext) -> None:
        super().__init__(ssl=context, limit=0, resolver=_Unresolved(), use_dns_cache=False)
        self._proxy = SocksProxy.read(proxy)

    async def _wrap_create_connection(
        self,
        *args: Any,
        addr_infos: list[AddrInfoType],
        req: ClientRequest,
        timeout: ClientTimeout,
        **kwargs: Any,
    ) -> tuple[Any, ResponseHandler]:
        try:
            way = await self._proxy.connect(str(addr_infos[0][4][0]), int(addr_infos[0][4][1]))
        except SocksRefusal as refusal:
            raise ProxyRefusal(str(refusal)) from None
        except OSError as error:
            raise ClientProxyConnectionError(req.connection_key, error) from error
        return await self._wrap_existing_connection(*args, req=req, timeout=timeout, sock=way, **kwargs)


class _Unresolved(AbstractResolver):
    """Leaves a name as it is."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [ResolveResult(hostname=host, host=host, port=port, family=family, proto=0, flags=0)]

    async def close(self) -> None:
        """There is nothing to close."""
