"""k9py in a terminal, in the words of its screen: panes with titles, rows, a cursor, a last line."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from tests.terminal import Terminal

_ROW = re.compile(r"[ ▸✓] \S")
_GAP = re.compile(r" {2,}")
_SUBTITLE = re.compile(r"─ (.*) ─*╯")


class Row(NamedTuple):
    """One line of a table: its sign (cursor, mark) and all that stands behind."""

    sign: str
    text: str

    @property
    def name(self) -> str:
        """The first word, which is the name where one namespace is shown."""
        return self.text.split(maxsplit=1)[0]

    def says(self, *words: str) -> bool:
        """Whether its cells hold each of these words."""
        return set(words) <= set(self.text.split())


@dataclass(frozen=True)
class Pane:
    """What stands in a box of the screen. `state` is the text in its lower border."""

    title: str
    state: str
    lines: tuple[str, ...]

    @property
    def texts(self) -> list[str]:
        """The lines without what is left free around them."""
        return [line.strip() for line in self.lines]

    @cached_property
    def header(self) -> str:
        return self.lines[0]

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """A table's rows; what is said in the middle of an empty one is none."""
        return tuple(Row(line[0], line[2:].strip()) for line in self.lines[1:] if _ROW.match(line))

    @property
    def names(self) -> list[str]:
        return [row.name for row in self.rows]

    @property
    def cursor(self) -> str:
        """The name under the cursor, or nothing."""
        return next((row.name for row in self.rows if row.sign == "▸"), "")

    def row(self, word: str) -> Row | None:
        """The row that has a word."""
        return next((row for row in self.rows if row.says(word)), None)

    def has(self, word: str, *more: str) -> bool:
        """Whether there is a row of this word, and with these others."""
        row = self.row(word)
        return row is not None and row.says(*more)


def find_panes(text: str) -> list[Pane]:
    """The boxes of a screen, from top left. What is wide in one moves what is to the right of it."""
    lines = text.splitlines()
    return [_read_pane(lines, y, found) for y, line in enumerate(lines) for found in re.finditer(r"╭─ (.*?) ─*╮", line)]


def _read_pane(lines: list[str], top: int, found: re.Match[str]) -> Pane:
    left, right = found.start(), found.end() - 1
    body: list[str] = []
    for line in lines[top + 1 :]:
        if line[left : left + 1] == "╰":
            state = _SUBTITLE.search(line[left : right + 1])
            return Pane(found[1], state[1] if state else "", tuple(body))
        inside = line[left + 1 :] if right >= len(lines[top]) - 1 else line[left + 1 : right]
        body.append(inside.rstrip("│▁▂▃▄▅▆▇█ "))
    return Pane(found[1], "", tuple(body))


def cells(line: str) -> list[str]:
    """The cells of a line whose columns are apart by two blanks at least."""
    return _GAP.split(line.strip())


class K9py(Terminal):
    """k9py as a person sees it."""

    def find(self, title: str) -> Pane | None:
        """The box whose title begins with a word (behind the crumbs)."""
        return _find(self.screen(), title)

    def pane(self, title: str) -> Pane:
        """The box whose title begins with a word; an error shows the screen."""
        pane = self.find(title)
        assert pane, f"no pane {title!r}:\n{self.screen()}"
        return pane

    def wait_pane(self, title: str, holds: Callable[[Pane], bool], what: str = "", timeout: float = 30) -> Pane:
        """Wait until there is such a pane and something holds of it; that pane."""
        seen: list[Pane] = []

        def look(text: str) -> bool:
            pane = _find(text, title)
            if pane and holds(pane):
                seen.append(pane)
                return True
            return False

        self.wait_until(look, timeout, f"pane {title!r}: {what or 'it does not hold'}")
        return seen[0]

    def wait_row(self, title: str, word: str, *more: str, timeout: float = 30) -> Pane:
        """Wait until a pane has a row with these words."""
        words = " ".join((word, *more))
        return self.wait_pane(title, lambda pane: pane.has(word, *more), f"no row with {words}", timeout)

    def wait_no_row(self, title: str, word: str, timeout: float = 30) -> float:
        """Wait until a pane has no row with a word; the seconds it took."""

        def gone(text: str) -> bool:
            pane = _find(text, title)
            return pane is not None and not pane.row(word)

        return self.wait_until(gone, timeout, f"pane {title!r} still has {word}")

    def wait_names(self, title: str, names: Collection[str], timeout: float = 30) -> Pane:
        """Wait until a pane's rows are exactly these, in any order."""
        wanted = sorted(names)
        return self.wait_pane(title, lambda pane: sorted(pane.names) == wanted, f"not just {wanted}", timeout)

    def wait_title(self, title: str, pattern: str, timeout: float = 30) -> Pane:
        """Wait until a pane's whole title matches."""
        return self.wait_pane(
            title, lambda pane: bool(re.search(pattern, pane.title)), f"title not {pattern!r}", timeout
        )

    def command(self, text: str) -> None:
        """Enter a command."""
        self._prompt(":", text)

    def filter(self, text: str) -> None:
        """Enter a filter."""
        self._prompt("/", text)

    def _prompt(self, mark: str, text: str) -> None:
        typed = rf"^ ?{mark} ?{re.escape(text.rstrip())}"
        self.send(mark)
        self.wait(rf"^ ?{mark} *$")
        self.type(text)
        self.wait(typed)
        self.send("enter")
        self.wait(typed, gone=True)

    def wait_dialog(self, title: str, timeout: float = 30) -> Pane:
        """Wait for a dialog whose title matches, and until it is ready for keys, which is a moment after its paint."""
        pane = self.wait_title(title.lstrip("^").split(maxsplit=1)[0], title, timeout)
        self.wait("asking the server …", gone=True)
        self.settle(0.15)
        return pane

    def point_at(self, title: str, name: str) -> Pane:
        """Move the cursor of the pane in focus to a row by single steps, as a person does."""
        pane = self.wait_pane(
            title, lambda pane: name in pane.names and bool(pane.cursor), f"no row {name} or no cursor"
        )
        steps = pane.names.index(name) - pane.names.index(pane.cursor)
        self.send(*("j" if steps > 0 else "k") * abs(steps))
        return self.wait_pane(title, lambda pane: pane.cursor == name, f"the cursor is not on {name}")

    def said(self) -> str:
        """The last line."""
        return self.line(-1)


def _find(text: str, title: str) -> Pane | None:
    for pane in find_panes(text):
        if pane.title.rpartition(" › ")[2].split(maxsplit=1)[0] == title:
            return pane
    return None
