"""One request, taken apart: who asks, for what, how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
import yaml
from aiohttp import web

from k9py.demo.api.registry import Intent
from k9py.demo.api.target import Target, User, verb_of
from k9py.demo.core.status import bad_request, unsupported_media_type


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
        return verb_of(self.request.method, self.target, self.flag("watch"))

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
