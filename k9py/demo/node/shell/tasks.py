"""Tasks: generators that yield what they wait for. A Scheduler runs those of one container, driven by the Clock."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Generator
from typing import TypeAlias, TypeVar

from k9py.demo.core.clock import Clock, Timer

_LOG = logging.getLogger(__name__)
T = TypeVar("T")

TURNS = 500
"""So often tasks are resumed in a row; whoever wants more waits a moment, so that nothing else is held up."""
SHORT, LONG = 0.001, 0.5
"""Seconds of such a moment: at first, and for one that is busy all the time."""
PATIENCE = 100
"""So many short moments, then long ones."""


class Signal:
    """Something that tasks wait for. Firing it wakes all who wait now."""

    __slots__ = ("_waiting",)

    def __init__(self) -> None:
        self._waiting: list[Callable[[], None]] = []

    def add(self, wake: Callable[[], None]) -> None:
        """Call this at the next firing, once."""
        self._waiting.append(wake)

    def fire(self) -> None:
        """Wake all who wait."""
        waiting, self._waiting = self._waiting, []
        for wake in waiting:
            wake()


Wait: TypeAlias = "Signal | float | None"
"""A signal; seconds of the cluster's time; or None: only give way to others."""

Steps: TypeAlias = Generator[Wait, None, T]
"""A piece of work that may wait, and what it answers in the end."""


class Killed(Exception):
    """A signal that ends a process: raised where it waits. `pid` is the one that it was sent to."""

    def __init__(self, signal: int, pid: int = 0) -> None:
        super().__init__(f"signal {signal}")
        self.signal = signal
        self.pid = pid


class OutOfMemoryError(Killed):
    """More memory than the container may have."""

    def __init__(self) -> None:
        super().__init__(9)


class Task:
    """One piece of work on its way. `status` is an exit code once `done`; `finished` fires then."""

    def __init__(self, scheduler: Scheduler, steps: Steps[int], pid: int = 0) -> None:
        self.scheduler = scheduler
        self.steps = steps
        self.pid = pid
        self.done = False
        self.status = 0
        self.finished = Signal()
        self._pending: Killed | None = None
        self._timer: Timer | None = None
        self._turn = 0
        self._begun = False

    def kill(self, signal: int, pid: int = 0) -> None:
        """Send a signal. It comes as an exception where the task waits."""
        if not self.done and (self._pending is None or signal == 9):
            self._pending = Killed(signal, pid or self.pid)
            self.scheduler.wake(self)

    def step(self) -> None:
        """Go on until it waits again."""
        if self.done:
            return
        self._turn += 1
        if self._timer:
            self._timer.cancel()
            self._timer = None
        try:
            pending = self._pending if self._begun else None  # what has not begun could not tidy up
            self._begun = True
            if pending:
                self._pending = None
            self._wait(self.steps.throw(pending) if pending else next(self.steps))
        except StopIteration as end:
            self._end(end.value)
        except Killed as killed:
            self._end(128 + killed.signal)
        except Exception:
            _LOG.exception("a command of the embedded cluster has failed")
            self._end(139)

    def _wait(self, wait: Wait) -> None:
        turn = self._turn

        def wake() -> None:
            if turn == self._turn:
                self.scheduler.wake(self)

        if wait is None or self._pending:
            self.scheduler.wake(self)
        elif isinstance(wait, Signal):
            wait.add(wake)
        else:
            self._timer = self.scheduler.clock.after(wait, wake)

    def _end(self, status: int) -> None:
        self.done, self.status = True, status
        self.steps.close()
        self.finished.fire()


class Scheduler:
    """Runs the tasks of one container in turn, as soon as what they wait for is there."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._ready: deque[Task] = deque()
        self._running = False
        self._busy = 0
        self._later: Timer | None = None

    @property
    def busy(self) -> float:
        """The share of a core that its tasks take: 1 for those that never wait."""
        return min(1.0, self._busy / PATIENCE)

    def wake(self, task: Task) -> None:
        """Let a task go on."""
        if task not in self._ready:
            self._ready.append(task)
        if not self._running and not self._later:
            self._run()

    def _run(self) -> None:
        self._running = True
        self._later = None
        turns = TURNS
        try:
            while self._ready and turns:
                self._ready.popleft().step()
                turns -= 1
        finally:
            self._running = False
        self._busy = self._busy + 1 if self._ready else 0
        if self._ready:
            self._later = self.clock.after(SHORT if self._busy < PATIENCE else LONG, self._run)


def then(steps: Steps[int], after: Callable[[], None]) -> Steps[int]:
    """Do something when a piece of work has ended, however; but not if it is only forgotten, with all it belongs to."""
    try:
        status = yield from steps
    except GeneratorExit:
        raise
    except BaseException:
        after()
        raise
    after()
    return status


def join(tasks: list[Task]) -> Steps[int]:
    """Wait for tasks; the status of the last. If the waiter is ended meanwhile, they are too."""
    try:
        for task in tasks:
            while not task.done:
                yield task.finished
    except Killed as killed:
        for task in tasks:
            task.kill(killed.signal)
        raise
    return tasks[-1].status if tasks else 0
