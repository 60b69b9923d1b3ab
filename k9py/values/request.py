"""A request to an API server, as data: what a Plan holds and what a Transport sends."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlencode

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"
REDUCED = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json"
"""Of one object only its metadata."""
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"


@dataclass(frozen=True, slots=True)
class Request:
    """Method, path and the rest. `body` is a JSON value; the Transport encodes it. A query may have a name twice."""

    method: str
    path: str
    query: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    body: Any = None
    content_type: str = JSON
    accept: str = JSON

    @property
    def target(self) -> str:
        """Path and query, as they follow the server's address."""
        return f"{self.path}?{urlencode(self.query, doseq=True)}" if self.query else self.path


@dataclass(frozen=True, slots=True)
class Response:
    """What came back with a status below 400. `warnings` are the texts of the server's `Warning:` headers (299).

    `date` is the time of its clock in epoch seconds (the `Date:` header, to the second), where it tells it.
    """

    status: int
    body: bytes
    warnings: tuple[str, ...] = ()
    date: float | None = None


class Read(Protocol):
    """The port through which everything that is pure reads the cluster: a GET answered with its JSON."""

    def __call__(self, request: Request) -> Awaitable[Any]:
        """Send it and decode the answer. Errors are K9pyErrors."""
