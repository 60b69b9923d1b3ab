"""A text that a person has written: until it has been sent it is kept in a file whatever happens, and they are told."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from k9py.actions.action import Answers, Writing
from k9py.actions.plan import Target
from k9py.ui.saving import save_text
from k9py.values.complaint import Complaint
from k9py.values.errors import K9pyError

if TYPE_CHECKING:
    from k9py.ui.app import K9pyApp

FOLDER = "edits"


class Manuscript:
    """What has been written on one object so far."""

    def __init__(self, app: K9pyApp, target: Target) -> None:
        self._app = app
        self._target = target
        self.answers: Answers | None = None
        """The text as it was written last; None while nothing was changed, and once it was sent or thrown away."""
        self.secret = False

    def write(self, question: Writing, answers: Answers) -> None:
        """Take down what was written; what was not changed is not worth keeping."""
        self.secret = question.secret
        if answers.text.strip() and answers.text != answers.initial:
            self.answers = answers

    def renew(self, answers: Answers) -> None:
        """It has been put on top of what others have changed."""
        if self.answers:
            self.answers = answers

    def drop(self) -> None:
        """It was sent, or is not wanted."""
        self.answers = None

    def rescue(self, title: str, said: str, again: Callable[[], None]) -> None:
        """Show the text in the editor that is built in, as no file takes it; when it is left, `again` tries it anew."""
        from k9py.ui.screens.editor_page import EditorPage, Written  # needed only now: start-up time counts

        answers = self.answers
        assert answers
        complaint = Complaint(f"{said}; make room and go on, or copy it from here")

        def leave(written: Written | None) -> None:
            if written and written.ending == "drop":
                self.answers = None
                return
            self.answers = replace(answers, text=written.text) if written else answers
            self._app.call_later(again)

        page = EditorPage(title, self._target.key.context, answers.text, lambda text: None, (complaint,), original="")
        self._app.push_screen(page, leave)

    def keep(self, why: str) -> str:
        """Write it to a file, with the reason on top; what a person is to be told of it, or nothing.

        Raises K9pyError where no file can be written: the text is still here then.
        """
        if self.answers is None:
            return ""
        path = keep_text(self._app, self._target, self.answers.text, why)
        self.answers = None
        secret = ", with the secret's values: only you can read it" if self.secret else ""
        return f"what you wrote is kept in {_short(path)}{secret}"


def keep_text(app: K9pyApp, target: Target, text: str, why: str) -> Path:
    """A new file (0600) that has the text. Raises K9pyError where there is no place for one."""
    head = "".join(f"# {line}\n" for line in why.splitlines() if line.strip())
    key = target.key
    words = (key.context, key.gvr.full_name, *filter(None, (key.namespace, key.name)))
    return _try_folders(folders_of(app), head + text, words)


def folders_of(app: K9pyApp) -> Iterator[Path]:
    """Where texts may be kept: beside k9py's log, or where there is room."""
    yield app.hub.ledger.audit.path.parent / FOLDER
    yield Path(tempfile.gettempdir()) / "k9py-edits"
    yield Path.home()


def _try_folders(folders: Iterator[Path], text: str, words: Sequence[str]) -> Path:
    errors: list[K9pyError] = []
    for folder in folders:
        try:
            return save_text(text, words, "yaml", folder)
        except K9pyError as error:
            errors.append(error)
    raise errors[0]


def _short(path: Path) -> str:
    """A path as a shell takes it, short enough to be read."""
    try:
        return f"~/{path.relative_to(Path.home())}"
    except (ValueError, RuntimeError):
        return str(path)
