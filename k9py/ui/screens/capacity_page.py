"""The room there is, and what is taken of it: by pods of nodes, namespaces, workloads; of the volumes of claims."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from k9py.kinds.capacity import CAPACITY, WORKLOAD_CAPACITY, What
from k9py.kinds.claims import CLAIMS
from k9py.session.capacity import open_capacity as open_feed
from k9py.session.claims import open_claims
from k9py.session.feed import Feed
from k9py.session.session import Session
from k9py.store.order import Sort
from k9py.ui.goto import Goto
from k9py.ui.screens.tabbed_page import TabbedPage
from k9py.ui.widgets.pane import Place
from k9py.values.errors import K9pyError
from k9py.values.namespaces import ALL, Namespaces

if TYPE_CHECKING:
    from k9py.ui.app import K9pyApp

Tab = What | Literal["volume"]
TABS: tuple[tuple[str, Tab], ...] = (
    ("Nodes", "node"),
    ("Namespaces", "namespace"),
    ("Workloads", "workload"),
    ("Volumes", "volume"),
)
_PODS = ("NAME", "PODS", "CPU", "CPU/REQ", "CPU/LIM", "MEM", "MEM/REQ", "MEM/LIM")
"""Columns of what has no room of its own."""


class CapacityPage(TabbedPage):
    """One table at a time."""

    def __init__(self, session: Session, first: int, namespaces: Namespaces) -> None:
        super().__init__(session, [(title, _place(what, namespaces)) for title, what in TABS], first)

    @property
    def crumb(self) -> str:
        return "capacity"

    def open(self, namespaces: Namespaces | None = None) -> None:
        """Add up the pods of other namespaces, if some are given."""
        if namespaces is not None:
            self._places = [
                replace(_place(what, namespaces), filter=place.filter, sort=place.sort)
                for (_, what), place in zip(TABS, self._places, strict=True)
            ]
        super().open()


def _feed(what: What, namespaces: Namespaces) -> Callable[[Session], Feed]:
    return lambda session: open_feed(session, what, namespaces)


def _place(what: Tab, namespaces: Namespaces) -> Place:
    if what == "volume":
        return Place(
            CLAIMS, namespaces, feed=lambda session: open_claims(session, namespaces), sort=Sort("%USED", True)
        )
    if what == "node":
        return Place(CAPACITY, ALL, scope="of nodes", feed=_feed(what, ALL), sort=Sort("NAME"))
    resource, where = (WORKLOAD_CAPACITY, namespaces) if what == "workload" else (CAPACITY, ALL)
    scope = "of workloads" if what == "workload" else f"of namespaces · {namespaces.title}"
    return Place(resource, where, scope=scope, feed=_feed(what, namespaces), titles=_PODS, sort=Sort("CPU/REQ", True))


async def open_capacity(app: K9pyApp, goto: Goto) -> None:
    """`:capacity [nodes|namespaces|workloads|volumes] [-n NAMESPACE]`."""
    session = app.session
    if session is None:
        raise K9pyError("no cluster", "choose a context first")
    first = _read(goto.rest)
    if goto.namespaces is not None:
        await app.use_namespaces(goto.namespaces)
    app.home()
    app.push_screen(CapacityPage(session, first, session.namespaces))


def _read(words: Sequence[str]) -> int:
    titles = [title.lower() for title, _ in TABS]
    found = [place for place, title in enumerate(titles) if words and title.startswith(words[0].lower())]
    if words and (len(found) != 1 or len(words) > 1):
        cure = ", ".join(f":capacity {title}" for title in titles)
        raise K9pyError(f"capacity of {' '.join(words)}?", cure)
    return found[0] if found else 0
