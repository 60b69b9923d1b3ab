"""What is in a namespace, kind by kind, and which finalizers hold it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from k9py.actions.reading import METADATA, try_read
from k9py.kinds.wellknown import CRONJOBS, DAEMONSETS, DEPLOYMENTS, JOBS, PODS, REPLICASETS, SERVICES, STATEFULSETS
from k9py.values.request import JSON, Read, Request
from k9py.values.resource import Gvr, Resource

PATIENCE = 4.0
"""Seconds that counting may take: nobody waits for more before a confirmation."""
SHOWN = 8
"""Kinds that are named: those of which there are most."""
READ = 500
"""Objects of a kind whose finalizers are read."""
_AGGREGATED = "application/json;g=apidiscovery.k8s.io;v={};as=APIGroupDiscoveryList"
_DISCOVERY = ",".join([_AGGREGATED.format("v2"), _AGGREGATED.format("v2beta1"), JSON])
_UNTOLD = frozenset(
    (
        *("events", "events.events.k8s.io", "endpoints", "endpointslices.discovery.k8s.io", "podtemplates"),
        *("controllerrevisions.apps", "leases.coordination.k8s.io", "csistoragecapacities.storage.k8s.io"),
        *("pods.metrics.k8s.io", "bindings"),
    )
)
"""They come and go with others, and are nobody's loss."""


def _core(plural: str) -> Resource:
    return Resource(Gvr("", "v1", plural), plural, plural, True, frozenset(("list",)))


_USUAL = (
    *(PODS, SERVICES, DEPLOYMENTS, REPLICASETS, STATEFULSETS, DAEMONSETS, JOBS, CRONJOBS),
    *(_core("configmaps"), _core("secrets"), _core("serviceaccounts"), _core("persistentvolumeclaims")),
)
"""What is counted on a server that tells what it serves only group by group."""


@dataclass(frozen=True, slots=True)
class Held:
    """How many objects there are of a kind, and how many of them have each finalizer."""

    word: str
    count: int
    finalizers: Mapping[str, int] = field(default_factory=dict)

    @property
    def line(self) -> str:
        """`2 gadgets.example.com, held by example.com/guard`."""
        held = ", ".join(self.finalizers)
        return f"{self.count} {self.word}" + (f", held by {held}" if held else "")


@dataclass(frozen=True, slots=True)
class Contents:
    """What a namespace holds, the most first. `whole` says whether everything could be counted in time."""

    held: tuple[Held, ...] = ()
    whole: bool = True

    @property
    def line(self) -> str:
        """`12 pods, 3 deployments.apps and 4 more kinds`."""
        if not self.held:
            return "nothing that could be counted" if self.whole else "what could not be counted in time"
        named = ", ".join(each.line for each in self.held[:SHOWN])
        more = len(self.held) - SHOWN
        rest = f" and {more} more kinds" if more > 0 else ""
        return f"{named}{rest}" + ("" if self.whole else ", and what could not be counted in time")


async def read_contents(read: Read, namespace: str, *, finalizers: bool = False) -> Contents:
    """Count what is in a namespace, as far as it may be listed; with `finalizers`, read what holds each object."""
    found: dict[str, Held] = {}

    async def count(resource: Resource) -> None:
        query = {"limit": str(READ if finalizers else 1)}
        page = await try_read(read, Request("GET", resource.path(namespace), query, accept=METADATA))
        if page is not None and (held := _read_page(resource, page, finalizers)):
            found[held.word] = held

    whole = True
    try:
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*(count(resource) for resource in await _served(read)))
    except TimeoutError:
        whole = False
    return Contents(tuple(sorted(found.values(), key=lambda held: (-held.count, held.word))), whole)


def count_page(page: Mapping[str, Any]) -> int:
    """How many objects a list has, told by its first page (ListMeta.remainingItemCount)."""
    return len(page.get("items") or ()) + int((page.get("metadata") or {}).get("remainingItemCount") or 0)


def _read_page(resource: Resource, page: Mapping[str, Any], finalizers: bool) -> Held | None:
    count = count_page(page)
    if not count:
        return None
    held = Counter(name for item in page["items"] for name in item["metadata"].get("finalizers") or () if finalizers)
    return Held(resource.gvr.full_name, count, held)


async def _served(read: Read) -> Sequence[Resource]:
    """The kinds that live in namespaces, each once."""
    halves = [await try_read(read, Request("GET", path, accept=_DISCOVERY)) for path in ("/api", "/apis")]
    found = [
        each
        for half in halves
        if half and half.get("kind") == "APIGroupDiscoveryList"
        for group in half.get("items") or ()
        for each in _of_group(group)
    ]
    return found or _USUAL


def _of_group(group: Mapping[str, Any]) -> Iterator[Resource]:
    """The kinds of a group, each in the first version that has it, which is the preferred one."""
    name, known = (group.get("metadata") or {}).get("name", ""), set()
    for version in group.get("versions") or ():
        for told in version.get("resources") or ():
            gvr = Gvr(name, version["version"], told["resource"])
            countable = told.get("scope") == "Namespaced" and {"list", "delete"} <= set(told.get("verbs") or ())
            if countable and gvr.plural not in known and gvr.full_name not in _UNTOLD:
                known.add(gvr.plural)
                yield Resource(gvr, gvr.plural, gvr.plural, True, frozenset(("list",)))
