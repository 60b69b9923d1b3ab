"""What the server serves: the resources of discovery, as the real server names them, and those that CRDs add."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import msgspec

from k9py.values.resource import Gvr

ALIASES = {"events.events.k8s.io": "events"}
"""Resources of two groups that are one in the storage."""


@dataclass(frozen=True, slots=True)
class Served:
    """One resource in one version. `entry` is what aggregated discovery says of it (APIResourceDiscovery)."""

    gvr: Gvr
    entry: Mapping[str, Any]
    subresources: frozenset[str]
    storage: str
    """The name of its collection in the store."""

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


def served_from(group: str, version: str, entry: Mapping[str, Any]) -> Served:
    """A resource of a discovery document."""
    gvr = Gvr(group, version, entry["resource"])
    subresources = frozenset(sub["subresource"] for sub in entry.get("subresources", ()))
    return Served(gvr, entry, subresources, ALIASES.get(gvr.full_name, gvr.full_name))


class Catalog:
    """All that is served, group by group in the order of discovery. Versions of a group: the preferred one first."""

    def __init__(self, groups: Iterable[tuple[str, str, Iterable[Mapping[str, Any]]]]) -> None:
        self._served: dict[Gvr, Served] = {}
        self._groups: dict[str, list[str]] = {}
        for group, version, entries in groups:
            for entry in entries:
                self.add(served_from(group, version, entry))

    def add(self, served: Served) -> None:
        """Serve one more, or serve it otherwise."""
        self._served[served.gvr] = served
        versions = self._groups.setdefault(served.group, [])
        if served.gvr.version not in versions:
            versions.append(served.gvr.version)

    def drop(self, gvr: Gvr) -> None:
        """Serve it no longer."""
        self._served.pop(gvr, None)
        if not any(other[:2] == gvr[:2] for other in self._served) and gvr.version in self._groups.get(gvr.group, ()):
            self._groups[gvr.group].remove(gvr.version)
            if not self._groups[gvr.group]:
                del self._groups[gvr.group]

    def find(self, group: str, version: str, plural: str) -> Served | None:
        """The resource of a path."""
        return self._served.get(Gvr(group, version, plural))

    def of_kind(self, api_version: str, kind: str) -> Served | None:
        """The resource of a manifest: `apps/v1`, `Deployment`."""
        group, _, version = api_version.rpartition("/")
        return next((one for one in self if one.gvr[:2] == (group, version) and one.kind == kind), None)

    def storage(self, collection: str) -> Served:
        """The resource of a collection, in its storage version: the preferred one. KeyError if there is none."""
        for group, versions in self._groups.items():
            for version in versions:
                for served in self.in_version(group, version):
                    if served.storage == collection:
                        return served
        raise KeyError(collection)

    def groups(self) -> Mapping[str, list[str]]:
        """Versions of each group that is served; the core group is the empty string."""
        return self._groups

    def in_version(self, group: str, version: str) -> list[Served]:
        """The resources of one group version."""
        return [served for served in self if served.gvr[:2] == (group, version)]

    def __iter__(self) -> Iterator[Served]:
        return iter(list(self._served.values()))


def load_catalog() -> Catalog:
    """What a Kubernetes of the version in data/ serves. Source: aggregated discovery of the real server."""
    found = msgspec.json.decode(files("k9py.demo.data").joinpath("discovery.json").read_bytes())
    return Catalog(
        (item["metadata"].get("name", ""), version["version"], version["resources"])
        for item in found["items"]
        for version in item["versions"]
    )
