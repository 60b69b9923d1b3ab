"""OpenAPI v3 of what is served."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from k9py.demo.cluster import Cluster

Page = Callable[[Cluster, web.Request], Awaitable[web.StreamResponse]]

PAGES: tuple[tuple[str, Page], ...] = ()
