"""From a key to a change: rights, what is to be known, the question, the Plan, the confirmation, the outcome."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from k9py.actions.action import Action, Look
from k9py.actions.plan import Plan, Target, name_targets
from k9py.session.runner import Outcome, run_plan
from k9py.session.session import Session
from k9py.store.row import Row
from k9py.ui.screens.dialogs import Ask, Confirm, Outcomes
from k9py.values.resource import Resource

if TYPE_CHECKING:
    from k9py.ui.app import K9pyApp

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
    if isinstance(action, Look):
        return ""
    if app.readonly:
        return READ_ONLY
    right = action.right
    verdict = session.rights.look_up(right.verb, resource, namespace, right.subresource, on_answer)
    return "" if verdict is None or verdict.allowed else verdict.reason


async def change(app: K9pyApp, session: Session, action: Action, resource: Resource, rows: Sequence[Row]) -> None:
    """Carry an action through. The targets are those that were there when the key was pressed."""
    targets = [Target(row.key, row.uid, resource) for row in rows]
    if refused := await _refused(app, session, action, targets):
        app.say(f"{action.title}: {refused}", bad=True)
        return
    facts = await action.gather(session.read, targets)
    if all(fact.failed for fact in facts):
        app.say(f"{action.title} {name_targets(targets)}: {facts[0].failed and facts[0].failed.line}", bad=True)
        return
    question = action.ask(facts)
    answer = await app.push_screen_wait(Ask(question)) if question else ""
    if answer is None:
        return
    plan = action.plan(facts, answer, datetime.now(UTC))
    if await app.push_screen_wait(Confirm(plan)):
        app.carry_out(session, plan)


async def _refused(app: K9pyApp, session: Session, action: Action, targets: Sequence[Target]) -> str:
    if app.readonly:
        return READ_ONLY
    for namespace in {target.key.namespace for target in targets}:
        verdict = await session.access.may(
            action.right.verb, targets[0].resource, namespace, subresource=action.right.subresource
        )
        if not verdict.allowed:
            return verdict.reason
    return ""


async def carry_out(app: K9pyApp, session: Session, plan: Plan) -> None:
    """Send what was confirmed, and say what became of it."""
    outcomes = await run_plan(session, plan)
    failed = [outcome for outcome in outcomes if outcome.failed]
    if len(outcomes) > 1 or plan.refusals:
        app.say(
            f"{plan.title}: {len(outcomes) - len(failed)} done, {len(failed) + len(plan.refusals)} not",
            bad=bool(failed),
        )
        await app.push_screen_wait(Outcomes(plan, outcomes))
        return
    app.say(_line(plan, outcomes[0]), bad=bool(failed))


def _line(plan: Plan, outcome: Outcome) -> str:
    said = outcome.failed or f"{outcome.effect.says}, sent"
    return " · ".join([f"{plan.title}: {said}", *outcome.warnings])
