"""Any kind that the server has, as a table that fills the screen."""

from __future__ import annotations

import asyncio

from textual import on
from textual.app import ComposeResult
from textual.widget import Widget

from k9py.session.session import Session
from k9py.ui.screens.page import Page
from k9py.ui.widgets.pane import Place, ResourcePane, title_of
from k9py.ui.widgets.table import ResourceTable
from k9py.values.errors import K9pyError
from k9py.values.namespaces import Namespaces

RETRY = 10.0
"""Seconds after which a server that could not tell whether it has a kind is asked again."""


class TablePage(Page):
    """One place."""

    def __init__(self, session: Session, place: Place, together: bool = False) -> None:
        super().__init__(session)
        self.place = place
        self._together = together
        """Whether the contexts beside the one in use are shown, too: what is opened from a row is of its own."""
        self._joining: set[str] = set()

    @property
    def crumb(self) -> str:
        return self.place.scope or title_of(self.place.resource).lower()

    def compose_body(self) -> ComposeResult:
        yield ResourcePane(self.k9py.frames, id="table", classes="pane")

    def on_mount(self) -> None:
        super().on_mount()
        own = self.session is self.k9py.session or self.session is None
        self.table.trail = self.trail if own or not self.session else f"{self.session.context.name} › {self.trail}"
        self.first.focus()
        self.open()

    @property
    def first(self) -> Widget:
        """What has the focus when it opens."""
        return self.table

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
        self.spread()

    def spread(self) -> None:
        """Show the contexts that are beside the one in use now, and no others."""
        if not self._together or not self.query("#table") or not self.table.contexts:
            return
        companions = self.k9py.beside.companions
        for name in set(self.table.contexts[1:]) - companions.keys():
            self.table.part(name)
        lacking = {name: why for name, why in self.table.lacking.items() if name in companions}
        self.table.lacking = lacking | {each.name: each.trouble for each in companions.values() if not each.session}
        for each in companions.values():
            if each.session and each.name not in self._joining and each.name not in self.table.contexts:
                self._joining.add(each.name)  # before the worker begins: it is asked for more than once in a moment
                self.run_worker(self._join(each.session), group="join")

    async def _join(self, session: Session) -> None:
        """Take in the rows of a context as soon as it is known what its server calls the kind."""
        name, resource = session.context.name, self.place.resource
        self.table.lacking[name] = "asking what it offers"
        try:
            found, why = await session.find(resource.gvr.full_name), f"it serves no {resource.gvr.plural}"
        except K9pyError as error:
            found, why = None, error.line
        self.table.lacking[name] = why
        if found is None:
            await asyncio.sleep(RETRY)
        elif name in self.k9py.beside.companions:
            del self.table.lacking[name]
            self.table.join(session, found)
        self._joining.discard(name)
        self.spread()

    @on(ResourceTable.Opened)
    def _opened(self, event: ResourceTable.Opened) -> None:
        self.drill(self.table, event.key)


def table_page(session: Session, place: Place, together: bool = False) -> TablePage:
    """The page that a place is shown on: events have one of their own, imported when it is first opened."""
    if place.resource.gvr.full_name in ("events", "events.events.k8s.io"):
        from k9py.ui.screens.events_page import EventsPage

        return EventsPage(session, place, together=together)
    return TablePage(session, place, together)
