"""livez, readyz, healthz and the version."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from k9py.demo.cluster import Cluster
from k9py.demo.http.answers import answer

VERSION = "v1.36.3"

Page = Callable[[Cluster, web.Request], Awaitable[web.StreamResponse]]


async def _version(cluster: Cluster, request: web.Request) -> web.StreamResponse:
    major, minor = VERSION[1:].split(".")[:2]
    return answer({"major": major, "minor": minor, "gitVersion": VERSION, "platform": "linux/amd64"})


PAGES: tuple[tuple[str, Page], ...] = (("/version", _version),)
