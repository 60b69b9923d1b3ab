"""A line of a tree of objects, painted: what it hangs on, how it fares, what is hidden of it, and its relation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from k9py.insight.relations.tree import TROUBLES
from k9py.ui.painting import GLYPHS, Palette, crop_middle
from k9py.ui.tree_lines import Line
from k9py.values.cell import Tone
from k9py.values.text import clean, crop, pad

_SIGNS = {None: "  ", True: "▾ ", False: "▸ "}
_GAP = 2
_LEAD = 2
_LEAST = 30
"""Cells that an object has at least, before how it fares gives way."""
_MOST_STATUS = 32
_LEAST_HOW = 12

Piece = tuple[str, Tone]


class Widths(NamedTuple):
    """Cells of the three columns."""

    tree: int = 0
    status: int = 0
    how: int = 0


def measure(lines: Sequence[Line], room: int) -> Widths:
    """As wide as the widest of each; where that is too much, first the relation gives way, then the others."""
    tree = max((_tree_width(line) for line in lines), default=0)
    status = max(6, min(_MOST_STATUS, max((_width(_status(line)) for line in lines), default=0)))
    how = max(8, max((cell_len(_how(line)) for line in lines), default=0))
    room -= 2 * _GAP + _LEAD
    how = min(how, max(_LEAST_HOW, room - tree - status))
    tree = min(tree, max(_LEAST, room - status - how))
    return Widths(tree, status, how)


def paint_heads(widths: Widths, room: int, style: Style) -> Strip:
    """The titles of the columns."""
    gap = " " * _GAP
    heads = (pad("OBJECT", widths.tree), pad("STATUS", widths.status), pad("RELATION", widths.how))
    return _strip([(" " * _LEAD + gap.join(heads), style)], room, style)


def paint_line(line: Line, widths: Widths, room: int, palette: Palette, overlay: tuple[str, ...]) -> Strip:
    """One line; `overlay` is the component class of the cursor, where it stands here."""
    base = palette.tone(Tone.PLAIN, *overlay)
    pieces = [
        ("▸ " if overlay else "  ", Tone.PLAIN),
        *_fit(_object(line, widths.tree), widths.tree + _GAP),
        *_fit(list(_status(line)), widths.status + _GAP),
        (_how(line), Tone.DIM),
    ]
    return _strip([(text, palette.tone(tone, *overlay)) for text, tone in pieces], room, base)


def _object(line: Line, width: int) -> list[Piece]:
    identity, health = line.branch.identity, line.branch.health
    kind = f"{clean(identity.kind.lower())} "
    lead = f"{line.guides}{_SIGNS[line.is_open]}"
    room = width - len(lead) - 2 - cell_len(kind)
    calm = Tone.PLAIN if health.tone is Tone.OK else health.tone
    return [
        (lead, Tone.DIM),
        (f"{GLYPHS[health.tone]} ", health.tone),
        (kind, Tone.DIM),
        (crop_middle(clean(identity.name), max(1, room)), calm),
    ]


def _tree_width(line: Line) -> int:
    identity = line.branch.identity
    return len(line.guides) + 5 + cell_len(identity.kind) + cell_len(clean(identity.name))


def _status(line: Line) -> Iterator[Piece]:
    """The word that says how it fares; of a closed branch how many are below, and what of them is wrong."""
    branch = line.branch
    if word := clean(branch.health.word):
        yield word, branch.health.tone
    if line.is_open is False and branch.below:
        yield f"{'  ' if word else ''}+{branch.below:,}", Tone.DIM
        for tone in TROUBLES:
            if count := branch.troubles.get(tone):
                yield f" {GLYPHS[tone]}{count:,}", tone


def _how(line: Line) -> str:
    branch = line.branch
    more = "unfolded elsewhere" if branch.again else "more is left out" if branch.cut else ""
    return " · ".join(part for part in (clean(branch.how), more) if part)


def _width(pieces: Iterator[Piece]) -> int:
    return sum(cell_len(text) for text, _ in pieces)


def _fit(pieces: list[Piece], width: int) -> list[Piece]:
    """Pieces in so many cells, a gap behind them."""
    room = width - _GAP
    fitted: list[Piece] = []
    for text, tone in pieces:
        part = crop(text, room)
        fitted.append((part, tone))
        room -= cell_len(part)
    return [*fitted, (" " * (room + _GAP), Tone.PLAIN)]


def _strip(pieces: Sequence[tuple[str, Style]], room: int, blank: Style) -> Strip:
    return Strip([Segment(text, style) for text, style in pieces if text]).adjust_cell_length(room, blank)
