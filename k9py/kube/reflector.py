"""Keeps one kind of one namespace up to date, for ever: lists it in pages, watches it, and survives what goes wrong.

It owns the conversation only. What it learns goes to a sink as batches, how it fares goes out as states; a table is
never emptied by a fault, because what a list did not name is gone only when that list has ended.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from k9py.kube.forms import Form, Objects, Rows
from k9py.kube.pace import HEALTHY, Backoff, Pace
from k9py.kube.wire import Event, Lines, Page, Sender, decode_events, decode_page, read_failure, read_version
from k9py.values.batch import Batch, FeedState, Phase
from k9py.values.errors import ApiError, K9pyError
from k9py.values.request import Request
from k9py.values.resource import Resource

FIRST_PAGE = 50
NEXT_PAGE = 500
PAGE_BYTES = 10_000_000
"""About as much as a page should weigh: config maps of 1 MB each must not come 500 at once."""
SILENCE = 90.0
"""Bookmarks come each minute: who has said nothing for so long is not there any more."""
CHANGES = frozenset({"ADDED", "MODIFIED", "DELETED"})


class Reflector:
    """One feed: list, watch, and again. `sink` and `on_state` are called in the event loop and must be quick."""

    def __init__(
        self,
        transport: Sender,
        resource: Resource,
        namespace: str,
        sink: Callable[[Batch], None],
        on_state: Callable[[FeedState], None],
        *,
        table: bool = False,
        form: Form | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._transport = transport
        self._resource = resource
        self._path = resource.path(namespace)
        self._form: Form = form or (Rows() if table else Objects())
        self._sink = sink
        self._on_state = on_state
        self._pace = pace or Pace()
        self._backoff = Backoff(self._pace)
        self._state = FeedState()
        self._version: str | None = None
        self._heard = 0.0
        self._opened: float | None = None

    async def run(self) -> None:
        """Until cancelled. Only an error of the sink's own ends it."""
        while True:
            self._opened = None
            try:
                if self._version is None:
                    await self._list()
                await self._watch()
            except K9pyError as problem:
                await self._pace.sleep(self._face(problem))
            else:
                await self._pace.sleep(self._rest())

    async def _list(self) -> None:
        count, begins, version = 0, True, ""
        async with aclosing(self._pages()) as pages:
            async for page in pages:
                batch = self._form.read_page(page)
                batch.begins_list, batch.ends_list = begins, not page.metadata.continue_
                begins, version, count = False, page.metadata.resource_version, count + len(batch.changes)
                self._sink(batch)
                self._say(FeedState(Phase.SYNCING, count))
                await asyncio.sleep(0)
        self._version = version
        self._say(FeedState(Phase.LIVE))

    async def _pages(self) -> AsyncGenerator[Page]:
        """Each page, while the next is on its way."""
        coming: asyncio.Task[tuple[Page, int]] | None = asyncio.create_task(self._fetch("", FIRST_PAGE))
        try:
            while coming:
                page, limit = await coming
                token = page.metadata.continue_
                coming = asyncio.create_task(self._fetch(token, limit)) if token else None
                yield page
        finally:
            if coming:
                coming.cancel()
                await asyncio.gather(coming, return_exceptions=True)

    async def _fetch(self, token: str, limit: int) -> tuple[Page, int]:
        """One page, and how many objects the next one may have."""
        query = {**self._form.query, "limit": str(limit)} | ({"continue": token} if token else {})
        response = await self._transport.send(Request("GET", self._path, query, accept=self._form.accept))
        self._heard = self._pace.now()
        fitting = limit * PAGE_BYTES // max(1, len(response.body))
        return decode_page(response.body), max(1, min(NEXT_PAGE, fitting))

    async def _watch(self) -> None:
        query = {
            **self._form.query,
            "watch": "true",
            "allowWatchBookmarks": "true",
            "resourceVersion": self._version or "",
            "timeoutSeconds": str(int(self._pace.between(240, 300))),
        }
        request = Request("GET", self._path, query, accept=self._form.accept_events)
        async with self._transport.stream(request, silence=SILENCE) as chunks:
            self._heard = self._opened = self._pace.now()
            self._say(FeedState(Phase.LIVE))
            lines = Lines()
            async for chunk in chunks:
                self._heard = self._pace.now()
                if block := lines.feed(chunk):
                    self._take(decode_events(block))

    def _take(self, events: list[Event]) -> None:
        changes = [event for event in events if event.type in CHANGES]
        if changes:
            self._sink(self._form.read_events(changes))
        for event in events[-1:]:
            if event.type == "ERROR":
                raise read_failure(event.object)
            self._version = read_version(event.object) or self._version

    def _face(self, problem: K9pyError) -> float:
        """Say what is wrong, and how many seconds to wait before the next try."""
        wait = self._next_wait()
        match problem:
            case ApiError(denied=True):
                self._say(FeedState(Phase.DENIED, since=self._heard, reason=problem.message))
                return self._pace.between(30, 60)
            case ApiError(missing=True):
                self._version = None
                self._say_stale(f"{self._resource.gvr.full_name} is no longer served")
            case ApiError(gone=True) if self._version is not None:
                self._version = None  # the list that follows brings what was missed: nothing to tell a person
            case _:
                self._say_stale(problem.message)
        asked = problem.retry_after if isinstance(problem, ApiError) else None
        return max(wait, asked or 0)

    def _rest(self) -> float:
        """Seconds to wait after a watch that ended well: none, unless it ended suspiciously soon."""
        wait = self._next_wait()
        return 0 if self._was_healthy() else wait

    def _next_wait(self) -> float:
        if self._was_healthy():
            self._backoff.reset()
        return self._backoff.advance()

    def _was_healthy(self) -> bool:
        return self._opened is not None and self._pace.now() - self._opened >= HEALTHY

    def _say_stale(self, reason: str) -> None:
        self._say(FeedState(Phase.STALE, since=self._heard, reason=reason))

    def _say(self, state: FeedState) -> None:
        if state != self._state:
            self._state = state
            self._on_state(state)
