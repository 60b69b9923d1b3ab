"""The embedded cluster, and the real Transport that has logged in to it through a kubeconfig."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from k9py.kube.kubeconfig import read_kubeconfig
from k9py.kube.transport import ConnectOptions, Transport
from tests.kube.scripted import ScriptedServer, serve


@asynccontextmanager
async def reach(directory: Path) -> AsyncIterator[tuple[ScriptedServer, Transport]]:
    """Both, until the block ends."""
    async with serve() as server:
        path = server.write_kubeconfig(directory / "kubeconfig")
        transport = await Transport.open(read_kubeconfig(str(path), {}), "scripted", ConnectOptions())
        try:
            yield server, transport
        finally:
            await transport.close()
