"""The rows of a screen, the cursor among them, and what moves, erases and scrolls."""

from __future__ import annotations

from collections import deque
from itertools import groupby

from k9py.ui.terminal.looks import PLAIN, Look, on_ground
from k9py.ui.terminal.rows import Row, pack, width_of

KEPT = 10_000
"""Lines that are kept after they have gone by."""
_TAB = 8


class Grid:
    """A screen of `width` by `height` cells. A cursor at x = width waits to wrap: it is shown in the last cell."""

    def __init__(self, width: int, height: int, kept: int = KEPT) -> None:
        self.width, self.height = max(1, width), max(1, height)
        self.history: deque[str] = deque(maxlen=kept)
        """What has gone by, the oldest first, packed (`open_line`)."""
        self.gone = 0
        """How many lines are no longer kept."""
        self.main = [Row(self.width) for _ in range(self.height)]
        self.rows = self.main
        """What is shown: the main screen, or the alternate one that programs use which fill the screen."""
        self.x = self.y = 0
        self.look = PLAIN
        self.top, self.bottom = 0, self.height - 1
        """The first and the last row of what scrolls."""
        self.wraps = True
        self.inserts = False
        self.origin = False
        """Whether rows are counted from the first one that scrolls."""
        self.tabs = set(range(_TAB, 1000, _TAB))
        self._last = " "

    @property
    def _blank(self) -> Look:
        return on_ground(self.look.ground)

    @property
    def _row(self) -> Row:
        return self.rows[self.y]

    @property
    def column(self) -> int:
        """Where the cursor is shown."""
        return min(self.x, self.width - 1)

    @property
    def alternate(self) -> bool:
        """Whether a program fills the screen, which leaves no trace in what has gone by."""
        return self.rows is not self.main

    # ── text ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def draw(self, text: str) -> None:
        """Write signs where the cursor is."""
        if text.isascii():
            self._draw_narrow(text)
            self._last = text[-1]
            return
        for cells, group in groupby(text, width_of):
            signs = "".join(group)
            if cells == 1:
                self._draw_narrow(signs)
            elif cells == 2:
                self._draw_wide(signs)
            else:
                self._draw_marks(signs)
                continue
            self._last = signs[-1]

    def _draw_narrow(self, text: str) -> None:
        width, at, end = self.width, 0, len(text)
        while at < end:
            if self.x >= width:
                self._wrap(1)
                if not self.wraps and end - at > 1:  # all of them end in the last cell
                    at = end - 1
            part = text[at : at + width - self.x]
            if self.inserts:
                self._row.shift_right(self.x, len(part), width, self._blank)
            self.rows[self.y].put(self.x, part, self.look)
            self.x += len(part)
            at += len(part)

    def _draw_wide(self, signs: str) -> None:
        if self.width < 2:
            return
        for sign in signs:
            if self.x > self.width - 2:
                self._wrap(2)
            if self.inserts:
                self._row.shift_right(self.x, 2, self.width, self._blank)
            self._row.put_wide(self.x, sign, self.look)
            self.x += 2

    def _draw_marks(self, marks: str) -> None:
        if self.x:
            for mark in marks:
                self._row.join(self.x - 1, mark)

    def _wrap(self, cells: int) -> None:
        """Go on in the next row, or where that is not wanted, write over the end of this one."""
        if not self.wraps:
            self.x = self.width - cells
            return
        self._row.wraps = self.x
        self.x = 0
        self.index()

    def repeat(self, count: int) -> None:
        """Write the last sign once more, and again."""
        self.draw(self._last * min(count, self.width * self.height))

    # ── going elsewhere ──────────────────────────────────────────────────────────────────────────────────────────────

    def go(self, x: int, y: int) -> None:
        """Put the cursor into a cell, as near as there is one."""
        self.x = min(max(x, 0), self.width - 1)
        self.y = min(max(y, 0), self.height - 1)

    def go_to(self, x: int, y: int) -> None:
        """Put the cursor into a cell, counted from where rows are counted from."""
        if self.origin:
            self.go(x, min(self.top + max(y, 0), self.bottom))
        else:
            self.go(x, y)

    def move(self, right: int, down: int) -> None:
        """Move the cursor; from within what scrolls it does not leave that."""
        first = self.top if self.y >= self.top else 0
        last = self.bottom if self.y <= self.bottom else self.height - 1
        self.go(self.column + right, min(max(self.y + down, first), last))

    def back(self) -> None:
        """One cell to the left."""
        self.x = max(self.column - 1, 0)

    def tab(self, count: int = 1) -> None:
        """To the next stop, or with a negative count the one before."""
        for _ in range(min(abs(count), self.width)):
            beyond = range(self.x + 1, self.width) if count > 0 else range(self.x - 1, 0, -1)
            self.x = next((stop for stop in beyond if stop in self.tabs), self.width - 1 if count > 0 else 0)

    def index(self) -> None:
        """One row down; what scrolls does so at its last row."""
        if self.y == self.bottom:
            self.scroll(1)
        elif self.y < self.height - 1:
            self.y += 1

    def reverse_index(self) -> None:
        """One row up; what scrolls does so at its first row."""
        if self.y == self.top:
            self.scroll(-1)
        elif self.y:
            self.y -= 1

    # ── scrolling ────────────────────────────────────────────────────────────────────────────────────────────────────

    def scroll(self, count: int) -> None:
        """Scroll up, or with a negative count down."""
        self._shift(self.top, count, keeps=self.top == 0 and not self.alternate)

    def _shift(self, top: int, count: int, keeps: bool = False) -> None:
        """Take rows out at the top of what scrolls, and put blank ones in at its bottom; or the other way round."""
        rows, bottom, look = self.rows, self.bottom, self._blank
        for _ in range(min(abs(count), bottom - top + 1)):
            if count > 0:
                row = rows.pop(top)
                if keeps:
                    self.keep(row)
                rows.insert(bottom, Row(self.width, look))
            else:
                del rows[bottom]
                rows.insert(top, Row(self.width, look))

    def keep(self, row: Row) -> None:
        """Remember a row that goes by."""
        if len(self.history) == self.history.maxlen:
            self.gone += 1
        self.history.append(pack(row))

    def insert_rows(self, count: int) -> None:
        """Put blank rows in at the cursor."""
        if self.top <= self.y <= self.bottom:
            self._shift(self.y, -count)
            self.x = 0

    def delete_rows(self, count: int) -> None:
        """Take rows out at the cursor."""
        if self.top <= self.y <= self.bottom:
            self._shift(self.y, count)
            self.x = 0

    def set_margins(self, top: int, bottom: int) -> None:
        """Say which rows scroll, counted from 0."""
        bottom = min(bottom, self.height - 1)
        if 0 <= top < bottom:
            self.top, self.bottom = top, bottom
            self.go_to(0, 0)

    # ── erasing ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def erase_row(self, how: int) -> None:
        """0: from the cursor on, 1: up to it, 2: the whole row."""
        if how == 0:
            self._row.erase_rest(self.column, self._blank)
        elif how == 1:
            self._row.erase(0, self.column + 1, self._blank)
        elif how == 2:
            self._row.erase_rest(0, self._blank)

    def erase_screen(self, how: int) -> None:
        """0: from the cursor on, 1: up to it, 2: all of it, 3: what has gone by."""
        if how == 3:
            self.gone += len(self.history)
            self.history.clear()
            return
        if how == 2:
            self._keep_all()
        else:
            self.erase_row(how)
        rows = {0: self.rows[self.y + 1 :], 1: self.rows[: self.y], 2: self.rows}.get(how, [])
        for row in rows:
            row.erase_rest(0, self._blank)

    def _keep_all(self) -> None:
        """What is about to be erased as a whole has gone by."""
        if not self.alternate:
            last = max((y for y, row in enumerate(self.rows) if not row.blank), default=-1)
            for row in self.rows[: last + 1]:
                self.keep(row)

    def erase_cells(self, count: int) -> None:
        """Have nothing in cells from the cursor on."""
        self._row.erase(self.column, min(self.column + count, self.width), self._blank)

    def insert_cells(self, count: int) -> None:
        """Put blank cells in at the cursor."""
        self._row.shift_right(self.column, count, self.width, self._blank)

    def delete_cells(self, count: int) -> None:
        """Take cells out at the cursor."""
        self._row.shift_left(self.column, count, self.width, self._blank)

    def fill(self) -> None:
        """The picture that screens are adjusted by: all E."""
        for row in self.rows:
            row.erase_rest(0, PLAIN)
            row.put(0, "E" * self.width, PLAIN)
        self.top, self.bottom = 0, self.height - 1
        self.go(0, 0)
