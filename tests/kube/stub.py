"""A server that answers as a test says, over HTTP or TLS, and a kubeconfig that leads to it."""

from __future__ import annotations

import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from k9py.kube.kubeconfig import Kubeconfig, read_kubeconfig
from k9py.kube.transport import ConnectOptions, Transport

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


@dataclass
class Stub:
    """Where it listens, and what has been asked."""

    url: str
    requests: list[web.BaseRequest] = field(default_factory=list)

    @property
    def headers(self) -> Mapping[str, str]:
        """Those of the latest request."""
        return self.requests[-1].headers


@asynccontextmanager
async def serve_stub(handler: Handler, context: ssl.SSLContext | None = None) -> AsyncIterator[Stub]:
    """Serve until the block ends."""
    stub = Stub("")

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        stub.requests.append(request)
        return await handler(request)

    runner = web.ServerRunner(web.Server(handle), shutdown_timeout=0.01)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    port = runner.addresses[0][1]
    stub.url = f"{'https' if context else 'http'}://127.0.0.1:{port}"
    try:
        yield stub
    finally:
        await runner.cleanup()


async def answer_version(request: web.BaseRequest) -> web.StreamResponse:
    return web.json_response({"gitVersion": "v1.36.0"})


def always(*args: Any, **kwargs: Any) -> Handler:
    """Answer every request with this response."""

    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(*args, **kwargs)

    return handler


def write_kubeconfig(
    path: Path, server: str, cluster: Mapping[str, Any] | None = None, user: Mapping[str, Any] | None = None
) -> Kubeconfig:
    """A kubeconfig of one context, `it`; JSON is YAML."""
    content = {
        "current-context": "it",
        "contexts": [{"name": "it", "context": {"cluster": "c", "user": "u", "namespace": "shop"}}],
        "clusters": [{"name": "c", "cluster": {"server": server, **(cluster or {})}}],
        "users": [{"name": "u", "user": user or {}}],
    }
    path.write_text(json.dumps(content), encoding="utf-8")
    return read_kubeconfig(str(path), {})


@asynccontextmanager
async def connect(
    kubeconfig: Kubeconfig, options: ConnectOptions | None = None, interactive: bool = False
) -> AsyncIterator[Transport]:
    """The real Transport of context `it`, until the block ends."""
    transport = await Transport.open(kubeconfig, "it", options or ConnectOptions(), interactive=interactive)
    try:
        yield transport
    finally:
        await transport.close()


@asynccontextmanager
async def stubbed(
    folder: Path,
    handler: Handler,
    context: ssl.SSLContext | None = None,
    *,
    cluster: Mapping[str, Any] | None = None,
    user: Mapping[str, Any] | None = None,
    options: ConnectOptions | None = None,
) -> AsyncIterator[tuple[Stub, Transport]]:
    """A stub, and the real Transport that leads to it."""
    async with (
        serve_stub(handler, context) as stub,
        connect(write_kubeconfig(folder / "config", stub.url, cluster, user), options) as transport,
    ):
        yield stub, transport
