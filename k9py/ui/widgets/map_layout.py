"""Where what the lines of a map say stands, and one such line painted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from k9py.insight.cluster.lines import Line
from k9py.ui.painting import GLYPHS, Palette, crop_middle
from k9py.values.cell import Tone
from k9py.values.text import clean

GAP = 2
LONGEST_LABEL = 70
"""Cells of a label beyond which its middle is left out."""
FIRST = {"title": 1, "head": 3, "thing": 3, "detail": 5}
"""The cell where the first word of a line stands; its sign is two before it."""


@dataclass(frozen=True)
class Placed:
    """A line with its texts as they read now, and the cell where each begins. It looks the same while it is equal."""

    line: Line
    texts: tuple[str, ...]
    starts: tuple[int, ...]

    @property
    def width(self) -> int:
        """Cells of the whole line."""
        return self.starts[-1] + cell_len(self.texts[-1])


def place(lines: Sequence[Line], now: float) -> list[Placed | None]:
    """The lines as they stand below each other; None is an empty one, above each title but the first."""
    placed: list[Placed | None] = []
    for section in _sections(lines):
        texts = [_texts(line, now) for line in section]
        columns = {table: _columns(section, texts, table) for table in dict.fromkeys(map(_table, section))}
        placed += [None] if placed else []
        for line, said in zip(section, texts, strict=True):
            placed.append(Placed(line, said, tuple(_starts(line, said, columns[_table(line)]))))
    return placed


def _sections(lines: Sequence[Line]) -> Iterator[Sequence[Line]]:
    titles = [index for index, line in enumerate(lines) if line.part == "title"]
    for start, end in zip(titles, [*titles[1:], len(lines)], strict=True):
        yield lines[start:end]


def _texts(line: Line, now: float) -> tuple[str, ...]:
    label = clean(line.label)
    if line.part == "title":
        return (label if line.tone is Tone.PLAIN else f"{GLYPHS[line.tone]} {label}",)
    return (crop_middle(label, LONGEST_LABEL), *(cell.at(now) for cell in line.cells))


def _table(line: Line) -> tuple[bool, bool]:
    """Lines of one section and table stand in the same columns: things apart from what is told of them."""
    return line.grid, line.part == "detail"


def _columns(section: Sequence[Line], texts: Sequence[tuple[str, ...]], table: tuple[bool, bool]) -> list[int]:
    """Where columns begin: of a grid all, else the first cell and the one after it. What stands last pushes nothing."""
    aligned = [
        said[:-1] if line.grid else said[:-1][:2]
        for line, said in zip(section, texts, strict=True)
        if _table(line) == table
    ]
    starts = [FIRST["detail" if table[1] else "thing"]]
    for column in zip_longest(*aligned, fillvalue=""):
        starts.append(starts[-1] + max(map(cell_len, column)) + GAP)
    return starts


def _starts(line: Line, texts: Sequence[str], columns: Sequence[int]) -> Iterator[int]:
    at = FIRST[line.part]
    for index, text in enumerate(texts):
        if 0 < index < len(columns):
            at = max(at, columns[index])
        yield at
        at += cell_len(text) + GAP


def paint(placed: Placed, palette: Palette, overlays: tuple[str, ...]) -> Strip:
    """One line in its tones."""
    line = placed.line
    base = palette.tone(Tone.PLAIN, *overlays)
    segments = [Segment("▸" if overlays else " ", base)]
    at = 1
    if line.part in ("thing", "detail"):
        indent = FIRST[line.part] - 3
        segments += [Segment(" " * indent, base), Segment(GLYPHS[line.tone], palette.tone(line.tone, *overlays))]
        at = FIRST[line.part] - 1
    for text, start, style in zip(placed.texts, placed.starts, _styles(line, palette, overlays), strict=True):
        segments += [Segment(" " * (start - at), base), Segment(text, style)]
        at = start + cell_len(text)
    return Strip(list(Segment.simplify(segments)))


def _styles(line: Line, palette: Palette, overlays: tuple[str, ...]) -> Iterator[Style]:
    """The style of each text. What is well is not coloured as a whole: colour is for what wants to be looked at."""
    if line.part in ("title", "head"):
        yield palette.tone(line.tone, line.part)
    else:
        yield palette.tone(Tone.PLAIN if line.tone is Tone.OK else line.tone, *overlays)
    for cell in line.cells:
        yield palette.tone(cell.tone, *(overlays or (("head",) if line.part == "head" else ())))
