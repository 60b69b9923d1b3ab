"""What runs in a container. An image names a Program; a Process is one run of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from k9py.demo.core.clock import Clock, Timer
from k9py.demo.core.store import Obj

if TYPE_CHECKING:
    from k9py.demo.cluster import Cluster
    from k9py.demo.node.files import Files
    from k9py.demo.node.log import Log


class Load(NamedTuple):
    """What a container uses: cores, and bytes of memory."""

    cores: float
    memory: float


@dataclass(slots=True)
class Process:
    """One run of a container's program: what it knows of itself, and what it can do."""

    cluster: Cluster
    namespace: str
    pod: str
    container: Obj
    """Its spec, as the pod has it."""
    argv: Sequence[str]
    """command and args, or what the image runs by itself."""
    env: Mapping[str, str]
    files: Files
    out: Log
    random: Random
    """Chance of its own, seeded by the pod's uid and the count of restarts."""
    started: float
    exited: Callable[[int, str], None]
    """Tell the kubelet that it has ended: exit code, and a reason such as OOMKilled (empty: by itself)."""
    timers: list[Timer] = field(default_factory=list)

    @property
    def clock(self) -> Clock:
        """The cluster's time."""
        return self.cluster.clock

    def log(self, line: str, stream: str = "stdout") -> None:
        """Write a line."""
        self.out.write(line, stream)

    def after(self, delay: float, do: Callable[[], None]) -> None:
        """Do something later, unless the process has ended by then."""
        self.timers.append(self.clock.after(delay, do))

    def every(self, period: float, do: Callable[[], None]) -> None:
        """Do something again and again until the process ends."""
        self.timers.append(self.clock.every(period, do))

    def exit(self, code: int, reason: str = "") -> None:
        """End. Nothing of what was to be done later is done."""
        for timer in self.timers:
            timer.cancel()
        self.timers.clear()
        self.exited(code, reason)


class Program:
    """What an image runs. This one starts, says nothing, uses little, and ends when it is asked to."""

    def start(self, process: Process) -> None:
        """Begin. It ends by `process.exit`, or runs for ever."""

    def stop(self, process: Process) -> None:
        """SIGTERM. One that does not exit is killed when its grace is over."""
        process.exit(143)

    def load(self, process: Process) -> Load:
        """What it uses now. A function of the time: it is asked again and again, and may change nothing."""
        return Load(0.001, 8 * 2**20)

    def probe(self, process: Process, kind: str, handler: Obj) -> str:
        """A probe's answer, `kind` startup, readiness or liveness: empty if all is well, else what the kubelet says."""
        return ""

    def serve(self, process: Process, port: int, received: bytes) -> bytes | None:
        """What a connection to a port answers to bytes; None if nobody listens there."""
        return None
