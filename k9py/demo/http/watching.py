"""A watch: first what is there if that is asked for, then every change, until its time is over."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from aiohttp import web

from k9py.demo.api.select import selection
from k9py.demo.cluster import Cluster
from k9py.demo.core.status import StatusError, bad_request
from k9py.demo.core.store import Change, Entry, Gone
from k9py.demo.http.answers import encode
from k9py.demo.http.call import Call
from k9py.demo.http.forms import Form, form_of

BOOKMARKS = 60.0
"""Seconds between bookmarks."""
LONGEST = 3600.0
"""Seconds that a watch lives when it does not say for how long."""
BACKLOG = 50_000
"""So many events may wait for a reader; one that is slower must watch anew."""

INITIAL_END = {"k8s.io/initial-events-end": "true"}


async def watch(cluster: Cluster, call: Call) -> web.StreamResponse:
    """Stream the changes of a collection."""
    form = form_of(cluster, call.request, call.target.served)
    watcher = Watcher(cluster, call, form)
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    response.enable_chunked_encoding()
    with watcher:
        await response.prepare(call.request)
        await watcher.stream(response)
    return response


class Watcher:
    """One watch. Changes are gathered as they are made, and written in one piece when the reader is ready."""

    def __init__(self, cluster: Cluster, call: Call, form: Form) -> None:
        self._cluster = cluster
        self._form = form
        self._storage = call.target.served.storage
        self._keep = selection(cluster, call.target, call.query)
        self._bookmarks = call.flag("allowWatchBookmarks")
        self._initial = call.flag("sendInitialEvents") and "watchlist" not in cluster.off
        if call.flag("sendInitialEvents") and call.query.get("resourceVersionMatch") != "NotOlderThan":
            raise bad_request("sendInitialEvents is only supported with resourceVersionMatch NotOlderThan")
        self._seconds = float(call.number("timeoutSeconds") or LONGEST)
        self._since = call.query.get("resourceVersion", "")
        self._waiting: deque[bytes] = deque()
        self._moved = asyncio.Event()
        self._named = form.table is None  # definitions of a table come once
        self._release: Callable[[], None] = lambda: None

    def __enter__(self) -> Watcher:
        try:
            self._begin()
        except Gone:
            message = f"too old resource version: {self._since} ({self._cluster.store.version})"
            self._say("ERROR", encode(StatusError(410, "Expired", message).status()))
            self._seconds = 0.0
        else:
            self._release = self._cluster.store.listen(self._storage, self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        self._release()

    async def stream(self, response: web.StreamResponse) -> None:
        """Write until the time is over."""
        loop = asyncio.get_running_loop()
        end, bookmark = loop.time() + self._seconds, loop.time() + BOOKMARKS
        while True:
            self._moved.clear()
            if self._waiting:
                block = b"".join(self._waiting)
                self._waiting.clear()
                await response.write(block)
            now = loop.time()
            if now >= end:
                break
            if self._bookmarks and now >= bookmark:
                bookmark = now + BOOKMARKS
                self._mark()
                continue
            try:
                async with asyncio.timeout_at(min(end, bookmark) if self._bookmarks else end):
                    await self._moved.wait()
            except TimeoutError:
                continue
        await response.write_eof()

    def _begin(self) -> None:
        store = self._cluster.store
        if self._initial or self._since in ("", "0"):
            for entry in store.entries(self._storage):
                if self._keep(entry):
                    self._say("ADDED", self._write(entry))
            if self._initial and self._bookmarks:
                self._mark(INITIAL_END)
            return
        try:
            version = int(self._since)
        except ValueError:
            raise bad_request(f'invalid resource version "{self._since}"') from None
        for change in store.since(self._storage, version):
            self._hear(change)

    def _hear(self, change: Change) -> None:
        """What the reader is told: an object that comes to match, or no longer does, is one that comes or goes."""
        is_in = change.type != "DELETED" and self._keep(change.entry)
        was_in = change.old is not None and self._keep(change.old)
        if is_in:
            self._say("MODIFIED" if was_in else "ADDED", self._write(change.entry))
        elif was_in:
            self._say("DELETED", self._write(change.entry))
        if len(self._waiting) > BACKLOG:
            self._seconds = 0.0

    def _write(self, entry: Entry) -> bytes:
        written = self._form.one(entry)
        if not self._named and self._form.table:
            self._named, self._form.table.definitions = True, None
        return written

    def _mark(self, annotations: dict[str, str] | None = None) -> None:
        metadata: dict[str, object] = {"resourceVersion": str(self._cluster.store.version)}
        if annotations:
            metadata["annotations"] = annotations
        self._say("BOOKMARK", encode(self._form.bookmark({**metadata, "creationTimestamp": None})))

    def _say(self, kind: str, obj: bytes) -> None:
        self._waiting.append(b'{"type":"' + kind.encode() + b'","object":' + obj + b"}\n")
        self._moved.set()
