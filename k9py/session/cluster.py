"""All that is known of a cluster itself, kept up to date while its map is shown.

Leases, nodes, pods and the rest are watched. livez and readyz, kubelets and kube-proxies are asked again and again, as
there is no watch for them; of the nodes only those in sight, and nothing while nobody looks.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from collections.abc import Collection as Names
from contextlib import suppress
from typing import Any, Generic, TypeVar

import msgspec

from k9py.insight.cluster.facts import Facts, Seen
from k9py.insight.cluster.health import Health, read_health
from k9py.insight.cluster.objects import ApiService, DaemonSet, Lease, NodeFacts, Service, decode_node
from k9py.kinds.kind import AGE, NAME, Kind, always
from k9py.kinds.wellknown import NODES, PODS
from k9py.session.feed import Feed
from k9py.session.probing import Asker, NodeAsker
from k9py.session.session import Session
from k9py.store.collection import Name, Unreadable
from k9py.values.age import human_duration
from k9py.values.batch import FeedState, Phase
from k9py.values.cell import Tone

SYSTEM, NODE_LEASES = "kube-system", "kube-node-lease"
HEALTH_PERIOD = 5.0
"""Seconds between two looks at livez and readyz."""

Object = TypeVar("Object")


def _read_as(group: str, plural: str, row: type[Any]) -> Kind:
    return Kind(group, plural, row, always(NAME, AGE), lambda _obj, _joined: Tone.PLAIN, keep_whole=False)


LEASES = _read_as("coordination.k8s.io", "leases", Lease)
DAEMON_SETS = _read_as("apps", "daemonsets", DaemonSet)
SERVICES = _read_as("", "services", Service)
API_SERVICES = _read_as("apiregistration.k8s.io", "apiservices", ApiService)


Reader = Callable[[Feed, Name, Any], Any]
"""Reads what is wanted of an object: (feed, its name, as the feed's kind reads it)."""


def _as_it_is(_feed: Feed, _name: Name, obj: Any) -> Any:
    return obj


def _read_node(feed: Feed, name: Name, _obj: Any) -> NodeFacts:
    """A node's feed is everybody's: what its kind leaves out is read of the whole object."""
    return decode_node(feed.collection.whole(*name) or b"{}")


class Source(Generic[Object]):
    """What a feed knows of a namespace ("" = all), read by `read`: again only of what has changed."""

    def __init__(self, feed: Feed, namespace: str, read: Reader, on_change: Callable[[], None]) -> None:
        self.feed = feed
        self._namespace = namespace
        self._read = read
        self._on_change = on_change
        self._found: dict[Name, tuple[Any, Object]] = {}
        self._unlisten = feed.collection.listen(self._take)
        self._take(feed.collection.records.keys())

    def close(self) -> None:
        """Hear no more of it."""
        self._unlisten()

    @property
    def seen(self) -> Seen[Object]:
        """As things stand."""
        return Seen(tuple([found for _, found in self._found.values()]), name_trouble(self.feed.state))

    def _take(self, names: Names[Name]) -> None:
        wanted = [name for name in names if self._namespace in ("", name[0])]
        for name in wanted:
            self._take_one(name)
        if wanted:
            self._on_change()

    def _take_one(self, name: Name) -> None:
        record, known = self.feed.collection.records.get(name), self._found.get(name)
        if record is None or isinstance(record.obj, Unreadable):
            self._found.pop(name, None)
        elif known is None or known[0] is not record.obj:
            self._found.pop(name, None)
            with suppress(msgspec.MsgspecError):  # its row in a table says what is wrong with it
                self._found[name] = (record.obj, self._read(self.feed, name, record.obj))


def name_trouble(state: FeedState) -> str:
    """Why what a feed knows is not all that there is now, or the empty string."""
    if state.phase is Phase.LIVE:
        return ""
    if state.phase is Phase.DENIED:
        return f"not permitted: {state.reason}"
    if state.phase is Phase.STALE:
        since = f" for {human_duration(max(0.0, time.time() - state.since))}" if state.since else ""
        return f"not heard of{since}: {state.reason}"
    return "asking …"


class ClusterWatch:
    """Made for a page: `open` begins it, `close` ends it, and `on_change` is called when something may be otherwise."""

    def __init__(self, session: Session, on_change: Callable[[], None]) -> None:
        self._session = session
        self._on_change = on_change
        self._sources: dict[str, Source[Any]] = {}
        self._lacking: dict[str, str] = {}
        """Why there is no source, where there can be none."""
        self._own: list[Feed] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._looking = asyncio.Event()
        self._asker = Asker(session.transport)
        self._nodes = NodeAsker(self._asker, on_change)
        self._health = {endpoint: Health(endpoint) for endpoint in ("livez", "readyz")}

    def open(self) -> None:
        """Begin to watch and to ask."""
        self._looking.set()
        session = self._session
        self._add("nodes", session.open(NODES), "", _read_node)
        self._add("pods", session.open(PODS, SYSTEM), SYSTEM)
        self._run(self._open_others(), "opening what the map of the cluster shows")
        for endpoint in self._health:
            self._run(self._watch_health(endpoint), f"asking {endpoint}")
        self._run(self._nodes.run(self._looking), "asking the nodes in sight")

    def close(self) -> None:
        """Let it all go."""
        for task in self._tasks:
            task.cancel()
        for source in self._sources.values():
            source.close()
            if source.feed in self._own:
                source.feed.close()
            else:
                source.feed.release()
        self._sources.clear()

    @property
    def looking(self) -> bool:
        """Whether somebody looks: only then is asked what cannot be watched."""
        return self._looking.is_set()

    def look(self, looking: bool) -> None:
        """Whether somebody looks."""
        if looking:
            self._looking.set()
        else:
            self._looking.clear()

    def sight(self, nodes: Sequence[str]) -> None:
        """Say which nodes are in sight: these are asked."""
        self._nodes.sight(nodes)

    def facts(self, unfolded: frozenset[str] = frozenset()) -> Facts:
        """All that is known now; `unfolded` are the keys of the lines that are to tell all."""
        session, seen = self._session, self._seen
        nodes = self._sources.get("nodes")
        return Facts(
            now=time.time(),
            server=session.transport.server,
            version=session.version,
            livez=self._health["livez"],
            readyz=self._health["readyz"],
            leases=seen("leases"),
            node_leases=seen("node leases"),
            nodes=seen("nodes"),
            pods=seen("pods"),
            daemon_sets=seen("daemonsets"),
            services=seen("services"),
            api_services=seen("apiservices"),
            usage=nodes.feed.collection.joined.usage if nodes else {},
            probes=self._nodes.probes,
            ahead=self._asker.ahead,
            unfolded=unfolded,
        )

    def _seen(self, name: str) -> Seen[Any]:
        source = self._sources.get(name)
        return source.seen if source else Seen((), self._lacking.get(name, "asking …"))

    # ── what is watched ──────────────────────────────────────────────────────────────────────────────────────────────

    def _add(self, name: str, feed: Feed, namespace: str, read: Reader = _as_it_is) -> None:
        self._sources[name] = Source(feed, namespace, read, self._on_change)

    def _run(self, work: Coroutine[Any, Any, None], doing: str) -> None:
        self._tasks.append(self._session.run(work, doing))

    async def _open_others(self) -> None:
        wanted = (
            ("leases", LEASES, SYSTEM),
            ("node leases", LEASES, NODE_LEASES),
            ("daemonsets", DAEMON_SETS, SYSTEM),
            ("services", SERVICES, SYSTEM),
            ("apiservices", API_SERVICES, ""),
        )
        for name, kind, namespace in wanted:
            word = f"{kind.plural}.{kind.group}" if kind.group else kind.plural
            resource = await self._session.known(word)
            if resource is None:
                self._lacking[name] = f"the server does not say that it serves {word}"
                continue
            feed = self._session.open_as(kind, resource, namespace)
            self._own.append(feed)
            self._add(name, feed, namespace)
        self._on_change()

    # ── what is asked ────────────────────────────────────────────────────────────────────────────────────────────────

    async def _watch_health(self, endpoint: str) -> None:
        while True:
            await self._looking.wait()
            probe = await self._asker.ask(f"/{endpoint}", {"verbose": ""})
            self._health[endpoint] = read_health(endpoint, probe)
            self._on_change()
            await asyncio.sleep(HEALTH_PERIOD)
