"""Several tables of which one is shown at a time, under a line that names them all: tab shows the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from k9py.session.session import Session
from k9py.ui.screens.table_page import TablePage
from k9py.ui.widgets.key_bar import KeyHint
from k9py.ui.widgets.pane import Place
from k9py.values.namespaces import Namespaces


class TabbedPage(TablePage):
    """Each table keeps its filter and its order while another is shown."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "step_tab(1)", "Next table", show=False, priority=True),
        Binding("shift+tab", "step_tab(-1)", "Table before", show=False, priority=True),
    ]

    def __init__(self, session: Session, tabs: Sequence[tuple[str, Place]], first: int) -> None:
        self._titles = [title for title, _ in tabs]
        self._places = [place for _, place in tabs]
        self._tab = first
        super().__init__(session, self._places[first])

    def compose_body(self) -> ComposeResult:
        yield Static(id="tabs", markup=False)
        yield from super().compose_body()

    def on_mount(self) -> None:
        super().on_mount()
        self._show_tabs()

    def open(self, namespaces: Namespaces | None = None) -> None:
        """Show the table, in other namespaces if some are given: all that have namespaces are."""
        assert self.session
        if namespaces is not None:
            self._keep()
            self._places = [
                replace(place, namespaces=namespaces) if place.resource.namespaced else place for place in self._places
            ]
        self.place = self._places[self._tab]
        self.table.go(self.session, self.place)

    def _keep(self) -> None:
        """What a person has made of the table, for when they come back to it."""
        sort = self.table.place.sort if self.table.place else None
        self._places[self._tab] = replace(self.place, filter=self.table.filter_text, sort=sort)

    def action_step_tab(self, by: int) -> None:
        self._keep()
        self._tab = (self._tab + by) % len(self._places)
        self.open()
        self._show_tabs()
        self.paint_chrome_soon()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In the prompt, tab takes a suggestion."""
        return super().check_action(action, parameters) and not (action == "step_tab" and self.typing)

    def hints(self) -> Sequence[KeyHint]:
        if self.typing:
            return super().hints()
        return (KeyHint("tab", self._titles[(self._tab + 1) % len(self._titles)]), *super().hints())

    def _show_tabs(self) -> None:
        words = [f"[{title}]" if index == self._tab else f" {title} " for index, title in enumerate(self._titles)]
        self.query_one("#tabs", Static).update(" ".join(words))
