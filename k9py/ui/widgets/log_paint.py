"""One line of a log, painted: its own colours or what was read in it, what was found in it, when and by whom.

Only lines on the screen are painted. Nothing of a line but text and colours gets here: values/text.py sees to that.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from rich.ansi import AnsiDecoder
from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip

from k9py.ui.painting import crop_middle
from k9py.ui.widgets.log_buffer import Line
from k9py.ui.widgets.log_form import compose, fold, join
from k9py.values.log import REMARK
from k9py.values.text import pad

STAMP_WIDTH = 21
"""`2026-01-02T09:14:02Z` and a space."""
HUES = 6
"""Colours that tell sources apart."""
MOST_LABEL = 28
"""Cells of a label at most."""

StyleOf = Callable[[str], Style]
"""The style of a part of a line: text, stamp, remark, match, current …"""


@dataclass(frozen=True, slots=True)
class Form:
    """How lines are shown, beside which of them are: read or as they are, wrapped at `room` cells (0 = not)."""

    reads: bool = False
    room: int = 0
    highlight: re.Pattern[str] | None = None
    dims: bool = False
    """Whether lines that only stand around those that were found are dimmed."""


@dataclass(frozen=True, slots=True)
class PaintedLine:
    """The whole text of a line, and the cells at which its rows begin."""

    strip: Strip
    starts: list[int]

    def row(self, part: int) -> Strip:
        """One of its rows."""
        end = self.starts[part + 1] if part + 1 < len(self.starts) else self.strip.cell_length
        return self.strip if len(self.starts) == 1 else self.strip.crop(self.starts[part], end)


def write_line(line: Line, reads: bool) -> str:
    """The text of a line as it is shown."""
    return join(compose(line.text, line.repeats, reads and line.time != REMARK))


def paint_line(line: Line, form: Form, current: bool, style_of: StyleOf, console: Console) -> PaintedLine:
    """The text of a line without what stands before it."""
    text = _compose(line, form, style_of)
    if form.highlight is not None and line.found:
        for match in form.highlight.finditer(text.plain):
            text.stylize(style_of("current" if current else "match"), *match.span())
    base = style_of("remark" if line.time == REMARK else "context" if form.dims and not line.found else "text")
    segments = Segment.apply_style(text.render(console), base)
    return PaintedLine(Strip(segments, cell_len(text.plain)), fold(text.plain, form.room) if form.room else [0])


def _compose(line: Line, form: Form, style_of: StyleOf) -> Text:
    pieces = compose(line.text, line.repeats, form.reads and line.time != REMARK)
    text = Text(end="")
    for piece, part in pieces:
        if part != "text":
            text.append(piece, style_of(part))
        elif "\x1b" in line.coloured:
            text.append_text(AnsiDecoder().decode_line(line.coloured))
        else:
            text.append(piece)
    return text


def write_time(time: int, local: bool) -> str:
    """When a line was written, to the second: in UTC as the kubelet writes it, or as the clock on the wall shows it."""
    seconds = time // 10**9
    if local:
        return f"{datetime.fromtimestamp(seconds, UTC).astimezone():%Y-%m-%d %H:%M:%S}"
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


def paint_stamp(time: int, part: int, local: bool, style: Style) -> Strip:
    """The column of the times; empty beside remarks and the further rows of a wrapped line."""
    text = write_time(time, local) if time != REMARK and part == 0 else ""
    return Strip([Segment(text.ljust(STAMP_WIDTH), style)], STAMP_WIDTH)


def paint_label(label: str, part: int, width: int, style: Style) -> Strip:
    """Whose line it is, in its colour."""
    text = pad(crop_middle(label, width - 1), width - 1) if part == 0 else " " * (width - 1)
    return Strip([Segment(f"{text} ", style)], width)
