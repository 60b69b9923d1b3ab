"""One line of a log, painted: its own colours, what a filter has found in it, and the time it was written.

Only lines on the screen are painted. Nothing of a line but text and colours gets here: values/text.py sees to that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from rich.ansi import AnsiDecoder
from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip

from k9py.ui.widgets.log_buffer import fold
from k9py.values.age import parse_time
from k9py.values.log import LogLine
from k9py.values.text import only_colours

STAMP_WIDTH = 21
"""`2026-01-02T09:14:02Z` and a space."""


@dataclass(frozen=True, slots=True)
class LogStyles:
    """Read from the style sheet, once per theme."""

    text: Style
    stamp: Style
    remark: Style
    match: Style


@dataclass(frozen=True, slots=True)
class PaintedLine:
    """The whole text of a line, and the cells at which its rows begin."""

    strip: Strip
    starts: list[int]

    def row(self, part: int) -> Strip:
        """One of its rows."""
        end = self.starts[part + 1] if part + 1 < len(self.starts) else self.strip.cell_length
        return self.strip if len(self.starts) == 1 else self.strip.crop(self.starts[part], end)


def paint_line(
    line: LogLine, styles: LogStyles, highlight: re.Pattern[str] | None, room: int, console: Console
) -> PaintedLine:
    """The text of a line without its stamp, wrapped at `room` cells (0 = not)."""
    text = _decode(line.text)
    if highlight is not None:
        for match in highlight.finditer(text.plain):
            text.stylize(styles.match, *match.span())
    segments = Segment.apply_style(text.render(console), styles.text if line.stamp else styles.remark)
    return PaintedLine(Strip(segments, cell_len(text.plain)), fold(text.plain, room) if room else [0])


def _decode(text: str) -> Text:
    text = only_colours(text)
    return AnsiDecoder().decode_line(text) if "\x1b" in text else Text(text)


def paint_stamp(line: LogLine, part: int, style: Style) -> Strip:
    """The column of the stamps, in UTC to the second; empty beside the further rows of a wrapped line."""
    text = _utc(line.stamp) if line.stamp and part == 0 else ""
    return Strip([Segment(text.ljust(STAMP_WIDTH), style)], STAMP_WIDTH)


def _utc(stamp: str) -> str:
    if stamp.endswith("Z"):
        return f"{stamp[:19]}Z"
    seconds = parse_time(stamp)
    return "" if seconds is None else f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"
