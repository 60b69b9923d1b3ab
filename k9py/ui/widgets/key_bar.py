"""The last line: the keys that mean something here, and the last word that k9py had to say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual.widget import Widget

from k9py.values.text import clean

NAMES = {
    "escape": "esc",
    "enter": "⏎",
    "colon": ":",
    "slash": "/",
    "question_mark": "?",
    "space": "space",
}


@dataclass(frozen=True, slots=True)
class KeyHint:
    """One key of the footer. `greyed` is the reason why it does nothing here, or the empty string."""

    key: str
    title: str
    greyed: str = ""

    @property
    def name(self) -> str:
        """The key as a person calls it: `^d`, `esc`, `S`."""
        return NAMES.get(self.key, self.key.replace("ctrl+", "^").replace("shift+", "⇧"))


class KeyBar(Widget):
    """Hints on the left, general keys on the right; a message covers the hints for a while."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "key-bar--key",
        "key-bar--title",
        "key-bar--greyed",
        "key-bar--note",
        "key-bar--bad",
    }

    def __init__(self) -> None:
        super().__init__()
        self._hints: Sequence[KeyHint] = ()
        self._general: Sequence[KeyHint] = ()
        self._note = ""
        self._bad = False

    def show(self, hints: Sequence[KeyHint], general: Sequence[KeyHint]) -> None:
        if (hints, general) != (self._hints, self._general):
            self._hints, self._general = hints, general
            self.refresh()

    def say(self, line: str, bad: bool = False) -> None:
        """Cover the hints with one line until it is taken back with an empty one."""
        self._note, self._bad = clean(line), bad
        self.refresh()

    def render(self) -> Text:
        if self._note:
            style = self.get_component_rich_style("key-bar--bad" if self._bad else "key-bar--note")
            return Text(f" {'✖ ' if self._bad else ''}{self._note}", style=style, no_wrap=True, overflow="ellipsis")
        right = self._line(self._general)
        left = self._line(self._hints)
        left.truncate(max(self.size.width - right.cell_len, 0), overflow="ellipsis", pad=True)
        return left + right

    def _line(self, hints: Sequence[KeyHint]) -> Text:
        line = Text(no_wrap=True)
        for hint in hints:
            look = "greyed" if hint.greyed else "key"
            line.append(f" {hint.name} ", self.get_component_rich_style(f"key-bar--{look}"))
            look = "greyed" if hint.greyed else "title"
            line.append(f"{hint.title} ", self.get_component_rich_style(f"key-bar--{look}"))
        return line
