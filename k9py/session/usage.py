"""CPU and memory of nodes and pods, polled: metrics.k8s.io has no watch."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Literal

from k9py.kube.metrics import read_metrics
from k9py.kube.transport import Transport
from k9py.store.collection import Collection
from k9py.values.errors import K9pyError
from k9py.values.resource import Resource
from k9py.values.usage import Usage

INTERVAL = 15.0
"""Seconds between polls: metrics-server's own default resolution."""


class UsagePoll:
    """Keeps the usage that a collection joins up to date, and one line on why it is missing, if it is."""

    def __init__(
        self,
        transport: Transport,
        known: Callable[[str], Awaitable[Resource | None]],
        collection: Collection,
        namespace: str,
        on_note: Callable[[str], None],
    ) -> None:
        self._transport = transport
        self._known = known
        self._collection = collection
        self._namespace = namespace
        self._on_note = on_note

    async def run(self) -> None:
        """Poll until cancelled."""
        while True:
            self._on_note(await self._poll())
            await asyncio.sleep(INTERVAL)

    async def _poll(self) -> str:
        what: Literal["nodes", "pods"] = "pods" if self._collection.resource.namespaced else "nodes"
        metrics = await self._known(f"{what}.metrics.k8s.io")
        if metrics is None:
            self._show({})
            return "no metrics: this cluster does not serve metrics.k8s.io"
        try:
            usage = await read_metrics(self._transport, metrics.gvr.version, what, self._namespace)
        except K9pyError as error:
            self._show({})
            return f"no metrics: {error.message}"
        self._show(usage)
        return ""

    def _show(self, usage: Mapping[tuple[str, str], Usage]) -> None:
        before = self._collection.joined.usage
        changed = [name for name in before.keys() | usage.keys() if before.get(name) != usage.get(name)]
        self._collection.joined = replace(self._collection.joined, usage=usage)
        self._collection.touch(changed)
