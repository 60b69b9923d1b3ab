"""The rows of capacity, kept up to date: added up anew, some moments after something has changed."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from k9py.insight.capacity import Name, Rows, Sum, counts, node_rows, place_in_namespace, place_on_node, rows_of
from k9py.kinds.capacity import CAPACITY, WORKLOAD_CAPACITY, What, workload_of
from k9py.kinds.pod import Pod
from k9py.kinds.wellknown import NODES, PODS
from k9py.session.derived import ComputedFeed
from k9py.session.feed import Feed, together, worst
from k9py.session.session import Session
from k9py.store.collection import Collection, Unreadable
from k9py.values.batch import Phase
from k9py.values.namespaces import ALL, Namespaces
from k9py.values.usage import Usage

SOON = 0.5
"""Seconds for which changes are gathered."""
LOOK = 2.0
"""Seconds after which it is looked at in any case how the feeds are doing."""
AT_ONCE = 2000
"""Pods that are added up before others have their turn."""

PLACES: dict[What, Callable[[Pod], Name | None]] = {
    "node": place_on_node,
    "namespace": place_in_namespace,
    "workload": workload_of,
}


def open_capacity(session: Session, what: What, namespaces: Namespaces = ALL) -> Feed:
    """What pods take, for each of these; of nodes in all, else in some namespaces. It is held for the caller."""
    resource = WORKLOAD_CAPACITY if what == "workload" else CAPACITY
    return session.compute(resource, partial(_work, session, what, namespaces))


async def _work(session: Session, what: What, namespaces: Namespaces, feed: ComputedFeed) -> None:
    pods = session.open_all(PODS, ALL if what == "node" else namespaces)
    nodes = [session.open(NODES)] if what == "node" else []
    changed = asyncio.Event()

    def mark(_names: object = ()) -> None:
        changed.set()
        feed.wake()

    undo = [source.collection.listen(mark) for source in (*pods, *nodes)]
    mark()
    try:
        while True:
            state = worst([*pods, *nodes]) if nodes else together(pods, {})
            if state.phase is Phase.LIVE and changed.is_set():
                changed.clear()
                feed.put(await _add_up(what, namespaces, [each.collection for each in pods], nodes))
            if state != feed.state:
                feed.told(state)
            await feed.pause(LOOK)
            await asyncio.sleep(SOON)
    finally:
        for end in undo:
            end()
        for source in (*pods, *nodes):
            source.release()


async def _add_up(what: What, namespaces: Namespaces, pods: list[Collection], nodes: list[Feed]) -> Rows:
    sums: defaultdict[Name, Sum] = defaultdict(Sum)
    place = PLACES[what]
    for collection in pods:
        usage, found = collection.joined.usage, _readable(collection)
        for number, pod in enumerate(found, 1):
            name = place(pod) if counts(pod) and (nodes or pod.metadata.namespace in namespaces) else None
            if name:
                sums[name].add(pod, usage.get((pod.metadata.namespace, pod.metadata.name)))
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
    if not nodes:
        return rows_of(what, sums)
    told = nodes[0].collection
    known: dict[Name, Usage] = dict(told.joined.usage)
    return node_rows(sums, _readable(told), known)


def _readable(collection: Collection) -> Iterable[Any]:
    return [record.obj for record in collection.records.values() if not isinstance(record.obj, Unreadable)]
