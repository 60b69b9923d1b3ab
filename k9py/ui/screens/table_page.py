"""Any kind that the server has, as a table that fills the screen."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult

from k9py.session.session import Session
from k9py.ui.screens.page import Page
from k9py.ui.widgets.pane import Place, ResourcePane, title_of
from k9py.ui.widgets.table import ResourceTable
from k9py.values.namespaces import Namespaces


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

    def open(self, namespaces: Namespaces | None = None) -> None:
        """Show the place, in other namespaces if some are given."""
        assert self.session
        if namespaces is not None:
            kept, columns = self.table.filter_text, self.place.columns
            self.place = Place(self.place.resource, namespaces, kept, columns=columns)
        self.table.go(self.session, self.place)

    @on(ResourceTable.Opened)
    def _opened(self, event: ResourceTable.Opened) -> None:
        self.drill(self.table, event.key)


def table_page(session: Session, place: Place) -> TablePage:
    """The page that a place is shown on: events have one of their own, imported when it is first opened."""
    if place.resource.gvr.full_name in ("events", "events.events.k8s.io"):
        from k9py.ui.screens.events_page import EventsPage

        return EventsPage(session, place)
    return TablePage(session, place)
