"""A watch: first what is there if that is asked for, then every change, until its time is over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping

from aiohttp import web

from k9py.demo.api.select import Selection, selection
from k9py.demo.cluster import Cluster
from k9py.demo.core.status import StatusError, expired
from k9py.demo.core.store import Change, Entry, Gone, Obj
from k9py.demo.http.answers import encode, warn
from k9py.demo.http.call import Call
from k9py.demo.http.forms import AT_ONCE, Form, form_of
from k9py.demo.http.listing import Options, options_of, read_version, too_large

BOOKMARKS = 60.0
"""Seconds between bookmarks."""
FIRST_BOOKMARK = 1.0
"""Seconds after which there is the first one."""
LAST_BOOKMARK = 2.0
"""Seconds before its end a watch has one more, so that the next can begin there."""
LONGEST = 3600.0
"""Seconds that a watch lives when it does not say for how long."""
GATHER = 0.01
"""Seconds within which what happens is written at once, so that a thousand changes a second cost little."""
LOOK = 30.0
"""Seconds after which a watch looks whether its reader is still there."""
BACKLOG = 50_000
"""So many events may wait for a reader; one that is slower must watch anew."""

Event = tuple[str, Entry | Obj | bytes]
"""Its type, and an object: whole, only its metadata, or as JSON already. It is written when it is sent."""

_INITIAL_END = {"annotations": {"k8s.io/initial-events-end": "true"}}
_BEGIN = {
    kind: f'{{"type":"{kind}","object":'.encode() for kind in ("ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR")
}
_END = b"}\n"


async def watch(cluster: Cluster, call: Call) -> web.StreamResponse:
    """Stream the changes of a collection."""
    form = form_of(cluster, call.request, call.target.served, watch=True)
    keep = selection(cluster, call.target, call.query)
    watcher = Watcher(cluster, call, form, keep, options_of(cluster, call, watch=True))
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    response.enable_chunked_encoding()
    warn(response, call.warnings)
    with watcher:
        await response.prepare(call.request)
        await watcher.stream(response)
    return response


class Watcher:
    """One watch. Changes are gathered as they are made, and written in one piece when the reader is ready."""

    def __init__(self, cluster: Cluster, call: Call, form: Form, keep: Selection, options: Options) -> None:
        self._store = cluster.store
        self._catalog = cluster.catalog
        self._served = call.target.served
        self._request = call.request
        self._storage = call.target.served.storage
        self._form = form
        self._keep = keep
        self._options = options
        self._bookmarks = call.flag("allowWatchBookmarks")
        self._seconds = float(call.number("timeoutSeconds") or LONGEST)
        self._present: list[Entry] = []
        self._waiting: list[Event] = []
        self._moved = asyncio.Event()
        self._over = False
        self._news = False
        self._release: Callable[[], None] = lambda: None
        self._leave: Callable[[], None] = lambda: None
        self._version = _start(options)

    def __enter__(self) -> Watcher:
        try:
            self._begin()
        except StatusError as error:
            self._say("ERROR", encode(error.status()))
            self._over = True
        else:
            self._release = self._store.listen(self._storage, self._hear)
            self._leave = self._catalog.listen(self._served.gvr, self._hang_up)
        return self

    def __exit__(self, *_: object) -> None:
        self._release()
        self._leave()

    def _hang_up(self) -> None:
        """The resource has been changed or taken away: the watch ends with what has been said so far."""
        self._over = True
        self._moved.set()

    def _begin(self) -> None:
        """What is there, or what has changed since a version."""
        options = self._options
        if options.initial or (options.initial is None and options.latest):
            if self._version > self._store.version:
                raise too_large(self._version, self._store.version)
            self._present = [one for one in self._store.entries(self._storage, self._keep.namespace) if self._keep(one)]
            self._version = self._store.version
        elif not options.latest:
            try:
                changes = self._store.since(self._storage, self._version)
            except Gone:
                raise expired(f"too old resource version: {self._version} ({self._store.version})") from None
            for change in changes:
                self._hear(change)

    async def stream(self, response: web.StreamResponse) -> None:
        """Write until the time is over."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        end = begun + self._seconds
        marks = _mark_times(begun, end) if self._bookmarks else iter(())
        mark = next(marks, end)
        await self._write_present(response)
        while True:
            self._moved.clear()
            written = loop.time()
            await self._write_waiting(response)
            if self._over or loop.time() >= end or not self._is_read():
                break
            if loop.time() >= mark:
                mark = next(marks, end)
                self._mark()
                continue
            await self._wait(min(mark, end, written + LOOK), written + GATHER)
        await response.write_eof()

    async def _wait(self, until: float, gather: float) -> None:
        """Until something happens; when much happens, a little longer."""
        try:
            async with asyncio.timeout_at(until):
                await self._moved.wait()
        except TimeoutError:
            return
        pause = gather - asyncio.get_running_loop().time()
        if pause > 0:
            await asyncio.sleep(pause)

    async def _write_present(self, response: web.StreamResponse) -> None:
        """What is there when the watch begins, and that this was all."""
        await self._write(response, [("ADDED", entry) for entry in self._present])
        self._present = []
        if self._options.initial and self._bookmarks and not self._over:
            await self._write(response, [("BOOKMARK", self._bare(self._version, _INITIAL_END))])

    async def _write_waiting(self, response: web.StreamResponse) -> None:
        events, self._waiting = self._waiting, []
        await self._write(response, events)

    async def _write(self, response: web.StreamResponse, events: list[Event]) -> None:
        """Write events, many of them in pieces between which others have their turn."""
        for begin in range(0, len(events), AT_ONCE):
            pieces: list[bytes] = []
            for kind, what in events[begin : begin + AT_ONCE]:
                pieces += (_BEGIN[kind], self._read(what), _END)
            await response.write(b"".join(pieces))
            if begin + AT_ONCE < len(events):
                await asyncio.sleep(0)

    def _read(self, what: Entry | Obj | bytes) -> bytes:
        """An object in the form that is asked for. The definitions of a table come with the first one only."""
        if isinstance(what, bytes):
            return what
        written = self._form.one(what) if isinstance(what, Entry) else encode(self._form.mark(what))
        if self._form.table:
            self._form.table.definitions = None
        return written

    def _hear(self, change: Change) -> None:
        """What the reader is told: an object that comes to match, or no longer does, is one that comes or goes."""
        self._news = True
        if self._keep.keeps_all:
            self._say(change.type, change.entry)
            return
        is_in = change.type != "DELETED" and self._keep(change.entry)
        was_in = change.old is not None and self._keep(change.old)
        if is_in:
            self._say("MODIFIED" if was_in else "ADDED", change.entry)
        elif was_in and change.old:
            gone = change.type == "DELETED"
            self._say("DELETED", change.entry if gone else _last_seen(change.old, change.entry.version))

    def _mark(self) -> None:
        """Tell how far the reader has come, if anything has happened since it was told last."""
        if self._news:
            self._news = False
            self._say("BOOKMARK", self._bare(self._store.version, {}))

    def _bare(self, version: int, more: Mapping[str, object]) -> Obj:
        return {"metadata": {"resourceVersion": str(version), **more}}

    def _say(self, kind: str, what: Entry | Obj | bytes) -> None:
        self._waiting.append((kind, what))
        self._moved.set()
        if len(self._waiting) > BACKLOG:  # too slow: its client begins anew
            self._over = True
            self._waiting.clear()

    def _is_read(self) -> bool:
        transport = self._request.transport
        return transport is not None and not transport.is_closing()


def _start(options: Options) -> int:
    try:
        return read_version(options.version)
    except ValueError as error:
        raise StatusError(500, "", str(error)) from None


def _mark_times(begun: float, end: float) -> Iterator[float]:
    """When there are bookmarks: once a minute, and shortly before the end."""
    at = begun + FIRST_BOOKMARK
    while at < end - LAST_BOOKMARK:
        yield at
        at += BOOKMARKS
    yield max(begun + FIRST_BOOKMARK, end - LAST_BOOKMARK)


def _last_seen(old: Entry, version: int) -> Entry:
    """An object as it was when it was last selected, in the version in which it no longer is."""
    obj = old.read()
    obj["metadata"]["resourceVersion"] = str(version)
    return Entry(old.key, encode(obj), version)
