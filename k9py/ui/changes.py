"""From a key to a change: rights, what is to be known, the question, the Plan, the confirmation, the outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from k9py.actions.action import Action, Fact, Look
from k9py.actions.looks import READ
from k9py.actions.plan import Plan, Target, name_targets
from k9py.kinds.registry import kind_for
from k9py.session.runner import Outcome, run_plan
from k9py.session.session import Session
from k9py.ui.screens.dialogs import Ask, Confirm, Outcomes
from k9py.values.errors import K9pyError
from k9py.values.resource import Resource

if TYPE_CHECKING:
    from k9py.ui.app import K9pyApp

SOON = 0.5
"""Seconds that a key waits for the answer whether it is permitted."""
READ_ONLY = "k9py runs read-only"


def refusal_of(
    app: K9pyApp,
    session: Session,
    action: Action | Look,
    resource: Resource,
    namespace: str,
    on_answer: Callable[[], None],
) -> str:
    """Why an action does nothing here, or the empty string. A right not asked for yet is asked in the background."""
    if app.readonly and isinstance(action, Action):
        return READ_ONLY
    right = action.right
    if right is None or (right == READ and kind_for(resource).keep_whole):
        return ""
    verdict = session.rights.look_up(right.verb, right.of or resource, namespace, right.subresource, on_answer)
    return "" if verdict is None or verdict.allowed else verdict.reason


async def know_rights(session: Session, look: Look, target: Target) -> None:
    """Have it answered whether a look is permitted; for what is not answered soon, its page will say."""
    if right := look.right:
        resource = right.of or target.resource
        with suppress(TimeoutError):
            async with asyncio.timeout(SOON):
                everywhere = await session.access.may(right.verb, resource, subresource=right.subresource)
                if not everywhere.allowed and resource.namespaced:
                    await session.access.may(right.verb, resource, target.key.namespace, subresource=right.subresource)


async def change(app: K9pyApp, session: Session, action: Action, targets: Sequence[Target]) -> None:
    """Carry an action through. The targets are those that were there when the key was pressed."""
    facts = await _gather(app, session, action, targets)
    if all(fact.failed for fact in facts):
        app.say(f"{action.title} {name_targets(targets)}: {_why(facts[0])}", bad=True)
        return
    question = action.ask(facts)
    answer = await app.push_screen_wait(Ask(question)) if question else ""
    if answer is None:
        return
    plan = action.plan(facts, answer, datetime.now(UTC))
    if await app.push_screen_wait(Confirm(plan)):
        app.carry_out(session, plan)


async def _gather(app: K9pyApp, session: Session, action: Action, targets: Sequence[Target]) -> list[Fact]:
    """What is known of each target; of those that may not be changed, that they may not."""
    refusals = await _refusals(app, session, action, targets)
    permitted = [target for target in targets if target.key.namespace not in refusals]
    denied = [Fact(t, failed=K9pyError(refusals[t.key.namespace])) for t in targets if t not in permitted]
    return [*(await action.gather(session.read, permitted)), *denied]


async def _refusals(app: K9pyApp, session: Session, action: Action, targets: Sequence[Target]) -> dict[str, str]:
    """Why an action may not be done, by namespace; those where it may are not named."""
    namespaces = sorted({target.key.namespace for target in targets})
    if app.readonly:
        return dict.fromkeys(namespaces, READ_ONLY)
    right, resource = action.right, targets[0].resource
    asked = (session.access.may(right.verb, resource, name, subresource=right.subresource) for name in namespaces)
    verdicts = zip(namespaces, await asyncio.gather(*asked), strict=True)
    return {name: verdict.reason for name, verdict in verdicts if not verdict.allowed}


def _why(fact: Fact) -> str:
    return fact.failed.line if fact.failed else ""


async def carry_out(app: K9pyApp, session: Session, plan: Plan) -> None:
    """Send what was confirmed, and say what became of it."""
    outcomes = await run_plan(session, plan)
    failed = [outcome for outcome in outcomes if outcome.failed]
    app.unmark([outcome.effect.target.key for outcome in outcomes if not outcome.failed])
    if len(outcomes) == 1 and not plan.refusals:
        app.say(_line(plan, outcomes[0]), bad=bool(failed))
        return
    undone = len(failed) + len(plan.refusals)
    app.say(f"{plan.title}: {len(outcomes) - len(failed)} done, {undone} not", bad=bool(undone))
    if app.idle:  # never under the fingers of somebody who types
        app.push_screen(Outcomes(plan, outcomes))


def _line(plan: Plan, outcome: Outcome) -> str:
    said = outcome.failed or f"{outcome.effect.says}, sent"
    return " · ".join([f"{plan.title}: {said}", *outcome.warnings])
