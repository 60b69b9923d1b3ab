"""Paths that are no resources: discovery, version, health, OpenAPI."""

from __future__ import annotations

from k9py.demo.cluster import Cluster
from k9py.demo.http import discovery, health, openapi
from k9py.demo.http.call import Page


def find(cluster: Cluster, path: str) -> Page | None:
    """The page of a path, if it is one."""
    for prefix, page in (*discovery.PAGES, *health.PAGES, *openapi.PAGES):
        if path == prefix or (prefix.endswith("/") and path.startswith(prefix)):
            return page
    return discovery.legacy_page(cluster, path)
