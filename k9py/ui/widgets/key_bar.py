"""The last line: the keys that mean something here, and the last word that k9py had to say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual.widget import Widget

from k9py.values.text import clean, crop

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


@dataclass(frozen=True, slots=True)
class Said:
    """The last word that k9py had to say, covering the hints for a while; an empty line covers nothing."""

    line: str = ""
    bad: bool = False


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
        self._said = Said()

    def show(self, hints: Sequence[KeyHint], general: Sequence[KeyHint], said: Said) -> None:
        if (hints, general, said) != (self._hints, self._general, self._said):
            self._hints, self._general, self._said = hints, general, said
            self.refresh()

    def render(self) -> Text:
        if self._said.line:
            style = self.get_component_rich_style("key-bar--bad" if self._said.bad else "key-bar--note")
            sign = "✖ " if self._said.bad else ""
            # cut here: a long word at the end, such as a path, would be left out as a whole
            return Text(crop(f" {sign}{clean(self._said.line)}", self.size.width), style=style, no_wrap=True)
        right = self._line(self._general, self.size.width)
        left = self._line(self._hints, self.size.width - right.cell_len)
        left.truncate(max(self.size.width - right.cell_len, 0), pad=True)
        return left + right

    def _line(self, hints: Sequence[KeyHint], room: int) -> Text:
        """As many hints as fit, none of them cut."""
        line = Text(no_wrap=True)
        for hint in hints:
            key, title = ("greyed", "greyed") if hint.greyed else ("key", "title")
            part = Text().append(f" {hint.name} ", self.get_component_rich_style(f"key-bar--{key}"))
            part.append(f"{hint.title} ", self.get_component_rich_style(f"key-bar--{title}"))
            if line.cell_len + part.cell_len <= room:
                line.append_text(part)
        return line
