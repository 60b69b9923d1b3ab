"""From cells and tones to what a terminal shows: glyphs, ages and styles.

Shared by all widgets, so that a bad pod looks the same in a table, a header and a dialog. A glyph says what a colour
says, for eyes and terminals without colours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from textwrap import wrap

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from k9py.values.age import human_duration
from k9py.values.cell import Cell, Tone
from k9py.values.text import clean, crop, pad

GLYPHS: Mapping[Tone, str] = {
    Tone.PLAIN: " ",
    Tone.OK: "●",
    Tone.ADDED: "+",
    Tone.BUSY: "◐",
    Tone.WARN: "▲",
    Tone.BAD: "✖",
    Tone.DONE: "○",
    Tone.GOING: "◔",
    Tone.DIM: "·",
}

StyleOf = Callable[[str, bool], Style]
"""(name of a component class without its widget's prefix, partial) → its Rich style; partial inherits nothing."""


def cell_text(cell: Cell, now: float) -> str:
    """What is painted of a cell at `now` (epoch seconds): its text, its age, or both."""
    if cell.since is None:
        return cell.text
    age = human_duration(now - cell.since)
    return f"{cell.text} ({age} ago)" if cell.text else age


def border_text(text: str) -> str:
    """A text for a border, which Textual would read as markup: what comes from a cluster must not be."""
    return clean(text).replace("[", r"\[")


def crop_middle(text: str, width: int) -> str:
    """At most `width` cells, with `…` in the middle: what tells generated names apart stands at their end."""
    if cell_len(text) <= width:
        return text
    if width < 12:
        return crop(text, width)
    tail = width // 3
    kept = text[-tail:]
    while cell_len(kept) > tail:
        kept = kept[1:]
    return f"{set_cell_size(text, width - 1 - cell_len(kept)).rstrip()}…{kept}"


class Palette:
    """The styles of one widget's tones, alone and under an overlay such as the cursor; read once per theme."""

    def __init__(self, style_of: StyleOf) -> None:
        self._style_of = style_of
        self._styles: dict[tuple[Tone, tuple[str, ...]], Style] = {}

    def tone(self, tone: Tone, *overlays: str) -> Style:
        """The style of text in a tone with the overlays (names of component classes) laid over it."""
        style = self._styles.get((tone, overlays))
        if style is None:
            style = self._style_of(tone.value or "plain", False)
            for overlay in overlays:
                style += self._style_of(overlay, True)
            self._styles[tone, overlays] = style
        return style


@lru_cache(maxsize=64)
def wrap_empty(text: str, width: int, most: int) -> tuple[str, ...]:
    """The lines, `most` of them at most, that say why there is nothing to see."""
    text, room = clean(text), max(1, width - 2)
    return (text,) if cell_len(text) <= room else tuple(wrap(text, room, max_lines=max(1, most), placeholder=" …"))


def paint_empty(text: str, width: int, style: Style) -> Strip:
    """One line that says in its middle why there is nothing to see."""
    text = crop(clean(text), max(0, width - 2))
    left = (width - cell_len(text)) // 2
    return Strip([Segment(pad(" " * left + text, width), style)], width)
