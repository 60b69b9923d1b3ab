"""What the programs of the shop know of one another: who runs, who is ready, how many customers there are."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

import msgspec

from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Change, Key

if TYPE_CHECKING:
    from k9py.demo.node.program import Process
    from k9py.demo.world.programs.service import Service

NAMESPACES = frozenset({"shop", "payments", "data", "ci", "monitoring"})
"""Where its pods are; others' changes are not looked at."""

WAVE = 420.0
"""Seconds from one rush of customers to the next."""

FIRST_PEAK = 75.0
"""Seconds after the beginning at which the first wave is highest."""

DAY = 86_400.0


class _Condition(msgspec.Struct, gc=False):
    type: str
    status: str


class _Status(msgspec.Struct, gc=False):
    conditions: list[_Condition] = []


class _Pod(msgspec.Struct, gc=False):
    status: _Status = msgspec.field(default_factory=_Status)


_read = msgspec.json.Decoder(_Pod).decode


@dataclass(frozen=True, slots=True)
class Member:
    """One running container of the shop's own programs."""

    program: Service
    process: Process


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an order went, and when."""

    time: float
    lost: str
    """The app that could not be reached; empty when all went well."""


class Shop:
    """The state that the programs share. It is rebuilt from what runs; nothing of it is stored in the cluster."""

    def __init__(self, cluster: Cluster, seed: int, opened: float) -> None:
        """`opened` is when somebody first looks (seconds since the epoch): there is something to see then."""
        self.cluster = cluster
        self._opened = opened
        self.clock = cluster.clock
        self.random = Random(f"shop {seed}")
        self.queue = 0
        """Orders that wait for orders-worker."""
        self.bank_closed = 0.0
        """When the bank last closed all connections (seconds since the epoch)."""
        self.outcomes: deque[Outcome] = deque(maxlen=60)
        self.rushes: deque[tuple[float, float, float]] = deque(maxlen=4)
        """Sales: from when till when there are how many times as many customers."""
        self._members: dict[str, list[Member]] = {}
        self._ready: set[tuple[str, str]] = set()
        cluster.store.listen("pods", self._hear)

    def visits(self, when: float) -> float:
        """Requests a second at a time: a wave every few minutes upon the slow one of the day, and the sales."""
        since = when - self._opened
        day = 1.0 + 0.25 * math.sin(2 * math.pi * since / DAY)
        wave = 1.0 + 0.65 * math.cos(2 * math.pi * (since - FIRST_PEAK) / WAVE)
        rush = math.prod(factor for begin, end, factor in self.rushes if begin <= when < end)
        return 120.0 * day * wave * rush

    def share(self, app: str, when: float) -> float:
        """Of those requests, what comes to each pod of an app."""
        return self.visits(when) / max(1, sum(1 for _ in self.members(app)))

    def enter(self, program: Service, process: Process) -> None:
        """A program has started."""
        self._members[program.app] = [*self.members(program.app), Member(program, process)]

    def members(self, app: str) -> Iterator[Member]:
        """Who runs of an app. Those that have ended are forgotten."""
        found = self._members.get(app, [])
        if any(member.process.out.ended for member in found):
            found = self._members[app] = [member for member in found if not member.process.out.ended]
        return iter(found)

    def is_ready(self, process: Process) -> bool:
        """Whether its pod gets requests."""
        return (process.namespace, process.pod) in self._ready

    def has(self, app: str) -> bool:
        """Whether an app can be reached."""
        return any(self.is_ready(member.process) for member in self.members(app))

    def pick(self, app: str) -> Member | None:
        """One that is ready, by chance; None if there is none: the app cannot be reached."""
        ready = [member for member in self.members(app) if self.is_ready(member.process)]
        return self.random.choice(ready) if ready else None

    def reaches(self, url: str) -> bool:
        """Whether there is a Service of that name: `http://payments-api.payments:8080`, or `host:port`."""
        host = url.rpartition("//")[2].partition("/")[0].partition(":")[0]
        name, namespace = [*host.split("."), ""][:2]
        return self.cluster.store.get(Key("services", namespace or "shop", name)) is not None

    def note(self, lost: str = "") -> None:
        """An order is done, or an app that it needed could not be reached."""
        self.outcomes.append(Outcome(self.clock.now, lost))

    def _hear(self, change: Change) -> None:
        key = change.entry.key
        if key.namespace not in NAMESPACES:
            return
        pod = (key.namespace, key.name)
        if _serves(change):
            self._ready.add(pod)
        elif pod in self._ready:
            self._ready.discard(pod)
            self._doubt()

    def _doubt(self) -> None:
        """Somebody is away: those that need others may not be ready any more."""
        for members in list(self._members.values()):
            for member in members:
                if member.program.needs and not member.process.out.ended:
                    member.process.doubt()


def _serves(change: Change) -> bool:
    """Whether a pod is there, stays, and is ready."""
    if change.type == "DELETED" or change.entry.meta.deletion_timestamp:
        return False
    return any(one.type == "Ready" and one.status == "True" for one in _read(change.entry.raw).status.conditions)
