"""One context, alive: its transport, what its server offers, and the feeds that screens hold."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from k9py.kinds.wellknown import DEPLOYMENTS, NAMESPACES, NODES, PODS
from k9py.kube.access import Access
from k9py.kube.discovery import discover, server_version
from k9py.kube.kubeconfig import Context
from k9py.kube.transport import Transport
from k9py.session.faults import Faults
from k9py.session.feed import Feed
from k9py.session.rights import Rights
from k9py.session.tail import Tail
from k9py.session.tasks import Tasks
from k9py.session.usage import UsagePoll
from k9py.store.order import Sort
from k9py.store.tally import tally_pods
from k9py.values.batch import Phase
from k9py.values.catalog import Catalog
from k9py.values.errors import ApiError, K9pyError
from k9py.values.log import LogSource
from k9py.values.request import Request
from k9py.values.resource import Gvr, Key, Resource

RETRY = 3.0
"""Seconds until a server that could not be asked its version is asked again."""


class Session:
    """Everything that is alive about one context. `on_change` is called whenever something about it changed."""

    def __init__(self, transport: Transport, namespace: str, faults: Faults) -> None:
        self.transport = transport
        self.namespace = namespace
        self.recent_namespaces: list[str] = [namespace] if namespace else []
        self.on_change: Callable[[], None] = lambda: None
        self.access = Access(transport, transport.user)
        self.catalog = Catalog((NODES, DEPLOYMENTS, PODS))
        self.version = ""
        self.user = transport.user
        self.trouble: K9pyError | None = None
        """Why the server could not be asked its version: the one line to show when nothing is live."""
        self.sorts: dict[Gvr, Sort] = {}
        """By which column a person has sorted each kind."""
        self.notes: dict[str, str] = {}
        """Quiet remarks by topic: no metrics, an aggregated API that is dead."""
        self._tasks = Tasks(faults)
        self.rights = Rights(self.access, self._tasks)
        self._feeds: dict[tuple[Gvr, str], Feed] = {}
        self._discovery: asyncio.Task[None] | None = None

    @property
    def context(self) -> Context:
        """The context of the kubeconfig that this is."""
        return self.transport.context

    @property
    def feeds(self) -> list[Feed]:
        """What is watched now."""
        return list(self._feeds.values())

    def begin(self) -> None:
        """Ask for what every screen wants to know: version, user, kinds. None of them holds up another."""
        self._discovery = self._tasks.start(self._discover(), "asking what the server offers")
        self._tasks.start(self._introduce(), "asking who we are")

    def open_first(self) -> None:
        """Send for what the first page shows, before there is a page: each feed waits LINGER seconds to be held."""
        for resource in (PODS, NODES, DEPLOYMENTS):
            self.open(resource, self.namespace).release()

    async def close(self) -> None:
        """Stop everything and close the connections."""
        await self._tasks.close()
        await self.transport.close()

    def open(self, resource: Resource, namespace: str = "") -> Feed:
        """A feed that covers this kind and namespace, held for the caller until it releases it."""
        namespace = namespace if resource.namespaced else ""
        everywhere = self._feeds.get((resource.gvr, ""))
        covered = everywhere and everywhere.state.phase is Phase.LIVE
        feed = everywhere if covered else self._feeds.get((resource.gvr, namespace))
        return (feed or self._start(resource, namespace)).hold()

    async def lacks_namespace(self, name: str) -> bool:
        """Whether the server says that there is no such namespace; who may not ask is believed."""
        try:
            await self.transport.send(Request("GET", NAMESPACES.path(name=name)))
        except ApiError as error:
            return error.missing
        except K9pyError:
            return False
        return False

    def tail(self, source: LogSource, on_lines: Callable[[], None], tail_lines: int) -> Tail:
        """Follow a container's log until the tail is closed."""
        return Tail(self.transport, source, on_lines, self._tasks, tail_lines)

    async def known(self, word: str) -> Resource | None:
        """The kind that a word names, once the server has said what it offers."""
        await self._discovered()
        return self.catalog.resolve(word)

    async def find(self, word: str) -> Resource | None:
        """The same, asking the server again for a word it did not know a moment ago."""
        found = self.catalog.resolve(word) or await self.known(word)
        if found is None:
            await self.rediscover()
            found = self.catalog.resolve(word)
        return found

    async def rediscover(self) -> None:
        """Ask what the server offers, unless that is being asked now."""
        if self._discovery is None or self._discovery.done():
            self._discovery = self._tasks.start(self._discover(), "asking what the server offers")
        await self._discovered()

    async def read(self, request: Request) -> Any:
        """Send a request and decode its JSON: the port through which actions gather."""
        return msgspec.json.decode((await self.transport.send(request)).body)

    async def whole(self, key: Key, resource: Resource) -> bytes:
        """The JSON of an object: as its watch told it, or read now where the watch has only the server's columns."""
        for namespace in (key.namespace, ""):
            feed = self._feeds.get((key.gvr, namespace))
            if feed and (kept := feed.collection.whole(key.namespace, key.name)):
                return kept
        return (await self.transport.send(Request("GET", resource.path(key.namespace, key.name)))).body

    def namespaces(self) -> list[str]:
        """The namespaces that are known from what is watched, those used lately first."""
        seen = {namespace for feed in self.feeds for namespace, _ in feed.collection.records if namespace}
        seen |= {
            name for feed in self.feeds if feed.resource.kind == "Namespace" for _, name in feed.collection.records
        }
        return [*self.recent_namespaces, *sorted(seen - set(self.recent_namespaces))]

    def use_namespace(self, namespace: str) -> None:
        """Make it the one that new screens open in ("" = all)."""
        self.namespace = namespace
        if namespace:
            self.recent_namespaces = [namespace, *(n for n in self.recent_namespaces if n != namespace)][:9]
        self.on_change()

    def _start(self, resource: Resource, namespace: str) -> Feed:
        feed = Feed(self.transport, resource, namespace, self._tasks, self._feed_told, self._feed_closed)
        self._feeds[resource.gvr, namespace] = feed
        if "usage" in feed.kind.joins:
            poll = UsagePoll(self.transport, self.known, feed.collection, namespace, partial(self._note, "metrics"))
            feed.join(poll.run(), f"reading the metrics of {resource.gvr.plural}")
        if "pods_on_node" in feed.kind.joins:
            feed.join_feed(self.open(PODS), tally_pods)
        return feed

    def _feed_told(self, feed: Feed) -> None:
        self.on_change()

    def _feed_closed(self, feed: Feed) -> None:
        if self._feeds.get((feed.resource.gvr, feed.namespace)) is feed:
            del self._feeds[feed.resource.gvr, feed.namespace]
        self.on_change()

    def _note(self, topic: str, line: str) -> None:
        if self.notes.get(topic, "") != line:
            self.notes[topic] = line
            self.on_change()

    async def _discovered(self) -> None:
        if self._discovery:
            await asyncio.wait([self._discovery])

    async def _discover(self) -> None:
        try:
            discovery = await discover(self.transport)
        except K9pyError as error:
            self._note("discovery", error.line)
            return
        self.catalog = Catalog(discovery.resources)
        dead = ", ".join(sorted(discovery.failed))
        self._note("discovery", f"these APIs do not answer: {dead}" if dead else "")

    async def _introduce(self) -> None:
        while not self.version:
            try:
                self.version = await server_version(self.transport)
                self.trouble = None
            except K9pyError as error:
                self.trouble = error
                self.on_change()
                await asyncio.sleep(RETRY)
        self.on_change()
        if self.notes.get("discovery"):
            await self.rediscover()
        self.user = await self.access.whoami()
        self.on_change()
