"""What uses most: nodes, pods and containers by their CPU, and the course of the one under the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from k9py.kinds.nodes import Node
from k9py.kinds.pod_budget import Budget
from k9py.kinds.wellknown import CONTAINERS, NODES, PODS
from k9py.session.session import Session
from k9py.store.collection import Unreadable
from k9py.store.order import Sort
from k9py.store.row import Row
from k9py.ui.goto import Goto
from k9py.ui.screens.table_page import TablePage
from k9py.ui.widgets.key_bar import KeyHint
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


class TopPage(TablePage):
    """One table at a time, and under it the course of its row; tab shows the next table."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "step_tab(1)", "Next table", show=False, priority=True),
        Binding("shift+tab", "step_tab(-1)", "Table before", show=False, priority=True),
    ]

    def __init__(self, session: Session, resource: Resource, namespaces: Namespaces) -> None:
        self._tab = next(index for index, (each, _) in enumerate(TABS) if each == resource)
        self._places = [
            Place(each, namespaces if each.namespaced else ALL, titles=titles, sort=Sort("CPU", True))
            for each, titles in TABS
        ]
        super().__init__(session, self._places[self._tab])

    @property
    def crumb(self) -> str:
        return "top"

    def compose_body(self) -> ComposeResult:
        yield Static(id="tabs", markup=False)
        yield from super().compose_body()
        yield UsagePlot(id="course")

    def on_mount(self) -> None:
        super().on_mount()
        assert self.session
        self._unlisten = self.session.meter.listen(lambda: self.k9py.frames.mark(self._show_course))
        self._show_tabs()

    def on_unmount(self) -> None:
        self._unlisten()

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self.k9py.frames.mark(self._show_course)

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.height < LOW, "-low")
        self.set_class(event.size.height >= TALL, "-tall")

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
        self._tab = (self._tab + by) % len(TABS)
        self.open()
        self._show_tabs()
        self._show_course()
        self.paint_chrome_soon()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In the prompt, tab takes a suggestion."""
        return super().check_action(action, parameters) and not (action == "step_tab" and self.typing)

    def hints(self) -> Sequence[KeyHint]:
        if self.typing:
            return super().hints()
        return (KeyHint("tab", title_of(TABS[(self._tab + 1) % len(TABS)][0])), *super().hints())

    def _show_tabs(self) -> None:
        titles = [title_of(resource) for resource, _ in TABS]
        words = [f"[{title}]" if index == self._tab else f" {title} " for index, title in enumerate(titles)]
        self.query_one("#tabs", Static).update(" ".join(words))

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
