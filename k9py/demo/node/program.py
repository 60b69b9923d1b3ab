"""What runs in a container. An image names a Program; a Process is one run of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from k9py.demo.core.clock import Clock, Timer
from k9py.demo.core.store import Obj
from k9py.demo.node.reaching import reach

if TYPE_CHECKING:
    from k9py.demo.cluster import Cluster
    from k9py.demo.node.files import Files
    from k9py.demo.node.log import Log
    from k9py.demo.node.shell.system import System


class Load(NamedTuple):
    """What a container uses: cores, and bytes of memory."""

    cores: float
    memory: float


class Hook(NamedTuple):
    """What a lifecycle handler does: how many seconds it takes, and why it fails (empty: it does not)."""

    seconds: float = 0.0
    error: str = ""


class StartError(Exception):
    """A program that cannot even begin, in the words of the container runtime."""


class Errored(str):
    """A probe's answer that could not be had: it counts neither for the container nor against it."""

    __slots__ = ()


def _ignore() -> None:
    return None


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
    message: str = ""
    """What it leaves in /dev/termination-log."""
    ip: str = ""
    """The address of its pod."""
    uid: str = ""
    """Of its pod."""
    doubt: Callable[[], None] = _ignore
    """Tell the kubelet that probes may fail from now on: while a program is steady they are not even asked."""
    system: System | None = None
    """What else runs in the container, since somebody has looked into it or a shell runs there."""

    @property
    def clock(self) -> Clock:
        """The cluster's time."""
        return self.cluster.clock

    def log(self, line: str, stream: str = "stdout") -> None:
        """Write a line."""
        self.out.write(line, stream)

    def after(self, delay: float, do: Callable[[], None]) -> None:
        """Do something later, unless the process has ended by then."""
        self._keep(self.clock.after(delay, do))

    def every(self, period: float, do: Callable[[], None]) -> None:
        """Do something again and again until the process ends."""
        self._keep(self.clock.every(period, do))

    def exit(self, code: int, reason: str = "") -> None:
        """End. Nothing of what was to be done later is done."""
        for timer in self.timers:
            timer.cancel()
        self.timers.clear()
        self.exited(code, reason)
        if self.system:
            self.system.stop()

    def _keep(self, timer: Timer) -> None:
        """Forget those that are over: a program that says `after` again and again would gather them."""
        if len(self.timers) > 32:
            now = self.clock.now
            self.timers[:] = [one for one in self.timers if one.do is not None and one.when >= now]
        self.timers.append(timer)


class Program:
    """What an image runs. This one starts, says nothing, uses little, and ends when it is asked to."""

    def start(self, process: Process) -> None:
        """Begin. It ends by `process.exit`, or runs for ever. StartError if there is nothing to run."""

    def stop(self, process: Process) -> None:
        """SIGTERM. One that does not exit is killed when its grace is over."""
        process.exit(143)

    def load(self, process: Process) -> Load:
        """What it uses now. A function of the time: it is asked again and again, and may change nothing."""
        return Load(0.001, 8 * 2**20)

    def probe(self, process: Process, kind: str, handler: Obj) -> str:
        """A probe's answer, `kind` startup, readiness or liveness: empty if all is well, else what the kubelet says."""
        return ""

    def ask(self, process: Process, kind: str, handler: Obj, timeout: float, done: Callable[[str], None]) -> None:
        """Ask a probe; `done` gets its answer, now or later. One that only serves ports is asked at the port."""
        if type(self).probe is Program.probe and type(self).serve is not Program.serve:
            done(reach(self, process, handler, timeout))
        else:
            done(self.probe(process, kind, handler))

    def idle(self, container: Obj) -> bool:
        """Whether it does nothing by itself, so that nobody misses it as long as nobody looks."""
        return type(self).start is Program.start

    def steady(self, process: Process) -> bool:
        """Whether all probes succeed until `process.doubt` is called: then nobody needs to ask them."""
        return type(self).probe is Program.probe

    def hook(self, process: Process, kind: str, handler: Obj) -> Hook:
        """A lifecycle handler, `kind` preStop or postStart. It knows how to sleep."""
        return Hook(_slept(handler))

    def serve(self, process: Process, port: int, received: bytes) -> bytes | None:
        """What a connection to a port answers to bytes; None if nobody listens there."""
        return None

    def answer(self, process: Process, port: int, received: bytes) -> bytes | None:
        """What answers in its container, be it the program or what else has come to listen there."""
        inner = process.system.listening.get(port) if process.system else None
        return inner(received) if inner else self.serve(process, port, received)


def _slept(handler: Obj) -> float:
    """Seconds of `sleep: {seconds: 5}`, or of a command like `sh -c "sleep 5"`."""
    if "sleep" in handler:
        return float(handler["sleep"]["seconds"])
    words = " ".join(handler.get("exec", {}).get("command", ())).split()
    if "sleep" in words[:-1]:
        text = words[words.index("sleep") + 1].rstrip(";s")
        return float(text) if text.replace(".", "", 1).isdigit() else 0.0
    return 0.0
