"""Identities: what a kind is called on the wire, and which object is meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote

OURS = "k9py"
"""The group of the kinds that no server knows: k9py makes their rows itself."""


class Gvr(NamedTuple):
    """Group, version and plural: how an API server names a kind. The core group is the empty string."""

    group: str
    version: str
    plural: str

    @property
    def api_version(self) -> str:
        """As `apiVersion` stands in a manifest: `v1`, `apps/v1`."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def prefix(self) -> str:
        """The path of the group version: `/api/v1`, `/apis/apps/v1`."""
        return f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"

    @property
    def full_name(self) -> str:
        """As kubectl names it without doubt: `pods`, `deployments.apps`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind as discovery describes it (APIResource, apidiscovery.k8s.io/v2)."""

    gvr: Gvr
    kind: str
    singular: str
    namespaced: bool
    verbs: frozenset[str]
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    subresources: frozenset[str] = frozenset()

    @property
    def watchable(self) -> bool:
        """Whether it can be listed and watched: otherwise there is nothing to show as a table."""
        return {"list", "watch"} <= self.verbs

    @property
    def is_ours(self) -> bool:
        """Whether k9py makes its rows itself: no server knows it."""
        return self.gvr.group == OURS

    def path(self, namespace: str = "", name: str = "", subresource: str = "") -> str:
        """The path of the collection, of one object, or of a subresource of it."""
        parts = [self.gvr.prefix]
        if self.namespaced and namespace:
            parts.append(f"namespaces/{quote(namespace, safe='')}")
        parts.append(self.gvr.plural)
        parts += [quote(part, safe="") for part in (name, subresource) if part]
        return "/".join(parts)


class Key(NamedTuple):
    """One row of one table: the identity that cursor, marks and scroll position follow. Its uid is an attribute."""

    context: str
    gvr: Gvr
    namespace: str
    name: str

    @property
    def label(self) -> str:
        """What a person calls it: `namespace/name`, or the name of what has no namespace."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name
