"""How the work on one pod is driven: one generator at a time, that yields the seconds it waits."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from k9py.demo.core.clock import Clock, Timer
from k9py.demo.node.container import Container

Work = Generator[float, None, None]


class Worker:
    """Syncs when it is told to, as a pod worker of the kubelet does; never two at once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._work: Work | None = None
        self._timer: Timer | None = None
        self._next: Timer | None = None
        self._later: Timer | None = None
        self._again = False
        self.patient = False
        """Whether a step waits for containers to end."""

    def sync(self) -> Work:
        """Look at it once, and do what is to be done."""
        raise NotImplementedError

    def sync_in(self, delay: float) -> None:
        """Look at it again in so many seconds, or sooner if that is planned already."""
        when = self._clock.now + delay
        if self._next and self._next.do:
            if self._next.when <= when:
                return
            self._next.cancel()
        self._next = self._clock.at(when, self._sync_now)

    def retry_in(self, delay: float) -> None:
        """Look at it again in so many seconds too, whatever happens before. The latest call counts."""
        if self._later:
            self._later.cancel()
        self._later = self._clock.after(delay, lambda: self.sync_in(0.0))

    def wake(self) -> None:
        """What a patient step waits for has happened."""
        if self.patient and self._timer:
            self._timer.cancel()
            self._timer = self._clock.after(0.0, self._step)

    def wait_for(self, containers: Sequence[Container], until: float) -> Work:
        """Wait until these have ended, but not longer than until that time."""
        self.patient = True
        while any(one.process for one in containers) and self._clock.now < until:
            yield until - self._clock.now
        self.patient = False

    def begin_work(self, work: Work) -> None:
        """Do this, and nothing of what has been planned."""
        self.abandon()
        self._begin(work)

    def abandon(self) -> None:
        """Stop working."""
        for timer in (self._timer, self._next, self._later):
            if timer:
                timer.cancel()
        self._timer = self._next = self._later = None
        self._work, self._again, self.patient = None, False, False

    def _sync_now(self) -> None:
        self._next = None
        if self._work:
            self._again = True
        else:
            self._begin(self.sync())

    def _begin(self, work: Work) -> None:
        self._work = work
        self._step()

    def _step(self) -> None:
        work, self._timer = self._work, None
        if work is None:
            return
        try:
            delay = next(work)
        except StopIteration:
            if self._work is work:
                self._work = None
            if self._again:
                self._again = False
                self.sync_in(0.0)
            return
        if self._work is work:
            self._timer = self._clock.after(delay, self._step)
