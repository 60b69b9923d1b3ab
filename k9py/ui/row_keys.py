"""The keys of a row: what they are called, and why one of them does nothing here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from k9py.actions.action import Action, Look
from k9py.actions.plan import Target, name_targets
from k9py.session.session import Session
from k9py.ui.changes import refusal_of
from k9py.ui.widgets.key_bar import KeyHint
from k9py.values.errors import K9pyError
from k9py.values.resource import Resource

if TYPE_CHECKING:
    from k9py.ui.app import K9pyApp


def hint_actions(
    app: K9pyApp, session: Session, meant: Resource, namespace: str, on_answer: Callable[[], None]
) -> tuple[KeyHint, ...]:
    """All keys of rows of a kind, those that are not permitted greyed; `on_answer` is called when more is known."""
    return tuple(
        KeyHint(action.key, action.title, refusal_of(app, session, action, meant, namespace, on_answer))
        for action in app.keymap.actions_for(meant)
        if action.key
    )


def row_hints(
    app: K9pyApp, session: Session, targets: Sequence[Target], on_answer: Callable[[], None]
) -> list[tuple[Action | Look, KeyHint]]:
    """All that could be done to objects of one kind; greyed what can't, with the reason."""

    def why_not(action: Action | Look) -> str:
        if why := misfit(action, targets):
            return why.message
        return refusal_of(app, session, action, targets[0].resource, targets[0].key.namespace, on_answer)

    found = app.keymap.actions_for(targets[0].resource)
    return [(action, KeyHint(action.key, action.title, why_not(action))) for action in found]


def misfit(action: Action | Look, targets: Sequence[Target]) -> K9pyError | None:
    """Why something cannot be done to these objects together."""
    if len({target.key.context for target in targets}) > 1:
        return K9pyError(f"{action.title}: the marked rows are of several clusters", "mark those of one")
    if isinstance(action, Look):
        return None
    if others := [target for target in targets if not action.applies(target.resource)]:
        return K9pyError(f"{action.title} is not for {name_targets(others[:1])}", "mark others")
    if len(targets) > 1 and not action.many:
        cure = "ctrl-\\ takes the marks back"
        return K9pyError(f"{action.title} is about one, and {len(targets)} are marked", cure)
    return None
