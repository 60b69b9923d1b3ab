"""A cluster with pods to open channels to, for the tests of exec, attach and port-forward."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from aiohttp import WSMsgType

from k9py.demo.serve import serving
from tests.demo.nodelab import Lab

V5 = "v5.channel.k8s.io"
V4 = "v4.channel.k8s.io"


@dataclass
class Opened:
    """A cluster that is served, and who asks it."""

    lab: Lab
    url: str
    session: aiohttp.ClientSession

    def path(self, pod: str, sub: str, query: str = "") -> str:
        """Of a subresource."""
        return f"{self.url}/api/v1/namespaces/default/pods/{pod}/{sub}?{query}"

    @asynccontextmanager
    async def socket(
        self, pod: str, sub: str, query: str, protocols: Iterable[str] = (V5,)
    ) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """A websocket to a subresource."""
        async with self.session.ws_connect(self.path(pod, sub, query), protocols=tuple(protocols)) as found:
            yield found

    async def refused(self, pod: str, sub: str, query: str, **headers: str) -> tuple[int, str]:
        """What is answered to an upgrade that is not made."""
        sent = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Protocol": V5,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        async with self.session.get(self.path(pod, sub, query), headers=sent) as response:
            if response.content_type == "application/json":
                return response.status, (await response.json())["message"]
            return response.status, await response.text()


async def frames(socket: aiohttp.ClientWebSocketResponse) -> list[bytes | str]:
    """All messages until the server closes."""
    found = []
    async for message in socket:
        assert message.type in (WSMsgType.BINARY, WSMsgType.TEXT)
        found.append(message.data)
    return found


async def channels(socket: aiohttp.ClientWebSocketResponse) -> dict[int, bytes]:
    """What came by each channel until the server closes."""
    found: dict[int, bytes] = {}
    for data in await frames(socket):
        assert isinstance(data, bytes)
        found[data[0]] = found.get(data[0], b"") + data[1:]
    return found


@asynccontextmanager
async def opened(off: frozenset[str] = frozenset()) -> AsyncIterator[Opened]:
    """Pods: `box` with two containers, `web` (nginx), `done`, `stuck` and `unbound`."""
    lab = Lab(nodes=1)
    lab.cluster.off = off
    sleeping = {"image": "busybox", "command": ["sh", "-c", "echo hi; sleep 36000"]}
    httpd = {"image": "busybox", "command": ["sh", "-c", "echo hello > /tmp/index.html; httpd -f -p 8080 -h /tmp"]}
    lab.pod("box", sleeping, {"name": "web", **httpd})
    lab.pod("web", {"image": "nginx"})
    lab.pod("shell", {"image": "busybox", "command": ["sh"], "stdin": True, "tty": True})
    lab.pod("done", {"image": "busybox", "command": ["true"]}, restartPolicy="Never")
    lab.pod("stuck", {"image": "nowhere.invalid/x"})
    lab.pod("unbound", {"image": "busybox"}, nodeSelector={"no": "where"})
    lab.cluster.clock.advance(60)
    async with serving(lab.cluster) as served, aiohttp.ClientSession() as session:
        yield Opened(lab, served.url, session)
