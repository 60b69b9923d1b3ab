"""Gathers what a tree of relations is made of: the objects of a namespace, slim, and watched while it is shown.

Kinds that most namespaces have are watched at once. Of every other one that is served it is asked first whether there
is any at all, a few at a time, and those are watched of which there are. What has no namespace, or another, is read
when something names it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter

import msgspec

from k9py.insight.relations.graph import Graph, Standing, Thing, read_thing
from k9py.insight.relations.identity import Identity
from k9py.kube.forms import Form, Objects, Reduced
from k9py.kube.reflector import Reflector
from k9py.session.session import Session
from k9py.session.tasks import Tasks
from k9py.values.batch import Batch, FeedState, Phase
from k9py.values.errors import ApiError, K9pyError
from k9py.values.request import REDUCED, Request
from k9py.values.resource import Resource

AT_ONCE = 8
"""Requests under way at a time: enough to be quick, few enough for API priority and fairness."""
MOST_WATCHED = 60
"""Kinds that are watched at a time, each over a connection of its own."""
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


@dataclass(eq=False)
class _Source:
    """One kind that is watched, and which objects of it are known."""

    resource: Resource
    state: FeedState = field(default_factory=FeedState)
    known: set[Identity] = field(default_factory=set)
    unseen: set[Identity] = field(default_factory=set)
    listed: bool = False


_Step = Callable[[], None]


class Gathering:
    """The graph of a namespace ("" = all), alive. `on_change` is called when it, or what is known of it, is another."""

    def __init__(self, session: Session, tasks: Tasks, namespace: str, on_change: Callable[[], None]) -> None:
        self.graph = Graph()
        self.namespace = namespace
        self._session = session
        self._tasks = tasks
        self._on_change = on_change
        self._sources: dict[tuple[str, str], _Source] = {}
        self._standing: dict[Identity, Standing] = {}
        self._empty: set[tuple[str, str]] = set()
        self._steps: deque[_Step] = deque()
        self._work = asyncio.Event()
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._asking = True
        self.denied: dict[str, str] = {}
        """Why kinds may not be listed, by their plural."""

    def begin(self) -> None:
        """Start to watch and to ask."""
        self._tasks.start(self._digest(), "reading relations")
        self._tasks.start(self._open(), "asking which kinds there are")

    @property
    def complete(self) -> bool:
        """Whether everything that can be read has been."""
        return not self._asking and not self._steps and all(source.listed for source in self._sources.values())

    @property
    def stale(self) -> str:
        """Why it may be out of date, or the empty string."""
        return next((s.state.reason for s in self._sources.values() if s.state.phase is Phase.STALE), "")

    def stand(self, identity: Identity) -> Standing:
        """What is known of an object that is not in the graph; one that nobody watches is read now."""
        resource = self._session.catalog.resolve(identity.word)
        if resource is None:
            return Standing.UNSERVED
        kind = (resource.gvr.group, resource.kind)
        source = self._sources.get(kind)
        if source and self._covers(resource, identity):
            if resource.gvr.plural in self.denied:
                return Standing.DENIED
            return Standing.MISSING if source.listed else Standing.READING
        if kind in self._empty and self._covers(resource, identity):
            return Standing.MISSING
        if identity not in self._standing:
            self._standing[identity] = Standing.READING
            self._tasks.start(self._read(identity, resource), f"reading {identity.label}")
        return self._standing[identity]

    def _covers(self, resource: Resource, identity: Identity) -> bool:
        return not resource.namespaced or self.namespace in ("", identity.namespace)

    async def _read(self, identity: Identity, resource: Resource) -> None:
        """Read one object."""
        namespace = identity.namespace if resource.namespaced else ""
        reduced = resource.gvr.full_name in NAMED_ONLY
        request = Request("GET", resource.path(namespace, identity.name))
        if reduced:
            request = Request("GET", request.path, accept=REDUCED)
        try:
            async with self._gate:
                body = (await self._session.transport.send(request)).body
        except K9pyError as error:
            missing = isinstance(error, ApiError) and error.missing
            self._standing[identity] = Standing.MISSING if missing else Standing.DENIED
        else:
            if (thing := read_thing(body, resource)) is not None:
                self.graph.put(thing)
            self._standing[identity] = Standing.MISSING
        self._on_change()

    # which kinds there are

    async def _open(self) -> None:
        await self._session.known("pods")
        resources = self._served()
        usual = [resource for resource in resources if resource.gvr.full_name in USUAL]
        for resource in usual:
            self._watch(resource)
        await asyncio.gather(*(self._probe(resource) for resource in resources if resource not in usual))
        self._asking = False
        self._on_change()

    def _served(self) -> list[Resource]:
        """One version of each kind, the preferred one."""
        found: dict[tuple[str, str], Resource] = {}
        for resource in self._session.catalog:
            name = resource.gvr.full_name
            concerns = (resource.namespaced or name in USUAL) and not resource.is_ours and name not in UNTOLD
            if resource.watchable and concerns:
                found.setdefault((resource.gvr.group, resource.kind), resource)
        return list(found.values())

    async def _probe(self, resource: Resource) -> None:
        """Watch a kind if there is any of it."""
        kind = (resource.gvr.group, resource.kind)
        try:
            async with self._gate:
                request = Request("GET", resource.path(self.namespace), {"limit": "1"}, accept=Reduced.accept)
                body = (await self._session.transport.send(request)).body
            found = bool(msgspec.json.decode(body).get("items"))
        except K9pyError as error:
            self._sources[kind] = _Source(resource, listed=True)
            self.denied[resource.gvr.plural] = error.message
            return
        if found and len(self._sources) < MOST_WATCHED:
            self._watch(resource)
        else:
            self._empty.add(kind)

    # watching them

    def _watch(self, resource: Resource) -> None:
        source = self._sources[resource.gvr.group, resource.kind] = _Source(resource)
        form: Form = Reduced() if resource.gvr.full_name in NAMED_ONLY else Objects()
        reflector = Reflector(
            self._session.transport,
            resource,
            self.namespace if resource.namespaced else "",
            lambda batch: self._take(source, batch),
            lambda state: self._told(source, state),
            form=form,
        )
        self._tasks.start(reflector.run(), f"watching {resource.gvr.full_name}")

    def _told(self, source: _Source, state: FeedState) -> None:
        source.state = state
        if state.phase is Phase.DENIED:
            source.listed = True
            self.denied[source.resource.gvr.plural] = state.reason
        elif state.phase is Phase.LIVE:
            self.denied.pop(source.resource.gvr.plural, None)
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
                until = perf_counter() + SLICE
                while self._steps and perf_counter() < until:
                    self._steps.popleft()()
                await asyncio.sleep(0)
            self._on_change()

    def _change(self, source: _Source, deleted: bool, raw: bytes) -> None:
        try:
            thing = read_thing(raw, source.resource)
        except msgspec.MsgspecError:
            return
        if thing is not None:
            self._put(source, thing, deleted)

    def _put(self, source: _Source, thing: Thing, deleted: bool) -> None:
        source.unseen.discard(thing.identity)
        if deleted:
            source.known.discard(thing.identity)
            self.graph.remove(thing.identity)
        else:
            source.known.add(thing.identity)
            self.graph.put(thing)

    def _end_list(self, source: _Source) -> None:
        for identity in source.unseen:
            source.known.discard(identity)
            self.graph.remove(identity)
        source.unseen.clear()
        source.listed = True
