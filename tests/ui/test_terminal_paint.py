"""Colours of programs on both themes: text can be read, unless a program has chosen its background by itself."""

from __future__ import annotations

from itertools import product

import pytest
from rich.color import Color
from rich.terminal_theme import TerminalTheme

from k9py.ui.terminal.looks import DIM, HIDDEN, PLAIN, REVERSE, RGB, Look
from k9py.ui.terminal.rows import Row, open_line, pack
from k9py.ui.terminal.terminal import Terminal
from k9py.ui.themes import ANSI_DARK, ANSI_LIGHT
from k9py.ui.widgets.terminal_paint import READABLE, Rgb, TerminalPalette, contrast, lay_over, paint_cells

both_themes = pytest.mark.parametrize("theme", [ANSI_DARK, ANSI_LIGHT], ids=["dark", "light"])


def palette_of(theme: TerminalTheme) -> TerminalPalette:
    return TerminalPalette(theme, theme.foreground_color, theme.background_color)


def colours(palette: TerminalPalette, look: Look) -> tuple[Rgb, Rgb]:
    style = palette.style(look)

    def read(colour: Color | None) -> Rgb:
        assert colour
        assert colour.triplet
        return colour.triplet

    return read(style.color), read(style.bgcolor)


@both_themes
def test_all_named_colours_can_be_read_on_all_grounds(theme: TerminalTheme) -> None:
    palette = palette_of(theme)
    named = (None, *range(16))
    for ink, ground, flags in product(named, named, (0, REVERSE)):
        if ink != ground or ink is None:
            assert contrast(*colours(palette, Look(ink, ground, flags))) >= READABLE, (ink, ground, flags)


@both_themes
def test_all_others_can_be_read_on_the_terminals_own_ground(theme: TerminalTheme) -> None:
    palette = palette_of(theme)
    for ink in (*range(16, 256), RGB | 0x123456, RGB | 0xFFFF00):
        assert contrast(*colours(palette, Look(ink))) >= READABLE, ink


@both_themes
def test_what_a_program_has_chosen_itself_stays(theme: TerminalTheme) -> None:
    look = Look(RGB | 0x102030, RGB | 0x112131)
    assert colours(palette_of(theme), look) == ((0x10, 0x20, 0x30), (0x11, 0x21, 0x31))
    assert colours(palette_of(theme), Look(196, 226)) == ((255, 0, 0), (255, 255, 0))
    hidden = colours(palette_of(theme), Look(1, None, HIDDEN))
    assert hidden[0] == hidden[1]


@both_themes
def test_colours_that_are_exchanged(theme: TerminalTheme) -> None:
    ink, ground = colours(palette_of(theme), PLAIN)
    turned = TerminalPalette(theme, theme.foreground_color, theme.background_color, turned=True)
    assert colours(palette_of(theme), Look(flags=REVERSE)) == colours(turned, PLAIN) == (ground, ink)


def test_a_line_is_painted_as_it_was_as_a_row() -> None:
    palette = palette_of(ANSI_DARK)
    terminal = Terminal(30, 2)
    terminal.feed("\x1b[31m결제\x1b[m e\u0301 \x1b[44m🚀  \x1b[m plain".encode())
    terminal.advance()
    row = terminal.screen.rows[0]
    line = open_line(pack(row))
    for width in (30, 12, 11, 3):
        painted = paint_cells(row, width, palette)
        assert painted.cell_length == width
        assert paint_cells(line, width, palette).simplify() == painted.simplify()


def test_styles_are_laid_over_cells() -> None:
    palette = palette_of(ANSI_DARK)
    row = Row(6)
    row.put(0, "abcdef", PLAIN)
    strip = lay_over(paint_cells(row, 6, palette), [(1, 3), (9, 12)], palette.style(Look(flags=DIM)))
    assert [segment.text for segment in strip] == ["a", "bc", "def"]
