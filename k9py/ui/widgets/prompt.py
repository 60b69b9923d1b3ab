"""The line where commands (`:`) and filters (`/`) are typed, with suggestions above it while typing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static

SHOWN = 8
"""Suggestions shown at a time."""


class PromptInput(Input):
    """A line of text that stays as it was typed: no selection on focus, and up and down belong to the suggestions."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+u", "clear", show=False),
    ]

    def action_clear(self) -> None:
        self.value = ""


class Prompt(Vertical):
    """Hidden until asked for. It knows nothing of commands: it offers, and says what was entered."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("tab", "accept", show=False, priority=True),
        Binding("down", "step(1)", show=False, priority=True),
        Binding("up", "step(-1)", show=False, priority=True),
    ]

    @dataclass
    class Typed(Message):
        """The text changed."""

        mark: str
        text: str

    @dataclass
    class Entered(Message):
        """Enter was pressed. `text` is the chosen suggestion, or what was typed."""

        mark: str
        text: str

    @dataclass
    class Left(Message):
        """Escape was pressed."""

        mark: str

    def __init__(self) -> None:
        super().__init__()
        self.mark = ":"
        self._suggest: Callable[[str], Sequence[str]] = lambda text: ()
        self._offered: list[str] = []
        self._chosen = -1

    def compose(self) -> ComposeResult:
        yield Static(id="suggestions", markup=False)
        with Horizontal(id="line"):
            yield Static(id="mark", markup=False)
            yield PromptInput(id="typed", select_on_focus=False)
        yield Static(id="complaint", markup=False)

    def open(self, mark: str, text: str, suggest: Callable[[str], Sequence[str]]) -> None:
        """Show it, with a mark (`:` or `/`), a text to begin with, and what offers suggestions for a text."""
        self.mark, self._suggest = mark, suggest
        self.query_one("#mark", Static).update(mark)
        self.complain("")
        self.add_class("-open")
        typed = self.query_one(PromptInput)
        typed.value = text
        typed.cursor_position = len(text)
        self.screen.set_focus(typed)  # at once: the next key may be there already
        self._offer(text)

    def close(self) -> None:
        self.remove_class("-open")

    @property
    def is_open(self) -> bool:
        return self.has_class("-open")

    def complain(self, line: str) -> None:
        """Say below the text why it will not do; the empty string takes that back."""
        complaint = self.query_one("#complaint", Static)
        complaint.update(line)
        complaint.display = bool(line)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.is_open:
            self._offer(event.value)
            self.post_message(self.Typed(self.mark, event.value))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        chosen = self._offered[self._chosen] if self._chosen >= 0 else event.value
        self.post_message(self.Entered(self.mark, chosen))

    def action_leave(self) -> None:
        self.post_message(self.Left(self.mark))

    def action_step(self, by: int) -> None:
        if self._offered:
            self._chosen = (self._chosen + by) % len(self._offered)
            self._show()

    def action_accept(self) -> None:
        if self._offered:
            typed = self.query_one(PromptInput)
            typed.value = self._offered[max(self._chosen, 0)] + " "
            typed.cursor_position = len(typed.value)

    def _offer(self, text: str) -> None:
        self._offered = list(self._suggest(text))[:SHOWN]
        self._chosen = -1
        self._show()

    def _show(self) -> None:
        line = Text(no_wrap=True, overflow="ellipsis")
        for place, word in enumerate(self._offered):
            line.append(f" {word} ", style="reverse" if place == self._chosen else "")
        suggestions = self.query_one("#suggestions", Static)
        suggestions.update(line)
        suggestions.display = bool(self._offered)
