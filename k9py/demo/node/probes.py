"""Startup, readiness and liveness probes of the containers of one pod."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from k9py.demo.core.clock import Timer
from k9py.demo.core.store import Obj
from k9py.demo.node.container import INIT, MAIN, Container
from k9py.demo.node.program import Errored, Process

if TYPE_CHECKING:
    from k9py.demo.node.pod_run import PodRun

KINDS = ("startup", "readiness", "liveness")
_SAID_NOTHING = " "
"""The answer of a command that has failed without a word."""
_HANDLERS = ("httpGet", "tcpSocket", "exec", "grpc")


@dataclass(slots=True)
class Probe:
    """One probe of one run of a container. Nobody asks while the program is steady and the last word was good."""

    container: Container
    kind: str
    spec: Obj
    good: int = 0
    bad: int = 0
    passed: bool = False
    timer: Timer | None = None

    @property
    def period(self) -> float:
        """Seconds from one attempt to the next."""
        return float(self.spec.get("periodSeconds", 10))


class Prober:
    """The probes of one pod."""

    def __init__(self, run: PodRun) -> None:
        self._run = run
        self._probes: dict[str, dict[str, Probe]] = {}

    def begin(self, container: Container, spec: Obj) -> None:
        """A container has started."""
        if container.process is None:
            return
        found = self._probes[container.name] = _probes(container, spec)
        container.unhealthy = ""
        container.started = "startup" not in found
        self._judge(container)
        for probe in found.values():
            if probe.kind == "startup" or container.started:
                self._plan(probe, self._first(probe))

    def resume(self, container: Container, spec: Obj) -> None:
        """It has been running for long: what its status says is what its probes have said last."""
        found = self._probes[container.name] = _probes(container, spec)
        for probe in found.values():
            probe.passed = container.ready if probe.kind == "readiness" else container.started
            if not self._at_rest(probe):
                self._plan(probe, probe.period * self._run.random.random())

    def end(self, container: Container) -> None:
        """It has ended, or is about to."""
        for probe in self._probes.pop(container.name, {}).values():
            if probe.timer:
                probe.timer.cancel()

    def wake(self, container: Container) -> None:
        """Its program is steady no longer."""
        for probe in self._probes.get(container.name, {}).values():
            if probe.timer is None and (probe.kind == "startup" or container.started) and not self._is_done(probe):
                self._plan(probe, probe.period * self._run.random.random())

    def failing(self, container: Container) -> bool:
        """Whether its readiness probe says no."""
        probe = self._probes.get(container.name, {}).get("readiness")
        return probe is not None and not probe.passed

    def _first(self, probe: Probe) -> float:
        """Seconds until the first attempt: the initial delay counts from the start of the container."""
        began = probe.container.began
        delay = began + float(probe.spec.get("initialDelaySeconds", 0)) - self._run.cluster.clock.now
        # nobody is asked before the status says that it runs
        return max(0.0, delay) + 0.9 + self._run.random.random() * min(probe.period, 0.6)

    def _plan(self, probe: Probe, delay: float) -> None:
        probe.timer = self._run.cluster.clock.after(delay, lambda: self._ask(probe))

    def _ask(self, probe: Probe) -> None:
        probe.timer = None
        process = probe.container.process
        if process is None:
            return
        handler = {name: probe.spec[name] for name in _HANDLERS if name in probe.spec}
        timeout = float(probe.spec.get("timeoutSeconds", 1))
        probe.container.program.ask(
            process, probe.kind, handler, timeout, lambda answer: self._hear(probe, process, answer)
        )

    def _hear(self, probe: Probe, process: Process, answer: str) -> None:
        """An answer has come; the container may have ended meanwhile."""
        if probe.container.process is not process or not self._is_current(probe):
            return
        if isinstance(answer, Errored):
            text = f"{probe.kind.capitalize()} probe errored and resulted in unknown state: {answer}"
            self._run.warn("Unhealthy", text, probe.container.path)
        elif answer:
            self._fail(probe, answer)
        else:
            self._pass(probe)
        if self._is_current(probe) and probe.timer is None and not self._at_rest(probe):
            self._plan(probe, probe.period)

    def _is_current(self, probe: Probe) -> bool:
        return self._probes.get(probe.container.name, {}).get(probe.kind) is probe

    def _is_done(self, probe: Probe) -> bool:
        return probe.kind == "startup" and probe.passed

    def _at_rest(self, probe: Probe) -> bool:
        """Whether asking again would tell nothing new."""
        process = probe.container.process
        if process is None or self._is_done(probe):
            return True
        settled = probe.passed or probe.kind == "liveness"
        return settled and not probe.bad and probe.container.program.steady(process)

    def _pass(self, probe: Probe) -> None:
        probe.good, probe.bad = probe.good + 1, 0
        if probe.passed or probe.good < probe.spec.get("successThreshold", 1):
            return
        probe.passed = True
        if probe.kind == "startup":
            self._started(probe)
        elif probe.kind == "readiness":
            self._show(probe.container)

    def _fail(self, probe: Probe, answer: str) -> None:
        probe.good, probe.bad = 0, probe.bad + 1
        container = probe.container
        text = f"{probe.kind.capitalize()} probe failed: {answer.removeprefix(_SAID_NOTHING)}"
        self._run.warn("Unhealthy", text, container.path)
        if probe.bad < probe.spec.get("failureThreshold", 3):
            return
        if probe.kind == "readiness":
            if probe.passed:
                probe.passed = False
                self._show(container)
            return
        probe.bad = 0
        container.unhealthy = probe.kind
        self._run.sync_in(0.0)

    def _started(self, probe: Probe) -> None:
        """The startup probe has passed: the others begin."""
        container = probe.container
        container.started = True
        for other in self._probes.get(container.name, {}).values():
            if other.kind != "startup":
                self._plan(other, self._first(other))
        self._show(container)
        if container.kind == INIT:
            self._run.sync_in(0.0)

    def _show(self, container: Container) -> None:
        self._judge(container)
        self._run.sync_in(0.0)

    def _judge(self, container: Container) -> None:
        """Whether it is ready."""
        counts = container.kind == MAIN or container.sidecar
        container.ready = counts and container.running and container.started and not self.failing(container)


def _probes(container: Container, spec: Obj) -> dict[str, Probe]:
    return {kind: Probe(container, kind, spec[f"{kind}Probe"]) for kind in KINDS if spec.get(f"{kind}Probe")}
