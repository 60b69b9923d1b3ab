"""A text that is to be changed: which of several, in which editor, checked, and back to it while it will not do."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from k9py.actions.action import Answers, Writing
from k9py.insight.describe.facts import Obj, each
from k9py.insight.explain import Schemas
from k9py.insight.schema import check_object
from k9py.session.session import Session
from k9py.ui.editors import EditorFailed, NoRoom, find_editor, run_editor
from k9py.ui.manuscript import Manuscript
from k9py.ui.screens.dialogs import Choose
from k9py.ui.screens.editor_page import EditorPage
from k9py.ui.screens.explain_pane import read_schemas
from k9py.values.complaint import Complaint
from k9py.values.errors import K9pyError
from k9py.values.reading import read_yaml
from k9py.values.text import clean

if TYPE_CHECKING:
    from k9py.ui.app import K9pyApp

UNCHANGED = "nothing to change"
_INVITATION = (
    "Change the object below, save it and leave the editor: what would change is shown before it is sent.",
    "These lines are ignored. An empty text, or one that is as it was, changes nothing.",
)


class GivenUp(K9pyError):
    """Nothing is to be sent: the reason."""


class Scribe:
    """Leads a person from the text as it is to one that can be sent."""

    def __init__(self, app: K9pyApp, session: Session, question: Writing, manuscript: Manuscript) -> None:
        self._app = app
        self._session = session
        self._question = question
        self._manuscript = manuscript

    async def write(self, former: Answers | None, complaints: Sequence[Complaint]) -> Answers | None:
        """The text as they leave it, with what it was; None when they leave. Raises GivenUp and EditorFailed.

        `former` is what was written before, and would not do because of `complaints`.
        """
        answers = former or await self._choose()
        while answers is not None:
            written = await self._edit(answers, complaints)
            if written is None:
                return None
            self._manuscript.write(self._question, written)
            complaint = await asyncio.to_thread(self._look_through, answers, written, bool(complaints))
            if complaint is None:
                return written
            answers, complaints = written, (complaint,)
        return None

    async def _choose(self) -> Answers | None:
        texts = self._question.texts
        choice: str | None = next(iter(texts))
        if len(texts) > 1:
            choice = await self._app.push_screen_wait(Choose(self._question.title, tuple(texts)))
        return None if choice is None else Answers(texts[choice], texts[choice], choice)

    def _look_through(self, before: Answers, written: Answers, again: bool) -> Complaint | None:
        """Why a text will not do. Raises GivenUp where there is nothing to be sent."""
        if not written.text.strip() or written.text == written.initial:
            raise GivenUp(UNCHANGED)
        if again and written.text == before.text:
            raise GivenUp("it was not changed any more, and will not do as it is")
        return self._question.check(written.choice, written.initial, written.text)

    async def _edit(self, answers: Answers, complaints: Sequence[Complaint]) -> Answers | None:
        if command := find_editor(os.environ, self._app.hub.settings.editor):
            try:
                return await self._edit_outside(command, answers, complaints)
            except NoRoom as error:
                complaints = (Complaint(f"{error.line}: this is k9py's own editor"), *complaints)
        return await self._edit_inside(answers, complaints)

    async def _edit_inside(self, answers: Answers, complaints: Sequence[Complaint]) -> Answers | None:
        """In the editor that is built in."""
        question = self._question
        page = EditorPage(
            question.title,
            question.target.key.context,
            answers.text,
            lambda text: question.check(answers.choice, answers.initial, text),
            complaints,
        )
        reading = asyncio.create_task(self._read_schema(page))
        try:
            written = await self._app.push_screen_wait(page)
        except BaseException:  # k9py is left, or goes to another page
            self._manuscript.write(question, put(answers, page.text))
            raise
        finally:
            reading.cancel()
        if written.ending == "drop":
            self._manuscript.drop()
            return None
        self._manuscript.write(question, put(answers, written.text))
        return put(answers, written.text) if written.ending == "send" else None

    async def _read_schema(self, page: EditorPage) -> None:
        """Have the page look through the text with the schema, once that is there. Without one, the server will say."""
        resource = self._question.target.resource
        with suppress(K9pyError):
            schemas = await read_schemas(self._session, resource)
            root = await asyncio.to_thread(schemas.root, resource.gvr, resource.kind)
            if root is not None:
                page.examine_with(lambda text: _examine(schemas, root, text))

    async def _edit_outside(
        self, command: Sequence[str], answers: Answers, complaints: Sequence[Complaint]
    ) -> Answers | None:
        """In the person's own editor. Raises NoRoom and EditorFailed."""
        target = self._question.target
        name = f"{target.resource.singular or target.resource.gvr.plural}-{target.key.name.replace('/', '-')}.yaml"
        text = with_head(answers.text, complaints)
        try:
            changed = await run_editor(self._app, command, name, text, self._question.secret)
        except EditorFailed as error:
            self._manuscript.write(self._question, put(answers, drop_head(error.text)))
            raise
        return put(answers, drop_head(changed))


def put(answers: Answers, text: str) -> Answers:
    """Another text of the same."""
    return replace(answers, text=text)


def _examine(schemas: Schemas, root: Obj, text: str) -> Sequence[Complaint]:
    """What the schema says; of a subresource that is another kind (a Scale), nothing."""
    reading = read_yaml(text)
    kinds = [kind["kind"] for kind in each(root, "x-kubernetes-group-version-kind")]
    return check_object(schemas, root, reading) if reading.value.get("kind") in kinds else ()


def with_head(text: str, complaints: Sequence[Complaint]) -> str:
    """A text with what is to be said of it on top, as comments; lines are named as they stand below it."""
    head = [*_INVITATION, *(clean(complaint.text) for complaint in complaints)]
    for number, complaint in enumerate(complaints, len(_INVITATION)):
        where = "" if complaint.line is None else f"line {complaint.line + 1 + len(head) + 1}: "
        head[number] = f"✖ {where}{head[number]}"
    return "".join(f"# {line}\n" for line in head) + "#\n" + text


def drop_head(text: str) -> str:
    """A text without the comments on top of it."""
    lines = text.replace("\r\n", "\n").splitlines(keepends=True)
    first = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    return "".join(lines[first:])
