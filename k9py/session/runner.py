"""Carries a Plan out: every effect on its own, some at a time, an outcome for each."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from k9py.actions.gather import AT_ONCE
from k9py.actions.plan import Effect, Plan
from k9py.session.session import Session
from k9py.values.errors import ApiError, K9pyError

REPLACED = "it was replaced by another of that name; nothing was changed"
GONE = "it is gone; nothing was changed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one effect. `failed` is the reason, or the empty string."""

    effect: Effect
    failed: str = ""
    warnings: tuple[str, ...] = ()


def explain(error: K9pyError) -> str:
    """Why a change was not made. A uid that no longer fits answers 409 on a subresource and 422 on a PATCH."""
    if not isinstance(error, ApiError):
        return error.line
    fields = [cause.get("field") for cause in error.details.get("causes", ())]
    replaced = (error.status == 422 and "metadata.uid" in fields) or (error.conflict and "uid" in error.message.lower())
    if replaced:
        return REPLACED
    return GONE if error.missing else error.line


async def run_plan(
    session: Session, plan: Plan, on_outcome: Callable[[Outcome], None] = lambda outcome: None
) -> list[Outcome]:
    """Send every effect; a failure leaves the others alone. Outcomes come in the order of the effects."""
    gate = asyncio.Semaphore(AT_ONCE)
    log = logging.getLogger("k9py.changes")

    async def run_one(effect: Effect) -> Outcome:
        async with gate:
            try:
                outcome = Outcome(effect, warnings=(await session.transport.send(effect.request)).warnings)
            except K9pyError as error:
                outcome = Outcome(effect, explain(error))
        log.info("%s %s: %s", effect.request.method, effect.request.path, outcome.failed or effect.says)
        on_outcome(outcome)
        return outcome

    return list(await asyncio.gather(*(run_one(effect) for effect in plan.effects)))
