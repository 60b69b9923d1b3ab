"""The embedded cluster as tests have it: bare, with faults on its way out and a record of what it was asked."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from aiohttp import web

from k9py.demo.api.target import User, find_target
from k9py.demo.cluster import Cluster
from k9py.demo.core.status import StatusError
from k9py.demo.http.server import ApiServer
from tests.kube.scripted.faults import Fault, abort, status_of
from tests.kube.scripted.objects import Objects
from tests.kube.scripted.rights import Rights
from tests.kube.scripted.running import Running

Sort = Literal["list", "page", "watch", "get", "log", "change"]
"""What a request asks for; `page` is a list that goes on from a continue token, `get` all that is nothing else."""

SORT = web.RequestKey("sort", str)
STREAM = web.RequestKey("stream", web.StreamResponse)

BEGIN = 1_767_225_600.0
"""2026-01-01T00:00:00Z: the cluster's time, which stands still."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A request that has come."""

    sort: Sort
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """A request that changes something, as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    content_type: str
    body: Any


class ScriptedServer:
    """A cluster without controllers and kubelets. `requests` is what it was asked, `changes` what was sent to it."""

    def __init__(self) -> None:
        self.cluster = Cluster(BEGIN)
        self.cluster.tokens["secret"] = User("tester", ("system:masters", "system:authenticated"))
        self.store = Objects(self.cluster)
        self.rights = Rights(self.cluster)
        self.running = Running(self.cluster)
        self.logs = self.running.logs
        self.requests: list[Seen] = []
        self.changes: list[Change] = []
        self.tried: list[Change] = []
        """What was sent to it as a dry run."""
        self.warnings: list[str] = []
        """What every answer to a change warns of."""
        self.url = ""
        self._front = ApiServer(self.cluster)
        self._moved = asyncio.Event()
        self._faults: defaultdict[tuple[str, Sort], deque[Fault]] = defaultdict(deque)
        self._streams: dict[web.StreamResponse, web.Request] = {}

    def fault(self, path: str, sort: Sort, *faults: Fault) -> None:
        """The next requests of that sort to that path are answered so, one after the other."""
        self._faults[path, sort].extend(faults)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until that is so; looked at anew whenever a request comes or a stream opens."""
        while not condition():
            await self._moved.wait()

    def asked(self, sort: Sort) -> list[Seen]:
        return [seen for seen in self.requests if seen.sort == sort]

    def streaming(self, path: str = "") -> int:
        """How many watches or logs are open: those of a path, or all."""
        return sum(path in ("", request.path) for request in self._streams.values())

    async def emit(self, path: str, *events: Mapping[str, Any] | bytes) -> None:
        """Write events, or plain bytes, into each open stream of that path, in one chunk."""
        block = b"".join(event if isinstance(event, bytes) else encode(event) for event in events)
        for response, request in list(self._streams.items()):
            # one that was cut a moment ago hears nothing more, and has not been taken off the list yet
            if request.path == path and request.transport is not None and not request.transport.is_closing():
                await response.write(block)

    def cut(self) -> None:
        """Cut all streams that are open."""
        for request in list(self._streams.values()):
            abort(request)

    def bookmark(self) -> Mapping[str, Any]:
        """The event that says how far the store has come."""
        return {"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": str(self.cluster.store.version)}}}

    def write_kubeconfig(self, path: Path) -> Path:
        """A kubeconfig whose only context is this server."""
        path.write_text(dump_kubeconfig({"scripted": self.url}, "scripted"))
        return path

    def application(self) -> web.Application:
        """The server as aiohttp runs it."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        app.on_response_prepare.append(self._begin)
        return app

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        sort = self._sort_of(request)
        self.requests.append(Seen(sort, request.path, dict(request.query), dict(request.headers)))
        if sort == "change":
            body = json.loads(await request.read() or "null")
            change = Change(request.method, request.path, dict(request.query), request.content_type, body)
            (self.tried if "dryRun" in request.query else self.changes).append(change)
        self._wake()
        faults = self._faults[request.path, sort]
        if faults and "dryRun" not in request.query:
            return await faults.popleft()(request)
        request[SORT] = sort
        try:
            return await self._front.handle(request)
        finally:
            if STREAM in request:
                del self._streams[request[STREAM]]
                self._wake()

    async def _begin(self, request: web.Request, response: web.StreamResponse) -> None:
        """What the cluster answers is about to go out."""
        sort = request.get(SORT)
        if sort == "change":
            for warning in self.warnings:
                response.headers.add("Warning", f'299 - "{warning}"')
        if sort in ("watch", "log") and response.status == 200:
            request[STREAM] = response
            self._streams[response] = request
            self._wake()

    def _sort_of(self, request: web.Request) -> Sort:
        try:
            target = find_target(self.cluster.catalog, request.path)
        except StatusError:  # discovery and the like
            return "get"
        if request.method != "GET":
            return "change" if "get" in target.served.verbs else "get"  # reviews only ask
        if target.name:
            return "log" if target.subresource == "log" else "get"
        if "watch" in request.query:
            return "watch"
        return "page" if "continue" in request.query else "list"

    def _wake(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()


def too_old() -> Mapping[str, Any]:
    return status_of(410, "Expired", "The resourceVersion for the provided watch is too old.")


def encode(value: Mapping[str, Any]) -> bytes:
    """One line of a watch."""
    return json.dumps(value).encode() + b"\n"


def dump_kubeconfig(contexts: Mapping[str, str], current: str) -> str:
    """A kubeconfig of contexts with the addresses of their servers; cluster and context have one name."""
    return json.dumps(
        {
            "current-context": current,
            "contexts": [{"name": name, "context": {"cluster": name, "user": "tester"}} for name in contexts],
            "clusters": [{"name": name, "cluster": {"server": url}} for name, url in contexts.items()],
            "users": [{"name": "tester", "user": {"token": "secret"}}],
        }
    )


@asynccontextmanager
async def serve() -> AsyncIterator[ScriptedServer]:
    """A server without objects on a loopback port of its own, until the block ends."""
    server = ScriptedServer()
    runner = web.AppRunner(server.application(), handler_cancellation=True, shutdown_timeout=0, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    server.url = f"http://{host}:{port}"
    try:
        yield server
    finally:
        await runner.cleanup()
