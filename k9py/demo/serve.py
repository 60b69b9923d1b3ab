"""A cluster that is running: its socket, its clock, its kubeconfig."""

from __future__ import annotations

import asyncio
import gc
import json
import secrets
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import dataclass
from signal import SIGINT, SIGTERM
from threading import Thread

from aiohttp import web

from k9py.demo.api.bootstrap import bootstrap
from k9py.demo.api.target import User
from k9py.demo.cluster import Cluster
from k9py.demo.controllers.loading import start_controllers
from k9py.demo.http.server import application
from k9py.demo.node.kubelets import Kubelets
from k9py.demo.plan import Plan
from k9py.demo.world import HISTORY, furnish, populate

NAME = "k9py-demo"
"""Of its context, its cluster and its user."""
ADMIN = "demo-admin"
"""Who uses it."""


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
                "contexts": [{"name": NAME, "context": {"cluster": NAME, "user": NAME}}],
                "clusters": [{"name": NAME, "cluster": {"server": self.url}}],
                "users": [{"name": NAME, "user": {"token": self.token}}],
            },
            indent=2,
        )


@asynccontextmanager
async def serving(cluster: Cluster, port: int = 0) -> AsyncIterator[Running]:
    """Serve a cluster on a loopback port (0: any that is free) until the block ends."""
    token = secrets.token_urlsafe(12)
    cluster.tokens[token] = User(ADMIN, ("system:masters", "system:authenticated"))
    runner = web.AppRunner(application(cluster), access_log=None, shutdown_timeout=0.5, handler_cancellation=True)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        host, bound = runner.addresses[0][:2]
        yield Running(cluster, f"http://{host}:{bound}/{token}", token)
    finally:
        await runner.cleanup()


def build(plan: Plan, now: float | None = None) -> Cluster:
    """A cluster with its world in it, as it is at that time (seconds since the epoch; None: now)."""
    now = time.time() if now is None else now
    cluster = Cluster(now if plan.empty else now - HISTORY, plan.seed, plan.off)
    bootstrap(cluster)
    start_controllers(cluster)
    cluster.kubelets = Kubelets(cluster)
    cluster.kubelets.start()
    fill = furnish if plan.empty else populate
    fill(cluster, plan)
    cluster.store.compact()  # nobody can have seen what was before
    return cluster


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


async def serve(plan: Plan, port: int, ready: Callable[[str], object]) -> int:
    """Serve a cluster until SIGINT or SIGTERM; `ready` gets its kubeconfig. Answers the exit code."""
    stop = asyncio.Event()
    for signal in (SIGINT, SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signal, stop.set)
    gc.disable()  # what is built stays: there is nothing to find
    async with running(plan, port) as found:
        gc.freeze()
        gc.enable()
        ready(found.kubeconfig)
        await stop.wait()
    return 0


class Embedded:
    """A cluster in a thread of its own, so that neither the screen waits for it nor it for the screen."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._ready: Future[str] = Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread = Thread(target=lambda: asyncio.run(self._live()), name="k9py-demo", daemon=True)
        self._thread.start()

    async def kubeconfig(self) -> str:
        """How to reach it, as soon as it can be reached."""
        return await asyncio.wrap_future(self._ready)

    def wait(self, timeout: float) -> str:
        """The same, for those without an event loop; `timeout` in seconds."""
        return self._ready.result(timeout)

    def close(self) -> None:
        """Stop it, and wait until it has stopped."""
        if self._loop and self._stop and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(timeout=5)

    async def _live(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        try:
            async with running(self._plan) as found:
                self._ready.set_result(found.kubeconfig)
                await self._stop.wait()
        except Exception as error:
            if self._ready.done():
                raise
            self._ready.set_exception(error)
