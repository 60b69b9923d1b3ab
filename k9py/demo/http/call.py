"""One request, taken apart: who asks, for what, how."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from k9py.demo.api.gojson import BadJson, read_json, read_yaml, shown
from k9py.demo.api.target import Target, User, verb_of
from k9py.demo.cluster import Cluster
from k9py.demo.core.status import bad_request, unsupported_media_type
from k9py.demo.http.accepting import JSON, PROTOBUF, YAML
from k9py.demo.http.protobuf import decode

READABLE = (JSON, YAML, PROTOBUF)
"""The forms of a body."""


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
        """Whether a parameter is true: it is there, and says neither `false` nor `0`."""
        return self.query.get(name, "false").lower() not in ("0", "false")

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
        """The body, from JSON, YAML or protobuf. StatusError if it cannot be read."""
        kind = self.request.content_type if "Content-Type" in self.request.headers else JSON
        if kind not in READABLE:
            why = "the body of the request was in an unknown format - accepted media types include"
            raise unsupported_media_type(f"{why}: {', '.join(READABLE)}")
        try:
            if kind == PROTOBUF:
                return decode(self.body)
            return read_yaml(self.body) if kind == YAML else read_json(self.body)
        except BadJson as error:
            head = f"the object provided is unrecognized (must be of type {self.target.served.kind})"
            syntax = "couldn't get version/kind; json parse error: " if kind == JSON else ""
            raise bad_request(f"{head}: {syntax}{error} ({shown(self.body)})") from None


Handler = Callable[[Cluster, Call], Awaitable[web.StreamResponse]]
"""What answers a request for a resource."""
Page = Callable[[Cluster, web.Request], Awaitable[web.StreamResponse]]
"""What answers a request for what is no resource."""
