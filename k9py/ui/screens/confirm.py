"""The confirmation: what will change, the difference that the server has computed, and the same as kubectl commands."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Static

from k9py.actions.action import Option
from k9py.actions.plan import Danger, Plan
from k9py.session.preview import MOST, Forecast
from k9py.ui.screens.dialogs import YesOrNo
from k9py.ui.widgets.eager_input import EagerInput
from k9py.values.difference import DiffLine
from k9py.values.errors import ApiError
from k9py.values.text import clean, pad

ALIKE = 5
"""Differences that are shown: what is the same for several is shown once."""
LONGEST = 400
"""Lines of commands that are shown."""
BAD, WARN, DIM = "$tone-bad", "$tone-warn", "$tone-dim"
_SIGNS = {"-": BAD, "+": "$tone-ok", " ": "", "…": DIM}


@dataclass(frozen=True, slots=True)
class Draft:
    """A Plan that may still change: it is made of the options as they stand. `preview` asks the server what it does.

    `protected` is the name of a protected context: it is to be typed before an act that destroys, and every other one
    starts on No. `may_ask_again` says whether there is a question to go back to.
    """

    plan: Callable[[Mapping[str, str]], Plan]
    options: tuple[Option, ...]
    chosen: Mapping[str, str]
    """How the options stand at first."""
    preview: Callable[[Plan], Awaitable[Sequence[Forecast]]]
    remark: str = ""
    protected: str = ""
    may_ask_again: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes to a Plan; or without one: what it is made of is to be read, or (with a remark) asked for, again."""

    plan: Plan | None = None
    remark: str = ""
    errors: tuple[ApiError, ...] = ()
    """What the server said against it, as it came."""
    chosen: Mapping[str, str] = field(default_factory=dict)
    """How the options stand."""


def initial_choice(option: Option, chosen: Mapping[str, str]) -> str:
    """How an option stands at first: as it was turned before, as far as there is still that choice."""
    before = chosen.get(option.id, "")
    return before if before in option.choices else option.choices[0]


class Confirm(YesOrNo[Decision]):
    """What a Plan will do, to whom, and the kubectl commands that do the same. Nothing is done before `yes`."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "yes", show=False),
        Binding("e", "ask_again", show=False),
        Binding("c", "copy", show=False),
        Binding("down,j", "scroll(1)", show=False),
        Binding("up,k", "scroll(-1)", show=False),
        Binding("pagedown,ctrl+f", "scroll(8)", show=False),
        Binding("pageup,ctrl+b", "scroll(-8)", show=False),
    ]

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._chosen = dict(draft.chosen)
        self._plan = draft.plan(self._chosen)
        self._forecasts: Sequence[Forecast] | None = None
        super().__init__(self._plan.title)
        again = ("e ask again",) if draft.may_ask_again else ()
        self.keys = "   ".join(("y yes", "n no", *again, "c copy the commands", "j k scroll"))

    def compose_body(self) -> ComposeResult:
        with VerticalScroll(classes="plan", can_focus=False):
            if self._draft.remark:
                yield Static(clean(self._draft.remark), classes="remark", markup=False)
            yield Static(classes="targets", markup=False)
            yield Static("what changes", classes="caption", markup=False)
            yield Static(classes="diff", markup=False)
            yield Static("the same with kubectl", classes="caption", markup=False)
            yield Static(classes="commands", markup=False)
        if self._draft.options:
            yield Static(classes="options", markup=False)
        if self._draft.protected:
            with Vertical(classes="name"):
                yield Static(f"type {clean(self._draft.protected)} to go on", classes="caption", markup=False)
                yield EagerInput(compact=True)
        with Horizontal(classes="buttons"):
            yield Button("No", id="no", compact=True)
            yield Button("Yes", id="yes", compact=True, variant="primary", disabled=True)

    def on_mount(self) -> None:
        self._show()
        self._ask_server()

    @property
    def protected(self) -> bool:
        return bool(self._draft.protected)

    @property
    def _wants_name(self) -> bool:
        """Whether the name of the context is to be typed: what an option makes of the Plan counts."""
        return bool(self._draft.protected) and self._plan.danger is Danger.DESTRUCTIVE

    def _show_name(self) -> None:
        """Have the name asked for, or no longer."""
        if self._draft.protected:
            self.query_one(".name").display = self._wants_name
            keys = "⏎ yes, once the name stands there   esc no   tab to the buttons" if self._wants_name else self.keys
            self.query_one(".keys", Static).update(keys)
            if self._wants_name and self.focused is None:
                self.query_one(Input).focus()

    def _show(self) -> None:
        """The Plan as it is now."""
        plan = self._plan
        self._show_name()
        self.query_one(".targets", Static).update(self._targets())
        self.query_one(".commands", Static).update(_commands(plan))
        if self._draft.options:
            self.query_one(".options", Static).update(self._options())
        self._show_forecasts()

    def _ask_server(self) -> None:
        self._forecasts = None
        self._show_forecasts()
        self.run_worker(self._preview(self._plan), group="preview", exclusive=True)

    async def _preview(self, plan: Plan) -> None:
        forecasts = await self._draft.preview(plan)
        if not self.query("#yes"):  # it was answered meanwhile
            return
        if any(forecast.conflict for forecast in forecasts):
            self.dismiss(Decision(chosen=self._chosen))
            return
        self._forecasts = forecasts
        self._show_forecasts()

    def _show_forecasts(self) -> None:
        self.query_one(".diff", Static).update(_tell(self._forecasts, len(self._plan.effects)))
        button = self.query_one("#yes", Button)
        button.disabled = not self._may_go_on
        if self._forecasts is not None and self.focused is None:
            # an act that destroys must be chosen, any other may be confirmed with enter
            starts_on_no = self.protected or self._plan.danger is Danger.DESTRUCTIVE or button.disabled
            self.query_one("#no" if starts_on_no else "#yes", Button).focus()

    @property
    def _may_go_on(self) -> bool:
        """Whether the server has said what it would do, and would do some of it, and the name has been typed."""
        tried = self._forecasts
        if tried is None or not self._plan.effects:
            return False
        would = len(tried) < len(self._plan.effects) or any(not forecast.refused for forecast in tried)
        return would and (not self._wants_name or self.query_one(Input).value.strip() == self._draft.protected)

    def on_key(self, event: events.Key) -> None:
        """The key of an option turns it."""
        if event.time < self._visible_since:
            return
        for option in self._draft.options:
            if option.key == event.key and not isinstance(self.focused, Input):
                event.stop()
                self._turn(option)

    def _turn(self, option: Option) -> None:
        """The next choice of an option."""
        at = option.choices.index(self._chosen[option.id])
        self._chosen[option.id] = option.choices[(at + 1) % len(option.choices)]
        self._plan = self._draft.plan(self._chosen)
        self._show()
        self._ask_server()

    def _targets(self) -> Content:
        plan = self._plan
        width = max((cell_len(effect.target.key.label) for effect in plan.effects), default=0)
        lines = [_line(f"{pad(effect.target.key.label, width)}  {effect.says}") for effect in plan.effects]
        lines += [_line(f"✖ {each.target.key.label}  left alone: {each.why}", BAD) for each in plan.refusals]
        if self._draft.protected:
            lines.append(_line(f"▲ {self._draft.protected} is a protected context", WARN))
        lines += [_line(f"▲ {caution}", WARN) for caution in plan.cautions]
        if plan.lasting:
            lines.append(_line(f"▲ {plan.lasting}", WARN))
        return Content("\n").join(lines)

    def _options(self) -> Content:
        return Content("   ").join(
            _line(f"{option.key} {option.label}: {self._chosen[option.id]}") for option in self._draft.options
        )

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.action_yes() if event.button.id == "yes" else self.action_leave()

    @on(Input.Changed)
    def _typed(self) -> None:
        self._show_forecasts()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.action_yes()

    def action_yes(self) -> None:
        if self._may_go_on:
            self.dismiss(Decision(self._plan, chosen=self._chosen))

    def action_ask_again(self) -> None:
        """Back to the question, with what the server says against the answer."""
        if self._draft.may_ask_again:
            refused = [forecast.refused for forecast in self._forecasts or () if forecast.refused]
            refused += [refusal.why for refusal in self._plan.refusals]
            errors = tuple(forecast.error for forecast in self._forecasts or () if forecast.error)
            self.dismiss(Decision(remark="\n".join(refused) or " ", errors=errors, chosen=self._chosen))

    def action_scroll(self, lines: int) -> None:
        self.query_one(".plan", VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_copy(self) -> None:
        self.app.copy_to_clipboard("\n".join(self._plan.commands))


def _tell(forecasts: Sequence[Forecast] | None, total: int) -> Content:
    """What the server says of the Plan: its refusals and warnings, and what would change."""
    if forecasts is None:
        return Content.styled("asking the server …", DIM)
    lines: list[Content] = []
    alike: dict[tuple[DiffLine, ...], list[str]] = {}
    for forecast in forecasts:
        lines += _remarks(forecast, f"{forecast.effect.target.key.label}: " if total > 1 else "")
        if forecast.diff:
            alike.setdefault(forecast.diff, []).append(forecast.effect.target.key.label)
    for diff, names in list(alike.items())[:ALIKE]:
        if total > 1:
            lines.append(_line(name_some(names), DIM))
        lines += [_line(f"{line.sign} {line.text}", _SIGNS[line.sign]) for line in diff]
    if len(alike) > ALIKE:
        lines.append(_line(f"… and {len(alike) - ALIKE} more differences", DIM))
    if forecasts and not lines:
        lines.append(_line("the server would do it", DIM))
    if total > len(forecasts):
        lines.append(_line(f"the first {MOST} of {total} were tried", DIM))
    return Content("\n").join(lines)


def _remarks(forecast: Forecast, name: str) -> Iterator[Content]:
    if forecast.refused:
        yield _line(f"✖ {name}the server refuses: {forecast.refused}", BAD)
    elif forecast.untried:
        yield _line(f"▲ {name}could not be tried: {forecast.untried}", WARN)
    elif forecast.effect.before is not None and not forecast.diff:
        yield _line(f"{name}nothing: it is so already", DIM)
    for warning in forecast.warnings:
        yield _line(f"▲ {name}{warning}", WARN)


def _commands(plan: Plan) -> Content:
    lines = [line for command in plan.commands for line in command.splitlines()]
    shown = [_line(line) for line in lines[:LONGEST]]
    if len(lines) > LONGEST:
        shown.append(_line(f"… and {len(lines) - LONGEST} more lines; c copies them all", DIM))
    return Content("\n").join(shown)


def name_some(names: Sequence[str]) -> str:
    """`a, b and 7 more`."""
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"


def _line(text: str, style: str = "") -> Content:
    return Content.styled(clean(text), style)
