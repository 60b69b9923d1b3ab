"""Asks the parts of a cluster how they are, through its API server: there is no watch for that."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from time import perf_counter

import msgspec

from k9py.insight.cluster.facts import NodeProbes
from k9py.insight.cluster.objects import decode_summary
from k9py.insight.cluster.probes import Probe, Verdict, judge_error
from k9py.kinds.wellknown import NODES
from k9py.kube.transport import Transport
from k9py.values.errors import K9pyError
from k9py.values.request import Request
from k9py.values.usage import Usage

PATIENCE = 4.0
"""Seconds within which an answer must come."""
ROUND = 1.0
"""Seconds between two looks at which nodes are due, or in sight now."""
AT_ONCE = 8
"""Nodes that are asked side by side."""
MOST = 40
"""Nodes that are asked at all: as many as fit on a screen."""
DENIED_HOLDS = 60.0
"""Seconds for which the refusal of one node is taken for that of all: a right is seldom about one."""

QUESTIONS: Mapping[str, tuple[float, str, Mapping[str, str]]] = {
    "kubelet": (10.0, "/proxy/healthz", {}),
    "proxy": (10.0, ":10256/proxy/healthz", {}),
    "stats": (30.0, "/proxy/stats/summary", {"only_cpu_and_memory": "true"}),
}
"""What is asked of each node: so many seconds apart, what follows its name in the path, the query.

10256 is where kube-proxy tells how it is (--healthz-bind-address). A kubelet measures no oftener than each 10 s.
"""


class Asker:
    """Asks for texts. `ahead` is by how many seconds this machine's clock is before the server's."""

    def __init__(self, transport: Transport) -> None:
        self.ahead = 0.0
        self._transport = transport

    async def ask(self, path: str, query: Mapping[str, str]) -> Probe:
        """What is answered, or what was in the way."""
        began = perf_counter()
        try:
            response = await self._transport.send(Request("GET", path, query, accept="*/*"), PATIENCE)
        except K9pyError as error:
            return judge_error(error, perf_counter() - began)
        took = perf_counter() - began
        if response.date is not None:
            # the header tells whole seconds: on the average half of one is gone, and half of the way took place since
            self.ahead = time.time() - took / 2 - (response.date + 0.5)
        return Probe(Verdict.OK, response.body.decode("utf-8", "replace"), took)


class NodeAsker:
    """Asks the nodes in sight, each when it is due. `on_change` is called after each answer."""

    def __init__(self, asker: Asker, on_change: Callable[[], None]) -> None:
        self.probes: dict[str, NodeProbes] = {}
        self._asker = asker
        self._on_change = on_change
        self._in_sight: tuple[str, ...] = ()
        self._sighted = asyncio.Event()
        self._asked_at: dict[tuple[str, str], float] = {}
        self._denied: dict[str, tuple[float, Probe]] = {}

    def sight(self, nodes: Sequence[str]) -> None:
        """Say which nodes are in sight."""
        names = tuple(nodes[:MOST])
        if names != self._in_sight:
            self._in_sight = names
            self._sighted.set()

    async def run(self, looking: asyncio.Event) -> None:
        """Ask until cancelled, while somebody looks."""
        gate = asyncio.Semaphore(AT_ONCE)
        while True:
            await looking.wait()
            self._sighted.clear()
            await asyncio.gather(*(self._ask_node(name, gate) for name in self._in_sight))
            try:
                async with asyncio.timeout(ROUND):
                    await self._sighted.wait()
            except TimeoutError:
                pass

    async def _ask_node(self, name: str, gate: asyncio.Semaphore) -> None:
        async with gate:
            due = [what for what, (period, _, _) in QUESTIONS.items() if self._is_due(name, what, period)]
            answers = await asyncio.gather(*(self._ask(name, what) for what in due))
        if due:
            self._keep(name, dict(zip(due, answers, strict=True)))

    def _is_due(self, name: str, what: str, period: float) -> bool:
        now = time.monotonic()
        if now - self._asked_at.get((name, what), float("-inf")) < period:
            return False
        self._asked_at[name, what] = now
        return True

    async def _ask(self, name: str, what: str) -> Probe:
        since, refusal = self._denied.get(what, (float("-inf"), None))
        if refusal and time.monotonic() - since < DENIED_HOLDS:
            return refusal
        _, path, query = QUESTIONS[what]
        probe = await self._asker.ask(f"{NODES.path(name=name)}{path}", query)
        if probe.verdict is Verdict.DENIED:
            self._denied[what] = (time.monotonic(), probe)
        return probe

    def _keep(self, name: str, answers: Mapping[str, Probe]) -> None:
        probes = replace(self.probes.get(name, NodeProbes()), **answers)  # type: ignore[arg-type]
        if stats := answers.get("stats"):
            probes = replace(probes, usage=_read_usage(stats.text) if stats.verdict is Verdict.OK else None)
        self.probes[name] = probes
        self._on_change()


def _read_usage(text: str) -> Usage | None:
    try:
        node = decode_summary(text).node
    except msgspec.MsgspecError:
        return None
    return Usage(node.cpu.usage_nano_cores / 1e9, float(node.memory.working_set_bytes))
