"""What the server serves: the resources of discovery, as the real server names them, and those that CRDs add."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from k9py.demo.core.parts import renamed, without
from k9py.demo.data import load
from k9py.values.resource import Gvr

ALIASES = {"events.events.k8s.io": "events"}
"""Resources of two groups that are one in the storage."""
LAST = ("metrics.k8s.io",)
"""Groups of aggregated servers: they come after those of CRDs."""


@dataclass(frozen=True, slots=True)
class Served:
    """One resource in one version. `entry` is what aggregated discovery says of it (APIResourceDiscovery)."""

    gvr: Gvr
    entry: Mapping[str, Any]
    subresources: frozenset[str]
    storage: str
    """The name of its collection in the store."""
    custom: bool = False
    """Whether a CustomResourceDefinition has brought it."""

    @property
    def group(self) -> str:
        """Empty for the core group."""
        return self.gvr.group

    @property
    def plural(self) -> str:
        """As it stands in paths."""
        return self.gvr.plural

    @property
    def kind(self) -> str:
        """As it stands in manifests."""
        kind: str = self.entry["responseKind"]["kind"]
        return kind

    @property
    def namespaced(self) -> bool:
        """Whether its objects live in namespaces."""
        return bool(self.entry["scope"] == "Namespaced")

    @property
    def verbs(self) -> frozenset[str]:
        """What can be done: `get`, `list`, `watch`, `create` and so on."""
        return frozenset(self.entry["verbs"])


def served_from(group: str, version: str, entry: Mapping[str, Any], custom: bool = False) -> Served:
    """A resource of a discovery document."""
    gvr = Gvr(group, version, entry["resource"])
    subresources = frozenset(sub["subresource"] for sub in entry.get("subresources", ()))
    return Served(gvr, entry, subresources, ALIASES.get(gvr.full_name, gvr.full_name), custom)


class Catalog:
    """All that is served, group by group in the order of discovery. Versions of a group: the preferred one first."""

    def __init__(self, entries: Iterable[tuple[str, str, Mapping[str, Any]]]) -> None:
        self._served: dict[Gvr, Served] = {}
        self._groups: dict[str, list[str]] = {}
        self._kinds: dict[tuple[str, str], Served] = {}
        self._storage: dict[str, Served] = {}
        self._readers: dict[Gvr, dict[object, Callable[[], None]]] = {}
        for group, version, entry in entries:
            self.add(served_from(group, version, entry))

    def add(self, served: Served, stored: bool = False) -> None:
        """Serve one more, or serve it otherwise. `stored` says that its objects are stored in this version."""
        self._served[served.gvr] = served
        versions = self._groups.setdefault(served.group, [])
        if served.gvr.version not in versions:
            versions.append(served.gvr.version)
        versions.sort(key=version_rank)
        if served.custom:
            self._groups = dict(sorted(self._groups.items(), key=self._rank))
        self._kinds[served.gvr.api_version, served.kind] = served
        if stored or not (served.custom or self._stored_otherwise(served)):
            self._storage[served.storage] = served

    def drop(self, gvr: Gvr) -> None:
        """Serve it no longer."""
        stored = (one for one in self._storage.values() if one.gvr == gvr)
        served = self._served.pop(gvr, None) or next(stored, None)
        if served is None:
            return
        self._kinds.pop((gvr.api_version, served.kind), None)
        if self._storage.get(served.storage) == served:
            del self._storage[served.storage]
        if gvr.version in self._groups.get(gvr.group, ()) and not self.in_version(served.group, gvr.version):
            self._groups[gvr.group].remove(gvr.version)
            if not self._groups[gvr.group]:
                del self._groups[gvr.group]

        self.part_with(gvr)

    def listen(self, gvr: Gvr, hear: Callable[[], None]) -> Callable[[], None]:
        """Hear when a resource is served no longer, or otherwise than before. Calling the answer ends it."""
        token = object()
        readers = self._readers.setdefault(gvr, {})
        readers[token] = hear
        return lambda: readers.pop(token, None) and None

    def part_with(self, gvr: Gvr) -> None:
        """Tell all who read a resource that they have to begin anew."""
        for hear in list(self._readers.get(gvr, {}).values()):
            hear()

    def store_as(self, served: Served) -> None:
        """Store objects in a version that need not be served."""
        self._storage[served.storage] = served
        self._kinds.setdefault((served.gvr.api_version, served.kind), served)

    def find(self, group: str, version: str, plural: str) -> Served | None:
        """The resource of a path."""
        return self._served.get(Gvr(group, version, plural))

    def of_kind(self, api_version: str, kind: str) -> Served | None:
        """The resource of a manifest: `apps/v1`, `Deployment`."""
        return self._kinds.get((api_version, kind))

    def storage(self, collection: str) -> Served:
        """The resource of a collection, in its storage version. KeyError if there is none."""
        return self._storage[collection]

    def groups(self) -> Mapping[str, list[str]]:
        """Versions of each group that is served; the core group is the empty string."""
        return self._groups

    def in_version(self, group: str, version: str) -> list[Served]:
        """The resources of one group version."""
        return [served for served in self if served.gvr[:2] == (group, version)]

    def __iter__(self) -> Iterator[Served]:
        return iter(list(self._served.values()))

    def _stored_otherwise(self, served: Served) -> bool:
        """Whether its collection is stored in another version: that of the first that came."""
        present = self._storage.get(served.storage)
        return present is not None and present.gvr != served.gvr

    def _rank(self, item: tuple[str, list[str]]) -> tuple[int, str]:
        """The order of groups: those of the server itself, those of CRDs by their names, those of other servers."""
        group = item[0]
        if group in LAST:
            return 2, ""
        custom = all(served.custom for served in self._served.values() if served.group == group)
        return (1, group) if custom else (0, "")


_VERSION = re.compile(r"v(\d+)(?:(alpha|beta)(\d+))?$")


def version_rank(version: str) -> tuple[int, int, int, str]:
    """For sorting: v2 before v1 before v1beta2 before v1beta1 before v1alpha1 before what is no such name."""
    found = _VERSION.match(version)
    if found is None:
        return 3, 0, 0, version
    stability = {None: 0, "beta": 1, "alpha": 2}[found[2]]
    return stability, -int(found[1]), -int(found[3] or 0), version


def load_catalog(off: frozenset[str] = frozenset()) -> Catalog:
    """What a Kubernetes of the version in data/ serves without some parts. Source: its aggregated discovery."""
    found = msgspec.json.decode(load("discovery.json"))
    entries = [
        (item["metadata"].get("name", ""), version["version"], entry)
        for item in found["items"]
        for version in item["versions"]
        for entry in version["resources"]
    ]
    catalog = Catalog(without(off, entries))
    for stored in renamed(off, entries):
        catalog.store_as(served_from(*stored))
    return catalog
