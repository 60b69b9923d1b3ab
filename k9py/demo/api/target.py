"""Who asks, and what a path means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from k9py.demo.core.catalog import Catalog, Served
from k9py.demo.core.status import no_such_path


@dataclass(frozen=True, slots=True)
class User:
    """Who asks, as authentication has found out (authentication/v1 UserInfo)."""

    name: str
    groups: tuple[str, ...] = ()
    uid: str = ""
    extra: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Target:
    """What a path means. A path over all namespaces has none, one of a collection no name."""

    served: Served
    namespace: str = ""
    name: str = ""
    subresource: str = ""
    rest: str = ""
    """What follows the subresource, for `proxy`."""
    watch: bool = False
    """Whether it is one of the old paths of a watch: `/api/v1/watch/namespaces/shop/pods`."""


_VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch"}


def verb_of(method: str, target: Target, watch: bool) -> str:
    """The verb of RBAC: `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`."""
    if method in _VERBS:
        return _VERBS[method]
    if method == "DELETE":
        return "delete" if target.name else "deletecollection"
    if target.watch or (watch and not target.name):
        return "watch"
    return "get" if target.name else "list"


def find_target(catalog: Catalog, path: str) -> Target:
    """The target of a path under /api or /apis. StatusError if nothing is served there."""
    parts = [unquote(part) for part in path.strip("/").split("/")]
    head = 2 if parts[0] == "api" else 3
    if len(parts) <= head:
        raise no_such_path()
    group, version = ("", parts[1]) if head == 2 else (parts[1], parts[2])
    rest = parts[head:]
    watch = rest[0] == "watch"
    if watch and len(rest) > 1:
        rest = rest[1:]
    namespace = ""
    if rest[0] == "namespaces" and len(rest) > 2 and catalog.find(group, version, rest[2]):
        namespace, rest = rest[1], rest[2:]
    served = catalog.find(group, version, rest[0])
    if served is None or (namespace and not served.namespaced):
        raise no_such_path()
    name, subresource = [*rest[1:3], "", ""][:2]
    if subresource and (watch or subresource not in served.subresources):
        raise no_such_path()
    if name and served.namespaced and not namespace:
        raise no_such_path()
    return Target(served, namespace, name, subresource, "/".join(rest[3:]), watch)
