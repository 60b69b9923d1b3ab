"""Small screens above the page: a question, a confirmation, the outcomes, a choice."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import ClassVar, TypeVar

from rich.cells import cell_len
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
from k9py.ui.widgets.eager_input import EagerInput
from k9py.values.text import clean, pad

Answer = TypeVar("Answer")


class Dialog(Surviving, ModalScreen[Answer | None]):
    """A box with a title, a body and a line of keys. Escape leaves it, with no answer."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]
    KEYS = "esc back"

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = border_text(self._title)
            yield from self.compose_body()
            yield Static(self.KEYS, classes="keys", markup=False)

    def compose_body(self) -> ComposeResult:
        """What stands between the title and the keys."""
        yield from ()

    def action_leave(self) -> None:
        self.dismiss(None)


class Ask(Dialog[str]):
    """One line to be answered."""

    KEYS = "⏎ go on   esc leave"

    def __init__(self, question: Question) -> None:
        super().__init__(question.title)
        self._question = question

    def compose_body(self) -> ComposeResult:
        yield Static(clean(self._question.label), markup=False)
        yield EagerInput(self._question.initial, compact=True)
        yield Static("", classes="complaint", markup=False)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        self.query_one(".complaint", Static).update(self._question.check(event.value))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if not self._question.check(event.value):
            self.dismiss(event.value)


class Confirm(Dialog[bool]):
    """What a Plan will do, to whom, and the kubectl commands that do the same. Nothing is done before `yes`."""

    KEYS = "y yes   n no   c copy the commands   j k scroll"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "answer(False)", show=False),
        Binding("y", "answer(True)", show=False),
        Binding("c", "copy", show=False),
        Binding("left,right,h,l", "other", show=False),
        Binding("down,j", "scroll(1)", show=False),
        Binding("up,k", "scroll(-1)", show=False),
        Binding("pagedown,ctrl+f", "scroll(8)", show=False),
        Binding("pageup,ctrl+b", "scroll(-8)", show=False),
    ]

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan.title)
        self._plan = plan
        self._visible_since = math.inf

    def compose_body(self) -> ComposeResult:
        with VerticalScroll(classes="plan", can_focus=False):
            yield Static(self._targets(), markup=False)
            yield Static("the same with kubectl", classes="caption", markup=False)
            yield Static("\n".join(clean(line) for line in self._plan.commands), classes="commands", markup=False)
        with Horizontal(classes="buttons"):
            yield Button("No", id="no", compact=True)
            yield Button("Yes", id="yes", compact=True, variant="primary")

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
        width = max((cell_len(effect.target.key.label) for effect in self._plan.effects), default=0)
        lines = [f"{pad(effect.target.key.label, width)}  {effect.says}" for effect in self._plan.effects]
        lines += [f"✖ {refusal.target.key.label}  left alone: {refusal.why}" for refusal in self._plan.refusals]
        return Text("\n".join(clean(line) for line in lines))

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")

    def action_answer(self, yes: bool) -> None:
        self.dismiss(yes)

    def action_other(self) -> None:
        self.focus_next()

    def action_scroll(self, lines: int) -> None:
        self.query_one(".plan", VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_copy(self) -> None:
        self.app.copy_to_clipboard("\n".join(self._plan.commands))


class Outcomes(Dialog[None]):
    """What became of each target."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,q", "leave", show=False)]

    def __init__(self, plan: Plan, outcomes: Sequence[Outcome]) -> None:
        super().__init__(plan.title)
        self._plan = plan
        self._outcomes = outcomes

    def compose_body(self) -> ComposeResult:
        with VerticalScroll(classes="plan"):
            yield Static(Text("\n".join(self._lines())), markup=False)

    def _lines(self) -> list[str]:
        lines = []
        for outcome in self._outcomes:
            sign, said = ("✖", outcome.failed) if outcome.failed else ("●", outcome.effect.says)
            lines.append(clean(f"{sign} {outcome.effect.target.key.label}  {said}"))
            lines += [clean(f"    {warning}") for warning in outcome.warnings]
        lines += [clean(f"✖ {refusal.target.key.label}  left alone: {refusal.why}") for refusal in self._plan.refusals]
        return lines


class Choose(Dialog[str]):
    """A choice of one."""

    KEYS = "⏎ choose   esc leave"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "leave", show=False)]

    def __init__(self, title: str, choices: Sequence[str]) -> None:
        super().__init__(title)
        self._choices = list(choices)

    def compose_body(self) -> ComposeResult:
        yield Choices(*(Text(clean(choice)) for choice in self._choices))

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._choices[event.option_index])
