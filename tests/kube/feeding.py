"""A reflector at work against the embedded cluster, with all that it tells."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from k9py.kube.reflector import Reflector
from k9py.values.resource import Gvr, Resource
from tests.kube.mirror import FakeTime, Mirror
from tests.kube.reach import reach
from tests.kube.scripted import ScriptedServer

PODS = "/api/v1/pods"
POD = Resource(Gvr("", "v1", "pods"), "Pod", "pod", True, frozenset({"list", "watch"}))


class Feed:
    """A reflector at work: its server, what it told, and its time."""

    def __init__(self, server: ScriptedServer, mirror: Mirror, time: FakeTime) -> None:
        self.server = server
        self.store = server.store
        self.mirror = mirror
        self.time = time

    async def settled(self) -> None:
        """Wait until the feed is live, and the mirror shows what the store holds."""
        held = self.store.objects(PODS)
        await self.mirror.until(lambda: self.mirror.live and self._versions() == [version_of(obj) for obj in held])

    async def watching(self) -> None:
        """Wait until the reflector has heard something of a watch of its own."""
        await self.server.until(lambda: self.server.streaming(PODS) == 1)
        self.store.put(PODS, "pod-00000", "default", size=len(self.mirror.batches))
        await self.settled()

    def _versions(self) -> list[str]:
        return [version_of(self.mirror.objects[key]) for key in sorted(self.mirror.objects)]


def version_of(obj: dict[str, Any]) -> str:
    metadata = obj["object"]["metadata"] if "cells" in obj else obj["metadata"]
    version: str = metadata["resourceVersion"]
    return version


@asynccontextmanager
async def feeding(
    directory: Path,
    *,
    table: bool = False,
    namespace: str = "",
    pods: int = 0,
    prepare: Callable[[ScriptedServer], object] | None = None,
) -> AsyncIterator[Feed]:
    async with reach(directory) as (server, transport):
        for number in range(pods):
            server.store.put(PODS, f"pod-{number:05}", "default", size=number)
        if prepare:
            prepare(server)
        mirror, time = Mirror(), FakeTime()
        reflector = Reflector(transport, POD, namespace, mirror.apply, mirror.note, table=table, pace=time.pace)
        task = asyncio.create_task(reflector.run())
        try:
            yield Feed(server, mirror, time)
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


def restarted(count: int) -> dict[str, Any]:
    """What a pod has whose container was started again so many times."""
    status = {"name": "main", "restartCount": count, "state": {"running": {}}}
    return {"spec": {"containers": [{"name": "main"}]}, "status": {"containerStatuses": [status]}}


def added(name: str, version: int) -> dict[str, Any]:
    metadata = {"name": name, "namespace": "default", "resourceVersion": str(version)}
    return {"type": "ADDED", "object": {"metadata": metadata}}
