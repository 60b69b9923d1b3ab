"""GET of metrics: one that is not there is not found in metrics-server's own words."""

from __future__ import annotations

from aiohttp import web

from k9py.demo.api import metrics
from k9py.demo.cluster import Cluster
from k9py.demo.core.status import StatusError, not_found
from k9py.demo.core.store import Key
from k9py.demo.http import reading
from k9py.demo.http.call import Call


async def pods(cluster: Cluster, call: Call) -> web.StreamResponse:
    """PodMetrics."""
    namespace, name = call.target.namespace, call.target.name
    if not name:
        return await reading.list_(cluster, call)
    if cluster.store.get(Key("pods", namespace, name)) is None:
        raise not_found("", "pods", name)
    if not any(one["metadata"]["name"] == name for one in metrics.pods(cluster, namespace)):
        raise not_found("metrics.k8s.io", "podmetrics", f"{namespace}/{name}")
    return await reading.get(cluster, call)


async def nodes(cluster: Cluster, call: Call) -> web.StreamResponse:
    """NodeMetrics."""
    name = call.target.name
    if not name:
        return await reading.list_(cluster, call)
    if cluster.store.get(Key("nodes", "", name)) is None:
        details = {"name": name, "kind": "node"}
        raise StatusError(404, "NotFound", f'node "{name}" not found', details)
    if cluster.kubelets.usage.node(name) is None:
        raise not_found("metrics.k8s.io", "nodemetrics", name)
    return await reading.get(cluster, call)


ROUTES = {("GET", "pods.metrics.k8s.io", ""): pods, ("GET", "nodes.metrics.k8s.io", ""): nodes}
