"""A cluster that is running: its socket, its clock, its kubeconfig."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from k9py.demo.api.target import User
from k9py.demo.cluster import Cluster
from k9py.demo.http.server import application

NAME = "demo"
"""Of its context."""
ADMIN = "demo-admin"
"""Who uses it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How large a cluster is to be, and how fast its time goes. The same seed gives the same world."""

    pods: int = 0
    nodes: int = 0
    seed: int = 1
    speed: float = 1.0
    story: str = ""


@dataclass(frozen=True, slots=True)
class Running:
    """A cluster that is served at an address. The token stands in its path too: kubectl sends none over plain HTTP."""

    cluster: Cluster
    url: str
    token: str

    @property
    def kubeconfig(self) -> str:
        """A kubeconfig (JSON is YAML too) whose only context is this cluster."""
        return json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "current-context": NAME,
                "contexts": [{"name": NAME, "context": {"cluster": NAME, "user": NAME, "namespace": "shop"}}],
                "clusters": [{"name": NAME, "cluster": {"server": self.url}}],
                "users": [{"name": NAME, "user": {"token": self.token}}],
            },
            indent=2,
        )


@asynccontextmanager
async def serving(cluster: Cluster, port: int = 0) -> AsyncIterator[Running]:
    """Serve a cluster on a loopback port until the block ends."""
    token = secrets.token_urlsafe(24)
    cluster.tokens[token] = User(ADMIN, ("system:masters", "system:authenticated"))
    runner = web.AppRunner(application(cluster), access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        host, bound = runner.addresses[0][:2]
        yield Running(cluster, f"http://{host}:{bound}/{token}", token)
    finally:
        await runner.cleanup()


def build(plan: Plan) -> Cluster:
    """A cluster with its world in it, and its controllers started."""
    return Cluster(time.time(), plan.seed)


@asynccontextmanager
async def running(plan: Plan, port: int = 0) -> AsyncIterator[Running]:
    """A cluster that lives: served, and its clock going."""
    cluster = build(plan)
    async with serving(cluster, port) as found:
        ticking = asyncio.create_task(cluster.clock.run(plan.speed))
        try:
            yield found
        finally:
            ticking.cancel()
