"""What a program says to a terminal, carried out: an xterm as far as programs use one.

Sequences are those of ECMA-48 and of https://invisible-island.net/xterm/ctlseqs/ctlseqs.html. What is not known is
ignored, and so is what would reach beyond the pane: the clipboard (OSC 52), the window, its title as an answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from k9py.ui.terminal.grid import KEPT, Grid
from k9py.ui.terminal.looks import DIM, PLAIN, Look, change_look
from k9py.ui.terminal.rows import Row, unpack
from k9py.values.text import clean

_LINES = str.maketrans(
    "`afgjklmnopqrstuvwxyz{|}~",
    "◆▒°±┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·",
)
"""DEC's special graphics, with which lines are drawn."""
_TITLE = 200
_ANSWERS = 4096
"""Bytes of answers that wait at most: who asks on and on is not answered on and on."""
_MANY = 10_000
"""More than any count means."""

_TOLD = (1, 5, 6, 7, 9, 25, 47, 1000, 1002, 1003, 1004, 1006, 1007, 1047, 1049, 2004)
"""Private modes that are known."""
Numbers = tuple[int, ...]
_ATTRIBUTES = "\x1b[?62;22c"
"""A VT220 with colours."""


@dataclass(frozen=True, slots=True)
class _Saved:
    x: int = 0
    y: int = 0
    look: Look = PLAIN
    sets: tuple[bool, bool] = (False, False)
    shifted: int = 0
    origin: bool = False


class Screen(Grid):
    """A Grid that does what the sequences mean, which a Parser has found."""

    def __init__(self, width: int, height: int, kept: int = KEPT) -> None:
        super().__init__(width, height, kept)
        self.title = ""
        self.modes: set[int] = {7, 25}
        """Private modes (DECSET) that are on."""
        self.keypad = False
        """Whether the keys of the keypad send sequences of their own (DECKPAM)."""
        self.ground, self.ink = (0, 0, 0), (255, 255, 255)
        """The colours that a program is told when it asks which are the terminal's own."""
        self.bells = 0
        self._answers: list[str] = []
        self._sets = (False, False)
        """Whether G0 and G1 are the special graphics."""
        self._shifted = 0
        self._newline = False
        self._saved: dict[bool, _Saved] = {}

    def take_answers(self) -> bytes:
        """What the terminal has to say to the program."""
        answers, self._answers = "".join(self._answers), []
        return answers.encode()

    def answer(self, text: str) -> None:
        """Say something to the program."""
        if sum(map(len, self._answers)) < _ANSWERS:
            self._answers.append(text)

    def draw(self, text: str) -> None:
        super().draw(text.translate(_LINES) if self._sets[self._shifted] else text)

    # ── what a Parser calls ──────────────────────────────────────────────────────────────────────────────────────────

    def control(self, char: str) -> None:
        """A control character."""
        if char in "\n\x0b\x0c":
            self.index()
            if self._newline:
                self.x = 0
        elif char == "\r":
            self.x = 0
        elif char == "\b":
            self.back()
        elif char == "\t":
            self.tab()
        elif char in "\x0e\x0f":
            self._shifted = int(char == "\x0e")
        elif char == "\a":
            self.bells += 1

    def escape(self, sequence: str) -> None:
        """What follows ESC."""
        if act := _ESCAPES.get(sequence):
            act(self)
        elif sequence[0] in "()":
            sets = list(self._sets)
            sets["()".index(sequence[0])] = sequence[1:] == "0"
            self._sets = (sets[0], sets[1])

    def sequence(self, sequence: str) -> None:
        """What follows CSI."""
        if sequence[-1] == "m" and sequence[0] not in "<=>?":
            self.look = change_look(self.look, sequence[:-1])
            return
        name, numbers = _read(sequence)
        if act := _SEQUENCES.get(name):
            act(self, numbers)

    def string(self, kind: str, text: str) -> None:
        """A command for the system around the terminal (OSC), or another string, of which none means anything here."""
        if kind != "]":
            return
        code, _, rest = text.partition(";")
        if code in ("0", "2"):
            self.title = clean(rest)[:_TITLE].strip()
        elif code in ("10", "11") and rest == "?":
            red, green, blue = self.ink if code == "10" else self.ground
            self.answer(f"\x1b]{code};rgb:{red * 257:04x}/{green * 257:04x}/{blue * 257:04x}\x1b\\")

    # ── its state ────────────────────────────────────────────────────────────────────────────────────────────────────

    def save(self) -> None:
        """Remember the cursor (DECSC)."""
        state = _Saved(self.x, self.y, self.look, self._sets, self._shifted, self.origin)
        self._saved[self.alternate] = state

    def restore(self) -> None:
        """Have it as it was remembered."""
        saved = self._saved.get(self.alternate, _Saved())
        self.origin, self.look = saved.origin, saved.look
        self._sets, self._shifted = saved.sets, saved.shifted
        self.x, self.y = min(saved.x, self.width), min(saved.y, self.height - 1)

    def reset(self) -> None:
        """As it was in the beginning (RIS); what has gone by is kept."""
        self.rows = self.main
        self._keep_all()
        fresh = Screen(self.width, self.height)
        for name in ("main", "x", "y", "look", "top", "bottom", "wraps", "inserts", "origin", "tabs", "modes"):
            setattr(self, name, getattr(fresh, name))
        self.rows, self.title = self.main, ""
        self._saved.clear()
        self._sets, self._shifted, self._newline, self.keypad = (False, False), 0, False, False

    def soften(self) -> None:
        """Have modes and margins as they were in the beginning (DECSTR); nothing is erased."""
        self.top, self.bottom, self.look = 0, self.height - 1, PLAIN
        self.origin = self.inserts = False
        self.wraps = True
        self.modes = (self.modes | {7, 25}) - {1, 6}
        self._saved.pop(self.alternate, None)
        self._sets, self._shifted, self.keypad = (False, False), 0, False

    def set_modes(self, numbers: Numbers, on: bool) -> None:
        """Insert mode (IRM) and that a line feed is a new line (LNM)."""
        if 4 in numbers:
            self.inserts = on
        if 20 in numbers:
            self._newline = on

    def set_private(self, numbers: Numbers, on: bool) -> None:
        """DECSET and DECRST."""
        for number in numbers:
            self.modes = self.modes | {number} if on else self.modes - {number}
            if act := _PRIVATE.get(number):
                act(self, on)

    def _set_origin(self, on: bool) -> None:
        self.origin = on
        self.go_to(0, 0)

    def _set_wraps(self, on: bool) -> None:
        self.wraps = on
        self.x = self.x if on else self.column

    def _repaint(self, on: bool) -> None:
        for row in self.rows:
            row.painted = None

    def _save_or_restore(self, on: bool) -> None:
        if on:
            self.save()
        else:
            self.restore()

    def _switch(self, on: bool) -> None:
        """To the alternate screen, which is always empty at first, or back."""
        if on != self.alternate:
            self.rows = [Row(self.width, self._blank) for _ in range(self.height)] if on else self.main

    def _switch_and_save(self, on: bool) -> None:
        if on and not self.alternate:
            self.save()
        was = self.alternate
        self._switch(on)
        if not on and was:
            self.restore()

    def say_mode(self, number: int) -> None:
        """Answer whether a private mode is on (DECRQM)."""
        state = 0 if number not in _TOLD else 1 if number in self.modes else 2
        self.answer(f"\x1b[?{number};{state}$y")

    def say_status(self, what: int, mark: str = "") -> None:
        """Answer that all is well, or where the cursor is (DSR)."""
        if what == 5:
            self.answer("\x1b[0n")
        elif what == 6:
            row = self.y - self.top if self.origin else self.y
            self.answer(f"\x1b[{mark}{row + 1};{self.column + 1}R")

    def say_size(self, what: int) -> None:
        """Answer how many rows and columns there are (XTWINOPS); nothing else about windows is answered or done."""
        if what == 18:
            self.answer(f"\x1b[8;{self.height};{self.width}t")

    def close(self, remark: str) -> None:
        """The program has ended: back to the main screen, with what filled the other one, and a remark, below it."""
        last = [row for row in self.rows if self.alternate]
        while last and last[-1].blank:
            last.pop()
        self.soften()
        self._switch(False)
        if self.x or not self._row.blank:
            _next_line(self)
        for row in last:
            self.rows[self.y] = row
            _next_line(self)
        self.look = Look(flags=DIM)
        for at in range(0, len(remark), self.width):
            self.draw(remark[at : at + self.width])
            _next_line(self)
        self.look = PLAIN
        self.modes -= {25}

    # ── its size ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def resize(self, width: int, height: int) -> None:
        """Have another size. Rows that do not fit go by, and come back when there is room again; so do cells."""
        width, height = max(1, width), max(1, height)
        if (width, height) == (self.width, self.height):
            return
        saved = self._saved.get(False, _Saved())
        y = saved.y if self.alternate else self.y
        self.width = width
        y = self._fit_main(height, y)
        if self.alternate:
            self._saved[False] = _Saved(saved.x, y, saved.look, saved.sets, saved.shifted, saved.origin)
            del self.rows[height:]
            self.rows += [Row(width) for _ in range(height - len(self.rows))]
        else:
            self.y = y
        self.height = height
        self.top, self.bottom = 0, height - 1
        for row in {id(row): row for row in (*self.main, *self.rows)}.values():
            row.widen(width)
        self.go(self.x, self.y)

    def _fit_main(self, height: int, y: int) -> int:
        """Have so many rows on the main screen; answers the row of the cursor."""
        rows = self.main
        while len(rows) > height:
            if y == 0 or (y < len(rows) - 1 and rows[-1].blank):
                rows.pop()
            else:
                self.keep(rows.pop(0))
                y -= 1
        while len(rows) < height:
            if self.history:
                rows.insert(0, unpack(self.history.pop(), self.width))
                y += 1
            else:
                rows.append(Row(self.width))
        return y


@lru_cache(maxsize=8192)
def _read(sequence: str) -> tuple[str, Numbers]:
    """The name of a sequence (its private mark, intermediates and final letter), and its numbers; 0 where none is."""
    mark = sequence[0] if sequence[0] in "<=>?" else ""
    body = sequence[len(mark) : -1]
    params = body.rstrip(" !\"#$%&'()*+,-./")
    numbers = tuple(min(int(word), _MANY) if word.isdecimal() else 0 for word in params.split(";"))
    return mark + body[len(params) :] + sequence[-1], numbers


def _count(numbers: Numbers) -> int:
    return numbers[0] or 1


def _pair(numbers: Numbers) -> tuple[int, int]:
    """Row and column, counted from 0."""
    return (numbers[0] or 1) - 1, ((numbers[1] if len(numbers) > 1 else 0) or 1) - 1


def _go_to(screen: Screen, numbers: Numbers) -> None:
    row, column = _pair(numbers)
    screen.go_to(column, row)


def _set_margins(screen: Screen, numbers: Numbers) -> None:
    last = numbers[1] if len(numbers) > 1 and numbers[1] else screen.height
    screen.set_margins((numbers[0] or 1) - 1, last - 1)


def _move_row(screen: Screen, count: int) -> None:
    screen.move(0, count)
    screen.x = 0


def _clear_tabs(screen: Screen, numbers: Numbers) -> None:
    if numbers[0] == 3:
        screen.tabs.clear()
    elif numbers[0] == 0:
        screen.tabs.discard(screen.column)


def _next_line(screen: Screen) -> None:
    screen.x = 0
    screen.index()


_ESCAPES: dict[str, Callable[[Screen], object]] = {
    "7": Screen.save,
    "8": Screen.restore,
    "D": Screen.index,
    "E": _next_line,
    "H": lambda screen: screen.tabs.add(screen.column),
    "M": Screen.reverse_index,
    "Z": lambda screen: screen.answer(_ATTRIBUTES),
    "c": Screen.reset,
    "=": lambda screen: setattr(screen, "keypad", True),
    ">": lambda screen: setattr(screen, "keypad", False),
    "#8": Screen.fill,
}

_SEQUENCES: dict[str, Callable[[Screen, Numbers], object]] = {
    "@": lambda screen, n: screen.insert_cells(_count(n)),
    "A": lambda screen, n: screen.move(0, -_count(n)),
    "B": lambda screen, n: screen.move(0, _count(n)),
    "C": lambda screen, n: screen.move(_count(n), 0),
    "D": lambda screen, n: screen.move(-_count(n), 0),
    "E": lambda screen, n: _move_row(screen, _count(n)),
    "F": lambda screen, n: _move_row(screen, -_count(n)),
    "G": lambda screen, n: screen.go(_count(n) - 1, screen.y),
    "H": _go_to,
    "I": lambda screen, n: screen.tab(_count(n)),
    "J": lambda screen, n: screen.erase_screen(n[0]),
    "?J": lambda screen, n: screen.erase_screen(n[0]),
    "K": lambda screen, n: screen.erase_row(n[0]),
    "?K": lambda screen, n: screen.erase_row(n[0]),
    "L": lambda screen, n: screen.insert_rows(_count(n)),
    "M": lambda screen, n: screen.delete_rows(_count(n)),
    "P": lambda screen, n: screen.delete_cells(_count(n)),
    "S": lambda screen, n: screen.scroll(_count(n)),
    "T": lambda screen, n: screen.scroll(-_count(n)) if len(n) == 1 else None,
    "X": lambda screen, n: screen.erase_cells(_count(n)),
    "Z": lambda screen, n: screen.tab(-_count(n)),
    "`": lambda screen, n: screen.go(_count(n) - 1, screen.y),
    "a": lambda screen, n: screen.move(_count(n), 0),
    "b": lambda screen, n: screen.repeat(_count(n)),
    "c": lambda screen, n: screen.answer(_ATTRIBUTES) if n[0] == 0 else None,
    ">c": lambda screen, n: screen.answer("\x1b[>0;10;1c") if n[0] == 0 else None,
    "d": lambda screen, n: screen.go_to(screen.x, _count(n) - 1),
    "e": lambda screen, n: screen.move(0, _count(n)),
    "f": _go_to,
    "g": _clear_tabs,
    "h": lambda screen, n: screen.set_modes(n, True),
    "l": lambda screen, n: screen.set_modes(n, False),
    "?h": lambda screen, n: screen.set_private(n, True),
    "?l": lambda screen, n: screen.set_private(n, False),
    "n": lambda screen, n: screen.say_status(n[0]),
    "?n": lambda screen, n: screen.say_status(n[0], "?"),
    "?$p": lambda screen, n: screen.say_mode(n[0]),
    "r": _set_margins,
    "s": lambda screen, n: screen.save(),
    "u": lambda screen, n: screen.restore(),
    "t": lambda screen, n: screen.say_size(n[0]),
    "!p": lambda screen, n: screen.soften(),
}

_PRIVATE: dict[int, Callable[[Screen, bool], object]] = {
    5: Screen._repaint,
    6: Screen._set_origin,
    7: Screen._set_wraps,
    47: Screen._switch,
    1047: Screen._switch,
    1048: Screen._save_or_restore,
    1049: Screen._switch_and_save,
}
