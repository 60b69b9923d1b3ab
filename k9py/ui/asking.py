"""How a question is put to the person: each sort has a dialog of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from k9py.actions.action import Action, Answers, Fact, Pick, Question, Rebased, Writing
from k9py.session.session import Session
from k9py.ui.manuscript import Manuscript
from k9py.ui.screens.dialogs import Ask, Choose
from k9py.values.complaint import Complaint, complaints_of
from k9py.values.errors import ApiError
from k9py.values.reading import YamlError, read_yaml

if TYPE_CHECKING:
    from k9py.ui.app import K9pyApp


class Asking:
    """Puts the question of one action, again and again while the answer will not do."""

    def __init__(self, app: K9pyApp, session: Session, manuscript: Manuscript) -> None:
        self._app = app
        self._session = session
        self._manuscript = manuscript

    async def pick(self, pick: Pick) -> str | None:
        """What is chosen, or None when the person leaves."""
        return await self._app.push_screen_wait(Choose(pick.title, pick.choices, pick.initial, pick.barred))

    async def ask(
        self,
        question: Question | Writing,
        former: Answers | None,
        remark: str,
        errors: Sequence[ApiError] = (),
    ) -> Answers | None:
        """The answer, or None when the person leaves. `former` is the last one, which would not do.

        `remark` says why, `errors` what the server said against it. What is written raises K9pyErrors of its own.
        """
        if isinstance(question, Writing):
            from k9py.ui.writing import Scribe  # needed only now: start-up time counts

            scribe = Scribe(self._app, self._session, question, self._manuscript)
            return await scribe.write(former, list_complaints(former, remark, errors))
        asked = question if former is None else replace(question, initial=former.text)
        text = await self._app.push_screen_wait(Ask(asked, remark))
        return None if text is None else Answers(text, former.initial if former else question.initial)

    async def rebase(self, action: Action, facts: Sequence[Fact], answers: Answers) -> Rebased:
        """What was written, on top of what there is now. Raises K9pyErrors where nothing comes of it."""
        from k9py.ui.rebasing import Rebasing  # needed only now: start-up time counts

        return await Rebasing(self._app, self._session, self, action, facts).rebase(answers, self._manuscript)


def list_complaints(former: Answers | None, remark: str, errors: Sequence[ApiError]) -> list[Complaint]:
    """What is wrong with a text, each beside its line."""
    if not errors:
        return [Complaint(line) for line in remark.splitlines() if line.strip()]
    try:
        reading = read_yaml(former.text) if former else None
    except YamlError:
        reading = None
    return [complaint for error in errors for complaint in complaints_of(error, reading)]
