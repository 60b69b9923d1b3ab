"""RBAC: what roles allow, and whom bindings give them to. Read once each, and again when one changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from k9py.demo.api.registry import Registry
from k9py.demo.api.target import User
from k9py.demo.core.store import Change, Entry, Key, Obj

GROUP = "rbac.authorization.k8s.io"
MASTERS = "system:masters"
"""Its members may do everything, whatever the roles say."""
_ROLES = (f"roles.{GROUP}", f"clusterroles.{GROUP}")
_BINDINGS = (f"rolebindings.{GROUP}", f"clusterrolebindings.{GROUP}")


@dataclass(frozen=True, slots=True)
class Attributes:
    """What somebody wants to do: something with a resource, or (`path`) with what is none."""

    verb: str
    group: str = ""
    resource: str = ""
    subresource: str = ""
    name: str = ""
    namespace: str = ""
    path: str = ""

    @property
    def whole(self) -> str:
        """The resource with its subresource: `pods/log`."""
        return f"{self.resource}/{self.subresource}" if self.subresource else self.resource


class Rule(NamedTuple):
    """A PolicyRule."""

    raw: Mapping[str, Any]
    verbs: frozenset[str]
    groups: frozenset[str]
    resources: frozenset[str]
    names: frozenset[str]
    paths: tuple[str, ...]

    def allows(self, asked: Attributes) -> bool:
        """Whether it allows that."""
        if asked.verb not in self.verbs and "*" not in self.verbs:
            return False
        if asked.path:
            return any(_covers(pattern, asked.path) for pattern in self.paths)
        return (
            (asked.group in self.groups or "*" in self.groups)
            and self._of_resource(asked)
            and (not self.names or asked.name in self.names)
        )

    def _of_resource(self, asked: Attributes) -> bool:
        if asked.whole in self.resources or "*" in self.resources:
            return True
        return bool(asked.subresource) and f"*/{asked.subresource}" in self.resources


def read_rule(raw: Mapping[str, Any]) -> Rule:
    """A rule as it stands in a role."""
    verbs, groups, resources, names = (
        frozenset(raw.get(name) or ()) for name in ("verbs", "apiGroups", "resources", "resourceNames")
    )
    return Rule(raw, verbs, groups, resources, names, tuple(raw.get("nonResourceURLs") or ()))


def _covers(pattern: str, path: str) -> bool:
    return pattern in ("*", path) or (pattern.endswith("*") and path.startswith(pattern[:-1]))


class Binding(NamedTuple):
    """A RoleBinding or (without a namespace) a ClusterRoleBinding."""

    name: str
    namespace: str
    role: Key
    subjects: tuple[Obj, ...]

    def subject(self, user: User) -> Obj | None:
        """The first of its subjects that the user is."""
        return next((one for one in self.subjects if _is(one, user, self.namespace)), None)

    def describe(self, subject: Obj) -> str:
        """As the reason of an access review puts it."""
        kind = "ClusterRole" if self.role.collection.startswith("cluster") else "Role"
        scope = f'RoleBinding "{self.name}/{self.namespace}"' if self.namespace else f'ClusterRoleBinding "{self.name}"'
        name = subject["name"]
        if subject["kind"] == "ServiceAccount":
            name = f"{name}/{subject.get('namespace') or self.namespace}"
        return f'{scope} of {kind} "{self.role.name}" to {subject["kind"]} "{name}"'


def _is(subject: Obj, user: User, namespace: str) -> bool:
    kind, name = subject.get("kind"), subject.get("name", "")
    if kind == "User":
        return bool(name == user.name)
    if kind == "Group":
        return name in user.groups
    return user.name == f"system:serviceaccount:{subject.get('namespace') or namespace}:{name}"


class Rbac:
    """All roles and bindings of one cluster."""

    def __init__(self, registry: Registry) -> None:
        self._rules: dict[Key, tuple[Rule, ...]] = {}
        self._bindings: dict[str, dict[str, Binding]] = {}
        self._known: dict[tuple[str, tuple[str, ...], str], list[tuple[Binding, Obj]]] = {}
        for collection, learn in (*((one, self._role) for one in _ROLES), *((one, self._bind) for one in _BINDINGS)):
            registry.store.follow(collection, learn)

    def allowed(self, user: User, asked: Attributes) -> tuple[bool, str]:
        """Whether the user may, and why."""
        if MASTERS in user.groups:
            return True, ""
        for binding, subject in self._bound(user, asked.namespace):
            if any(rule.allows(asked) for rule in self._rules.get(binding.role, ())):
                return True, f"RBAC: allowed by {binding.describe(subject)}"
        missing = [binding.role for binding, _ in self._bound(user, asked.namespace) if binding.role not in self._rules]
        return False, _lacking(missing)

    def rules(self, user: User, namespace: str) -> list[Rule]:
        """All rules that hold for the user there."""
        return [rule for binding, _ in self._bound(user, namespace) for rule in self._rules.get(binding.role, ())]

    def _bound(self, user: User, namespace: str) -> list[tuple[Binding, Obj]]:
        """The bindings that name the user: those of the whole cluster, then those of the namespace."""
        who = (user.name, user.groups, namespace)
        if who not in self._known:
            self._known[who] = list(self._find(user, namespace))
        return self._known[who]

    def _find(self, user: User, namespace: str) -> Iterator[tuple[Binding, Obj]]:
        for scope in ("", namespace) if namespace else ("",):
            for _, binding in sorted(self._bindings.get(scope, {}).items()):
                subject = binding.subject(user)
                if subject is not None:
                    yield binding, subject

    def _role(self, change: Change) -> None:
        key = change.entry.key
        if change.type == "DELETED":
            self._rules.pop(key, None)
        else:
            self._rules[key] = tuple(read_rule(rule) for rule in change.entry.read().get("rules") or ())

    def _bind(self, change: Change) -> None:
        key = change.entry.key
        self._known.clear()
        if change.type == "DELETED":
            self._bindings.get(key.namespace, {}).pop(key.name, None)
        else:
            self._bindings.setdefault(key.namespace, {})[key.name] = _read_binding(change.entry)


def _read_binding(entry: Entry) -> Binding:
    obj = entry.read()
    reference, namespace = obj["roleRef"], entry.key.namespace
    cluster = reference["kind"] == "ClusterRole"
    role = Key(_ROLES[1], "", reference["name"]) if cluster else Key(_ROLES[0], namespace, reference["name"])
    return Binding(entry.key.name, namespace, role, tuple(obj.get("subjects") or ()))


def _lacking(missing: list[Key]) -> str:
    """What RBAC could not find out: bindings to roles that are not there."""
    texts = [f'{key.collection.split(".")[0][:-1]}.{GROUP} "{key.name}" not found' for key in missing]
    if not texts:
        return ""
    return f"RBAC: {texts[0]}" if len(texts) == 1 else f"RBAC: [{', '.join(texts)}]"
