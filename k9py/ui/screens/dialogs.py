"""Small screens above the page: a question, a confirmation, the outcomes, a choice."""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Sequence
from typing import ClassVar, TypeVar

from rich.console import RenderableType
from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from k9py.actions.action import Question
from k9py.actions.plan import Effect, Plan
from k9py.session.job import Outcome
from k9py.ui.painting import border_text
from k9py.ui.surviving import Surviving
from k9py.ui.widgets.choices import Choices
from k9py.ui.widgets.eager_input import EagerInput
from k9py.values.text import clean

Answer = TypeVar("Answer")


class Dialog(Surviving, ModalScreen[Answer | None]):
    """A box with a title, a body and a line of keys. Escape leaves it, with no answer."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]
    keys = "esc back"
    """What its last line says."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title
        self._answered = False

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Leave with an answer, once: a second key or click would take the page below away."""
        if self._answered:
            return AwaitComplete()
        self._answered = True
        return super().dismiss(result)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = border_text(self._title)
            yield from self.compose_body()
            yield Static(self.keys, classes="keys", markup=False)

    def on_mount(self) -> None:
        self.set_class(self.protected, "-protected")

    @property
    def protected(self) -> bool:
        """Whether it is about a protected context: that of the page below, unless it knows better."""
        return any(screen.has_class("-protected") for screen in self.app.screen_stack[-2:-1])

    def compose_body(self) -> ComposeResult:
        """What stands between the title and the keys."""
        yield from ()

    def action_leave(self) -> None:
        self.dismiss(None)


class Careful(Dialog[Answer]):
    """A dialog that a key answers: one that was pressed before it could be seen answers nothing."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self._visible_since = math.inf

    def render(self) -> RenderableType:
        """Paint; from now on the dialog can be seen."""
        self._visible_since = min(self._visible_since, time.monotonic())
        return super().render()

    def on_key(self, event: events.Key) -> None:
        if event.time < self._visible_since:
            event.stop()
            event.prevent_default()


class YesOrNo(Careful[Answer]):
    """A dialog with two buttons, one of which leaves it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "leave", show=False),
        Binding("left,right,h,l", "other", show=False),
    ]

    def action_other(self) -> None:
        self.focus_next()


class Sure(YesOrNo[bool]):
    """A plain question: `no` has the focus, and leaving it is no. `guards`: it is about a protected context."""

    AUTO_FOCUS = "#no"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "yes", show=False), Binding("q", "leave", show=False)]

    def __init__(
        self, title: str, lines: Sequence[str], no: str = "No", yes: str = "Yes", *, guards: bool = False
    ) -> None:
        super().__init__(title)
        self._lines, self._no, self._yes, self._guards = lines, no, yes, guards
        self.keys = f"y {yes.lower()}   n {no.lower()}"

    def compose_body(self) -> ComposeResult:
        with VerticalScroll(classes="plan", can_focus=False):
            yield Static("\n".join(map(clean, self._lines)), markup=False)
        with Horizontal(classes="buttons"):
            yield Button(self._no, id="no", compact=True)
            yield Button(self._yes, id="yes", compact=True)

    @property
    def protected(self) -> bool:
        return self._guards

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")

    def action_yes(self) -> None:
        self.dismiss(True)


class Ask(Dialog[str]):
    """One line to be answered."""

    keys = "⏎ go on   esc leave"

    def __init__(self, question: Question, remark: str = "") -> None:
        super().__init__(question.title)
        self._question = question
        self._remark = remark

    def compose_body(self) -> ComposeResult:
        if self._remark.strip():
            yield Static(clean(self._remark), classes="remark", markup=False)
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


class Notice(Dialog[None]):
    """Something that must be read in full."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,q", "leave", show=False)]

    def __init__(self, title: str, lines: Sequence[str]) -> None:
        super().__init__(title)
        self._lines = lines

    def compose_body(self) -> ComposeResult:
        with VerticalScroll(classes="plan"):
            yield Static(Text("\n\n".join(map(clean, self._lines))), markup=False)


class Outcomes(Dialog[None]):
    """What became of each target, and the kubectl commands that do the same. `remaining` is what is still to come."""

    keys = "esc back   j k scroll   c copy the commands"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,q", "leave", show=False),
        Binding("c", "copy", show=False),
        Binding("down,j", "scroll(1)", show=False),
        Binding("up,k", "scroll(-1)", show=False),
        Binding("pagedown,ctrl+f", "scroll(8)", show=False),
        Binding("pageup,ctrl+b", "scroll(-8)", show=False),
    ]

    def __init__(self, plan: Plan, outcomes: Sequence[Outcome], remaining: Sequence[Effect] = ()) -> None:
        super().__init__(plan.title)
        self._plan = plan
        self._outcomes = list(outcomes)
        self._remaining = remaining

    def compose_body(self) -> ComposeResult:
        with VerticalScroll(classes="plan"):
            yield Static(Text("\n".join(self._lines())), markup=False)
            if self._plan.commands:
                yield Static("the same with kubectl", classes="caption", markup=False)
                commands = [clean(line) for command in self._plan.commands for line in command.splitlines()]
                yield Static(Text("\n".join(commands)), classes="commands", markup=False)

    def _lines(self) -> list[str]:
        lines = []
        for outcome in self._outcomes:
            sign, said = ("✖", outcome.failed) if outcome.failed else ("●", outcome.answered or outcome.effect.says)
            lines.append(clean(f"{sign} {outcome.effect.target.key.label}  {said}"))
            lines += [clean(f"    {warning}") for warning in outcome.warnings]
        lines += [clean(f"◐ {effect.target.key.label}  {effect.says}: not yet") for effect in self._remaining]
        lines += [clean(f"✖ {refusal.target.key.label}  left alone: {refusal.why}") for refusal in self._plan.refusals]
        return lines

    def action_scroll(self, lines: int) -> None:
        self.query_one(".plan", VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_copy(self) -> None:
        self.app.copy_to_clipboard("\n".join(self._plan.commands))


class Choose(Dialog[str]):
    """A choice of one."""

    keys = "⏎ choose   esc leave"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "leave", show=False)]

    def __init__(self, title: str, choices: Sequence[str], initial: str = "", barred: Collection[str] = ()) -> None:
        super().__init__(title)
        self._choices = list(choices)
        self._initial = initial
        self._barred = barred

    def compose_body(self) -> ComposeResult:
        yield Choices(*(Option(Text(clean(each)), disabled=each in self._barred) for each in self._choices))

    def on_mount(self) -> None:
        if self._initial in self._choices:
            self.query_one(Choices).highlighted = self._choices.index(self._initial)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._choices[event.option_index])
