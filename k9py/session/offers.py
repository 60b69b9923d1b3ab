"""What a server offers: the catalog of its kinds, and how a word is looked up in it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from k9py.kinds.wellknown import CONTAINERS, DEPLOYMENTS, NODES, PODS, WORKLOADS
from k9py.kube.discovery import Discovery, discover
from k9py.kube.transport import Transport
from k9py.session.tasks import Tasks
from k9py.values.catalog import Catalog
from k9py.values.errors import K9pyError
from k9py.values.resource import Resource

HOLD = 60.0
"""Seconds for which a server is not asked again for a kind that it does not have: an API may come later."""
WELL_KNOWN = (NODES, DEPLOYMENTS, PODS)
"""What the first page shows; known whatever a discovery says."""
OWN = (CONTAINERS, WORKLOADS)
"""The kinds of k9py's own that a person may ask for."""
_WELL_KNOWN_GVRS = frozenset(resource.gvr for resource in WELL_KNOWN)


class Offers:
    """The catalog, and the discovery that fills it. `on_note` is told in one line what does not answer; "" is well."""

    def __init__(self, transport: Transport, tasks: Tasks, on_note: Callable[[str], None]) -> None:
        self.catalog = Catalog((*WELL_KNOWN, *OWN))
        self._transport = transport
        self._tasks = tasks
        self._on_note = on_note
        self._asking: asyncio.Task[None] | None = None
        self._asked_at = 0.0
        self._failed: K9pyError | None = None
        """Why a kind that is not in the catalog may be served all the same."""

    def begin(self) -> None:
        """Ask what the server offers."""
        self._asking = self._tasks.start(self._ask(), "asking what the server offers")

    async def answered(self) -> None:
        """Wait until what has been asked is answered, or has failed."""
        if self._asking:
            await asyncio.wait([self._asking])

    async def renew(self) -> None:
        """Ask again, unless that is being asked now."""
        if self._asking is None or self._asking.done():
            self.begin()
        await self.answered()

    async def known(self, word: str) -> Resource | None:
        """The kind that a word names, once the server has said what it offers, and said so lately."""
        await self.answered()
        found = self.catalog.resolve(word)
        if found is None and asyncio.get_running_loop().time() - self._asked_at >= HOLD:
            await self.renew()
            found = self.catalog.resolve(word)
        return found

    async def find(self, word: str) -> Resource | None:
        """The kind that a word names, asking the server again for a word it did not know a moment ago.

        Raises why, when the server could not be asked: it may serve that kind all the same.
        """
        if self.catalog.resolve(word) == WORKLOADS:  # made of what servers have in several versions
            await self.answered()
        for ask in (self.answered, self.renew):
            if found := self.catalog.resolve(word):
                return found
            await ask()
        found = self.catalog.resolve(word)
        if found is None and self._failed:
            raise self._failed
        return found

    def served(self, resource: Resource) -> Resource:
        """The kind in the version that the server prefers: older ones serve some as beta."""
        return self.catalog.resolve(resource.gvr.full_name) or resource

    async def _ask(self) -> None:
        try:
            self._take(await discover(self._transport))
        except K9pyError as error:
            self._failed = error
            self._on_note(error.line)
        finally:
            self._asked_at = asyncio.get_running_loop().time()

    def _take(self, discovery: Discovery) -> None:
        """Take in what the server offers; what could not be asked is as it was."""
        failed = discovery.failed

        def stays(known: Resource) -> bool:
            lost = known.gvr.api_version in failed or (bool(known.gvr.group) and "/apis" in failed)
            return lost or known.gvr in _WELL_KNOWN_GVRS

        self.catalog = self.catalog.renew((*discovery.resources, *OWN), stays)
        half = failed.get("v1") or failed.get("/apis")
        self._failed = K9pyError(half) if half else None
        dead = ", ".join(sorted(failed))
        self._on_note(f"these APIs do not answer: {dead}" if dead else "")
