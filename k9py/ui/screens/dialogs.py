"""Small screens above the page: a question, a confirmation, the outcomes, a choice."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import ClassVar

from rich.console import RenderableType
from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Button, Input, OptionList, Static

from k9py.actions.action import Question
from k9py.actions.plan import Danger, Plan
from k9py.session.runner import Outcome
from k9py.ui.painting import border_text
from k9py.ui.surviving import Surviving
from k9py.ui.widgets.choices import Choices
from k9py.values.text import clean


class Ask(Surviving, ModalScreen[str | None]):
    """One line to be answered. It is dismissed with the answer, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss_none", show=False)]

    def __init__(self, question: Question) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = border_text(self._question.title)
            yield Static(clean(self._question.label), markup=False)
            yield Input(self._question.initial, compact=True)
            yield Static("", classes="complaint", markup=False)
            yield Static("⏎ go on   esc leave", classes="keys", markup=False)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        self.query_one(".complaint", Static).update(self._question.check(event.value))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if not self._question.check(event.value):
            self.dismiss(event.value)

    def action_dismiss_none(self) -> None:
        self.dismiss(None)


class Confirm(Surviving, ModalScreen[bool]):
    """What a Plan will do, to whom, and the kubectl commands that do the same. Nothing is done before `yes`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n", "answer(False)", show=False),
        Binding("y", "answer(True)", show=False),
        Binding("c", "copy", show=False),
        Binding("left,right,h,l", "other", show=False),
    ]

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self._plan = plan
        self._visible_since = math.inf

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = border_text(self._plan.title)
            with VerticalScroll(classes="targets", can_focus=False):
                yield Static(self._targets(), markup=False)
            yield Static("the same with kubectl", classes="caption", markup=False)
            with VerticalScroll(classes="commands", can_focus=False):
                yield Static("\n".join(clean(line) for line in self._plan.commands), markup=False)
            with Horizontal(classes="buttons"):
                yield Button("No", id="no", compact=True)
                yield Button("Yes", id="yes", compact=True, variant="primary")
            yield Static("y yes   n no   c copy the commands", classes="keys", markup=False)

    def on_mount(self) -> None:
        # an act that destroys must be chosen, any other may be confirmed with enter
        self.query_one("#no" if self._plan.danger is Danger.DESTRUCTIVE else "#yes", Button).focus()

    def render(self) -> RenderableType:
        """Paint; from now on the dialog can be seen."""
        self._visible_since = min(self._visible_since, time.monotonic())
        return super().render()

    def on_key(self, event: events.Key) -> None:
        """A key that was pressed before the dialog could be seen answers nothing."""
        if event.time < self._visible_since:
            event.stop()
            event.prevent_default()

    def _targets(self) -> Text:
        lines = [f"{effect.target.key.label}  {effect.says}" for effect in self._plan.effects]
        lines += [f"✖ {refusal.target.key.label}  left alone: {refusal.why}" for refusal in self._plan.refusals]
        return Text("\n".join(clean(line) for line in lines))

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")

    def action_answer(self, yes: bool) -> None:
        self.dismiss(yes)

    def action_other(self) -> None:
        self.focus_next()

    def action_copy(self) -> None:
        self.app.copy_to_clipboard("\n".join(self._plan.commands))


class Outcomes(Surviving, ModalScreen[None]):
    """What became of each target."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,enter,q,space", "leave", show=False)]

    def __init__(self, plan: Plan, outcomes: Sequence[Outcome]) -> None:
        super().__init__()
        self._plan = plan
        self._outcomes = outcomes

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = border_text(self._plan.title)
            with VerticalScroll(classes="targets"):
                yield Static(Text("\n".join(self._lines())), markup=False)
            yield Static("esc back", classes="keys", markup=False)

    def _lines(self) -> list[str]:
        lines = []
        for outcome in self._outcomes:
            sign, said = ("✖", outcome.failed) if outcome.failed else ("●", outcome.effect.says)
            lines.append(clean(f"{sign} {outcome.effect.target.key.label}  {said}"))
            lines += [clean(f"    {warning}") for warning in outcome.warnings]
        lines += [clean(f"✖ {refusal.target.key.label}  left alone: {refusal.why}") for refusal in self._plan.refusals]
        return lines

    def action_leave(self) -> None:
        self.dismiss(None)


class Choose(Surviving, ModalScreen[str | None]):
    """A choice of one, dismissed with it or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", show=False),
    ]

    def __init__(self, title: str, choices: Sequence[str]) -> None:
        super().__init__()
        self._title = title
        self._choices = list(choices)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = border_text(self._title)
            yield Choices(*(Text(clean(choice)) for choice in self._choices))

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._choices[event.option_index])

    def action_leave(self) -> None:
        self.dismiss(None)
