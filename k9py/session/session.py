"""One context, alive: its transport, what its server offers, and the feeds that screens hold."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Mapping
from functools import partial
from typing import Any

import msgspec

from k9py.insight.rules.subject import ACCOUNT
from k9py.kinds.kind import Kind
from k9py.kinds.registry import kind_for
from k9py.kinds.wellknown import DEPLOYMENTS, NAMESPACES, NODES, PODS
from k9py.kube.access import Access
from k9py.kube.discovery import server_version
from k9py.kube.kubeconfig import Context, Kubeconfig
from k9py.kube.transport import Transport
from k9py.session.derived import ComputedFeed, DerivedFeed
from k9py.session.dryrun import DryRuns
from k9py.session.faults import Faults
from k9py.session.feed import Feed, WatchedFeed
from k9py.session.log_stream import LogStream
from k9py.session.offering import Offering
from k9py.session.offers import Offers
from k9py.session.recents import Recents
from k9py.session.rights import Rights
from k9py.session.tasks import Tasks
from k9py.session.usage import Meter
from k9py.store.order import Sort
from k9py.store.tally import tally_pods
from k9py.values.batch import Phase
from k9py.values.catalog import Catalog
from k9py.values.errors import ApiError, K9pyError
from k9py.values.log import LogWish, Span
from k9py.values.namespaces import Namespaces
from k9py.values.request import Request
from k9py.values.resource import Gvr, Key, Resource

RETRY = 3.0
"""Seconds until a server that could not be asked its version is asked again."""
VERSION_HOLDS = 60.0
"""Seconds between two questions for its version."""
LOOK = 2.0
"""Seconds that a look whether a namespace is there may take: a person waits for it."""
RECENT = 9
"""Namespaces in use that have a key of their own."""


class Session:
    """Everything that is alive about one context. `on_change` is called whenever something about it changed."""

    def __init__(
        self,
        transport: Transport,
        namespaces: Namespaces,
        faults: Faults,
        likely: Mapping[str, str] | None = None,
        recents: Recents | None = None,
    ) -> None:
        """`likely` are namespaces that a kubeconfig names elsewhere, and where; `recents` those of former runs."""
        self.transport = transport
        self.namespaces = namespaces
        self._recents = recents or Recents()
        self.recent_namespaces: list[Namespaces] = self._recents.of(transport.context.name)[:RECENT]
        if not namespaces.all:
            self._add_recent(namespaces)
        self.on_change: Callable[[], None] = lambda: None
        self.access = Access(transport, transport.user)
        self.dry_runs = DryRuns(transport)
        self.version = ""
        self.user = transport.user
        self.trouble: K9pyError | None = None
        """Why the server could not be asked its version: the one line to show until something is live."""
        self.sorts: dict[Gvr, Sort] = {}
        """By which column a person has sorted each kind."""
        self.notes: dict[str, str] = {}
        """Quiet remarks by topic: no metrics, an aggregated API that is dead."""
        self._tasks = Tasks(faults)
        self.offers = Offers(transport, self._tasks, partial(self._note, "discovery"))
        self.meter = Meter(transport, self.known, self._tasks, partial(self._note, "metrics"))
        self.rights = Rights(self.access, self._tasks)
        self._likely = likely or {}
        self.offering = Offering(
            *(self.read, self.access, lambda: self.catalog, self._candidates, self._tasks, lambda: self.on_change())
        )
        self._feeds: dict[tuple[Gvr, str, str], Feed] = {}
        self._stale: set[Feed] = set()
        self._namespaces: Feed | None = None
        self._reached = False
        self._place: Hashable = None
        self._introduction: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._version_at = 0.0
        self._version_check: asyncio.Task[None] | None = None
        self._namespace_check: asyncio.Task[None] | None = None

    @property
    def context(self) -> Context:
        """What it is called in the kubeconfig."""
        return self.transport.context

    @property
    def catalog(self) -> Catalog:
        """The kinds that are known."""
        return self.offers.catalog

    @property
    def feeds(self) -> list[Feed]:
        """What is watched now."""
        return list(self._feeds.values())

    def begin(self) -> None:
        """Ask for what every screen wants to know: version, user, kinds. None of them holds up another."""
        self._place = self.transport.place
        self.offers.begin()
        self._introduction = self._tasks.start(self._introduce(), "asking who we are")

    async def take(self, kubeconfig: Kubeconfig) -> None:
        """Go by the kubeconfig as it is now. What is shown stays, until the server that it leads to has said more."""
        try:
            changed = await self.transport.follow(kubeconfig)
        except K9pyError as error:
            self._note("kubeconfig", error.line)
            return
        self._note("kubeconfig", "")
        if moved := self.transport.place != self._place:
            self._meet_anew()
        for feed in self.feeds if changed else ():
            if isinstance(feed, WatchedFeed) and (moved or feed.state.phase is not Phase.LIVE):
                feed.begin_anew()

    def _meet_anew(self) -> None:
        """Another server, or another user: what was learnt of the former is no longer so."""
        self._reached = False
        self.access.forget()
        self.dry_runs.forget()
        self._introduction.cancel()
        self.begin()

    def open_first(self) -> None:
        """Send for what the first page shows, before there is a page: each feed waits LINGER seconds to be held."""
        for resource in (PODS, NODES, DEPLOYMENTS):
            for feed in self.open_all(resource, self.namespaces):
                feed.release()

    async def close(self) -> None:
        """Stop everything and close the connections."""
        self._tasks.cancel()  # before the connections go: no feed shall take their end for a failure
        await self.transport.close()
        await self._tasks.close()

    def open(self, resource: Resource, namespace: str = "", of: str = "") -> Feed:
        """A feed that covers this kind and namespace, held for the caller until it releases it.

        Of a kind that is made of another's objects, `of` names the one whose rows are wanted.
        """
        namespace = namespace if resource.namespaced else ""
        everywhere = self._feeds.get((resource.gvr, "", of if not namespace else ""))
        covered = everywhere and everywhere.state.phase is Phase.LIVE
        feed = everywhere if covered else self._feeds.get((resource.gvr, namespace, of))
        return (feed or self._start(resource, namespace, of)).hold()

    def open_all(self, resource: Resource, namespaces: Namespaces, of: str = "") -> list[Feed]:
        """The feeds that cover this kind in these namespaces, each held for the caller; `of` as in `open`."""
        scopes = namespaces.scopes if resource.namespaced else ("",)
        feeds = [self.open(resource, scope, of) for scope in scopes]
        for feed in feeds[1:]:
            if feed is feeds[0]:  # one covers them all
                feed.release()
        return list(dict.fromkeys(feeds))

    def open_as(self, kind: Kind, resource: Resource, namespace: str = "") -> Feed:
        """A feed of objects read as a kind of the caller's own; it is not shared, and the caller closes it."""
        return WatchedFeed(
            self.transport, resource, namespace, self._tasks, self._feed_told, self._stale.discard, kind
        ).hold()

    def run(self, work: Coroutine[Any, Any, None], doing: str) -> asyncio.Task[None]:
        """Run what a screen needs beside its feeds, until its task is cancelled; `doing` is told when it fails."""
        return self._tasks.start(work, doing)

    def compute(
        self, resource: Resource, work: Callable[[ComputedFeed], Awaitable[None]], namespace: str = ""
    ) -> ComputedFeed:
        """A feed of rows that a coroutine puts, held for the caller; it ends as soon as nobody holds it."""
        feed = ComputedFeed(
            self.context.name, resource, namespace, work, self._tasks, self._feed_told, self._feed_closed
        )
        feed.hold()
        return feed

    async def lacks_namespace(self, name: str) -> bool:
        """Whether the server says that there is no such namespace; who may not ask, or gets no answer, is believed."""
        try:
            async with asyncio.timeout(LOOK):
                await self.transport.send(Request("GET", NAMESPACES.path(name=name)))
        except ApiError as error:
            return error.missing
        except (K9pyError, TimeoutError):
            return False
        return False

    def follow(self, wish: LogWish, span: Span, on_lines: Callable[[], None]) -> LogStream:
        """Follow logs until the stream is closed."""
        return LogStream(self, self.transport, self._tasks, wish, span, on_lines)

    async def known(self, word: str) -> Resource | None:
        """The kind that a word names, once the server has said what it offers, and said so lately."""
        return await self.offers.known(word)

    async def find(self, word: str) -> Resource | None:
        """The kind that a word names, asking the server again for one that is new; raises why it could not be asked."""
        return await self.offers.find(word)

    async def read(self, request: Request) -> Any:
        """Send a request and decode its JSON: the port through which actions gather."""
        return msgspec.json.decode((await self.transport.send(request)).body)

    async def whole(self, key: Key, resource: Resource) -> bytes:
        """The JSON of an object: as its watch told it, or read now where the watch has only the server's columns."""
        for namespace in (key.namespace, ""):
            feed = self._feeds.get((key.gvr, namespace, ""))
            if feed and (kept := feed.collection.whole(key.namespace, key.name)):
                return kept
        return (await self.transport.send(Request("GET", resource.path(key.namespace, key.name)))).body

    def known_namespaces(self) -> list[str]:
        """The namespaces that are known, those that have been used first.

        The first call has them watched, where that is permitted; until then, and where it is not, it knows those of
        the objects that are watched.
        """
        self._watch_namespaces()
        seen = {namespace for feed in self.feeds for namespace, _ in feed.collection.records if namespace}
        seen |= {
            name for feed in self.feeds if feed.resource.gvr == NAMESPACES.gvr for _, name in feed.collection.records
        }
        recent = list(dict.fromkeys(name for each in self.recent_namespaces for name in each.names))
        return [*recent, *sorted(seen - set(recent))]

    def use_namespaces(self, namespaces: Namespaces) -> None:
        """Make them those that new screens open in. The recent ones keep their order, and so their keys."""
        self.namespaces = namespaces
        if not namespaces.all:
            self._add_recent(namespaces)
            self._recents.keep(self.context.name, self.recent_namespaces)
        self.on_change()

    def _add_recent(self, namespaces: Namespaces) -> None:
        if namespaces not in self.recent_namespaces:
            self.recent_namespaces = [*self.recent_namespaces, namespaces][-RECENT:]

    def take_offer(self) -> Namespaces:
        """Give each namespace that was found to be usable a key of its own; the likeliest of them."""
        names = self.offering.names
        offered = (Namespaces.of(name) for name in names)
        self.recent_namespaces = list(dict.fromkeys([*self.recent_namespaces, *offered]))[:RECENT]
        return Namespaces.of(names[0])

    async def _candidates(self) -> dict[str, str]:
        """Namespaces that may be ours, the likeliest first, and how they were found."""
        await self.offers.answered()
        places = {name: "used lately" for each in self.recent_namespaces for name in each.names}
        user = await self.access.whoami()
        if user.startswith(ACCOUNT):
            places.setdefault(user.removeprefix(ACCOUNT).partition(":")[0], "service account")
        for name, where in (*self._likely.items(), ("default", "default")):
            places.setdefault(name, where)
        return places

    def _watch_namespaces(self) -> None:
        if self._namespaces is None and (self._namespace_check is None or self._namespace_check.done()):
            self._namespace_check = self._tasks.start(self._open_namespaces(), "asking for the namespaces")

    async def _open_namespaces(self) -> None:
        verdicts = [await self.access.may(verb, NAMESPACES) for verb in ("list", "watch")]
        if all(verdict.allowed and not verdict.guessed for verdict in verdicts):
            self._namespaces = self.open(NAMESPACES)

    def _start(self, resource: Resource, namespace: str, of: str) -> Feed:
        feed = self._feeds[resource.gvr, namespace, of] = self._make_feed(resource, namespace, of)
        if "usage" in feed.kind.joins:
            feed.ends_with(self.meter.join(feed.collection, feed.namespace))
        if "pods_on_node" in feed.kind.joins:
            feed.join_feed(self.open(PODS), tally_pods)
        return feed

    def _make_feed(self, resource: Resource, namespace: str, of: str) -> Feed:
        if made_of := kind_for(resource).made_of:
            sources = [self.open(self.offers.served(source), namespace) for source in made_of]
            return DerivedFeed(sources, resource, namespace, of, self._tasks, self._feed_told, self._feed_closed)
        return WatchedFeed(self.transport, resource, namespace, self._tasks, self._feed_told, self._feed_closed)

    def _feed_told(self, feed: Feed) -> None:
        phase = feed.state.phase
        if phase is Phase.STALE:
            self._stale.add(feed)
        elif phase is Phase.DENIED and feed.resource.namespaced:
            self.offering.begin()
        elif phase is Phase.LIVE:
            self._reach()
            if feed in self._stale:
                self._stale.discard(feed)
                self._check_version()
        self.on_change()

    def _feed_closed(self, feed: Feed) -> None:
        self._stale.discard(feed)
        self._feeds = {place: each for place, each in self._feeds.items() if each is not feed}
        self.on_change()

    def _note(self, topic: str, line: str) -> None:
        if self.notes.get(topic, "") != line:
            self.notes[topic] = line
            self.on_change()

    async def _introduce(self) -> None:
        while True:
            try:
                await self._read_version()
                break
            except K9pyError as error:
                self.trouble = None if self._reached else error
                self.on_change()
                await asyncio.sleep(VERSION_HOLDS if self._reached else RETRY)
        self._reach()
        self.on_change()

    def _reach(self) -> None:
        """The server has answered for the first time: what it could not be asked before it can be now."""
        if not self._reached:
            self._reached = True
            self.trouble = None
            self._tasks.start(self._meet(), "asking who we are")

    async def _meet(self) -> None:
        if self.notes.get("discovery"):
            await self.offers.renew()
        self.user = await self.access.whoami()
        self.on_change()

    def _check_version(self) -> None:
        """The server was away: it may come back as a newer one."""
        if self.version and (self._version_check is None or self._version_check.done()):
            self._version_check = self._tasks.start(self._renew_version(), "asking the server's version")

    async def _renew_version(self) -> None:
        await asyncio.sleep(self._version_at + VERSION_HOLDS - _now())
        former = self.version
        try:
            await self._read_version()
        except K9pyError as error:
            logging.getLogger("k9py").info("the version could not be asked again: %s", error.line)
            return
        if self.version != former:
            self.on_change()
            await self.offers.renew()

    async def _read_version(self) -> None:
        self._version_at = _now()
        self.version = await server_version(self.transport)


def _now() -> float:
    return asyncio.get_running_loop().time()
