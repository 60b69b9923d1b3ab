"""All keys: those of the row in focus, from the registry of actions, and those that mean the same everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from k9py.ui.keys import GENERAL_KEYS
from k9py.ui.surviving import Surviving
from k9py.ui.widgets.key_bar import KeyHint
from k9py.values.text import clean


class HelpPage(Surviving, ModalScreen[None]):
    """Two groups of keys, scrollable."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark", "leave", show=False)]

    def __init__(self, title: str, hints: Sequence[KeyHint]) -> None:
        super().__init__()
        self._title = title
        self._hints = hints

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog help") as box:
            box.border_title = "Help"
            yield Static(self._text(), markup=False)

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    def _text(self) -> Text:
        text = Text()
        if self._hints:
            text.append(f"{self._title}\n", "bold")
            for hint in self._hints:
                reason = f"  ({clean(hint.greyed)})" if hint.greyed else ""
                text.append(f"  {hint.name:<14}", "bold").append(f"{hint.title}{reason}\n")
        for group, keys in GENERAL_KEYS.items():
            text.append(f"\n{group}\n", "bold")
            for name, meaning in keys:
                text.append(f"  {name:<14}", "bold").append(f"{meaning}\n")
        return text

    def action_leave(self) -> None:
        self.dismiss(None)
