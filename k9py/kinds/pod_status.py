"""STATUS, READY and RESTARTS of a pod in all the words of kubectl: printPod of kubernetes/pkg/printers, 1.36.

The order in which things are looked at is that of the original, as it decides which of several words wins.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from k9py.kinds.pod_parts import Condition, Container, ContainerStatus, PodSpec, PodStatus, State, Terminated
from k9py.values.age import parse_time
from k9py.values.cell import Tone
from k9py.values.metadata import Metadata

OVER = frozenset({"Succeeded", "Failed"})
"""Phases after which nothing of the pod runs any more."""

_GATED = "SchedulingGated"
_BUSY = frozenset({"Pending", "ContainerCreating", "PodInitializing", _GATED, "NotReady"})


class PodSummary(NamedTuple):
    """What a pod's statuses amount to. `last_restart` is in epoch seconds."""

    ready: int
    total: int
    status: str
    restarts: int
    last_restart: float | None

    @property
    def tone(self) -> Tone:
        """How the pod feels."""
        if self.status == "Running":
            return Tone.OK if self.ready >= self.total else Tone.BUSY
        if self.status in ("Completed", "Succeeded"):
            return Tone.DONE
        if self.status == "Terminating":
            return Tone.GOING
        initializing = self.status.startswith("Init:") and self.status[5:6].isdecimal()
        return Tone.BUSY if initializing or self.status in _BUSY else Tone.BAD


class _Restarts(NamedTuple):
    times: int = 0
    last: float | None = None

    def plus(self, status: ContainerStatus) -> _Restarts:
        before = status.last_state.terminated
        times = [time for time in (self.last, parse_time(before.finished_at) if before else None) if time is not None]
        return _Restarts(self.times + status.restart_count, max(times, default=None))


class _Progress(NamedTuple):
    """How far the init containers are: a word as long as they hold up the pod."""

    word: str
    ready: int


def summarise(metadata: Metadata, spec: PodSpec, status: PodStatus) -> PodSummary:
    """What `kubectl get pods` says of it."""
    inits = {container.name: container for container in spec.init_containers}
    total = len(spec.containers) + sum(container.is_sidecar for container in spec.init_containers)
    statuses, inits_statuses = status.container_statuses, status.init_container_statuses
    progress = _init_progress(inits, inits_statuses)
    ready, word = progress.ready, progress.word or _first_word(status)
    reached = list(_held_up(inits, inits_statuses))
    restarts = _count(reached)
    if not progress.word or _is_true(status.conditions, "Initialized"):
        word = _main_word(word, statuses, status.conditions)
        ready += sum(_runs_ready(container) for container in statuses)
        restarts = _count([*(each for each in reached if _is_sidecar(inits, each)), *statuses])
    return PodSummary(ready, total, _last_word(metadata, status, word), *restarts)


def _first_word(status: PodStatus) -> str:
    for condition in status.conditions:
        if condition.type == "PodScheduled" and condition.reason == _GATED:
            return _GATED
    return status.reason or status.phase


def _last_word(metadata: Metadata, status: PodStatus, word: str) -> str:
    if not metadata.deletion_timestamp:
        return word
    if status.reason == "NodeLost":
        return "Unknown"
    return word if status.phase in OVER else "Terminating"


def _init_progress(inits: dict[str, Container], statuses: tuple[ContainerStatus, ...]) -> _Progress:
    ready = 0
    for index, status in enumerate(statuses):
        if _is_past(inits, status):
            ready += status.ready and not _has_succeeded(status)
        else:
            return _Progress(f"Init:{_init_word(status.state) or f'{index}/{len(inits)}'}", ready)
    return _Progress("", ready)


def _held_up(inits: dict[str, Container], statuses: tuple[ContainerStatus, ...]) -> Iterable[ContainerStatus]:
    """The init containers up to the one that holds up the pod, if one does."""
    for status in statuses:
        yield status
        if not _is_past(inits, status):
            return


def _is_past(inits: dict[str, Container], status: ContainerStatus) -> bool:
    return _has_succeeded(status) or (_is_sidecar(inits, status) and bool(status.started))


def _has_succeeded(status: ContainerStatus) -> bool:
    terminated = status.state.terminated
    return terminated is not None and terminated.exit_code == 0


def _is_sidecar(inits: dict[str, Container], status: ContainerStatus) -> bool:
    container = inits.get(status.name)
    return container is not None and container.is_sidecar


def _init_word(state: State) -> str:
    if state.terminated:
        return _ending(state.terminated)
    if state.waiting and state.waiting.reason != "PodInitializing":
        return state.waiting.reason
    return ""


def _ending(terminated: Terminated) -> str:
    if terminated.reason:
        return terminated.reason
    return f"Signal:{terminated.signal}" if terminated.signal else f"ExitCode:{terminated.exit_code}"


def _main_word(word: str, statuses: tuple[ContainerStatus, ...], conditions: tuple[Condition, ...]) -> str:
    failed = ""
    for status in reversed(statuses):
        waiting, terminated = status.state.waiting, status.state.terminated
        if waiting and waiting.reason:
            word = waiting.reason
        elif terminated:
            word = _ending(terminated)
            failed = word if terminated.exit_code else failed
    if word != "Completed":
        return word
    running = any(_runs_ready(status) for status in statuses)
    if running and _is_true(conditions, "Ready"):
        return "Running"
    return failed or ("NotReady" if running else word)


def _runs_ready(status: ContainerStatus) -> bool:
    """Whether it counts as ready; one that waits for something or has ended does not, whatever it says."""
    state = status.state
    return (
        status.ready
        and state.running is not None
        and not state.terminated
        and not (state.waiting and state.waiting.reason)
    )


def _count(statuses: Iterable[ContainerStatus]) -> _Restarts:
    restarts = _Restarts()
    for status in statuses:
        restarts = restarts.plus(status)
    return restarts


def _is_true(conditions: tuple[Condition, ...], wanted: str) -> bool:
    return any(condition.type == wanted and condition.status == "True" for condition in conditions)
