"""The way back: what a Job has done is taken back, confirmed on what is there now."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from k9py.actions.gather import read_again
from k9py.actions.plan import Plan, is_part_of
from k9py.session.job import Job, Outcome
from k9py.session.preview import preview
from k9py.ui.changes import CHANGED, PATIENCE, protected_name
from k9py.ui.screens.confirm import Confirm, Decision, Draft

if TYPE_CHECKING:
    from k9py.ui.app import K9pyApp

CHANGED_SINCE = "it changes all the time; nothing was changed"


class TakingBack:
    """One Job that is taken back, as far as that is possible."""

    def __init__(self, app: K9pyApp, job: Job) -> None:
        self.session = job.session
        self.takes_back = job
        self._app = app
        self._confirmed: Plan | None = None
        self._again = 0

    async def settle(self, remark: str = "") -> Plan | None:
        """Have it confirmed on what is there; None when the person leaves, or there is no way back (any more)."""
        job = self.takes_back
        for _ in range(PATIENCE):
            if job.undo is None:
                self._app.say(f"{job.plan.title}: {why_lasting(job)}", bad=True)
                return None
            plan = await read_again(job.session.read, job.undo)
            if self._confirmed and self._again < PATIENCE and is_part_of(plan, self._confirmed):
                self._again += 1
                return plan
            decision = await self._confirm(plan, remark)
            if decision is None:
                return None
            if decision.plan:
                self._confirmed, self._again = decision.plan, 0
                return decision.plan
            remark = CHANGED
        self._app.say(f"{plan.title}: {CHANGED_SINCE}", bad=True)
        return None

    async def _confirm(self, plan: Plan, remark: str) -> Decision | None:
        name = protected_name(self._app, self.session)
        draft = Draft(lambda options: plan, (), {}, partial(preview, self.session), remark, protected=name)
        return await self._app.push_screen_wait(Confirm(draft))

    async def again(self, outcomes: Sequence[Outcome]) -> Plan | None:
        """After a conflict: of what is still to be taken back, on what is there now."""
        return await self.settle(CHANGED)

    def sent(self, outcomes: Sequence[Outcome]) -> None:
        """Nothing was written that would have to be kept."""

    def leave(self) -> None:
        """Nor here."""


def why_lasting(job: Job) -> str:
    """Why there is no way back from a Job, or none now."""
    if job.running:
        return "it is still under way"
    if job.taker and job.taker.running:
        return "it is being taken back"
    if job.undone:
        return "it has been taken back"
    if job.elsewhere:
        return f"{job.session.context.name} leads to another server now, or as somebody else"
    return job.plan.lasting or ("there is no way back" if job.done else "nothing was done")
