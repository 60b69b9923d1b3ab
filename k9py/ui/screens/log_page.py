"""Logs, full screen: of a container, of a pod, of all pods of something."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from k9py.session.session import Session
from k9py.ui.screens.page import Page
from k9py.ui.widgets.key_bar import KeyHint
from k9py.ui.widgets.log_pane import LogPane
from k9py.values.log import NEWEST, LogWish


class LogPage(Page):
    """Follows what is wished until it is left."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f", "full", "Full screen", show=False)]

    def __init__(self, session: Session, wish: LogWish) -> None:
        super().__init__(session)
        self._wish = wish

    @property
    def crumb(self) -> str:
        return f"logs {self._wish.title}"

    def compose_body(self) -> ComposeResult:
        yield LogPane(self.k9py.frames, tail_lines=NEWEST.tail_lines or 0, id="logs")

    def on_mount(self) -> None:
        super().on_mount()
        assert self.session
        pane = self.query_one(LogPane)
        pane.trail = self.trail
        pane.focus()
        pane.follow(self.session, self._wish)

    def hints(self) -> Sequence[KeyHint]:
        hints = super().hints()
        return hints if self.typing else (*hints, KeyHint("f", "Full"))

    def action_full(self) -> None:
        """Nothing but the log, so that a terminal's own selection takes nothing else along; and back."""
        self.toggle_class("-full")
