"""The API server that is measured on: its client, and its filling with a fleet."""

from __future__ import annotations

import asyncio
import base64
import json
import math
import ssl
import tempfile
import time
from bisect import bisect_left
from collections.abc import AsyncIterator, Awaitable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Self

import aiohttp
import yaml

from tests.cluster.lab import ApiOnly, LabError
from tests.perf import fleet
from tests.perf.fleet import Json

MERGE = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
#: Requests at once: more of them make the server no faster.
_AT_ONCE = 48
_MARK = "/api/v1/namespaces/default/configmaps"


class Client:
    """A few verbs, over one session, as the user of a kubeconfig. Use it as `async with Client(path) as client`."""

    def __init__(self, kubeconfig: Path) -> None:
        config = yaml.safe_load(kubeconfig.read_text())
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        self._server: str = cluster["server"]
        self._tls = _trust(cluster, user)
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(ssl=self._tls, limit=0)
        self._session = await self._open.enter_async_context(aiohttp.ClientSession(self._server, connector=connector))
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._open.aclose()

    async def get(self, path: str) -> Json | None:
        """The object at a path; None where there is none."""
        async with self._session.get(path) as answer:
            return None if answer.status == 404 else json.loads(await _read(answer))

    async def watch(self, path: str) -> AsyncIterator[bytes]:
        """The bytes of a watch from now on, as they come."""
        newest = await self.get(f"{path}?limit=1") or {}
        query = {"watch": "true", "resourceVersion": newest["metadata"]["resourceVersion"]}
        async with self._session.get(path, params=query, timeout=aiohttp.ClientTimeout()) as answer:
            async for chunk in answer.content.iter_any():
                yield chunk

    async def create(self, path: str, body: Json) -> None:
        async with self._session.post(path, json=body) as answer:
            await _read(answer)

    async def patch(self, path: str, body: Json | list[Json], kind: str = MERGE) -> None:
        async with self._session.patch(path, data=json.dumps(body), headers={"Content-Type": kind}) as answer:
            await _read(answer)


def _trust(cluster: Json, user: Json) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
    with tempfile.NamedTemporaryFile() as pair:
        pair.write(base64.b64decode(user["client-certificate-data"]) + base64.b64decode(user["client-key-data"]))
        pair.flush()
        context.load_cert_chain(pair.name)
    return context


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    data = await answer.read()
    if answer.status >= 400:
        raise LabError(f"{answer.method} {answer.url.path}: {answer.status}: {data[:300].decode(errors='replace')}")
    return data


class Hearing:
    """What a watch that does nothing else has heard, and when."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._ends: list[int] = []
        self._times: list[float] = []

    async def listen(self, chunks: AsyncIterator[bytes]) -> None:
        """Until cancelled."""
        async for chunk in chunks:
            self._data += chunk
            self._ends.append(len(self._data))
            self._times.append(time.monotonic())

    def when(self, text: bytes) -> float:
        """When the end of a text came that came once; never is infinitely late."""
        at = self._data.find(text)
        return self._times[bisect_left(self._ends, at + len(text))] if at >= 0 else math.inf


@asynccontextmanager
async def heard(client: Client, path: str) -> AsyncIterator[Hearing]:
    """Listen to a watch for as long as the context."""
    hearing = Hearing()
    task = asyncio.create_task(hearing.listen(client.watch(path)))
    try:
        yield hearing
    finally:
        task.cancel()
        await asyncio.wait([task])


def prepare(pods: int, fresh: bool) -> Path:
    """The kubeconfig of a server that holds a fleet of this size: the one of the run before, if it is still there."""
    server = ApiOnly()
    if fresh or not _is_up(server) or not asyncio.run(_is_filled(server.kubeconfig, pods)):
        server.up()
        began = time.monotonic()
        asyncio.run(fill(server.kubeconfig, pods))
        print(f"filled with {pods:,} pods in {time.monotonic() - began:.0f} s", flush=True)
    return server.kubeconfig


def _is_up(server: ApiOnly) -> bool:
    return server.kubeconfig.exists() and server.programs.alive("apiserver") and server.api.ready()


async def _is_filled(kubeconfig: Path, pods: int) -> bool:
    async with Client(kubeconfig) as client:
        mark = await client.get(f"{_MARK}/fleet")
        return mark is not None and mark["data"] == {"pods": str(pods)}


async def fleet_age(kubeconfig: Path) -> float:
    """Seconds since the fleet was whole."""
    async with Client(kubeconfig) as client:
        mark = await client.get(f"{_MARK}/fleet") or {}
        return time.time() - datetime.fromisoformat(mark["metadata"]["creationTimestamp"]).timestamp()


async def fill(kubeconfig: Path, pods: int) -> None:
    """Write a whole fleet, and last of all a mark that it is whole."""
    nodes = [f"worker-{n:03}" for n in range(fleet.node_count(pods))]
    async with Client(kubeconfig) as client:
        await _some_at_once(_add_namespace(client, fleet.namespace_of(n)) for n in range(fleet.NAMESPACES))
        await _some_at_once(_add_node(client, name) for name in nodes)
        replicas = max(1, pods // fleet.NAMESPACES // len(fleet.APPS))
        places = [(app, fleet.namespace_of(n)) for app in fleet.APPS for n in range(fleet.NAMESPACES)]
        await _some_at_once(_add_deployment(client, app, namespace, replicas) for app, namespace in places)
        await _some_at_once(_add_pod(client, n, nodes[n % len(nodes)]) for n in range(pods))
        await client.create(_MARK, {"metadata": {"name": "fleet"}, "data": {"pods": str(pods)}})


async def _some_at_once(work: Iterable[Awaitable[None]]) -> None:
    rest = iter(work)

    async def take() -> None:
        for one in rest:
            await one

    async with asyncio.TaskGroup() as group:
        for _ in range(_AT_ONCE):
            group.create_task(take())


async def _add_namespace(client: Client, name: str) -> None:
    await client.create("/api/v1/namespaces", {"metadata": {"name": name}})
    # nobody else makes it, and pods are refused without
    await client.create(f"/api/v1/namespaces/{name}/serviceaccounts", {"metadata": {"name": "default"}})


async def _add_node(client: Client, name: str) -> None:
    await client.create("/api/v1/nodes", fleet.node(name))
    await client.patch(f"/api/v1/nodes/{name}/status", fleet.node_status())
    await client.patch(f"/api/v1/nodes/{name}", {"spec": {"taints": None}})


async def _add_deployment(client: Client, app: str, namespace: str, replicas: int) -> None:
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments"
    await client.create(path, fleet.deployment(app, namespace, replicas))
    await client.patch(f"{path}/{app}/status", fleet.deployment_status(replicas))


async def _add_pod(client: Client, number: int, node_name: str) -> None:
    path = fleet.pod_path(number)
    await client.create(path.rpartition("/")[0], fleet.pod(number, node_name))
    await client.patch(f"{path}/status", fleet.pod_status(number))
