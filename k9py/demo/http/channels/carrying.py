"""Opens the channels of a command over whatever the client has asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web

from k9py.demo.cluster import Cluster
from k9py.demo.http.call import Call
from k9py.demo.http.channels.remote import ERROR, RESIZE, STDERR, STDIN, STDOUT, Channels
from k9py.demo.http.channels.sockets import V1, V1_TEXT, V4, V4_TEXT, V5, Socket, negotiate, unfit, wants_socket
from k9py.demo.http.channels.spdy import Connection
from k9py.demo.http.channels.streams import Streams
from k9py.demo.http.channels.wires import upgrade

_SPDY = ("v4.channel.k8s.io", "v3.channel.k8s.io", "v2.channel.k8s.io", "channel.k8s.io")

Talk = Callable[[Channels], Awaitable[None]]


async def carry(cluster: Cluster, call: Call, talk: Talk) -> web.StreamResponse:
    """Upgrade the connection and let the command talk over it."""
    if wants_socket(call.request):
        return await _by_socket(cluster, call, talk)
    protocol = choose_spdy(call.request, _SPDY)
    if isinstance(protocol, web.Response):
        return protocol

    async def serve(connection: Connection) -> None:
        streams = Streams(protocol)
        try:
            if await streams.open(connection, _wanted(call)):
                await talk(streams)
        finally:
            streams.close()

    return await upgrade(call.request, protocol, serve)


async def _by_socket(cluster: Cluster, call: Call, talk: Talk) -> web.StreamResponse:
    served = (*(() if "exec-v5" in cluster.off else (V5,)), V4, V4_TEXT, V1, V1_TEXT)
    protocol = negotiate(call.request, served)
    if protocol is None:
        return unfit()
    socket = Socket(protocol)
    response = await socket.open(call.request)
    try:
        await socket.greet(call.flag("stdout"), call.flag("stderr"))
        await talk(socket)
    except ConnectionError:
        pass
    finally:
        await socket.close()
    return response


def choose_spdy(request: web.Request, served: Sequence[str]) -> str | web.Response:
    """The protocol of the streams, or why there is none."""
    offered = [one for one in request.headers.getall("X-Stream-Protocol-Version", []) if one]
    if not offered:
        return _no_protocol(400, "unable to upgrade: X-Stream-Protocol-Version is required")
    found = next((one for one in offered if one in served), None)
    if found:
        return found
    text = f"client supports [{' '.join(offered)}], server accepts [{' '.join(served)}]"
    response = _no_protocol(403, f"unable to upgrade: unable to negotiate protocol: {text}")
    for one in served:
        response.headers.add("X-Accepted-Stream-Protocol-Versions", one)
    return response


def _no_protocol(code: int, text: str) -> web.Response:
    return web.Response(status=code, text=f"{text}\n")


def _wanted(call: Call) -> set[int]:
    """The streams that the client opens."""
    found = {ERROR}
    for name, kind in (("stdin", STDIN), ("stdout", STDOUT)):
        if call.flag(name):
            found.add(kind)
    if call.flag("tty"):
        return found | {RESIZE}
    return found | ({STDERR} if call.flag("stderr") else set())
