"""What is served, told in both forms: aggregated (apidiscovery.k8s.io) and legacy."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from k9py.demo.cluster import Cluster
from k9py.demo.http.answers import answer

Page = Callable[[Cluster, web.Request], Awaitable[web.StreamResponse]]


def legacy_page(path: str) -> Page | None:
    """The page of `/apis/GROUP`, `/apis/GROUP/VERSION` or `/api/v1`; None for any other path."""
    return None


async def _roots(cluster: Cluster, request: web.Request) -> web.StreamResponse:
    core = request.path == "/api"
    items = [
        _group(cluster, group, versions) for group, versions in cluster.catalog.groups().items() if (not group) is core
    ]
    head = {"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}}
    response = answer({**head, "items": items})
    response.headers["Content-Type"] = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
    return response


def _group(cluster: Cluster, group: str, versions: list[str]) -> Mapping[str, Any]:
    found = [
        {
            "version": version,
            "resources": [served.entry for served in cluster.catalog.in_version(group, version)],
            "freshness": "Current",
        }
        for version in versions
    ]
    return {"metadata": {"name": group, "creationTimestamp": None}, "versions": found}


PAGES: tuple[tuple[str, Page], ...] = (("/api", _roots), ("/apis", _roots))
