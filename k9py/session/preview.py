"""What a Plan would do, asked of the server itself: a dry run (KEP-576) of each effect, and what it would change."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import msgspec

from k9py.actions.gather import AT_ONCE
from k9py.actions.plan import Effect, Plan, with_dry_run
from k9py.session.job import explain, is_outdated
from k9py.session.session import Session
from k9py.values.difference import DiffLine, compare
from k9py.values.errors import ApiError, K9pyError

MOST = 40
"""Targets that are tried beforehand: of more, these stand for all."""
PATIENCE = 10.0
"""Seconds that a dry run may take."""
_CANNOT = "does not support dry run"
"""What the server says of a webhook that has side effects: it is not called, and the request is refused."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What would become of one effect. `refused` is why the server would not do it; `untried` why it was not asked."""

    effect: Effect
    diff: tuple[DiffLine, ...] = ()
    warnings: tuple[str, ...] = ()
    refused: str = ""
    untried: str = ""
    error: ApiError | None = None
    """The refusal as it came, with its causes."""
    conflict: bool = False
    """The object has changed since it was read: the Plan is to be made anew."""


async def preview(session: Session, plan: Plan) -> list[Forecast]:
    """Ask for every effect, up to MOST, what it would do; nothing is changed. In the order of the effects."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def ask(effect: Effect) -> Forecast:
        async with gate:
            return await _ask(session, effect)

    return list(await asyncio.gather(*(ask(effect) for effect in plan.effects[:MOST])))


async def _ask(session: Session, effect: Effect) -> Forecast:
    if why := await session.dry_runs.why_not(effect.request, session.version):
        return Forecast(effect, untried=why)
    try:
        answer = await session.transport.send(with_dry_run(effect.request), PATIENCE)
    except ApiError as error:
        if _CANNOT in error.message:
            return Forecast(effect, untried=error.message)
        return Forecast(effect, refused=explain(error), error=error, conflict=is_outdated(error))
    except K9pyError as error:
        return Forecast(effect, untried=error.line)
    if effect.before is None:
        return Forecast(effect, warnings=answer.warnings)
    after = msgspec.json.decode(answer.body)
    diff = await asyncio.to_thread(compare, effect.before, after)
    return Forecast(effect, diff, answer.warnings)
