"""A log that is alive: the view of a log, and the tail that feeds it."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message

from k9py.session.session import Session
from k9py.session.tail import Tail
from k9py.store.filter import FilterError, parse_filter
from k9py.ui.frames import Frames
from k9py.ui.painting import border_text
from k9py.ui.widgets.key_bar import KeyHint
from k9py.ui.widgets.log_view import LogView
from k9py.values.log import LogSource


class LogPane(LogView):
    """Follows one container at a time."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", "Full screen", id="log.open", show=False)]

    class Opened(Message):
        """Enter was pressed: the log is to fill the screen."""

        def __init__(self, source: LogSource) -> None:
            super().__init__()
            self.source = source

    def __init__(self, frames: Frames, *, tail_lines: int, id: str | None = None) -> None:
        super().__init__(id=id)
        self._frames = frames
        self._tail_lines = tail_lines
        self._tail: Tail | None = None
        self.border_title = "Logs"
        self.filter_text = ""
        self.trail = ""
        """The crumbs before the title."""

    @property
    def source(self) -> LogSource | None:
        """Whose log it is."""
        return self._tail.source if self._tail else None

    def hints(self) -> tuple[KeyHint, ...]:
        """Its keys, for the last line."""
        pause = KeyHint("s", "Pause" if self.following else "Follow")
        return (pause, KeyHint("t", "Timestamps"), KeyHint("w", "Wrap"))

    def action_open(self) -> None:
        if self.source:
            self.post_message(self.Opened(self.source))

    def follow(self, session: Session, source: LogSource | None) -> None:
        """Show a container's log from here on; None shows none."""
        if source == self.source:
            return
        self.leave()
        self.clear()
        if source:
            self._tail = session.tail(source, self._mark, self._tail_lines)
        self._mark()

    def filter(self, text: str) -> None:
        """Show only the lines that a filter keeps. Raises FilterError, and then leaves the former filter."""
        found = parse_filter(text)
        if found is None:
            self.set_filter(None)
        elif found.pattern is None:
            raise FilterError("lines of a log have no labels", "type a text or a regular expression")
        else:
            self.set_filter(lambda line: found.keeps(line, None), None if found.inverted else found.pattern)
        self.filter_text = text
        self.caption()

    def leave(self) -> None:
        """Follow no longer."""
        if self._tail:
            self._tail.close()
            self._tail = None

    def on_unmount(self) -> None:
        self.leave()

    @on(LogView.FollowChanged)
    def _mark(self) -> None:
        self._frames.mark(self.paint)

    def paint(self) -> None:
        """Bring what came on the screen."""
        if not self.is_attached:
            return
        if self._tail and (lines := self._tail.take()):
            self.extend(lines)
        self.caption()

    def caption(self) -> None:
        """The border's title: whose log, and how it stands."""
        if self._tail is None:
            self.border_title = border_text(f"{self.trail}Logs")
            return
        source = self._tail.source
        state = (
            "previous"
            if source.previous
            else "ended"
            if self._tail.ended
            else "following"
            if self.following
            else "paused"
        )
        count = f"{self.shown:,} of {self.count:,}" if self.shown != self.count else f"{self.count:,}"
        lines = "line" if self.count == 1 else "lines"
        parts = [f"{self.trail}Logs {source.pod}", source.container, state, f"{count} {lines}"]
        if self.filter_text:
            parts.append(f"/{self.filter_text}")
        if self.dropped:
            parts.append(f"{self.dropped:,} older ones let go")
        self.border_title = border_text(" · ".join(parts))
