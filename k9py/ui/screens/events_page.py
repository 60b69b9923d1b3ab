"""Events of a namespace, or of one object and what it owns: live, the newest first, those that repeat folded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from textual import work
from textual.binding import Binding, BindingType

from k9py.actions.plan import Target
from k9py.kinds.events import Event
from k9py.session.descendants import Descendants
from k9py.session.events import FoldedEvents
from k9py.session.feed import Feed
from k9py.session.session import Session
from k9py.ui.screens.table_page import TablePage
from k9py.ui.widgets.key_bar import KeyHint
from k9py.ui.widgets.pane import Place
from k9py.values.namespaces import Namespaces
from k9py.values.resource import Resource


class EventsPage(TablePage):
    """A table of events; `f` folds and unfolds it, `a` adds those of all that the object owns."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "fold", "Fold", show=False),
        Binding("a", "owned", "With what it owns", show=False),
    ]

    def __init__(self, session: Session, place: Place, about: Target | None = None, *, together: bool = False) -> None:
        super().__init__(session, place, together)
        self._about = about
        self._folded = True
        self._owned: Descendants | None = None
        self._uids: frozenset[str] = frozenset()

    @property
    def crumb(self) -> str:
        return f"events {self._about.key.name}" if self._about else super().crumb

    def on_unmount(self) -> None:
        if self._owned:
            self._owned.close()

    def open(self, namespaces: Namespaces | None = None) -> None:
        """In another namespace there are others: of all objects there."""
        if namespaces is not None:
            self._forget_owned()
            self._about = None
            self.place = Place(self.place.resource, namespaces)
        self._apply()

    def _apply(self) -> None:
        """Show what is asked for: folded or not, of the object or with all that it owns."""
        assert self.session
        self.place = replace(self.place, feed=self._open_folded if self._folded else None)
        if self._about:
            self.place = replace(self.place, scope=self._scope, keep=keeps(self._about, self._uids))
        text = self.table.filter_text or self.place.filter
        self.table.go(self.session, replace(self.place, filter=text))
        self.spread()
        self.paint_chrome_soon()

    def _open_folded(self, session: Session) -> Feed:
        resource = session.offers.served(self.place.resource)
        return FoldedEvents(session.open_all(resource, self.place.namespaces)).hold()

    @property
    def _scope(self) -> str:
        assert self._about
        more = " and what it owns" if self._owned else ""
        return f"{self._about.resource.kind.lower()} {self._about.key.name}{more}"

    def hints(self) -> Sequence[KeyHint]:
        if self.typing:
            return super().hints()
        owned = (KeyHint("a", "Its own only" if self._owned else "With what it owns"),) if self._about else ()
        return (KeyHint("f", "Unfold" if self._folded else "Fold"), *owned, *super().hints())

    def action_fold(self) -> None:
        self._folded = not self._folded
        self._apply()

    @work(group="owned")
    async def action_owned(self) -> None:
        if self._about is None:
            return
        if self._owned:
            self._forget_owned()
            self._narrow(self._about)
        else:
            assert self.session
            self._owned = Descendants(self.session, self._about.uid, lambda: self.k9py.frames.mark(self._widen))
            await self._owned.open(self._about.key.namespace)

    def _forget_owned(self) -> None:
        if self._owned:
            self._owned.close()
        self._owned, self._uids = None, frozenset()

    def _widen(self) -> None:
        """What it owns may be something else now."""
        if not self._owned or not self._about or not self.is_attached:
            return
        uids = self._owned.uids()
        if uids != self._uids:
            self._uids = uids
            self._narrow(self._about)

    def _narrow(self, about: Target) -> None:
        self.table.narrow(self._scope, keeps(about, self._uids))
        self.paint_chrome_soon()


def events_of(resource: Resource, about: Target) -> Place:
    """Where the events of an object are: those of what has no namespace are in `default`."""
    return Place(
        resource, Namespaces.of(about.key.namespace or "default"), "", about.key.name, keeps(about, frozenset())
    )


def keeps(about: Target, owned: frozenset[str]) -> Callable[[Any], bool]:
    """Whether an event is about an object, or about something of these uids.

    A kubelet writes a node's name where its uid belongs, so what has no namespace is known by kind and name.
    """
    kind, namespace, name, uid = about.resource.kind, about.key.namespace, about.key.name, about.uid

    def keep(event: Event) -> bool:
        told = event.about
        if told.uid in owned:
            return True
        same = told.kind == kind and told.name == name and told.namespace == namespace
        return same and (not namespace or told.uid in ("", uid))

    return keep
