"""CPU and memory of nodes, pods and containers: read again and again while somebody looks, as there is no watch."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Literal

from k9py.kube.metrics import read_metrics, read_node_names, read_summary
from k9py.kube.transport import Transport
from k9py.session.faults import first_line
from k9py.session.tasks import Tasks
from k9py.store.collection import Collection, Name
from k9py.store.history import History, Point
from k9py.values.errors import K9pyError
from k9py.values.resource import Resource
from k9py.values.usage import Usage

INTERVAL = 15.0
"""Seconds between polls: metrics-server's own default resolution."""
KUBELETS = 50
"""Nodes whose kubelets are asked where there is no metrics.k8s.io; of more nodes nothing is known then."""
AT_ONCE = 8
REFUSED = 60.0
"""Seconds until kubelets that gave no answer are asked again."""

What = Literal["nodes", "pods"]


class Gauge:
    """What the nodes, or the pods of a namespace and their containers, use now."""

    def __init__(self, what: What, namespace: str) -> None:
        self.what: What = what
        self.namespace = namespace
        self.usage: Mapping[Name, Usage] = {}
        self.why = ""
        """Why nothing is known, or where it is known from if not from metrics.k8s.io."""
        self.collections: list[Collection] = []
        self.task: asyncio.Task[None] | None = None

    def show(self, usage: Mapping[Name, Usage]) -> None:
        """These are the figures now: rows of which they are others are touched."""
        self.usage = usage
        for collection in self.collections:
            _show(collection, usage)


def _show(collection: Collection, usage: Mapping[Name, Usage]) -> None:
    before, records = collection.joined.usage, collection.records
    names = before.keys() | usage.keys()
    changed = [name for name in names if name in records and before.get(name) != usage.get(name)]
    collection.joined = replace(collection.joined, usage=usage)
    collection.touch(changed)


class Meter:
    """All that is known of usage in a session. `on_note` is told in one line why something is missing."""

    def __init__(
        self,
        transport: Transport,
        known: Callable[[str], Awaitable[Resource | None]],
        tasks: Tasks,
        on_note: Callable[[str], None],
    ) -> None:
        self._transport = transport
        self._known = known
        self._tasks = tasks
        self._on_note = on_note
        self._gauges: dict[tuple[What, str], Gauge] = {}
        self._histories = {"nodes": History(INTERVAL / 2), "pods": History(INTERVAL / 2)}
        self._listeners: list[Callable[[], None]] = []
        self._kubelets = Kubelets(transport)

    def join(self, collection: Collection, namespace: str) -> Callable[[], None]:
        """Keep the usage joined to nodes, pods or containers up to date, until what it answers is called."""
        gauge = self._gauge("pods" if collection.resource.namespaced else "nodes", namespace)
        gauge.collections.append(collection)
        _show(collection, gauge.usage)
        if gauge.task is None:
            gauge.task = self._tasks.start(self._poll(gauge), f"reading the metrics of {gauge.what}")

        def leave() -> None:
            gauge.collections.remove(collection)
            if not gauge.collections and gauge.task:
                gauge.task.cancel()
                self._gauges.pop((gauge.what, gauge.namespace), None)

        return leave

    def history(self, resource: Resource, name: Name) -> list[Point]:
        """What a node, a pod or a container has used since k9py began, the oldest first."""
        return self._histories["pods" if resource.namespaced else "nodes"].of(name)

    @property
    def why(self) -> str:
        """Why something is not known, or where it is known from."""
        return next((gauge.why for gauge in self._gauges.values() if gauge.why), "")

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Be told when something has been read. Returns what ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _gauge(self, what: What, namespace: str) -> Gauge:
        """What is polled for all namespaces serves a single one."""
        covering = self._gauges.get((what, "")) or self._gauges.get((what, namespace))
        return covering or self._gauges.setdefault((what, namespace), Gauge(what, namespace))

    async def _poll(self, gauge: Gauge) -> None:
        while True:
            usage: Mapping[Name, Usage] = {}
            try:
                usage, gauge.why = await self._read(gauge)
            except Exception as error:
                doing = f"reading the metrics of {gauge.what}"
                self._tasks.faults.report(error, doing)
                gauge.why = f"no metrics: k9py failed while {doing}: {first_line(error)}, see the log"
            gauge.show(usage)
            if usage:
                self._histories[gauge.what].add(time.time(), usage)
            self._on_note(self.why)
            for listener in tuple(self._listeners):
                listener()
            await asyncio.sleep(INTERVAL)

    async def _read(self, gauge: Gauge) -> tuple[Mapping[Name, Usage], str]:
        """The usage, and a remark: empty where metrics.k8s.io says it."""
        metrics = await self._known(f"{gauge.what}.metrics.k8s.io")
        why = "this cluster does not serve metrics.k8s.io"
        if metrics:
            try:
                version = metrics.gvr.version
                return await read_metrics(self._transport, version, gauge.what, gauge.namespace), ""
            except K9pyError as error:
                why = error.message
        usage, lacking = await self._kubelets.read()
        if not usage:
            return {}, f"no metrics: {why}; {lacking}" if lacking else f"no metrics: {why}"
        return _part(usage, gauge), f"usage is what the kubelets say: {why}" + (f"; {lacking}" if lacking else "")


def _part(usage: Mapping[Name, Usage], gauge: Gauge) -> Mapping[Name, Usage]:
    if gauge.what == "nodes":
        return {name: each for name, each in usage.items() if not name[0]}
    return {name: each for name, each in usage.items() if name[0] and gauge.namespace in ("", name[0])}


class Kubelets:
    """What all kubelets say together, asked once for all who want to know it."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._lock = asyncio.Lock()
        self._fresh_until = 0.0
        self._said: tuple[Mapping[Name, Usage], str] = ({}, "")

    async def read(self) -> tuple[Mapping[Name, Usage], str]:
        """What nodes, pods and containers use, and which kubelets do not say it."""
        async with self._lock:
            now = asyncio.get_running_loop().time()
            if now >= self._fresh_until:
                self._said = await self._ask()
                self._fresh_until = now + (INTERVAL / 2 if self._said[0] else REFUSED)
            return self._said

    async def _ask(self) -> tuple[Mapping[Name, Usage], str]:
        try:
            nodes = await read_node_names(self._transport, KUBELETS + 1)
        except K9pyError as error:
            return {}, f"the nodes, whose kubelets could say it, can't be listed: {error.message}"
        if len(nodes) > KUBELETS:
            return {}, f"more than {KUBELETS} nodes are too many to ask each kubelet"
        usage: dict[Name, Usage] = {}
        failed: dict[str, K9pyError] = {}
        turns = asyncio.Semaphore(AT_ONCE)

        async def ask(node: str) -> None:
            try:
                async with turns:
                    usage.update((await read_summary(self._transport, node)).usage)
            except K9pyError as error:
                failed[node] = error

        await asyncio.gather(*map(ask, nodes))
        return usage, _name_failed(failed)


def _name_failed(failed: Mapping[str, K9pyError]) -> str:
    if not failed:
        return ""
    names = sorted(failed)
    return f"kubelets do not say it ({', '.join(names[:3])}): {failed[names[0]].message}"
