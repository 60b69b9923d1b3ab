"""A Plan that is carried out: every effect on its own, some at a time, an outcome for each; it can be cancelled."""

from __future__ import annotations

import asyncio
import logging
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import msgspec

from k9py.actions.gather import AT_ONCE, REPLACED
from k9py.actions.plan import Effect, Plan, fields_set, look_up, take_back, unversioned
from k9py.session.audit import Audit
from k9py.session.faults import first_line
from k9py.session.session import Session
from k9py.values.errors import ApiError, K9pyError, Unreachable

GONE = "it is gone; nothing was changed"
CANCELLED = "cancelled before it was sent"
UNKNOWN = "look whether it was done"
INTERRUPTED = f"k9py was quit while it was under way: {UNKNOWN}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one effect. `failed` is the reason, or the empty string; `sent` whether the server was asked.

    `answered` is what the answer means, where the effect knows more of it than that it was sent.
    """

    effect: Effect
    failed: str = ""
    answered: str = ""
    warnings: tuple[str, ...] = ()
    sent: bool = True
    conflict: bool = False
    """The object has changed since the Plan was made: nothing was overwritten."""
    unknown: bool = False
    """It was sent, and no answer came: it may have been done."""


_OTHER_UID = re.compile(r"\buid in (the )?precondition\b", re.I)
_OTHER_VERSION = re.compile(r"the object has been modified|\bresourceVersion in (the )?precondition\b", re.I)
"""The API server's own words; a webhook that answers 409 means something else (registry/generic, storage/errors)."""


def explain(error: K9pyError) -> str:
    """Why a change was not made. A uid that no longer fits answers 409 on a subresource and 422 on a PATCH."""
    if not isinstance(error, ApiError):
        return error.line
    fields = [cause.get("field") for cause in error.details.get("causes", ())]
    replaced = (error.status == 422 and "metadata.uid" in fields) or (
        error.conflict and _OTHER_UID.search(error.message)
    )
    if replaced:
        return REPLACED.line
    return GONE if error.missing else error.line


def is_outdated(error: K9pyError) -> bool:
    """Whether the object is another version of the same by now."""
    return isinstance(error, ApiError) and error.conflict and bool(_OTHER_VERSION.search(error.message))


def is_unknown(error: K9pyError) -> bool:
    """Whether it may have been done all the same: it was sent, and no answer came."""
    return error.status in (502, 504) if isinstance(error, ApiError) else isinstance(error, Unreachable) and error.sent


def _read(effect: Effect, body: bytes) -> tuple[Effect, str]:
    """The effect, with what was made of it, and what the answer means.

    Neither where it cannot be read: that it was done is known by its status.
    """
    fields = fields_set(effect.request)
    if not effect.tell and not fields:
        return effect, ""
    try:
        answer = msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.MsgspecError as error:
        logging.getLogger("k9py.changes").warning("%s is answered %r: %s", effect.request.path, body[:200], error)
        return effect, ""
    made = {path: look_up(answer, path) for path in fields}
    return replace(effect, made=made), effect.tell(answer) if effect.tell else ""


class Job:
    """One Plan under way, or done. Make it, and `await run()` once. `takes_back` is the Job that it is the undo of."""

    def __init__(self, number: int, session: Session, plan: Plan, audit: Audit, takes_back: Job | None = None) -> None:
        self.number = number
        self.session = session
        self.plan = plan
        self.takes_back = takes_back
        self.begun = datetime.now(UTC)
        self.outcomes: list[Outcome] = []
        """Of the effects that are through, in the order in which they came to be."""
        self.on_outcome: Callable[[], None] = lambda: None
        self.cancelled = False
        """Whether what was not sent yet is not to be sent any more."""
        self.taker: Job | None = None
        """The Job that has last been begun to take this one back."""
        self._place = session.transport.place
        self._audit = audit
        self._settled: dict[int, Outcome] = {}
        self._waiting = deque(range(len(plan.effects)))
        """The effects that were not sent yet, by their place in the Plan."""
        self._sent: set[int] = set()
        self._over = asyncio.Event()
        self._back: set[int] = set()
        """The effects that have been taken back, by their place in the Plan."""
        self._log = logging.getLogger("k9py.changes")

    @property
    def running(self) -> bool:
        """Whether some of it is still to be done."""
        return len(self.outcomes) < len(self.plan.effects)

    @property
    def failed(self) -> list[Outcome]:
        """What was not done."""
        return [outcome for outcome in self.outcomes if outcome.failed]

    @property
    def done(self) -> list[Effect]:
        """What was done."""
        return [outcome.effect for outcome in self.outcomes if not outcome.failed]

    @property
    def remaining(self) -> list[Effect]:
        """What nothing has become of yet."""
        return [effect for place, effect in enumerate(self.plan.effects) if place not in self._settled]

    @property
    def sent(self) -> int:
        """How many were sent, be they answered or not."""
        return len(self._sent)

    @property
    def standing(self) -> list[Effect]:
        """What was done, or may have been, and has not been taken back."""
        left = [outcome for place, outcome in sorted(self._settled.items()) if place not in self._back]
        return [outcome.effect for outcome in left if not outcome.failed or outcome.unknown]

    @property
    def back(self) -> int:
        """How many effects have been taken back."""
        return len(self._back)

    @property
    def undone(self) -> bool:
        """Whether all of it that there is a way back from has been taken back."""
        return bool(self._back) and not any(effect.undo for effect in self.standing)

    @property
    def undo(self) -> Plan | None:
        """What takes back that which was done; None where there is nothing to take back, or no way."""
        busy = self.running or (self.taker is not None and self.taker.running)
        return None if busy or self.elsewhere else take_back(self.plan, self.standing)

    @property
    def elsewhere(self) -> bool:
        """Whether its context leads to another server by now, or as somebody else: nothing is taken back there."""
        return self.session.transport.place != self._place

    def cancel(self) -> None:
        """Send nothing more. What is under way comes to its end, so that it is known what became of it."""
        self.cancelled = True
        self._over.set()

    async def run(self) -> list[Outcome]:
        """Send every effect; a failure leaves the others alone. Outcomes come in the order of the effects."""
        await self._audit.intend(self.number, self.session, self.plan)
        errors, _ = await asyncio.gather(self._send_all(), self._drop())
        for error in errors:
            raise error  # nobody expected it; the others are through all the same
        return [self._settled[place] for place in range(len(self.plan.effects))]

    async def _send_all(self) -> list[Exception]:
        """Send what waits, AT_ONCE at a time; what nobody expected is no outcome of the others."""
        errors: list[Exception] = []

        async def send_some() -> None:
            while self._waiting and not self.cancelled:
                try:
                    await self._carry_out(self._waiting.popleft())
                except Exception as error:
                    errors.append(error)

        await asyncio.gather(*(send_some() for _ in range(AT_ONCE)))
        self._over.set()
        return errors

    async def _drop(self) -> None:
        """Once it is cancelled: what still waits is not sent, and that is known at once."""
        await self._over.wait()
        while self._waiting:
            place = self._waiting.popleft()
            await self._settle(place, Outcome(self.plan.effects[place], CANCELLED, sent=False))

    async def tell_interrupted(self) -> None:
        """Put down that its task was stopped: of what was sent the outcome is not known, the rest was not sent."""
        self.cancelled = True
        for place, effect in enumerate(self.plan.effects):
            if place not in self._settled:
                sent = place in self._sent
                self._note(place, Outcome(effect, INTERRUPTED if sent else CANCELLED, sent=sent))
                await self._audit.tell_interrupted(self.number, effect, sent)

    async def _carry_out(self, place: int) -> None:
        effect = self.plan.effects[place]
        self._sent.add(place)
        try:
            answer = await self.session.transport.send(effect.request)
            made, answered = _read(effect, answer.body)
            outcome = Outcome(made, answered=answered, warnings=answer.warnings)
        except K9pyError as error:
            unknown = is_unknown(error)
            failed = f"{explain(error)}: {UNKNOWN}" if unknown else explain(error)
            outcome = Outcome(effect, failed, conflict=is_outdated(error), unknown=unknown)
        except Exception as error:
            await self._settle(place, Outcome(effect, f"k9py failed: {first_line(error)}"))
            raise
        await self._settle(place, outcome)

    async def _settle(self, place: int, outcome: Outcome) -> None:
        effect = outcome.effect
        self._note(place, outcome)
        self._log.info("%s %s: %s", effect.request.method, effect.request.path, outcome.failed or effect.says)
        await self._audit.tell_outcome(self.number, effect, outcome.failed, unknown=outcome.unknown)

    def _note(self, place: int, outcome: Outcome) -> None:
        self._settled[place] = outcome
        self.outcomes.append(outcome)
        if self.takes_back and not outcome.failed:
            self.takes_back.mark(outcome.effect, True)
        self.on_outcome()

    def mark(self, undo: Effect, back: bool) -> None:
        """Note that an effect was taken back by `undo`; or (not `back`) that this has been taken back in turn."""
        for place, effect in enumerate(self.plan.effects):
            back_by = effect.undo
            if back_by and (back_by.target, unversioned(back_by.request)) == (undo.target, unversioned(undo.request)):
                (self._back.add if back else self._back.discard)(place)
                if self.takes_back:
                    self.takes_back.mark(effect, not back)
