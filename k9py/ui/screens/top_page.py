"""What uses most: nodes, pods and containers by their CPU, and the course of the one under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult

from k9py.kinds.nodes import Node
from k9py.kinds.pod_budget import Budget
from k9py.kinds.wellknown import CONTAINERS, NODES, PODS
from k9py.session.session import Session
from k9py.store.collection import Unreadable
from k9py.store.order import Sort
from k9py.store.row import Row
from k9py.ui.goto import Goto
from k9py.ui.screens.tabbed_page import TabbedPage
from k9py.ui.widgets.pane import Place, title_of
from k9py.ui.widgets.table import ResourceTable
from k9py.ui.widgets.usage_plot import Course, UsagePlot
from k9py.values.errors import K9pyError
from k9py.values.namespaces import ALL, Namespaces
from k9py.values.quantity import millicores
from k9py.values.resource import Resource

if TYPE_CHECKING:
    from k9py.ui.app import K9pyApp

_USED = ("CPU", "%CPU/R", "%CPU/L", "MEM", "%MEM/R", "%MEM/L")
TABS: tuple[tuple[Resource, tuple[str, ...]], ...] = (
    (NODES, ("NAME", "STATUS", "PODS", "CPU", "%CPU", "MEM", "%MEM")),
    (PODS, ("NAME", *_USED, "NODE")),
    (CONTAINERS, ("POD", "NAME", *_USED)),
)
"""What there is to see, and the columns of each."""
LOW, TALL = 23, 36
"""Lines of the screen below which there is no room for a course, and from which it has more."""


class TopPage(TabbedPage):
    """One table at a time, and under it the course of its row."""

    def __init__(self, session: Session, resource: Resource, namespaces: Namespaces) -> None:
        places = [
            Place(each, namespaces if each.namespaced else ALL, titles=titles, sort=Sort("CPU", True))
            for each, titles in TABS
        ]
        first = next(index for index, place in enumerate(places) if place.resource == resource)
        super().__init__(session, [(title_of(place.resource), place) for place in places], first)

    @property
    def crumb(self) -> str:
        return "top"

    def compose_body(self) -> ComposeResult:
        yield from super().compose_body()
        yield UsagePlot(id="course")

    def on_mount(self) -> None:
        super().on_mount()
        assert self.session
        self._unlisten = self.session.meter.listen(lambda: self.k9py.frames.mark(self._show_course))

    def on_unmount(self) -> None:
        self._unlisten()

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self.k9py.frames.mark(self._show_course)

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.height < LOW, "-low")
        self.set_class(event.size.height >= TALL, "-tall")

    def action_step_tab(self, by: int) -> None:
        super().action_step_tab(by)
        self._show_course()

    @on(ResourceTable.Moved)
    def _show_course(self) -> None:
        """The course of the row under the cursor, as far as it has been measured."""
        if self.session is None or not self.is_attached or self.k9py.page is not self:
            return
        row = self.table.cursor_row
        course = _course_of(self.session, self.place.resource, row) if row else Course()
        self.query_one(UsagePlot).show(course)


def _course_of(session: Session, resource: Resource, row: Row) -> Course:
    key, obj = row.key, row.obj
    points = tuple(session.meter.history(resource, (key.namespace, key.name)))
    if isinstance(obj, Unreadable):
        return Course(key.name, points)
    why = session.meter.why or "nothing has been measured yet"
    if isinstance(obj, Node):
        cpu, memory = millicores(obj.allocatable_cpu), int(obj.allocatable_memory)
        return Course(key.name, points, Budget(cpu, cpu, memory, memory), "of", why)
    return Course(key.name, points, obj.budget, why=why)


async def open_top(app: K9pyApp, goto: Goto) -> None:
    """`:top [nodes|pods|containers] [NAMESPACE]`: pods, unless something else is said."""
    session = app.session
    if session is None:
        raise K9pyError("no cluster", "choose a context first")
    resource, namespaces = PODS, goto.namespaces
    for word in goto.rest:
        found = session.catalog.resolve(word)
        if meant := next((each for each, _ in TABS if found and each.gvr == found.gvr), None):
            resource = meant
        elif namespaces is None:
            namespaces = Namespaces.read(word)
        else:
            raise K9pyError(f"top of {word}?", ":top [nodes, pods or containers] [NAMESPACE]")
    if namespaces is not None:
        await app.use_namespaces(namespaces)
    app.home()
    app.push_screen(TopPage(session, resource, session.namespaces))
