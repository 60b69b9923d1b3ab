"""What listens in pods and behind services, through pods/proxy and services/proxy. No packet leaves the process."""

from __future__ import annotations

from aiohttp import web

from k9py.demo.cluster import Cluster
from k9py.demo.core.status import StatusError
from k9py.demo.core.store import Obj
from k9py.demo.http.call import Call
from k9py.demo.node.network import Endpoint, Unanswered, connect, listener

_HOP = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "upgrade", "content-length", "authorization", "host"}
)
"""Headers that are between two neighbours only, or not for who is behind."""


async def proxy_pod(cluster: Cluster, call: Call) -> web.StreamResponse:
    """Ask a port of a pod: the one in the path (`name:port`), else the first that the pod names."""
    name, port = address(call.target.name)
    pod = cluster.registry.entry(call.target.served, call.target.namespace, name).read()
    number = int(port) if port.isdecimal() else _first_port(pod)
    host = f"{(pod.get('status') or {}).get('podIP', '')}:{number}"
    return _passed(call, listener(cluster, pod["metadata"]["uid"], number), host)


async def proxy_service(cluster: Cluster, call: Call) -> web.StreamResponse:
    """Ask a pod behind a port of a service, by the port's number or name."""
    name, port = address(call.target.name)
    service = cluster.registry.entry(call.target.served, call.target.namespace, name).read()
    number = _service_port(service, port)
    if number is None:
        raise unavailable(f'no service port {port} found for service "{name}"')
    try:
        endpoint = connect(cluster, call.target.namespace, name, number)
    except Unanswered:
        known = name if _alone(cluster, service) else call.target.name
        raise unavailable(f'no endpoints available for service "{known}"') from None
    return _passed(call, endpoint, f"{endpoint.process.ip}:{endpoint.port}")


def address(text: str) -> tuple[str, str]:
    """`name`, `name:port` or `scheme:name:port`."""
    parts = text.split(":")
    return (parts[1], parts[2]) if len(parts) == 3 else (parts[0], "".join(parts[1:2]))


def _first_port(pod: Obj) -> int:
    ports = [port["containerPort"] for one in pod["spec"]["containers"] for port in one.get("ports") or ()]
    return int(ports[0]) if ports else 80


def _service_port(service: Obj, wanted: str) -> int | None:
    for port in service["spec"].get("ports") or ():
        if wanted in (port.get("name", ""), str(port["port"])):
            return int(port["port"])
    return None


def _alone(cluster: Cluster, service: Obj) -> bool:
    """Whether there is no pod at all behind it, ready or not."""
    slices = cluster.store.entries("endpointslices.discovery.k8s.io", service["metadata"]["namespace"])
    name = service["metadata"]["name"]
    found = (entry.read() for entry in slices if entry.meta.labels.get("kubernetes.io/service-name") == name)
    return not any(one.get("endpoints") for one in found)


def _passed(call: Call, endpoint: Endpoint | None, host: str) -> web.Response:
    if not call.target.rest and not call.request.path.endswith("/"):
        return web.Response(status=301, headers={"Location": f"{call.request.rel_url.raw_path}/"})
    answer = endpoint.answer(_written(call, host)) if endpoint else None
    if answer is None:
        raise unavailable(f"error trying to reach service: dial tcp {host}: connect: connection refused")
    return _read(answer)


def _written(call: Call, host: str) -> bytes:
    request = call.request
    path = f"/{call.target.rest}" + (f"?{request.query_string}" if request.query_string else "")
    headers = {name: value for name, value in request.headers.items() if name.lower() not in _HOP}
    lines = [f"{request.method} {path} HTTP/1.1", f"Host: {host}", *(f"{key}: {headers[key]}" for key in headers)]
    lines += [f"Content-Length: {len(call.body)}"] if call.body else []
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + call.body


def _read(answer: bytes) -> web.Response:
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    words = first.split(" ")
    pairs = [line.split(": ", 1) for line in lines if ": " in line]
    headers = {name: value for name, value in pairs if name.lower() not in _HOP}
    status = int(words[1]) if len(words) > 1 and words[1].isdecimal() else 502
    return web.Response(status=status, headers=headers, body=body)


def unavailable(why: str) -> StatusError:
    """Nobody answers there (503)."""
    return StatusError(503, "ServiceUnavailable", why)


_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ROUTES = {
    **{(method, "pods", "proxy"): proxy_pod for method in _METHODS},
    **{(method, "services", "proxy"): proxy_service for method in _METHODS},
}
