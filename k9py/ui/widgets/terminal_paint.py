"""Rows and lines of a terminal, painted. Only text and colours get to the real terminal, no sequence of a program."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby

from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from textual.strip import Strip

from k9py.ui.terminal.looks import BOLD, DIM, HIDDEN, ITALIC, PLAIN, REVERSE, RGB, STRIKE, UNDERLINE, Look
from k9py.ui.terminal.rows import Line, Row

READABLE = 4.5
"""The contrast that text has at least where a program leaves one of its two colours to the terminal's palette."""
_STEPS = 12
_CUBE = (0, 95, 135, 175, 215, 255)

Rgb = tuple[int, int, int]


class TerminalPalette:
    """The styles of looks in a theme: its sixteen colours for those that programs name, and its own for the others."""

    def __init__(self, theme: TerminalTheme, ink: Rgb, ground: Rgb, turned: bool = False) -> None:
        self.ink, self.ground = ink, ground
        self._named = [_rgb(tuple(theme.ansi_colors[number])) for number in range(16)]
        self.turned = turned
        """Whether the whole screen is shown with its colours exchanged (DECSCNM)."""
        self._styles: dict[Look, Style] = {}

    def style(self, look: Look) -> Style:
        """A look's style."""
        style = self._styles.get(look)
        if style is None:
            if len(self._styles) > 4096:
                self._styles.clear()
            style = self._styles[look] = self._make(look)
        return style

    def _make(self, look: Look) -> Style:
        ink, ground = self._colours(look)
        flags = look.flags
        return Style(
            color=Color.from_rgb(*(ground if flags & HIDDEN else ink)),
            bgcolor=Color.from_rgb(*ground),
            bold=bool(flags & BOLD),
            dim=bool(flags & DIM),
            italic=bool(flags & ITALIC),
            underline=bool(flags & UNDERLINE),
            strike=bool(flags & STRIKE),
        )

    def _colours(self, look: Look) -> tuple[Rgb, Rgb]:
        """Text and background: readable, unless a program has chosen both colours by itself."""
        ink = self.ink if look.ink is None else self._colour(look.ink)
        ground = self.ground if look.ground is None else self._colour(look.ground)
        if bool(look.flags & REVERSE) != self.turned:
            ink, ground = ground, ink
        both = look.ink is not None and look.ground is not None
        chosen = both and (look.ink == look.ground or max(look.ink or 0, look.ground or 0) >= 16)
        return (ink if chosen else make_readable(ink, ground)), ground

    def _colour(self, number: int) -> Rgb:
        if number >= RGB:
            return number >> 16 & 255, number >> 8 & 255, number & 255
        if number < 16:
            return self._named[number]
        if number >= 232:
            return (8 + 10 * (number - 232),) * 3
        number -= 16
        return _CUBE[number // 36], _CUBE[number // 6 % 6], _CUBE[number % 6]


def _rgb(colour: Sequence[int]) -> Rgb:
    red, green, blue = colour
    return red, green, blue


def _luminance(colour: Rgb) -> float:
    """Relative luminance, as WCAG 2 defines it."""
    parts = (part / 255 for part in colour)
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Rgb, other: Rgb) -> float:
    """From 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@lru_cache(maxsize=4096)
def make_readable(ink: Rgb, ground: Rgb) -> Rgb:
    """The colour nearest to a text's that can be read on a background: towards white or black as far as needed."""
    if contrast(ink, ground) >= READABLE:
        return ink
    end = max(((255, 255, 255), (0, 0, 0)), key=lambda colour: contrast(colour, ground))
    for step in range(1, _STEPS):
        mixed = _rgb([round(a + (b - a) * step / _STEPS) for a, b in zip(ink, end, strict=True)])
        if contrast(mixed, ground) >= READABLE:
            return mixed
    return end


def paint_cells(line: Line | Row, width: int, palette: TerminalPalette) -> Strip:
    """A line or row in so many cells."""
    if isinstance(line, Row):
        return _paint_row(line, width, palette)
    segments, at = [], 0
    for count, look in line.runs or ((len(line.text), PLAIN),):
        segments.append(Segment(line.text[at : at + count], palette.style(look)))
        at += count
    return Strip(segments).adjust_cell_length(width, palette.style(PLAIN))


def _paint_row(row: Row, width: int, palette: TerminalPalette) -> Strip:
    chars, looks = row.chars, row.looks
    if row.wide and width < len(chars) and not chars[width]:  # half of a wide sign is out of sight
        chars = [*chars[: width - 1], " "]
    segments, at = [], 0
    for look, same in groupby(looks[:width]):
        begin, at = at, at + sum(1 for _ in same)
        segments.append(Segment("".join(chars[begin:at]), palette.style(look)))
    return Strip(segments, width)


def lay_over(strip: Strip, spans: Sequence[tuple[int, int]], style: Style) -> Strip:
    """A style laid over cells, from the first of a span to the one before its last."""
    for begin, end in spans:
        if 0 <= begin < end <= strip.cell_length:
            left, middle, right = strip.crop(0, begin), strip.crop(begin, end), strip.crop(end)
            middle = Strip([Segment(text, (own or Style()) + style) for text, own, _ in middle], middle.cell_length)
            strip = Strip.join([left, middle, right])
    return strip


def cells_of(text: str, start: int, end: int) -> tuple[int, int]:
    """The cells of a part of a text."""
    first = cell_len(text[:start])
    return first, first + cell_len(text[start:end])
