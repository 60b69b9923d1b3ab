"""One request, taken apart: who asks, for what, how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import msgspec
import yaml
from aiohttp import web

from k9py.demo.api.registry import Intent
from k9py.demo.core.catalog import Catalog, Served
from k9py.demo.core.status import bad_request, no_such_path, unsupported_media_type


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


@dataclass(frozen=True, slots=True)
class Call:
    """A request with its target, its user and its body."""

    request: web.Request
    target: Target
    user: User
    body: bytes
    warnings: list[str] = field(default_factory=list)

    @property
    def query(self) -> Mapping[str, str]:
        """The parameters; of one that stands several times, the first (`request.query.getall` has all)."""
        return self.request.query

    @property
    def verb(self) -> str:
        """The verb as RBAC knows it."""
        return verb_of(self.request, self.target)

    def flag(self, name: str) -> bool:
        """Whether a parameter is true."""
        return self.query.get(name, "").lower() in ("1", "true")

    def number(self, name: str) -> int | None:
        """A parameter as a number, None if it is absent. StatusError if it is none."""
        text = self.query.get(name)
        if not text:
            return None
        try:
            return int(text)
        except ValueError:
            raise bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax') from None

    def read(self) -> Any:
        """The body, from JSON or YAML. StatusError if it cannot be read."""
        if "protobuf" in self.request.content_type:
            raise unsupported_media_type("protobuf is not there yet")
        try:
            if "yaml" in self.request.content_type:
                return yaml.load(self.body, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, yaml.YAMLError) as error:
            raise bad_request(f"the request body cannot be read: {error}") from None

    def intent(self) -> Intent:
        """How a write is meant, from the parameters and the user agent."""
        if self.query.get("dryRun", "All") != "All":
            raise bad_request(f'Invalid value: "{self.query["dryRun"]}": supported values: "All"')
        manager = self.query.get("fieldManager") or self.request.headers.get("User-Agent", "unknown").split("/")[0]
        return Intent(manager, self.user.name, "dryRun" in self.query, trusted=False, warnings=self.warnings)


_VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch"}


def verb_of(request: web.Request, target: Target) -> str:
    """The verb of RBAC: `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`."""
    if request.method in _VERBS:
        return _VERBS[request.method]
    if request.method == "DELETE":
        return "delete" if target.name else "deletecollection"
    if target.name:
        return "get"
    return "watch" if request.query.get("watch", "").lower() in ("1", "true") else "list"


def find_target(catalog: Catalog, path: str) -> Target:
    """The target of a path under /api or /apis. StatusError if nothing is served there."""
    parts = [unquote(part) for part in path.strip("/").split("/")]
    head = 2 if parts[0] == "api" else 3
    if len(parts) <= head:
        raise no_such_path()
    group, version = ("", parts[1]) if head == 2 else (parts[1], parts[2])
    rest = parts[head:]
    namespace = ""
    if rest[0] == "namespaces" and len(rest) > 2 and catalog.find(group, version, rest[2]):
        namespace, rest = rest[1], rest[2:]
    served = catalog.find(group, version, rest[0])
    if served is None or (namespace and not served.namespaced):
        raise no_such_path()
    name, subresource = [*rest[1:3], "", ""][:2]
    if subresource and subresource not in served.subresources:
        raise no_such_path()
    return Target(served, namespace, name, subresource, "/".join(rest[3:]))
