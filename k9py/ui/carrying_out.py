"""From what was confirmed to what became of it: it is sent, told, and where it was outdated, asked about again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from k9py.actions.plan import Plan
from k9py.session.job import Job, Outcome
from k9py.session.session import Session
from k9py.ui.screens.dialogs import Outcomes

if TYPE_CHECKING:
    from k9py.ui.app import K9pyApp

OUTDATED = "it has changed meanwhile; you are asked about it once nothing else is open"
IDLE = 0.1
"""Seconds between two looks whether somebody is busy with something else."""


class Deed(Protocol):
    """What a person means to do: a change, or taking one back."""

    @property
    def session(self) -> Session:
        """Where it is done."""

    @property
    def takes_back(self) -> Job | None:
        """What it takes back, if that is what it does."""

    async def settle(self, remark: str = "") -> Plan | None:
        """Have it confirmed, and say `remark` first; None when it comes to nothing."""

    async def again(self, outcomes: Sequence[Outcome]) -> Plan | None:
        """Have it settled for what was another version of itself by then; nothing of that was overwritten."""

    def sent(self, outcomes: Sequence[Outcome]) -> None:
        """It is through."""

    def leave(self) -> None:
        """It will not be settled again."""


async def do(app: K9pyApp, deed: Deed, outdated: Sequence[Outcome] = ()) -> None:
    """Have it confirmed (again, where it was `outdated`) and carried out.

    A slow command that leads elsewhere would take away what is opened now.
    """
    app.workers.cancel_group(app, "go")
    if plan := await (deed.again(outdated) if outdated else deed.settle()):
        app.carry_out(deed, plan)


async def carry_out(app: K9pyApp, deed: Deed, plan: Plan) -> None:
    """Send what was confirmed, and say what became of it; a conversation is opened instead."""
    if plan.channel:
        app.open_shell(deed.session, plan)
        return
    job, outcomes = await app.hub.ledger.carry_out(deed.session, plan, deed.takes_back)
    app.unmark([outcome.effect.target.key for outcome in outcomes if not outcome.failed])
    outdated = [outcome for outcome in outcomes if outcome.conflict]
    through = [outcome for outcome in outcomes if not outcome.conflict]
    if through or not outdated:
        _tell(app, job, through)
    if not outdated:
        deed.sent(outcomes)
        return
    if not through:  # nothing was done, and it is gone on with
        app.hub.ledger.forget(job)
    try:
        await _until_idle(app, plan.title)
    except BaseException:  # k9py is left
        deed.leave()
        raise
    app.do(deed, outdated)


async def _until_idle(app: K9pyApp, title: str) -> None:
    """Never ask anything under the fingers of somebody who types."""
    if not app.idle:
        app.say(f"{title}: {OUTDATED}", bad=True)
    while not app.idle:  # noqa: ASYNC110 - a person is waited for, whatever they are busy with
        await asyncio.sleep(IDLE)


def _tell(app: K9pyApp, job: Job, outcomes: Sequence[Outcome]) -> None:
    """Say what became of it: of one object in a line, of several in a list as well."""
    plan = job.plan
    done = sum(not outcome.failed for outcome in outcomes)
    undone = len(outcomes) - done + len(plan.refusals)
    if len(outcomes) == 1 and not plan.refusals:
        app.say(_line(plan, outcomes[0]), bad=bool(undone))
        return
    app.say(f"{plan.title}: {done} done, {undone} not", bad=bool(undone))
    if undone and app.idle:  # never under the fingers of somebody who types
        app.push_screen(Outcomes(plan, outcomes))


def _line(plan: Plan, outcome: Outcome) -> str:
    said = outcome.failed or outcome.answered or f"{outcome.effect.says}, sent"
    return " · ".join([f"{plan.title}: {said}", *outcome.warnings])
