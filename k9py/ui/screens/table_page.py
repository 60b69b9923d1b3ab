"""Any kind that the server has, as a table that fills the screen."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult

from k9py.session.session import Session
from k9py.ui.screens.page import Page
from k9py.ui.widgets.pane import Place, ResourcePane, title_of
from k9py.ui.widgets.table import ResourceTable


class TablePage(Page):
    """One place."""

    def __init__(self, session: Session, place: Place) -> None:
        super().__init__(session)
        self.place = place

    @property
    def crumb(self) -> str:
        return self.place.scope or title_of(self.place.resource).lower()

    def compose_body(self) -> ComposeResult:
        yield ResourcePane(self.k9py.frames, id="table", classes="pane")

    def on_mount(self) -> None:
        super().on_mount()
        self.table.trail = self.trail
        self.table.focus()
        self.open()

    @property
    def table(self) -> ResourcePane:
        return self.query_one("#table", ResourcePane)

    def open(self, namespace: str | None = None) -> None:
        """Show the place, in another namespace if one is given."""
        assert self.session
        if namespace is not None:
            self.place = Place(self.place.resource, namespace, self.table.filter_text)
        self.table.go(self.session, self.place)

    @on(ResourceTable.Opened)
    def _opened(self, event: ResourceTable.Opened) -> None:
        self.drill(self.table, event.key)
