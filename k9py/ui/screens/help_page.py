"""All keys: those of the row in focus, from the registry of actions, and those that mean the same everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.table import Table
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
            yield Static(self._table())

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column()
        groups = {self._title: [(hint.name, _meaning(hint)) for hint in self._hints]} if self._hints else {}
        for group, keys in {**groups, **GENERAL_KEYS}.items():
            table.add_row(Text(group, "bold"), "")
            for name, meaning in keys:
                table.add_row(Text(f"  {name}", "bold"), Text(meaning))
            table.add_row("", "")
        return table

    def action_leave(self) -> None:
        self.dismiss(None)


def _meaning(hint: KeyHint) -> str:
    return f"{hint.title}  ({clean(hint.greyed)})" if hint.greyed else hint.title
