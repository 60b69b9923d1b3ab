"""One container's log, full screen."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from k9py.session.session import Session
from k9py.ui.screens.page import Page
from k9py.ui.widgets.key_bar import KeyHint
from k9py.ui.widgets.log_pane import LogPane
from k9py.values.log import LogSource

TAIL_LINES = 5000


class LogPage(Page):
    """Follows a source until it is left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "previous", "Previous", show=False),
        Binding("C", "clear", "Clear", show=False),
    ]

    def __init__(self, session: Session, source: LogSource) -> None:
        super().__init__(session)
        self.source = source

    @property
    def crumb(self) -> str:
        return f"logs {self.source.pod}"

    def compose_body(self) -> ComposeResult:
        yield LogPane(self.k9py.frames, tail_lines=TAIL_LINES, id="logs")

    def on_mount(self) -> None:
        super().on_mount()
        self.log_pane.trail = self.trail
        self.log_pane.focus()
        self.follow()

    @property
    def log_pane(self) -> LogPane:
        return self.query_one(LogPane)

    def follow(self) -> None:
        assert self.session
        self.log_pane.follow(self.session, self.source)

    def hints(self) -> tuple[KeyHint, ...]:
        previous = KeyHint("p", "Current" if self.source.previous else "Previous")
        return (*self.log_pane.hints(), previous, KeyHint("C", "Clear"))

    def action_previous(self) -> None:
        self.source = self.source._replace(previous=not self.source.previous)
        self.follow()
        self.paint_chrome_soon()

    def action_clear(self) -> None:
        self.log_pane.clear()
