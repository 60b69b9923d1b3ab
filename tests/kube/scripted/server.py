"""The HTTP side: paths to lists, watches, objects and logs out of the store, faults first."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from aiohttp import web

from tests.kube.scripted.faults import Fault, abort, begin_stream, refuse, status_of
from tests.kube.scripted.log import ContainerLog
from tests.kube.scripted.store import Change, Gone, ObjectStore
from tests.kube.scripted.tables import TABLE_COLUMNS, make_table, wants_table

Sort = Literal["list", "page", "watch", "get", "log"]
"""What a request asks for; `page` is a list that goes on from a continue token."""


@dataclass(frozen=True, slots=True)
class Target:
    """A path, taken apart. `collection` is the path over all namespaces."""

    collection: str
    namespace: str
    name: str
    subresource: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A request that has come."""

    sort: Sort
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


def parse_path(path: str) -> Target:
    parts = path.strip("/").split("/")
    head = 2 if parts[0] == "api" else 3
    prefix, rest = parts[:head], parts[head:]
    namespace = ""
    if rest[0] == "namespaces" and len(rest) > 2:
        namespace, rest = rest[1], rest[2:]
    plural, name, subresource = [*rest, "", ""][:3]
    return Target("/".join(["", *prefix, plural]), namespace, name, subresource)


def sort_of(target: Target, query: Mapping[str, str]) -> Sort:
    if target.subresource == "log":
        return "log"
    if target.name:
        return "get"
    if "watch" in query:
        return "watch"
    return "page" if "continue" in query else "list"


class ScriptedServer:
    """One API server. `store` and `logs` are what it serves, `tables` whether it can; `requests` what it was asked."""

    def __init__(self) -> None:
        self.store = ObjectStore()
        self.logs: defaultdict[tuple[str, str, str], ContainerLog] = defaultdict(ContainerLog)
        self.requests: list[Seen] = []
        self.url = ""
        self.tables = True
        self._moved = asyncio.Event()
        self._faults: defaultdict[tuple[str, Sort], deque[Fault]] = defaultdict(deque)
        self._streams: dict[web.StreamResponse, tuple[str, web.Request]] = {}
        self._answers: Mapping[Sort, Callable[[web.Request, Target], Awaitable[web.StreamResponse]]] = {
            "list": self._list,
            "page": self._list,
            "watch": self._watch,
            "get": self._get,
            "log": self._log,
        }

    def fault(self, path: str, sort: Sort, *faults: Fault) -> None:
        """The next requests of that sort to that path are answered so, one after the other."""
        self._faults[path, sort].extend(faults)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until that is so; looked at anew whenever a request comes or a stream opens."""
        while not condition():
            await self._moved.wait()

    def asked(self, sort: Sort) -> list[Seen]:
        return [seen for seen in self.requests if seen.sort == sort]

    def streaming(self, path: str) -> int:
        """How many watches or logs of that path are open."""
        return sum(path == stream_path for stream_path, _ in self._streams.values())

    async def emit(self, path: str, *events: Mapping[str, Any] | bytes) -> None:
        """Write events, or plain bytes, into each open stream of that path, in one chunk."""
        block = b"".join(event if isinstance(event, bytes) else encode(event) for event in events)
        for response, (stream_path, request) in list(self._streams.items()):
            # one that was cut a moment ago hears nothing more, and has not been taken off the list yet
            if stream_path == path and request.transport is not None and not request.transport.is_closing():
                await response.write(block)

    def cut(self) -> None:
        """Cut all streams that are open."""
        for _, request in list(self._streams.values()):
            abort(request)

    def bookmark(self) -> Mapping[str, Any]:
        """The event that says how far the store has come."""
        return {"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": str(self.store.version)}}}

    def write_kubeconfig(self, path: Path) -> Path:
        """A kubeconfig whose only context is this server."""
        path.write_text(
            json.dumps(
                {
                    "current-context": "scripted",
                    "contexts": [{"name": "scripted", "context": {"cluster": "scripted", "user": "tester"}}],
                    "clusters": [{"name": "scripted", "cluster": {"server": self.url}}],
                    "users": [{"name": "tester", "user": {"token": "secret"}}],
                }
            )
        )
        return path

    async def handle(self, request: web.Request) -> web.StreamResponse:
        target = parse_path(request.path)
        sort = sort_of(target, request.query)
        self.requests.append(Seen(sort, request.path, dict(request.query), dict(request.headers)))
        self._wake()
        faults = self._faults[request.path, sort]
        if faults:
            return await faults.popleft()(request)
        return await self._answers[sort](request, target)

    def _wake(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()

    async def _get(self, request: web.Request, target: Target) -> web.StreamResponse:
        obj = self.store.get(target.collection, target.name, target.namespace)
        if obj is None:
            return await refuse(404, "NotFound", f'{target.collection} "{target.name}" not found')(request)
        return web.json_response(obj)

    async def _list(self, request: web.Request, target: Target) -> web.StreamResponse:
        limit, token = int(request.query.get("limit", sys.maxsize)), request.query.get("continue", "")
        try:
            version, objects, token = self.store.page(target.collection, target.namespace, limit, token)
        except Gone:
            return await refuse(410, "Expired", "The provided continue parameter is too old.")(request)
        metadata = {"resourceVersion": version} | ({"continue": token} if token else {})
        if self.tables and wants_table(request):
            return web.json_response(make_table(objects, metadata, TABLE_COLUMNS))
        return web.json_response({"kind": "List", "metadata": metadata, "items": objects or None})

    async def _watch(self, request: web.Request, target: Target) -> web.StreamResponse:
        version = int(request.query["resourceVersion"])
        render = Rendering(self.tables and wants_table(request))
        response = await begin_stream(request)
        with self._open(response, request):
            while True:
                moved = self.store.moved
                try:
                    changes = self.store.since(version)
                except Gone:
                    await response.write(encode({"type": "ERROR", "object": too_old()}))
                    return response
                version = self.store.version
                for change in changes:
                    if concerns(change, target):
                        await response.write(encode(render(change)))
                await moved.wait()

    async def _log(self, request: web.Request, target: Target) -> web.StreamResponse:
        log = self.logs[target.namespace, target.name, request.query["container"]]
        begin = log.first(request.query)
        response = await begin_stream(request)
        with self._open(response, request):
            while True:
                moved = log.moved
                if text := log.render(begin, request.query.get("sinceTime", "")):
                    await response.write(text)
                begin = len(log.lines)
                if log.ended or request.query.get("follow") != "true":
                    await response.write_eof()
                    return response
                await moved.wait()

    @contextmanager
    def _open(self, response: web.StreamResponse, request: web.Request) -> Iterator[None]:
        self._streams[response] = (request.path, request)
        self._wake()
        try:
            yield
        finally:
            del self._streams[response]
            self._wake()


class Rendering:
    """Changes as events of one watch: the columns of a table come with its first event only."""

    def __init__(self, table: bool) -> None:
        self._table = table
        self._columns: list[dict[str, Any]] | None = TABLE_COLUMNS

    def __call__(self, change: Change) -> Mapping[str, Any]:
        if not self._table:
            return {"type": change.type, "object": change.obj}
        table = make_table([change.obj], {"resourceVersion": str(change.version)}, self._columns)
        self._columns = None
        return {"type": change.type, "object": table}


def concerns(change: Change, target: Target) -> bool:
    """Whether a watch of that target tells this change."""
    return change.collection == target.collection and target.namespace in ("", change.namespace)


def too_old() -> Mapping[str, Any]:
    return status_of(410, "Expired", "The resourceVersion for the provided watch is too old.")


def encode(value: Mapping[str, Any]) -> bytes:
    """One line of a watch."""
    return json.dumps(value).encode() + b"\n"


@asynccontextmanager
async def serve() -> AsyncIterator[ScriptedServer]:
    """A server on a loopback port of its own, until the block ends."""
    server = ScriptedServer()
    async with listening(server.handle) as server.url:
        yield server


@asynccontextmanager
async def listening(handle: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[str]:
    """Have every request to a loopback port answered by one function; the port's address, until the block ends."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()
