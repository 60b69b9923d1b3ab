"""One rule, and whether it allows what is asked (rbac/v1 PolicyRule; pkg/apis/rbac/v1/evaluation_helpers.go)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

ANY = "*"


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to do: a verb on a resource, or on a `path` that is none.

    No `namespace` means all of them (or a resource that has none), no `name` any object.
    """

    verb: str
    group: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    path: str = ""

    @property
    def whole(self) -> str:
        """The resource as rules write it: `pods`, `pods/log`."""
        return f"{self.resource}/{self.subresource}" if self.subresource else self.resource


@dataclass(frozen=True, slots=True)
class Rule:
    """What a role allows. With `names` it allows that on objects of these names only."""

    verbs: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()

    def allows(self, asked: Asked) -> bool:
        """Whether it alone allows that."""
        if not self.covers(asked):
            return False
        return bool(asked.path) or not self.names or asked.name in self.names

    def covers(self, asked: Asked) -> bool:
        """Whether it allows that at least on objects of some names."""
        if asked.verb not in self.verbs and ANY not in self.verbs:
            return False
        if asked.path:
            return any(_covers_path(path, asked.path) for path in self.paths)
        return (asked.group in self.groups or ANY in self.groups) and self._covers_resource(asked)

    def _covers_resource(self, asked: Asked) -> bool:
        of_all_kinds = bool(asked.subresource) and f"*/{asked.subresource}" in self.resources
        return of_all_kinds or ANY in self.resources or asked.whole in self.resources


def read_rules(raw: Iterable[Mapping[str, Any]] | None) -> tuple[Rule, ...]:
    """The rules of a role, or of a SelfSubjectRulesReview."""
    return tuple(_read_rule(rule) for rule in raw or ())


def _read_rule(raw: Mapping[str, Any]) -> Rule:
    names = ("verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs")
    return Rule(*(tuple(raw.get(name) or ()) for name in names))


def _covers_path(pattern: str, path: str) -> bool:
    return pattern in (ANY, path) or (pattern.endswith(ANY) and path.startswith(pattern.rstrip(ANY)))
