"""Requests to an embedded cluster, as a client makes them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import ClientSession, StreamReader

from k9py.demo.cluster import Cluster
from k9py.demo.controllers.crds import CustomResources
from k9py.demo.serve import serving

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC).timestamp()


@dataclass(frozen=True)
class Answer:
    """What came back. `warnings` are the texts of the Warning headers."""

    status: int
    body: Any
    headers: Mapping[str, str]
    warnings: list[str] = field(default_factory=list)

    @property
    def message(self) -> str:
        """What a Status says."""
        text: str = self.body["message"]
        return text


class Client:
    """Asks one cluster."""

    def __init__(self, cluster: Cluster, url: str, session: ClientSession) -> None:
        self.cluster = cluster
        self._url = url
        self._session = session

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Send a request. Names of headers are written with `_`."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        data = body if body is None or isinstance(body, str | bytes) else json.dumps(body)
        async with self._session.request(
            method, self._url + path, data=data, headers={"Content-Type": "application/json", **sent}
        ) as response:
            found = _read(await response.read(), response.content_type)
            warnings = [one.split('"', 1)[1][:-1].replace('\\"', '"') for one in response.headers.getall("Warning", [])]
            return Answer(response.status, found, response.headers.copy(), warnings)

    @asynccontextmanager
    async def open(self, path: str) -> AsyncIterator[StreamReader]:
        """The lines of a watch as they come."""
        async with self._session.get(self._url + path) as response:
            assert response.status == 200
            yield response.content

    async def get(self, path: str, accept: str = "application/json") -> Any:
        """The body of an answer that must be good."""
        answer = await self.ask("GET", path, Accept=accept)
        assert answer.status == 200, answer
        return answer.body


def _read(body: bytes, content_type: str) -> Any:
    """JSON as what it says, protobuf as bytes, everything else as text."""
    if "protobuf" in content_type:
        return body
    return json.loads(body) if "json" in content_type and body else body.decode()


def make_cluster(off: frozenset[str] = frozenset()) -> Cluster:
    """A cluster with the namespace `shop`, in which CRDs become resources."""
    cluster = Cluster(START, off=off)
    CustomResources(cluster).start()
    cluster.registry.make("namespaces", {"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "shop"}})
    return cluster


@asynccontextmanager
async def asking(cluster: Cluster) -> AsyncIterator[Client]:
    """A client of a cluster that is served for as long as the block lasts."""
    async with serving(cluster) as running, ClientSession() as session:
        yield Client(cluster, running.url, session)
