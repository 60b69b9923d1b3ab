"""The map of a cluster: its control plane, what it runs for itself, and its nodes, with what is not well first."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult

from k9py.insight.cluster.drawing import draw
from k9py.insight.cluster.lines import Line
from k9py.insight.cluster.nodes import PREFIX, NodeLines
from k9py.session.cluster import ClusterWatch
from k9py.session.session import Session
from k9py.ui.painting import border_text
from k9py.ui.screens.page import Page
from k9py.ui.widgets.key_bar import KeyHint
from k9py.ui.widgets.map_view import MapView

PACE = 0.25
"""Seconds between two drawings: leases of many nodes are renewed all the time."""
TICK = 1.0
SOME = 8
"""Nodes that are asked while none is in sight: what is said of kube-proxy as a whole is known of them."""


class ClusterPage(Page):
    """Live while it is on the screen; ages go on each second."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._view = MapView(session, id="map", classes="pane")
        self.known = ClusterWatch(session, self._changed_there)
        self._node_lines = NodeLines()
        self._unfolded: frozenset[str] = frozenset()
        self._lines: Sequence[Line] = ()
        self._due = False

    @property
    def crumb(self) -> str:
        return "cluster"

    def compose_body(self) -> ComposeResult:
        yield self._view

    def on_mount(self) -> None:
        super().on_mount()
        self._view.focus()
        self.known.open()
        self._paint()
        self.set_interval(TICK, self._paint)

    def on_unmount(self) -> None:
        self.known.close()

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self.known.look(True)

    def on_screen_suspend(self) -> None:
        super().on_screen_suspend()
        self.known.look(self.k9py.page is self)

    def _changed_there(self) -> None:
        """Something may be otherwise: told by tasks of the session, in which there is no app to set a timer of."""
        self.k9py.frames.mark(self._paint_soon)

    def _paint_soon(self) -> None:
        """However often this is told, draw a few times a second at most."""
        if not self._due and self.is_attached:
            self._due = True
            self.set_timer(PACE, self._paint)

    def _paint(self) -> None:
        self._due = False
        if self.k9py.page is not self:
            return
        self._lines = draw(self.known.facts(self._unfolded), self._node_lines)
        self._view.show(self._lines)
        self._moved()

    def _title(self) -> str:
        assert self.session
        filtered = f" · /{self._view.filter_text}" if self._view.filter_text else ""
        return f"{self.trail}Cluster {self.session.context.name}{filtered}"

    @on(MapView.Moved)
    def _moved(self) -> None:
        """The nodes in sight are asked, and the keys are those of the object under the cursor."""
        self._view.border_title = border_text(self._title())
        self.known.sight(name_nodes(self._view.in_sight()) or name_nodes(self._lines)[:SOME])
        self.paint_chrome_soon()

    @on(MapView.Folded)
    def _fold(self, event: MapView.Folded) -> None:
        if event.line:
            self._unfolded ^= {event.line.key}
            self._paint()

    @on(MapView.Opened)
    def _open(self) -> None:
        """What a line stands for; of one that stands for nothing, what it has to tell."""
        targets = self._view.pointed()
        if targets and not self.k9py.opening:
            assert self.session
            self.k9py.drill_into(self.session, targets[0])
        elif not targets:
            self._view.action_fold()

    def hints(self) -> Sequence[KeyHint]:
        if self.typing:
            return super().hints()
        line = self._view.line
        if line is None or not line.foldable:
            return super().hints()
        title = "Fold" if line.key in self._unfolded else "Unfold"
        return (KeyHint("space", title), *super().hints())


def name_nodes(lines: Sequence[Line]) -> list[str]:
    """The names of the nodes that lines stand for."""
    return [line.label for line in lines if line.grid and line.key.startswith(PREFIX)]
