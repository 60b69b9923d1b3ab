"""All roles and bindings of a cluster, and what follows from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from k9py.insight.rules.rule import Asked, Rule, read_rules
from k9py.insight.rules.subject import MASTERS, Subject, Who, read_subject

EVERYTHING = (Rule(("*",), ("*",), ("*",)), Rule(("*",), paths=("*",)))
NAMELESS = frozenset({"create", "deletecollection"})
"""Verbs that are asked without a name: rules for objects of some names never allow them."""


class RoleRef(NamedTuple):
    """A role as a binding refers to it; a ClusterRole has no namespace."""

    kind: str
    name: str
    namespace: str = ""

    @property
    def label(self) -> str:
        """`role shop/dev`, `clusterrole view`."""
        return f"{self.kind.lower()} {self.namespace}/{self.name}" if self.namespace else f"clusterrole {self.name}"


@dataclass(frozen=True, slots=True)
class Binding:
    """A RoleBinding, or (without a namespace) a ClusterRoleBinding."""

    name: str
    namespace: str
    role: RoleRef
    subjects: tuple[Subject, ...]

    def means(self, who: Who) -> bool:
        """Whether it gives its role to them."""
        return any(who.is_meant(subject, self.namespace) for subject in self.subjects)

    @property
    def label(self) -> str:
        """`rolebinding shop/dev`, `clusterrolebinding admin`."""
        return f"rolebinding {self.namespace}/{self.name}" if self.namespace else f"clusterrolebinding {self.name}"


class Grant(NamedTuple):
    """Somebody who may do what was asked: where ("" = everywhere), through which binding, on which names only."""

    subject: Subject
    namespace: str
    binding: Binding | None
    """None for those who may do everything without one."""
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rbac:
    """Roles by what refers to them (ClusterRoles as the server has aggregated them), and bindings."""

    roles: Mapping[RoleRef, tuple[Rule, ...]] = field(default_factory=dict)
    bindings: tuple[Binding, ...] = ()

    def rules(self, who: Who, namespace: str) -> Iterator[Rule]:
        """What holds for somebody in a namespace; for `""` what holds in all of them."""
        if who.is_master:
            yield from EVERYTHING
        for binding in self.bindings_of(who):
            if binding.namespace in ("", namespace):
                yield from self.roles.get(binding.role, ())

    def bindings_of(self, who: Who) -> Iterator[Binding]:
        """The bindings that give them something."""
        return (binding for binding in self.bindings if binding.means(who))

    def allows(self, who: Who, asked: Asked) -> bool:
        """Whether they may do that."""
        return any(rule.allows(asked) for rule in self.rules(who, asked.namespace))

    def who_can(self, asked: Asked, everywhere: bool = False) -> Iterator[Grant]:
        """Everybody who may do that; with `everywhere`, also those who may do it in any one namespace."""
        yield Grant(Subject("Group", MASTERS), "", None)
        for binding in self.bindings:
            if everywhere or binding.namespace in ("", asked.namespace):
                names = _names(self.roles.get(binding.role, ()), asked)
                if names is not None:
                    yield from (Grant(subject, binding.namespace, binding, names) for subject in binding.subjects)


def _names(rules: Iterable[Rule], asked: Asked) -> tuple[str, ...] | None:
    """On which names only the rules allow that: on all (nothing is named), on some, on none (None)."""
    covering = [rule for rule in rules if rule.covers(asked)]
    if any(not rule.names or rule.allows(asked) for rule in covering):
        return ()
    if asked.name or asked.verb in NAMELESS:
        return None
    return tuple(sorted({name for rule in covering for name in rule.names})) or None


def read_binding(raw: Mapping[str, Any]) -> Binding:
    """A RoleBinding or ClusterRoleBinding as the server tells it."""
    metadata, ref = raw["metadata"], raw.get("roleRef") or {}
    namespace = metadata.get("namespace", "")
    kind = ref.get("kind", "")
    role = RoleRef(kind, ref.get("name", ""), namespace if kind == "Role" else "")
    subjects = tuple(read_subject(subject, namespace) for subject in raw.get("subjects") or ())
    return Binding(metadata["name"], namespace, role, subjects)


def read_role(raw: Mapping[str, Any]) -> tuple[RoleRef, tuple[Rule, ...]]:
    """A Role or ClusterRole as the server tells it."""
    metadata = raw["metadata"]
    namespace = metadata.get("namespace", "")
    return RoleRef("Role" if namespace else "ClusterRole", metadata["name"], namespace), read_rules(raw.get("rules"))
