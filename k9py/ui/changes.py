"""From a key to a change: rights, what is to be known, the question, the Plan, the confirmation, the outcome."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from k9py.actions.action import Action, Answers, Fact, Look, Question, Writing
from k9py.actions.looks import READ
from k9py.actions.plan import Danger, Plan, Target, is_part_of, name_targets, with_flags
from k9py.kinds.registry import kind_for
from k9py.session.job import Job, Outcome
from k9py.session.preview import preview
from k9py.session.session import Session
from k9py.ui.asking import Asking
from k9py.ui.manuscript import Manuscript
from k9py.ui.screens.confirm import Confirm, Decision, Draft, initial_choice
from k9py.ui.screens.dialogs import Notice, Sure
from k9py.values.errors import K9pyError
from k9py.values.resource import Resource

if TYPE_CHECKING:
    from k9py.ui.app import K9pyApp

SOON = 0.5
"""Seconds that a key waits for the answer whether it is permitted."""
READ_ONLY = "k9py runs read-only"
CHANGED = "it has changed meanwhile: this is what it would be now"
PATIENCE = 5
"""Times that what was confirmed is sent again because the object is another version by then."""


def why_readonly(app: K9pyApp, session: Session) -> str:
    """Why nothing may be changed in a context, or the empty string."""
    if app.readonly:
        return READ_ONLY
    name = session.context.name
    return f"{name} is read-only" if app.hub.settings.is_readonly(name) else ""


def refusal_of(
    app: K9pyApp,
    session: Session,
    action: Action | Look,
    resource: Resource,
    namespace: str,
    on_answer: Callable[[], None],
) -> str:
    """Why an action does nothing here, or the empty string. A right not asked for yet is asked in the background."""
    if isinstance(action, Action) and (why := why_readonly(app, session)):
        return why
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


class Change:
    """One action on some targets, from the key to the Plan that was confirmed.

    The targets are those that were there when the key was pressed. Where one turns out to be another version of itself,
    it is read again, and what was answered is planned anew on what is there now: nothing is overwritten.
    """

    takes_back: Job | None = None
    """It takes back nothing."""

    def __init__(self, app: K9pyApp, session: Session, action: Action, targets: Sequence[Target]) -> None:
        self.session = session
        self._app = app
        self._action = action
        self._targets = targets
        self._answers: Answers | None = None
        self._manuscript = Manuscript(app, targets[0])
        self._asking = Asking(app, session, self._manuscript)
        self._confirmed: Plan | None = None
        self._moved = False
        """Whether what was written is on top of what others have changed since."""
        self._chosen: Mapping[str, str] = {}
        """The options as they were turned last."""
        self._again = 0

    @property
    def title(self) -> str:
        """What it is called: `Scale deployment shop/web`."""
        return f"{self._action.title} {name_targets(self._targets)}"

    async def settle(self, remark: str = "") -> Plan | None:
        """Ask, plan and have it confirmed; None when the person leaves, or there is nothing that could be done.

        `remark` is what they are told first. An answer that was given before is not asked for again. What was written
        is kept in a file where it comes to nothing.
        """
        try:
            self._confirmed = await self._settle(remark)
        except K9pyError as error:
            self._give_up(error.line)
            return None
        except BaseException:
            self.leave()
            raise
        if self._confirmed is None:
            self._give_up("not sent", quiet=not remark)
        return self._confirmed

    def leave(self) -> None:
        """k9py is left, or goes to another page."""
        self._give_up("it was left")

    async def _settle(self, remark: str) -> Plan | None:
        said: Decision | None = Decision(remark=remark)
        while said and not said.plan:
            said = await self._go_round(said)
            self._chosen = said.chosen if said else {}
        return said.plan if said else None

    async def _go_round(self, said: Decision) -> Decision | None:
        """Ask, where that is to be asked (again), and have the Plan confirmed; None when the person leaves."""
        facts = await self._gather()
        question = self._action.ask(facts)
        remark = said.remark or (CHANGED if self._answers else "")
        if self._answers is None or (question and remark != CHANGED):
            answers = await self._ask(facts, question, said, remark)
            if answers is None:
                return None
            self._answers, self._moved, remark = answers, False, ""
            if isinstance(question, Writing):  # which may have taken its time
                facts = await self._gather()
        if self._action.rebase:
            rebased = await self._asking.rebase(self._action, facts, self._answers)
            self._answers, self._moved = rebased.answers, self._moved or rebased.moved
            remark = CHANGED if self._moved else ""
            if rebased.settled:  # it is another change than the one that was confirmed
                self._confirmed = None
        return await self._confirm(facts, self._answers, remark, question is not None)

    async def _gather(self) -> list[Fact]:
        """What is known of the targets. Raises K9pyError where nothing can be done to any of them."""
        facts = await _gather(self._app, self.session, self._action, self._targets)
        failed = facts[0].failed
        if failed and all(fact.failed for fact in facts):
            raise failed
        return facts

    async def again(self, outcomes: Sequence[Outcome]) -> Plan | None:
        """After a conflict: the same answers for what has changed meanwhile, on what is there now.

        What would be sent as it was confirmed, but for the version, is not asked about again.
        """
        self._targets = [outcome.effect.target for outcome in outcomes]
        return await self.settle(CHANGED)

    async def _ask(
        self, facts: Sequence[Fact], question: Question | Writing | None, said: Decision, remark: str
    ) -> Answers | None:
        former = self._answers
        choice: str | None = former.choice if former else ""
        if former is None and (pick := self._action.pick(facts)):
            choice = await self._asking.pick(pick)
        if choice is None:
            return None
        answers = await self._asking.ask(question, former, remark, said.errors) if question else Answers()
        return answers and replace(answers, choice=answers.choice or choice)

    def sent(self, outcomes: Sequence[Outcome]) -> None:
        """What was written has reached its object, or is kept."""
        failed = next((outcome.failed for outcome in outcomes if outcome.failed), "")
        if failed:
            self._give_up(failed, quiet=True)
        else:
            self._manuscript.drop()

    def _give_up(self, why: str, quiet: bool = False) -> None:
        """Say why it came to nothing (`quiet`: only where there is something to be kept), and keep what was written."""
        title = self.title
        try:
            kept = self._manuscript.keep(f"{title}: {why}")
        except K9pyError as error:
            self._rescue(title, why, error)
            return
        if kept or not quiet:
            self._app.say(f"{title}: {'; '.join(filter(None, (why, kept)))}", bad=True)
        if kept:
            logging.getLogger("k9py.changes").warning("%s: %s", title, kept)
            page = self._app.page
            # never under the fingers of somebody who types
            if page and page is self._app.screen and not page.takes_text:
                self._app.push_screen(Notice(title, (why, kept)))

    def _rescue(self, title: str, why: str, error: K9pyError) -> None:
        """No file can be written: what was written stays on the screen until there is room, or it is thrown away."""
        said = f"{why}; what you wrote can't be kept: {error.line}"
        self._app.say(f"{title}: {said}", bad=True)
        logging.getLogger("k9py.changes").error("%s: %s", title, said)
        if self._app.is_running and self._app.page and self._manuscript.answers:
            self._manuscript.rescue(title, said, lambda: self._give_up(why))

    async def _confirm(
        self, facts: Sequence[Fact], answers: Answers, remark: str, may_ask_again: bool
    ) -> Decision | None:
        """What the person says to the Plan; a Plan that changes nothing that lasts is not asked about."""
        flags = self._app.hub.kubectl_flags

        def plan(options: Mapping[str, str]) -> Plan:
            made = self._action.plan(facts, replace(answers, options=options), datetime.now(UTC))
            return with_flags(made, flags.get(self.session.context.name, flags.get("", ())))

        options = self._action.options(facts)
        chosen = {option.id: initial_choice(option, self._chosen) for option in options}
        first = plan(chosen)
        if first.danger is Danger.NONE and not first.refusals:
            return Decision(first) if await self._is_meant(first) else None
        if self._confirmed and self._again < PATIENCE and is_part_of(first, self._confirmed):
            self._again += 1
            return Decision(first, chosen=chosen)
        self._again = 0
        draft = Draft(
            plan,
            options,
            chosen,
            partial(preview, self.session),
            remark,
            protected=protected_name(self._app, self.session),
            may_ask_again=may_ask_again,
        )
        return await self._app.push_screen_wait(Confirm(draft))

    async def _is_meant(self, plan: Plan) -> bool:
        """Whether what needs no confirmation is meant: a shell in a protected context is asked about plainly."""
        name = protected_name(self._app, self.session)
        if not name:
            return True
        lines = [f"{name} is a protected context.", *plan.cautions, "", *plan.commands]
        sure: Sure = Sure(plan.title, lines, guards=True)
        return await self._app.push_screen_wait(sure) is True


def protected_name(app: K9pyApp, session: Session) -> str:
    """The name of the context of a session where that is protected, or the empty string."""
    return session.context.name if app.hub.protects(session.context.name) else ""


async def _gather(app: K9pyApp, session: Session, action: Action, targets: Sequence[Target]) -> list[Fact]:
    """What is known of each target; of those that may not be changed, that they may not."""
    refusals = await _refusals(app, session, action, targets)
    permitted = [target for target in targets if _scope(target) not in refusals]
    denied = [Fact(t, failed=K9pyError(refusals[_scope(t)])) for t in targets if _scope(t) in refusals]
    return [*(await action.gather(session.read, permitted) if permitted else ()), *denied]


Scope = tuple[Resource, str]


def _scope(target: Target) -> Scope:
    """What a right is asked for: a kind, in a namespace."""
    return target.resource, target.key.namespace


async def _refusals(app: K9pyApp, session: Session, action: Action, targets: Sequence[Target]) -> dict[Scope, str]:
    """Why an action may not be done, by kind and namespace; those where it may are not named."""
    scopes = list(dict.fromkeys(map(_scope, targets)))
    if why := why_readonly(app, session):
        return dict.fromkeys(scopes, why)
    right = action.right
    asked = (session.access.may(right.verb, kind, name, subresource=right.subresource) for kind, name in scopes)
    verdicts = zip(scopes, await asyncio.gather(*asked), strict=True)
    return {scope: verdict.reason for scope, verdict in verdicts if not verdict.allowed}
