"""Every kind of proxy between the real Transport and a TLS server: requests, streams and websockets pass it alike."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp import WSMsgType, web

from k9py.kube.socks import SocksProxy, SocksRefusal
from k9py.kube.transport import Transport
from k9py.values.errors import ApiError, Unreachable
from k9py.values.request import Request
from tests.kube.pki import Pair, Pki
from tests.kube.proxies import Proxy, answering_proxy, http_proxy, socks_proxy
from tests.kube.stub import Stub, answer_version, connect, serve_stub, write_kubeconfig

VERSION = Request("GET", "/version")
SOCKET = Request("GET", "/exec", {"command": "cat"})
KINDS = ["http", "https", "socks5", "socks5h"]
NAME = "cluster.example"
"""A host that only the proxy knows."""


async def answer(request: web.BaseRequest) -> web.StreamResponse:
    """The version; on /exec an echo of one message."""
    if request.path == "/denied":
        return web.Response(status=403, text="no")
    if request.path != "/exec":
        return await answer_version(request)
    echo = web.WebSocketResponse(protocols=("v5.channel.k8s.io", "v4.channel.k8s.io"))
    await echo.prepare(request)
    async for message in echo:
        if message.type is WSMsgType.BINARY:
            await echo.send_bytes(message.data)
    return echo


@pytest.fixture
def named(pki: Pki) -> Pair:
    return pki.sign("named-cluster", f"DNS:{NAME},DNS:inside.example")


@asynccontextmanager
async def proxy_of(kind: str, pki: Pki, login: tuple[str, str] = ("", "")) -> AsyncIterator[tuple[Proxy, str]]:
    """A proxy of this kind, and the address that leads to it."""
    proxy = Proxy(login=login, names={NAME: "127.0.0.1"})
    context = pki.server_context(pki.sign("proxy"))
    context.load_verify_locations(pki.ca.certificate)
    context.verify_mode = ssl.CERT_OPTIONAL  # it would take a certificate
    serving = (
        socks_proxy(proxy) if kind.startswith("socks") else http_proxy(proxy, context if kind == "https" else None)
    )
    async with serving:
        user = f"{login[0]}:{login[1]}@" if login[0] else ""
        yield proxy, f"{kind}://{user}127.0.0.1:{proxy.port}"


def port_of(stub: Stub) -> int:
    port = urlsplit(stub.url).port
    assert port
    return port


async def use_all(transport: Transport) -> None:
    """A request, a stream and a websocket."""
    assert (await transport.send(VERSION)).status == 200
    async with transport.stream(VERSION) as chunks:
        assert [chunk async for chunk in chunks]
    async with transport.socket(SOCKET, ("v5.channel.k8s.io", "v4.channel.k8s.io")) as socket:
        assert socket.protocol == "v5.channel.k8s.io"
        await socket.send_bytes(b"\0hello")
        assert await socket.receive_bytes() == b"\0hello"


@pytest.mark.parametrize("kind", KINDS)
async def test_all_passes_the_proxy_of_the_cluster(
    kind: str, tmp_path: Path, pki: Pki, named: Pair, client_pair: Pair
) -> None:
    user = {"client-certificate": str(client_pair.certificate), "client-key": str(client_pair.key)}
    async with (
        serve_stub(answer, pki.server_context(named, wants_client=True)) as stub,
        proxy_of(kind, pki, ("me", "secret")) as (proxy, address),
    ):
        cluster = {"proxy-url": address, "certificate-authority": str(pki.ca.certificate)}
        server = f"https://{NAME}:{port_of(stub)}"
        async with connect(write_kubeconfig(tmp_path / "config", server, cluster, user)) as transport:
            await use_all(transport)
    assert set(proxy.asked) == {(NAME, port_of(stub))}
    assert not any(proxy.certificates), "the proxy was shown the user's certificate"


@pytest.mark.parametrize("kind", KINDS)
async def test_a_server_that_is_called_by_another_name(kind: str, tmp_path: Path, pki: Pki, named: Pair) -> None:
    async with (
        serve_stub(answer, pki.server_context(named)) as stub,
        proxy_of(kind, pki) as (proxy, address),
    ):
        cluster = {"proxy-url": address, "certificate-authority": str(pki.ca.certificate)}
        named_so = cluster | {"tls-server-name": "inside.example"}
        async with connect(write_kubeconfig(tmp_path / "config", stub.url, named_so)) as transport:
            await use_all(transport)
        async with connect(write_kubeconfig(tmp_path / "config", stub.url, cluster)) as transport:
            with pytest.raises(Unreachable, match="is for another address"):
                await transport.send(VERSION)
            with pytest.raises(Unreachable, match="is for another address"):
                await use_socket(transport)
    assert set(proxy.asked) == {("127.0.0.1", port_of(stub))}


async def use_socket(transport: Transport, request: Request = SOCKET) -> None:
    async with transport.socket(request, ("v5.channel.k8s.io",)):
        pass


@pytest.mark.parametrize("kind", ["http", "socks5"])
async def test_the_proxy_of_the_environment(
    kind: str, tmp_path: Path, pki: Pki, named: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        serve_stub(answer, pki.server_context(named)) as stub,
        proxy_of(kind, pki) as (proxy, address),
    ):
        monkeypatch.setenv("HTTPS_PROXY", address)
        cluster = {"certificate-authority": str(pki.ca.certificate)}
        kubeconfig = write_kubeconfig(tmp_path / "config", f"https://{NAME}:{port_of(stub)}", cluster)
        async with connect(kubeconfig) as transport:
            await use_all(transport)
        assert proxy.asked
        monkeypatch.setenv("NO_PROXY", "example")
        async with connect(kubeconfig) as transport:
            with pytest.raises(Unreachable, match="is not known"):  # nobody but the proxy knows it
                await transport.send(VERSION)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_proxy_that_does_not_know_us(kind: str, tmp_path: Path, pki: Pki) -> None:
    async with proxy_of(kind, pki, ("me", "secret")) as (_, address):
        cluster = {"proxy-url": address.replace("secret", "guess"), "certificate-authority": str(pki.ca.certificate)}
        async with connect(write_kubeconfig(tmp_path / "config", "https://a", cluster)) as transport:
            for use in (transport.send(VERSION), use_socket(transport)):
                with pytest.raises(Unreachable, match="the proxy does not let us through to https://a") as caught:
                    await use
                assert "guess" not in caught.value.line


async def test_a_socks_proxy_that_forbids_the_way(tmp_path: Path, pki: Pki) -> None:
    async with proxy_of("socks5", pki) as (_, address):
        kubeconfig = write_kubeconfig(tmp_path / "config", "https://forbidden.example", {"proxy-url": address})
        async with connect(kubeconfig) as transport:
            with pytest.raises(Unreachable, match=r"through to https://forbidden\.example: its rules do not"):
                await transport.send(VERSION)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_proxy_that_is_not_there(kind: str, tmp_path: Path, unused_tcp_port: int) -> None:
    cluster = {"proxy-url": f"{kind}://127.0.0.1:{unused_tcp_port}"}
    async with connect(write_kubeconfig(tmp_path / "config", "https://a", cluster)) as transport:
        with pytest.raises(Unreachable, match="cannot reach the proxy on the way to https://a: "):
            await transport.send(VERSION)


async def test_the_certificate_of_a_proxy_is_checked(tmp_path: Path, pki: Pki, named: Pair) -> None:
    other = Pki(tmp_path, "other")
    async with (
        serve_stub(answer, pki.server_context(named)) as stub,
        proxy_of("https", other) as (_, address),
    ):
        cluster: dict[str, Any] = {"proxy-url": address, "certificate-authority": str(pki.ca.certificate)}
        server = f"https://{NAME}:{port_of(stub)}"
        async with connect(write_kubeconfig(tmp_path / "config", server, cluster)) as transport:
            with pytest.raises(Unreachable, match="signed by an unknown authority"):
                await transport.send(VERSION)
        careless = {"proxy-url": address, "insecure-skip-tls-verify": True}
        async with connect(write_kubeconfig(tmp_path / "config", server, careless)) as transport:
            await use_all(transport)


async def test_a_websocket_that_is_denied(tmp_path: Path) -> None:
    async with serve_stub(answer) as stub, connect(write_kubeconfig(tmp_path / "config", stub.url)) as transport:
        with pytest.raises(ApiError) as caught:
            await use_socket(transport, Request("GET", "/denied"))
    assert caught.value.denied


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "it does not speak SOCKS 5"),
        (b"\x05\xff", "it wants a user and password"),
        (b"\x05", "it has closed the connection"),
        (b"\x05\x00\x05\x05\x00\x01", "the connection is refused there"),
        (b"\x05\x00\x05\x7f\x00\x01", "error 127"),
    ],
)
async def test_what_a_socks_proxy_may_answer(answer: bytes, reason: str) -> None:
    async with answering_proxy(answer) as proxy:
        with pytest.raises(SocksRefusal) as caught:
            await SocksProxy.read(f"socks5://127.0.0.1:{proxy.port}").connect("fd00::1", 6443)
    assert str(caught.value) == reason


def test_the_address_of_a_socks_proxy() -> None:
    assert SocksProxy.read("socks5://me:a%40b@proxy") == SocksProxy("proxy", 1080, "me", "a@b")
