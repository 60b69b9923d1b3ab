"""All changes of this run of k9py: what is under way, what was done, and what of it can be taken back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from k9py.actions.plan import Plan
from k9py.session.audit import Audit
from k9py.session.job import Job, Outcome
from k9py.session.session import Session
from k9py.session.tasks import Tasks

KEPT = 200
"""Changes that are remembered: the oldest that is done goes first."""


def _count(job: Job) -> str:
    failed = f"{len(job.failed)} not done, " if job.failed else ""
    return f"{len(job.done)} done, {failed}{len(job.remaining)} not yet"


class Ledger:
    """The Jobs, oldest first. `on_change` is called when one begins, comes on or ends."""

    def __init__(self, audit: Audit, tasks: Tasks) -> None:
        self.jobs: list[Job] = []
        self.on_change: Callable[[], None] = lambda: None
        self.audit = audit
        self._tasks = tasks
        self._under_way: dict[Job, asyncio.Task[list[Outcome]]] = {}
        self._count = 0
        self._closed = False

    @property
    def running(self) -> list[Job]:
        """What is under way."""
        return [job for job in self.jobs if job.running]

    async def carry_out(
        self, session: Session, plan: Plan, takes_back: Job | None = None
    ) -> tuple[Job, Sequence[Outcome]]:
        """Do what a Plan says, and remember it. It goes on when whoever waits for it is no longer there."""
        job = self._begin(session, plan, takes_back)
        task = self._under_way[job] = self._tasks.start(job.run(), f"carrying out {plan.title}")
        task.add_done_callback(lambda ended: self._ended(job))
        self.on_change()
        return job, await asyncio.shield(task)

    def _begin(self, session: Session, plan: Plan, takes_back: Job | None) -> Job:
        self._count += 1
        job = Job(self._count, session, plan, self.audit, takes_back)
        job.on_outcome = self.on_change
        if takes_back:
            takes_back.taker = job
        if self._closed:  # confirmed in the moment in which k9py is quit: nothing is sent any more
            job.cancel()
        self.jobs.append(job)
        done = [each for each in self.jobs if not each.running]
        for old in done[: max(0, len(self.jobs) - KEPT)]:
            self.jobs.remove(old)
        return job

    def forget(self, job: Job) -> None:
        """Have a change that came to nothing be no longer among those that were made; the audit knows of it."""
        self.jobs = [each for each in self.jobs if each is not job]
        self.on_change()

    def _ended(self, job: Job) -> None:
        self._under_way.pop(job, None)
        self.on_change()

    def describe_running(self) -> list[str]:
        """What quitting would cut off: `Delete 200 pods: 57 done, 143 not yet`."""
        return [f"{job.plan.title}: {_count(job)}" for job in self.running]

    async def settle(self, seconds: float) -> None:
        """Send nothing more, and wait so long at most for what is under way, so that its outcome is known."""
        self._closed = True
        for job in self.running:
            job.cancel()
        if self._under_way:
            await asyncio.wait(self._under_way.values(), timeout=seconds)

    async def close(self) -> None:
        """Stop what is still under way, and have the audit say so."""
        self._closed = True
        cut = list(self._under_way.items())
        for _, task in cut:
            task.cancel()
        await asyncio.gather(*(task for _, task in cut), return_exceptions=True)
        for job, _ in cut:
            await job.tell_interrupted()
        await self.audit.close()
