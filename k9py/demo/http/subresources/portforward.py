"""pods/portforward: connections to ports of a pod (PodPortForwardOptions)."""

from __future__ import annotations

from aiohttp import web

from k9py.demo.cluster import Cluster
from k9py.demo.core.status import bad_request
from k9py.demo.core.store import Obj
from k9py.demo.http.call import Call
from k9py.demo.http.channels.carrying import choose_spdy
from k9py.demo.http.channels.connection import PortConnection, connect_to
from k9py.demo.http.channels.containers import NodeError, check_upgrade, pod_of, wants_spdy
from k9py.demo.http.channels.forward import Forwarder, Open, forward_socket
from k9py.demo.http.channels.sockets import V4, V4_TEXT, Socket, negotiate, offered, unfit
from k9py.demo.http.channels.wires import TUNNEL, tunnel, upgrade

_SPDY = ("portforward.k8s.io",)


async def forward(cluster: Cluster, call: Call) -> web.StreamResponse:
    """Carry bytes between a client and ports of a pod."""
    pod = pod_of(cluster, call)
    ports = _ports(call)
    check_upgrade(cluster, call, pod)
    tunnelled = TUNNEL in offered(call.request) and "portforward-websocket" not in cluster.off
    try:
        if not (tunnelled or wants_spdy(call.request)) and not ports:
            raise NodeError(400, 'query parameter "port" is required')
        _check_running(cluster, pod)
    except NodeError as error:
        return error.response()
    uid = pod["metadata"]["uid"]

    def open_port(port: int) -> PortConnection:
        return connect_to(cluster, uid, port)

    if wants_spdy(call.request):
        protocol = choose_spdy(call.request, _SPDY)
        return (
            protocol
            if isinstance(protocol, web.Response)
            else await upgrade(call.request, protocol, Forwarder(open_port).serve)
        )
    if tunnelled:
        return await tunnel(call.request, Forwarder(open_port).serve)
    return await _by_channels(call, ports, open_port)


async def _by_channels(call: Call, ports: list[int], open_port: Open) -> web.StreamResponse:
    protocol = negotiate(call.request, (V4, V4_TEXT))
    if protocol is None:
        return unfit()
    socket = Socket(protocol)
    response = await socket.open(call.request)
    try:
        await forward_socket(socket, ports, open_port)
    except ConnectionError:
        pass
    finally:
        await socket.close()
    return response


def _ports(call: Call) -> list[int]:
    texts = [one for text in call.request.query.getall("ports", []) for one in text.split(",") if one]
    for text in texts:
        if not text.isdigit():
            raise bad_request(f'cannot convert to []int32: strconv.ParseUint: parsing "{text}": invalid syntax')
    return [int(text) for text in texts]


def _check_running(cluster: Cluster, pod: Obj) -> None:
    """The pod's sandbox must be there; its containers need not be."""
    run = cluster.kubelets.find(pod["metadata"]["uid"])
    if run is None or not run.sandboxed or run.over:
        metadata = pod["metadata"]
        raise NodeError(500, f'pod not found ("{metadata["name"]}_{metadata["namespace"]}")')


ROUTES = {(method, "pods", "portforward"): forward for method in ("GET", "POST")}
