"""One container of one pod, as its kubelet keeps it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from k9py.demo.core.store import Obj
from k9py.demo.node.log import Log
from k9py.demo.node.program import Process, Program

INIT, MAIN, EPHEMERAL = "initContainers", "containers", "ephemeralContainers"
"""Where in the spec it stands."""


def specs_of(pod: Obj) -> dict[str, Obj]:
    """The specs of all containers of a pod, in order, by their names."""
    return {spec["name"]: spec for kind in (INIT, MAIN, EPHEMERAL) for spec in pod["spec"].get(kind, ())}


FIRST_BACKOFF, LONGEST_BACKOFF, FORGIVEN = 10.0, 300.0, 600.0
"""Seconds: of the first wait, of the longest, and of running after which all is forgiven."""


@dataclass(slots=True)
class Backoff:
    """How long to wait before the next attempt (client-go's flowcontrol.Backoff)."""

    wait: float = 0.0
    updated: float = 0.0

    def left(self, now: float, since: float) -> float:
        """Seconds still to wait at `now`, when the last attempt ended at `since`; 0 lets the next one go on."""
        if not self.wait or since - self.updated > FORGIVEN:
            return 0.0
        return max(0.0, since + self.wait - now)

    def grow(self, now: float, since: float) -> None:
        """The next attempt is made; what has gone well for ten minutes is forgiven."""
        forgiven = not self.wait or since - self.updated > FORGIVEN
        self.wait = FIRST_BACKOFF if forgiven else min(self.wait * 2, LONGEST_BACKOFF)
        self.updated = now


@dataclass(slots=True)
class Container:
    """One container of one pod. `previous` is the log of the run before; `process` is None when it does not run."""

    name: str
    program: Program
    process: Process | None = None
    log: Log | None = None
    previous: Log | None = None
    previous_id: str = ""
    kind: str = MAIN
    sidecar: bool = False
    """An init container that goes on beside the others (restartPolicy Always)."""
    state: dict[str, Any] = field(default_factory=dict)
    """As in its status: waiting, running or terminated."""
    last: dict[str, Any] = field(default_factory=dict)
    id: str = ""
    image: str = ""
    image_id: str = ""
    restarts: int = 0
    began: float = 0.0
    ended: float = 0.0
    started: bool = False
    """Running, its postStart done and its startup probe passed."""
    ready: bool = False
    unhealthy: str = ""
    """The probe for which it is to be killed: liveness or startup."""
    reason: tuple[str, str] = ("", "")
    """Why the last attempt to start it has failed; the status says so from the next sync on."""
    backoff: Backoff = field(default_factory=Backoff)
    pull: Backoff = field(default_factory=Backoff)
    pull_error: str = ""
    resources: Obj = field(default_factory=dict)
    """Those that it has; the spec's may be newer."""
    allocated: Obj = field(default_factory=dict)
    """Those that the node has granted it."""

    @property
    def running(self) -> bool:
        """Whether its process runs."""
        return self.process is not None

    @property
    def exit_code(self) -> int | None:
        """Of the last run; None if it runs, or has not run."""
        found = self.state.get("terminated")
        return found["exitCode"] if found else None

    def log_of(self, identity: str) -> Log | None:
        """The log of one of its runs, by its containerID; those before the last two are gone."""
        return {self.id: self.log, self.previous_id: self.previous}.get(identity)

    @property
    def path(self) -> str:
        """As events name it: `spec.containers{main}`."""
        return f"spec.{self.kind}{{{self.name}}}"
