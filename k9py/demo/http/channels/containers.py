"""Which container a request means, and what is said when there is none: by the API server, then by the kubelet."""

from __future__ import annotations

from aiohttp import web

from k9py.demo.api.access import authorize
from k9py.demo.cluster import Cluster
from k9py.demo.core.status import StatusError, bad_request
from k9py.demo.core.store import Obj
from k9py.demo.http.call import Call
from k9py.demo.http.channels.sockets import wants_socket
from k9py.demo.node.container import Container
from k9py.demo.node.program import Process

KINDS = ("initContainers", "containers", "ephemeralContainers")


class NodeError(Exception):
    """What a kubelet answers: plain text, no Status."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text

    def response(self) -> web.Response:
        """As HTTP."""
        return web.Response(status=self.code, text=self.text)


def pod_of(cluster: Cluster, call: Call) -> Obj:
    """The pod that is asked for, once it is clear that it has a node and that the connection is to be upgraded."""
    return cluster.registry.entry(call.target.served, call.target.namespace, call.target.name).read()


def check_upgrade(cluster: Cluster, call: Call, pod: Obj) -> None:
    """StatusError if the pod has no node, the request is no upgrade, or the node is down.

    Whoever opens a websocket does it by GET, but must be allowed to `create`
    (AuthorizePodWebsocketUpgradeCreatePermission).
    """
    if wants_socket(call.request) and call.request.method == "GET" and "v1.35" not in cluster.off:
        authorize(cluster, call.user, "create", call.target)
    node = pod["spec"].get("nodeName")
    if not node:
        raise bad_request(f"pod {pod['metadata']['name']} does not have a host assigned")
    if not (wants_socket(call.request) or wants_spdy(call.request)):
        raise bad_request("Upgrade request required")
    kubelet = cluster.kubelets.on(node)
    if kubelet is None or kubelet.down:
        host = f"{kubelet.address if kubelet else node}:10250"
        raise StatusError(500, "", f"error dialing backend: dial tcp {host}: connect: no route to host")


def wants_spdy(request: web.Request) -> bool:
    """Whether a request asks for SPDY on the bare connection."""
    upgrade = request.headers.get("Upgrade", "").lower()
    return upgrade == "spdy/3.1" and "upgrade" in request.headers.get("Connection", "").lower()


def choose(pod: Obj, name: str) -> str:
    """The container that is asked for, or the only one. StatusError (400) if there is none or too many."""
    spec, who = pod["spec"], pod["metadata"]["name"]
    if not name and len(spec["containers"]) == 1:
        return str(spec["containers"][0]["name"])
    names = [one["name"] for kind in KINDS for one in spec.get(kind) or ()]
    if not name:
        raise bad_request(f"a container name must be specified for pod {who}, choose one of: [{' '.join(names)}]")
    if name not in names:
        raise bad_request(f"container {name} is not valid for pod {who}")
    return name


def running(cluster: Cluster, pod: Obj, name: str, missing: str) -> tuple[Container, Process]:
    """A container that runs, with its process. NodeError with the text `missing` if it does not."""
    run = cluster.kubelets.find(pod["metadata"]["uid"])
    container = run.containers.get(name) if run else None
    if container is None or container.process is None:
        raise NodeError(500, missing)
    return container, container.process


def check_streams(call: Call) -> None:
    """NodeError if nothing is to be carried."""
    if not any(call.flag(name) for name in ("stdin", "stdout", "stderr")):
        raise NodeError(400, "you must specify at least 1 of stdin, stdout, stderr")
