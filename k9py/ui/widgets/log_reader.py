"""What one does in a log: go from match to match, select lines, take them along."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.binding import Binding, BindingType

from k9py.ui.widgets.log_buffer import Line
from k9py.ui.widgets.log_view import LogView


class LogReader(LogView):
    """A LogView in which one goes to lines and selects them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "match(1)", "Next match", id="log.next-match", show=False),
        Binding("N", "match(-1)", "Previous match", id="log.previous-match", show=False),
        Binding("v", "select", "Select", id="log.select", show=False),
        Binding("escape", "unselect", "Select no longer", id="log.unselect", show=False),
    ]

    # the search

    @property
    def found(self) -> str:
        """How a search stands: `3 of 17`, or `17` before one goes to any; empty where nothing is looked for."""
        if not self.sieve.sought:
            return ""
        count = f"{self._buffer.found:,}"
        return count if self._current is None else f"{self._buffer.rank(self._current):,} of {count}"

    def action_match(self, by: int) -> None:
        """Go to the next line (the one before) that is among those that are looked for, from where one is."""
        buffer = self._buffer
        if not buffer.found:
            return
        begin = self._current
        if begin is None or begin < buffer.dropped:
            row = self.scroll_offset.y if by > 0 else min(buffer.rows, self.scroll_offset.y + self.page.height) - 1
            begin = buffer.locate(row)[0] - by
        number = buffer.step(begin, by)
        if number is None:  # from the end to the beginning, and back
            number = buffer.step(buffer.dropped - 1 if by > 0 else buffer.dropped + len(buffer), by)
        if number is not None:
            self._go_to_match(number)

    def _go_to_match(self, number: int) -> None:
        for each in (self._current, number):
            if each is not None:
                self._lines.discard(each)
        self._current = number
        self._set_following(False)
        self._reveal(number)
        self.refresh()
        self.post_message(self.FollowChanged(self, self._following))

    def _reveal(self, number: int) -> None:
        """Scroll so far that a line is in sight, with some of what stands around it."""
        row, height = self._buffer.row_of(number), self.page.height
        self._held = None
        if not 0 <= row - self.scroll_offset.y < height:
            with self._steer():
                self.scroll_rows(max(0, row - height // 3))

    # the selection

    @property
    def selecting(self) -> bool:
        """Whether lines are being selected."""
        return self._selected is not None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is not selected is not taken back: the page has the key then."""
        return self.selecting if action == "unselect" else super().check_action(action, parameters)

    def action_select(self) -> None:
        """Begin to select at the line that a search went to, else at the last one in sight; again: no longer."""
        if self._selected or not self._buffer.rows:
            self.action_unselect()
            return
        top, height = self.scroll_offset.y, self.page.height
        number = self._buffer.locate(min(self._buffer.rows, top + height) - 1)[0]
        if self._current is not None and 0 <= self._buffer.row_of(self._current) - top < height:
            number = self._current
        self._selected = (number, number)
        self._set_following(False)
        self._selection_changed()

    def action_unselect(self) -> None:
        self._selected = None
        self._selection_changed()

    def action_move(self, rows: int) -> None:
        if not self._selected:
            super().action_move(rows)
            return
        buffer, here = self._buffer, self._selected[1]
        row = buffer.row_of(here) + rows
        while 0 < row < buffer.rows - 1 and buffer.locate(row)[0] == here:  # a wrapped line
            row += 1 if rows > 0 else -1
        self._select_row(row)

    def action_page(self, pages: int) -> None:
        if self._selected:
            self._select_row(self._buffer.row_of(self._selected[1]) + pages * max(1, self.page.height - 1))
        else:
            super().action_page(pages)

    def action_bottom(self) -> None:
        if self._selected:
            self._select_row(self._buffer.rows - 1)
        else:
            super().action_bottom()

    def action_top(self) -> None:
        if self._selected:
            self._select_row(0)
        else:
            super().action_top()

    def _select_row(self, row: int) -> None:
        assert self._selected
        begin, buffer = max(self._selected[0], self._buffer.dropped), self._buffer
        number = buffer.locate(min(max(0, row), buffer.rows - 1))[0]
        self._selected = (begin, number)
        self._reveal_barely(number)
        self._selection_changed()

    def _reveal_barely(self, number: int) -> None:
        row, top, height = self._buffer.row_of(number), self.scroll_offset.y, self.page.height
        with self._steer():
            if row < top:
                self.scroll_rows(row)
            elif row >= top + height:
                self.scroll_rows(row - height + 1)

    def _selection_changed(self) -> None:
        self.refresh()
        self.post_message(self.FollowChanged(self, self._following))

    # what is copied and saved

    def selected_lines(self) -> Iterator[Line]:
        """The lines that are selected, else the one that a search went to, else those in sight."""
        buffer, top = self._buffer, self.scroll_offset.y
        if not buffer.rows:
            return iter(())
        if self._selected:
            return buffer.shown_lines(min(self._selected), max(self._selected))
        if self._current is not None and self._current >= buffer.dropped:
            return buffer.shown_lines(self._current, self._current)
        last = min(buffer.rows, top + self.page.height) - 1
        return buffer.shown_lines(buffer.locate(min(top, last))[0], buffer.locate(last)[0])

    def all_lines(self) -> Iterator[Line]:
        """All lines that are shown."""
        return self._buffer.shown_lines(self.dropped, self.dropped + self.count)
