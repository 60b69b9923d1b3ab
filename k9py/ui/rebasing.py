"""A text that was written on an older version, on top of what there is now; the person decides what clashes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from k9py.actions.action import Action, Answers, Fact, Rebased
from k9py.actions.plan import name_targets
from k9py.insight.schema import list_keys
from k9py.session.session import Session
from k9py.ui.asking import Asking
from k9py.ui.manuscript import Manuscript
from k9py.ui.screens.clashes import Clashes, write_side
from k9py.ui.screens.explain_pane import read_schemas
from k9py.values.errors import K9pyError
from k9py.values.merge_patch import Keys, Side, say_path, whole_lists
from k9py.values.reading import Path

if TYPE_CHECKING:
    from k9py.ui.app import K9pyApp


class Rebasing:
    """One action whose object has changed meanwhile, or has not."""

    def __init__(self, app: K9pyApp, session: Session, asking: Asking, action: Action, facts: Sequence[Fact]) -> None:
        self._app = app
        self._session = session
        self._asking = asking
        self._action = action
        self._facts = facts

    async def rebase(self, answers: Answers, manuscript: Manuscript) -> Rebased:
        """Put it on top. Raises K9pyError where the person leaves a clash, or takes theirs for all of their change."""
        keys: Keys = whole_lists
        rebased = await self._try(answers, keys, {})
        if rebased.clashes:
            keys = await self._read_keys()
        chosen: dict[Path, Side] = {}
        while (rebased := await self._try(answers, keys, chosen)).clashes:
            title = f"{self._action.title} {name_targets([self._facts[0].target])}"
            settled = await self._app.push_screen_wait(Clashes(title, rebased.clashes))
            if settled is None:
                raise K9pyError("it has changed meanwhile where you changed it")
            chosen |= settled.chosen
            if settled.edit_on:
                return await self._edit_on(await self._try(answers, keys, chosen))
        if rebased.answers.text == rebased.answers.initial:
            manuscript.drop()
            raise K9pyError("nothing of your change is left")
        manuscript.renew(rebased.answers)
        return replace(rebased, settled=bool(chosen))

    async def _try(self, answers: Answers, keys: Keys, chosen: Mapping[Path, Side]) -> Rebased:
        assert self._action.rebase
        return await asyncio.to_thread(self._action.rebase, self._facts, answers, keys, chosen)

    async def _edit_on(self, rebased: Rebased) -> Rebased:
        """Back to the text, on top of what there is now; what is not decided is as you wrote it."""
        question = self._action.ask(self._facts)
        assert question
        lines = [f"{say_path(clash.path)}: they have {' '.join(write_side(clash.theirs))}" for clash in rebased.clashes]
        written = await self._asking.ask(question, rebased.answers, "\n".join(lines) or " ")
        if written is None:
            raise K9pyError("not sent")
        return Rebased(written, settled=True)

    async def _read_keys(self) -> Keys:
        """What tells the items of lists apart; where no schema can be read, each list is one value."""
        resource = self._facts[0].target.resource
        try:
            schemas = await read_schemas(self._session, resource)
        except K9pyError as error:
            self._app.say(f"lists are compared as a whole: {error.line}")
            return whole_lists
        root = await asyncio.to_thread(schemas.root, resource.gvr, resource.kind)
        return whole_lists if root is None else list_keys(schemas, root)
