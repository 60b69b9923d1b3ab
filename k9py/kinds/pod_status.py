"""STATUS, READY and RESTARTS of a pod in all the words of kubectl: printPod of kubernetes/pkg/printers, 1.36.

The order in which things are looked at is that of the original, as it decides which of several words wins.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from k9py.kinds.conditions import Condition
from k9py.kinds.pod_parts import ContainerStatus, PodSpec, PodStatus, State, Terminated
from k9py.values.age import parse_time
from k9py.values.cell import Tone
from k9py.values.metadata import Metadata

OVER = frozenset({"Succeeded", "Failed"})
"""Phases after which nothing of the pod runs any more."""

_GATED = "SchedulingGated"
_DONE = frozenset({"Completed", "Succeeded", "ExitCode:0"})
_BUSY = frozenset({"Pending", "ContainerCreating", "PodInitializing", _GATED, "NotReady"})


class PodSummary(msgspec.Struct, frozen=True, gc=False):
    """What a pod's statuses amount to.

    `last_restart` is in epoch seconds, None when there was none or its time is not known.
    """

    ready: int
    total: int
    status: str
    restarts: int
    last_restart: float | None
    tone: Tone


def summarise(metadata: Metadata, spec: PodSpec, status: PodStatus) -> PodSummary:
    """What `kubectl get pods` says of it."""
    sidecars = {container.name for container in spec.init_containers if container.is_sidecar}
    counted, word = _walk_inits(sidecars, spec, status)
    ready = sum([each.ready for each in counted if _goes_on(sidecars, each) and not _has_succeeded(each)])
    if not word or _is_true(status.conditions, "Initialized"):
        word = _main_word(word or _first_word(status), status)
        ready += sum([_runs_ready(each) for each in status.container_statuses])
        counted = [*[each for each in counted if each.name in sidecars], *status.container_statuses]
    restarts = sum([each.restart_count for each in counted])
    last_restart = _last_end(counted) if restarts else None
    total = len(spec.containers) + len(sidecars)
    word = _last_word(metadata, status, word)
    return PodSummary(ready, total, word, restarts, last_restart, feel(word, ready, total))


def feel(status: str, ready: int, total: int) -> Tone:
    """How a pod feels of which so many containers are ready."""
    if status == "Running":
        return Tone.OK if ready >= total else Tone.BUSY
    if status in _DONE:
        return Tone.DONE
    if status == "Terminating":
        return Tone.GOING
    word = status.removeprefix("Init:")
    return Tone.BUSY if not word or word in _BUSY or word[:1].isdecimal() else Tone.BAD


def _first_word(status: PodStatus) -> str:
    for condition in status.conditions:
        if condition.reason == _GATED and condition.type == "PodScheduled":
            return _GATED
    return status.reason or status.phase


def _last_word(metadata: Metadata, status: PodStatus, word: str) -> str:
    if not metadata.deletion_timestamp:
        return word
    if status.reason == "NodeLost":
        return "Unknown"
    return word if status.phase in OVER else "Terminating"


def _walk_inits(sidecars: set[str], spec: PodSpec, status: PodStatus) -> tuple[list[ContainerStatus], str]:
    """The init containers up to the one that holds up the pod, and a word for that; "" when none does."""
    reached: list[ContainerStatus] = []
    for index, each in enumerate(status.init_container_statuses):
        reached.append(each)
        if not _has_succeeded(each) and not _goes_on(sidecars, each):
            return reached, f"Init:{_init_word(each.state) or f'{index}/{len(spec.init_containers)}'}"
    return reached, ""


def _goes_on(sidecars: set[str], status: ContainerStatus) -> bool:
    """Whether it is a sidecar that has started: it runs on and holds up nothing."""
    return status.name in sidecars and bool(status.started)


def _has_succeeded(status: ContainerStatus) -> bool:
    terminated = status.state.terminated
    return terminated is not None and terminated.exit_code == 0


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


def _main_word(word: str, status: PodStatus) -> str:
    failed = ""
    for each in reversed(status.container_statuses):
        waiting, terminated = each.state.waiting, each.state.terminated
        if waiting and waiting.reason:
            word = waiting.reason
        elif terminated:
            word = _ending(terminated)
            failed = word if terminated.exit_code else failed
    return _completed_word(failed, status) if word == "Completed" else word


def _completed_word(failed: str, status: PodStatus) -> str:
    """A pod of which one container has completed may yet be running, or have failed in another."""
    running = any(_runs_ready(each) for each in status.container_statuses)
    if running and _is_true(status.conditions, "Ready"):
        return "Running"
    return failed or ("NotReady" if running else "Completed")


def _runs_ready(status: ContainerStatus) -> bool:
    """Whether it counts as ready; one that waits for something or has ended does not, whatever it says."""
    state = status.state
    return (
        status.ready
        and state.running is not None
        and not state.terminated
        and not (state.waiting and state.waiting.reason)
    )


def _last_end(statuses: Iterable[ContainerStatus]) -> float | None:
    """When a container was last at its end before it was started again."""
    ends = [parse_time(each.last_state.terminated.finished_at) for each in statuses if each.last_state.terminated]
    return max([end for end in ends if end is not None], default=None)


def _is_true(conditions: tuple[Condition, ...], wanted: str) -> bool:
    return any(condition.type == wanted and condition.status == "True" for condition in conditions)
