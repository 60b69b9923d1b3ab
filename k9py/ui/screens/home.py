"""The first page: nodes, deployments, pods and the log of the pod under the cursor, linked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import Static

from k9py.kinds.wellknown import DEPLOYMENTS, NODES, PODS
from k9py.session.session import Session
from k9py.store.collection import Unreadable
from k9py.ui.screens.log_page import LogPage
from k9py.ui.screens.page import Page
from k9py.ui.widgets.log_pane import LogPane
from k9py.ui.widgets.pane import Place, ResourcePane
from k9py.ui.widgets.table import ResourceTable
from k9py.values.log import LogWish, PodLogs
from k9py.values.namespaces import ALL

REST = 0.3
"""Seconds that the cursor rests on a pod before its log is followed: scrolling by opens no streams."""
TAIL_LINES = 200
WIDE, TALL = 100, 30
"""Below this size the panes do not fit side by side: one is shown at a time, under a line of tabs."""

ORDER = ("nodes", "deployments", "pods", "logs")
TITLES = ("Nodes", "Deployments", "Pods", "Logs")


class HomePage(Page):
    """Four linked panes."""

    AUTO_FOCUS = "#pods"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "step_pane(1)", "Next pane", show=False, priority=True),
        Binding("shift+tab", "step_pane(-1)", "Previous pane", show=False, priority=True),
        Binding("Z", "zoom", "Zoom", show=False),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._resting: Timer | None = None
        self._shown = "pods"
        """The pane that is shown where there is room for one only."""
        self._narrowed_by: ResourcePane | None = None

    @property
    def crumb(self) -> str:
        return "home"

    def compose_body(self) -> ComposeResult:
        frames = self.k9py.frames
        yield Static(id="tabs", markup=False)
        with Vertical(id="home"):
            with Horizontal(id="upper"):
                yield ResourcePane(frames, brief=True, id="nodes", classes="pane")
                yield ResourcePane(frames, brief=True, id="deployments", classes="pane")
            yield ResourcePane(frames, id="pods", classes="pane")
            yield LogPane(frames, tail_lines=TAIL_LINES, id="logs")

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#pods").focus()
        self.open()

    def open(self) -> None:
        """Show the namespace in use."""
        assert self.session
        # pods come first: theirs is the list that takes longest
        for name, resource in (("pods", PODS), ("nodes", NODES), ("deployments", DEPLOYMENTS)):
            namespaces = self.session.namespaces if resource.namespaced else ALL
            self.pane_of(name).go(self.session, Place(resource, namespaces))
        self._narrowed_by = None

    def pane_of(self, name: str) -> ResourcePane:
        return self.query_one(f"#{name}", ResourcePane)

    @property
    def _logs(self) -> LogPane:
        return self.query_one("#logs", LogPane)

    # ── the links between the panes ──────────────────────────────────────────────────────────────────────────────────

    @on(ResourceTable.Moved)
    def _linked(self, event: ResourceTable.Moved) -> None:
        table = event.table
        if table is self.pane_of("pods"):
            self._rest()
        elif isinstance(table, ResourcePane) and table.has_focus:
            self._narrow_by(table)

    def _narrow_by(self, pane: ResourcePane) -> None:
        row = pane.cursor_row
        opening = pane.opening(row) if row else None
        if opening:
            self._narrowed_by = pane
            self.pane_of("pods").narrow(opening.title, opening.keep)

    def _widen(self) -> bool:
        if self._narrowed_by is None:
            return False
        self._narrowed_by = None
        self.pane_of("pods").narrow("", None)
        return True

    def _rest(self) -> None:
        if self._resting:
            self._resting.stop()
        self._resting = self.set_timer(REST, self._follow)

    def _follow(self) -> None:
        row = self.pane_of("pods").cursor_row
        if self.session is None:
            return
        if row is None or isinstance(row.obj, Unreadable):
            self._logs.follow(self.session, None)
            return
        pod: PodLogs = row.obj.logs
        wish = LogWish(pod.pod, (pod,), container=pod.default) if pod.default else None
        self._logs.follow(self.session, wish)

    # ── one pane at a time ───────────────────────────────────────────────────────────────────────────────────────────

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width < WIDE or event.size.height < TALL, "-stacked")
        self._arrange()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        super().on_descendant_focus(event)
        self._arrange()

    def _arrange(self) -> None:
        """Show what has the focus, and in a small terminal or a zoom nothing else."""
        current = self.focused.id if self.focused and self.focused.id in ORDER else self._shown
        self._shown = current
        alone = self.has_class("-stacked") or self.has_class("-zoomed")
        for name in ORDER:
            self.query_one(f"#{name}").set_class(alone and name != current, "-hidden")
        self.query_one("#upper").set_class(alone and current not in ("nodes", "deployments"), "-hidden")
        tabs = (f"[{title}]" if name == current else f" {title} " for name, title in zip(ORDER, TITLES, strict=True))
        self.query_one("#tabs", Static).update(" ".join(tabs) + "   tab: next pane")

    def action_step_pane(self, by: int) -> None:
        names = list(ORDER)
        here = names.index(self._shown)
        self._shown = names[(here + by) % len(names)]
        target = self.query_one(f"#{self._shown}")
        # what is hidden cannot take the focus
        target.remove_class("-hidden")
        self.query_one("#upper").set_class(False, "-hidden")
        target.focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In the prompt, tab takes a suggestion."""
        return super().check_action(action, parameters) and not (action == "step_pane" and self._prompt.is_open)

    def action_zoom(self) -> None:
        self.toggle_class("-zoomed")
        self._arrange()

    def steps_back(self) -> Sequence[Callable[[], bool]]:
        return (self._unzoom, self.unfilter, self._widen)

    def _unzoom(self) -> bool:
        if not self.has_class("-zoomed"):
            return False
        self.action_zoom()
        return True

    @on(LogPane.Opened)
    def _open_log(self, event: LogPane.Opened) -> None:
        assert self.session
        self.app.push_screen(LogPage(self.session, event.wish))

    @on(ResourceTable.Opened)
    def _opened(self, event: ResourceTable.Opened) -> None:
        assert isinstance(event.table, ResourcePane)
        self.drill(event.table, event.key)
