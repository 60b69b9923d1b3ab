"""Gathers what a tree of relations is made of: the objects of a namespace, slim, and watched while it is shown.

Kinds that most namespaces have are watched at once, and all others where few are served. Of too many it is asked now
and again whether there is any at all, a few at a time, and those are watched of which there are. What has no namespace,
or another, is read when something names it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter
from typing import TypeVar

import msgspec

from k9py.insight.relations.graph import Graph, Stand, Standing, Thing, read_thing
from k9py.insight.relations.identity import Identity
from k9py.kube.forms import Objects, Reduced
from k9py.kube.reflector import Reflector
from k9py.session.faults import Faults
from k9py.session.session import Session
from k9py.session.tasks import Tasks
from k9py.store.row import ODD
from k9py.values.batch import Batch, FeedState, Phase
from k9py.values.errors import ApiError, K9pyError
from k9py.values.namespaces import Namespaces
from k9py.values.request import JSON, REDUCED, Request
from k9py.values.resource import Resource

AT_ONCE = 8
"""Requests under way at a time: enough to be quick, few enough for API priority and fairness."""
MOST_WATCHED = 60
"""Kinds that are watched at a time, each over a connection of its own."""
ASK_AGAIN = 30.0
"""Seconds after which it is asked again for what is not watched."""
SLICE = 0.006
"""Seconds for which objects are read at a time: keys wait no longer."""

USUAL = frozenset(
    (
        *("pods", "services", "configmaps", "secrets", "serviceaccounts", "persistentvolumeclaims"),
        *(
            "deployments.apps",
            "replicasets.apps",
            "statefulsets.apps",
            "daemonsets.apps",
            "jobs.batch",
            "cronjobs.batch",
        ),
        *("endpointslices.discovery.k8s.io", "ingresses.networking.k8s.io", "networkpolicies.networking.k8s.io"),
        *("horizontalpodautoscalers.autoscaling", "poddisruptionbudgets.policy"),
        *("roles.rbac.authorization.k8s.io", "rolebindings.rbac.authorization.k8s.io"),
        "clusterrolebindings.rbac.authorization.k8s.io",
    )
)
"""Watched without asking whether there are any."""
UNTOLD = frozenset(
    (
        *("events", "events.events.k8s.io", "endpoints", "podtemplates", "controllerrevisions.apps"),
        *("leases.coordination.k8s.io", "csistoragecapacities.storage.k8s.io"),
        *("pods.metrics.k8s.io", "nodes.metrics.k8s.io"),
    )
)
"""They say nothing of how objects belong together."""
NAMED_ONLY = frozenset(("configmaps", "secrets", "roles.rbac.authorization.k8s.io"))
"""Only their metadata is read: their contents name nothing, weigh much, and are nobody's business here."""


Kind = tuple[str, str]
"""Group and kind."""
_Step = Callable[[], None]
T = TypeVar("T")


@dataclass(eq=False)
class _Source:
    """One kind in one scope that is watched, and which objects of it are known."""

    resource: Resource
    state: FeedState = field(default_factory=FeedState)
    known: set[Identity] = field(default_factory=set)
    unseen: set[Identity] = field(default_factory=set)
    listed: bool = False


class Gathering:
    """The graph of some namespaces, alive. `on_change` is called when it, or what is known of it, is another.

    `also` is a kind without a namespace that is watched beside those of the namespaces.
    """

    def __init__(
        self,
        session: Session,
        faults: Faults,
        namespaces: Namespaces,
        on_change: Callable[[], None],
        also: Resource | None = None,
    ) -> None:
        self._session = session
        self._namespaces = namespaces
        self._on_change = on_change
        self._also = also.gvr.full_name if also else ""
        self._tasks = Tasks(faults)
        self._graph = Graph()
        self._sources: dict[tuple[Kind, str], _Source] = {}
        self._standing: dict[Identity, Standing] = {}
        self._wanted: dict[Identity, None] = {}
        self._empty: dict[Kind, Resource] = {}
        self._steps: deque[_Step] = deque()
        self._work = asyncio.Event()
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._still = asyncio.Lock()
        self._asking = True
        self._refused: dict[str, str] = {}
        self._wide: dict[Kind, bool] = {}

    def begin(self) -> None:
        """Start to watch and to ask."""
        self._tasks.start(self._digest(), "reading relations")
        self._tasks.start(self._open(), "asking which kinds there are")

    async def close(self) -> None:
        """Stop it all."""
        await self._tasks.close()

    @property
    def state(self) -> FeedState:
        """How it is doing: reading until everything that can be read has been."""
        if stale := next((s.state for s in self._sources.values() if s.state.phase is Phase.STALE), None):
            return stale
        reading = Standing.READING in self._standing.values()
        if self._asking or self._steps or reading or not all(source.listed for source in self._sources.values()):
            return FeedState(Phase.SYNCING, len(self._graph.things))
        return FeedState(Phase.LIVE)

    @property
    def denied(self) -> dict[str, str]:
        """Which kinds may not be listed, and why."""
        found = {
            source.resource.gvr.plural: source.state.reason
            for source in self._sources.values()
            if source.state.phase is Phase.DENIED
        }
        return {**self._refused, **found}

    async def make(self, work: Callable[[Graph, Stand], T]) -> T:
        """What is made of the graph, in a thread: thousands of objects take longer than keys may wait."""
        async with self._still:
            made = await asyncio.to_thread(work, self._graph, self.stand)
        for identity in [each for each in self._wanted if each not in self._standing]:
            self._standing[identity] = Standing.READING
            self._tasks.start(self._read(identity), f"reading {identity.label}")
        self._wanted.clear()
        return made

    def stand(self, identity: Identity) -> Standing:
        """What is known of an object that is not in the graph; one that nobody watches is to be read."""
        resource = self._session.catalog.resolve(identity.word)
        if resource is None:
            return Standing.UNSERVED
        kind = (resource.gvr.group, resource.kind)
        source = self._sources.get((kind, self._scope(identity.namespace if resource.namespaced else "")))
        if source and source.state.phase is not Phase.DENIED:
            return Standing.MISSING if source.listed else Standing.READING
        unlisted = source is not None or resource.gvr.plural in self._refused  # one alone may be permitted all the same
        if kind in self._empty and identity.namespace in self._namespaces and not unlisted:
            return Standing.MISSING
        if identity not in self._standing:
            self._wanted[identity] = None
        return self._standing.get(identity, Standing.READING)

    def _scope(self, namespace: str) -> str:
        """The scope in which what is of a namespace is watched."""
        return "" if self._namespaces.all else namespace

    async def _read(self, identity: Identity) -> None:
        """Read one object."""
        resource = self._session.catalog.resolve(identity.word)
        if resource is None:
            return
        accept = REDUCED if resource.gvr.full_name in NAMED_ONLY else JSON
        path = resource.path(identity.namespace if resource.namespaced else "", identity.name)
        try:
            async with self._gate:
                body = (await self._session.transport.send(Request("GET", path, accept=accept))).body
        except K9pyError as error:
            missing = isinstance(error, ApiError) and error.missing
            self._standing[identity] = Standing.MISSING if missing else Standing.DENIED
            thing = None
        else:
            thing = _understand(body, resource)
            self._standing[identity] = Standing.THERE
        async with self._still:
            if thing is not None:
                self._graph.put(self._settle(thing))
            elif self._standing[identity] is Standing.MISSING:
                self._graph.remove(identity)
        self._on_change()

    def _settle(self, thing: Thing) -> Thing:
        """The same, what it refers to without a namespace where its kind has none: specs do not always say."""
        owners = tuple((uid, self._home(to)) for uid, to in thing.owners)
        references = tuple(reference._replace(to=self._home(reference.to)) for reference in thing.references)
        return msgspec.structs.replace(thing, owners=owners, references=references)

    def _home(self, identity: Identity) -> Identity:
        kind = identity[:2]
        if kind not in self._wide:
            resource = self._session.catalog.resolve(identity.word)
            self._wide[kind] = resource is not None and not resource.namespaced
        return identity._replace(namespace="") if self._wide[kind] and identity.namespace else identity

    # which kinds there are

    async def _open(self) -> None:
        await self._session.known("pods")
        resources = self._served()
        few = len(resources) <= MOST_WATCHED
        others = [resource for resource in resources if not few and not self._is_usual(resource)]
        for resource in resources:
            if resource not in others:
                self._watch(resource)
        self._empty = {(resource.gvr.group, resource.kind): resource for resource in others}
        while True:
            await asyncio.gather(*(self._probe(resource) for resource in self._empty.values()))
            self._asking = False
            self._on_change()
            await asyncio.sleep(ASK_AGAIN)
            await asyncio.gather(*(self._read(identity) for identity in list(self._standing)))

    def _is_usual(self, resource: Resource) -> bool:
        return resource.gvr.full_name in USUAL or resource.gvr.full_name == self._also

    def _served(self) -> list[Resource]:
        """One version of each kind, the preferred one."""
        found: dict[Kind, Resource] = {}
        for resource in self._session.catalog:
            concerns = resource.namespaced or self._is_usual(resource)
            if resource.watchable and concerns and not resource.is_ours and resource.gvr.full_name not in UNTOLD:
                found.setdefault((resource.gvr.group, resource.kind), resource)
        return list(found.values())

    async def _probe(self, resource: Resource) -> None:
        """Watch a kind if there is any of it."""
        try:
            found = [await self._any(resource, scope) for scope in self._scopes(resource)]
        except K9pyError as error:
            self._refused[resource.gvr.plural] = error.message
            return
        self._refused.pop(resource.gvr.plural, None)
        if any(found) and len(self._sources) < MOST_WATCHED:
            self._empty.pop((resource.gvr.group, resource.kind))
            self._watch(resource)

    async def _any(self, resource: Resource, scope: str) -> bool:
        async with self._gate:
            request = Request("GET", resource.path(scope), {"limit": "1"}, accept=Reduced.accept)
            body = (await self._session.transport.send(request)).body
        return bool(msgspec.json.decode(body).get("items"))

    def _scopes(self, resource: Resource) -> tuple[str, ...]:
        return self._namespaces.scopes if resource.namespaced else ("",)

    # watching them

    def _watch(self, resource: Resource) -> None:
        for scope in self._scopes(resource):
            source = self._sources[(resource.gvr.group, resource.kind), scope] = _Source(resource)
            reflector = Reflector(
                self._session.transport,
                resource,
                scope,
                partial(self._take, source),
                partial(self._told, source),
                form=Reduced() if resource.gvr.full_name in NAMED_ONLY else Objects(),
            )
            self._tasks.start(reflector.run(), f"watching {resource.gvr.full_name}")

    def _told(self, source: _Source, state: FeedState) -> None:
        source.state = state
        source.listed = source.listed or state.phase is Phase.DENIED
        self._on_change()

    def _take(self, source: _Source, batch: Batch) -> None:
        """Put a batch at the end of what is to be read; what points into its buffer is copied."""
        if batch.begins_list:
            self._steps.append(lambda: source.unseen.update(source.known))
        for deleted, raw in batch.changes:
            self._steps.append(partial(self._change, source, deleted, bytes(raw)))
        if batch.ends_list:
            self._steps.append(lambda: self._end_list(source))
        self._work.set()

    async def _digest(self) -> None:
        """Read what has come, a little at a time."""
        while True:
            await self._work.wait()
            self._work.clear()
            while self._steps:
                async with self._still:
                    until = perf_counter() + SLICE
                    while self._steps and perf_counter() < until:
                        self._steps.popleft()()
                await asyncio.sleep(0)
            self._on_change()

    def _change(self, source: _Source, deleted: bool, raw: bytes) -> None:
        thing = _understand(raw, source.resource)
        if thing is not None:
            self._put(source, thing, deleted)

    def _put(self, source: _Source, thing: Thing, deleted: bool) -> None:
        source.unseen.discard(thing.identity)
        if deleted:
            source.known.discard(thing.identity)
            self._graph.remove(thing.identity)
        else:
            source.known.add(thing.identity)
            self._graph.put(self._settle(thing))

    def _end_list(self, source: _Source) -> None:
        for identity in source.unseen:
            source.known.discard(identity)
            self._graph.remove(identity)
        source.unseen.clear()
        source.listed = True


def _understand(raw: bytes, resource: Resource) -> Thing | None:
    """An object, unless it is not as its kind is to be: its own table says what is wrong with it."""
    try:
        return read_thing(raw, resource)
    except (*ODD, msgspec.MsgspecError):
        return None
