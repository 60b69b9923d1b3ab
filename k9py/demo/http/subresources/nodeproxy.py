"""What a kubelet and kube-proxy answer through nodes/proxy: health, statistics, metrics, pods."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aiohttp import web

from k9py.demo.cluster import Cluster
from k9py.demo.core.status import StatusError, not_found
from k9py.demo.core.store import Key, Obj
from k9py.demo.http.answers import answer
from k9py.demo.http.call import Call
from k9py.demo.http.subresources.proxies import address, unavailable
from k9py.demo.node.kubelet import Kubelet
from k9py.demo.node.nodes import KUBELET_PORT
from k9py.demo.node.stats import exposition, summary

Answer = Callable[[Cluster, Kubelet], web.Response]


async def proxy(cluster: Cluster, call: Call) -> web.StreamResponse:
    """Answer what the kubelet of a node, or the port that the name says, would."""
    name, text = address(call.target.name)
    port = int(text) if text.isdecimal() else KUBELET_PORT
    kubelet = cluster.kubelets.on(name)
    if kubelet is None or cluster.store.get(Key("nodes", "", name)) is None:
        raise not_found("", "nodes", name)
    if kubelet.down:
        raise _unreachable(f"{kubelet.address}:{port}", "no route to host")
    pages = _PORTS.get(port)
    if pages is None:
        raise _unreachable(f"{kubelet.address}:{port}", "connection refused")
    page = pages.get(call.target.rest.strip("/"))
    if page is None:
        return web.Response(status=404, text="404 page not found\n")
    return page(cluster, kubelet)


def _unreachable(host: str, why: str) -> StatusError:
    return unavailable(f"error trying to reach service: dial tcp {host}: connect: {why}")


def _healthy(cluster: Cluster, kubelet: Kubelet) -> web.Response:
    return web.Response(text="ok", content_type="text/plain", charset="utf-8")


def _summary(cluster: Cluster, kubelet: Kubelet) -> web.Response:
    return answer(summary(cluster, kubelet))


def _resource(cluster: Cluster, kubelet: Kubelet) -> web.Response:
    return web.Response(text=exposition(cluster, kubelet), content_type="text/plain", charset="utf-8")


def _pods(cluster: Cluster, kubelet: Kubelet) -> web.Response:
    items = [_bare(entry.read()) for entry in kubelet.bound()]
    return answer({"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": items})


def _bare(pod: Obj) -> Obj:
    return {name: value for name, value in pod.items() if name not in ("kind", "apiVersion")}


def _proxy_health(cluster: Cluster, kubelet: Kubelet) -> web.Response:
    now = cluster.clock.micro_stamp()
    family = {"lastUpdated": now, "healthy": True}
    return answer(
        {
            "lastUpdated": now,
            "currentTime": now,
            "nodeEligible": True,
            "healthy": True,
            "status": {"IPv4": family, "IPv6": family},
        }
    )


def _config(cluster: Cluster, kubelet: Kubelet) -> web.Response:
    known = {
        "kind": "KubeletConfiguration",
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "syncFrequency": "1m0s",
        "address": "0.0.0.0",
        "port": KUBELET_PORT,
        "clusterDomain": "cluster.local",
        "nodeStatusUpdateFrequency": "10s",
        "nodeStatusReportFrequency": "5m0s",
        "nodeLeaseDurationSeconds": 40,
        "maxPods": 110,
        "evictionHard": {"imagefs.available": "15%", "memory.available": "100Mi", "nodefs.available": "10%"},
        "containerLogMaxSize": "10Mi",
        "containerLogMaxFiles": 5,
    }
    return answer({"kubeletconfig": known})


_KUBELET: Mapping[str, Answer] = {
    "healthz": _healthy,
    "stats/summary": _summary,
    "metrics/resource": _resource,
    "pods": _pods,
    "configz": _config,
}
_PORTS: Mapping[int, Mapping[str, Answer]] = {
    KUBELET_PORT: _KUBELET,
    10248: {"healthz": _healthy},
    10256: {"healthz": _proxy_health, "livez": _proxy_health},
}


ROUTES = {(method, "nodes", "proxy"): proxy for method in ("GET", "POST")}
