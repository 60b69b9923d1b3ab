"""The line where commands (`:`) and filters (`/`) are typed, with suggestions above it while typing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Input, Static

from k9py.ui.surviving import Surviving
from k9py.ui.widgets.eager_input import EagerInput
from k9py.ui.widgets.key_bar import KeyHint
from k9py.values.text import clean

SHOWN = 8
"""Suggestions shown at a time."""


class PromptInput(EagerInput):
    """The text. Enter and escape are handled as soon as they come, and what is typed after them is not its own."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+u", "clear", show=False)]

    def __init__(self, prompt: Prompt) -> None:
        super().__init__(id="typed", select_on_focus=False)
        self._prompt = prompt

    def on_key(self, event: events.Key) -> None:
        """Keys that come in one burst wait here, in order: those after enter go back to the app, for what is next."""
        prompt = self._prompt
        if not prompt.is_open:
            self.app.post_message(events.Key(event.key, event.character))
        elif event.key == "enter":
            prompt.enter()
        elif event.key == "escape":
            prompt.leave()
        elif event.key == "right" and self.cursor_position == len(self.value):
            prompt.action_accept()
        else:
            return
        event.stop()
        event.prevent_default()

    def action_clear(self) -> None:
        self.value = ""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What the prompt is opened for. It is tried out as it is typed, and entered when that has nothing against it."""

    mark: str
    text: str = ""
    suggest: Callable[[str], Sequence[str]] = lambda text: ()
    """Words that could be meant by a text."""
    attempt: Callable[[str], str] = lambda text: ""
    """Tries a text out; the reason why it will not do, or the empty string. Escape tries out the empty text."""
    enter: Callable[[str], None] = lambda text: None


class Prompt(Surviving, Vertical):
    """Hidden until asked for. It knows nothing of commands and filters."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "accept", show=False, priority=True),
        Binding("down", "step(1)", show=False, priority=True),
        Binding("up", "step(-1)", show=False, priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._inquiry = Inquiry(":")
        self._typed = PromptInput(self)
        self._give_back: Widget | None = None
        self._offered: list[str] = []
        self._offered_for = ""
        self._chosen = -1

    def compose(self) -> ComposeResult:
        yield Static(id="suggestions", markup=False)
        with Horizontal(id="line"):
            yield Static(id="mark", markup=False)
            yield self._typed
        yield Static(id="complaint", markup=False)

    def hints(self) -> tuple[KeyHint, ...]:
        """What its keys do, for the last line."""
        if self._inquiry.mark == "/":
            return (KeyHint("enter", "Keep"), KeyHint("escape", "Show all"))
        return (KeyHint("enter", "Go"), KeyHint("tab", "Take"), KeyHint("↑↓", "Choose"), KeyHint("escape", "Leave"))

    def open(self, inquiry: Inquiry) -> None:
        """Show it, and take the keys from here on."""
        self._inquiry = inquiry
        self._give_back = self.screen.focused
        self.query_one("#mark", Static).update(inquiry.mark)
        self._complain("")
        self.add_class("-open")
        self._typed.value = inquiry.text
        self._typed.cursor_position = len(inquiry.text)
        self.screen.set_focus(self._typed)  # at once: the next key may be there already
        self._offer(inquiry.text)

    @property
    def is_open(self) -> bool:
        return self.has_class("-open")

    def enter(self) -> None:
        """Take what is chosen or typed, unless it will not do."""
        text = self._typed.value
        if self._chosen >= 0 and self._offered_for == text:
            text = self._offered[self._chosen]
        complaint = self._inquiry.attempt(text)
        self._complain(complaint)
        if not complaint:
            self._close()
            self._inquiry.enter(text)

    def leave(self) -> None:
        """Close it, and take back what was tried out."""
        self._close()
        self._inquiry.attempt("")

    def _close(self) -> None:
        self.remove_class("-open")
        self.screen.set_focus(self._give_back)

    def _complain(self, line: str) -> None:
        """Say below the text why it will not do; the empty string takes that back."""
        complaint = self.query_one("#complaint", Static)
        complaint.update(line)
        complaint.display = bool(line)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.is_open and event.value == self._typed.value:
            self._offer(event.value)
            self._complain(self._inquiry.attempt(event.value))

    def action_step(self, by: int) -> None:
        if self._offered:
            before = self._chosen if self._chosen >= 0 or by > 0 else 0
            self._chosen = (before + by) % len(self._offered)
            self._show()

    def action_accept(self) -> None:
        if self._offered:
            self._typed.value = self._offered[max(self._chosen, 0)] + " "
            self._typed.cursor_position = len(self._typed.value)

    def _offer(self, text: str) -> None:
        self._offered = list(self._inquiry.suggest(text))[:SHOWN]
        self._offered_for = text
        self._chosen = -1
        self._show()

    def _show(self) -> None:
        line = Text(no_wrap=True, overflow="ellipsis")
        for place, word in enumerate(self._offered):
            line.append(f" {clean(word)} ", style="reverse" if place == self._chosen else "")
        suggestions = self.query_one("#suggestions", Static)
        suggestions.update(line)
        suggestions.display = bool(self._offered)
