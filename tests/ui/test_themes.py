from __future__ import annotations

import re
from pathlib import Path

import pytest
from rich.terminal_theme import TerminalTheme
from textual.color import Color
from textual.theme import Theme

from k9py.ui.styles import style_paths
from k9py.ui.themes import ANSI_DARK, ANSI_LIGHT, THEMES, default_variables
from k9py.values.cell import Tone

TEXT = ["foreground", *(f"tone-{tone.value or 'plain'}" for tone in Tone)]
GROUNDS = ["background", "surface", "table-cursor", "table-cursor-blurred", "table-mark"]
PAIRS = [
    *((text, ground) for text in TEXT for ground in GROUNDS),
    *((text, "background") for text in ("table-header", "table-sorted", "log-remark", "log-stamp", "primary")),
    *((text, "panel") for text in ("foreground", "tone-dim", "footer-key-foreground")),
    ("tone-plain", "log-match"),
    *(("protected", ground) for ground in ("background", "surface")),
]


def luminance(colour: Color) -> float:
    """Relative luminance, as WCAG 2 defines it."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Color, other: Color) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_all_text_can_be_read(theme: Theme) -> None:
    values = theme.to_color_system().generate() | theme.variables
    ratios = {
        (text, ground): round(contrast(Color.parse(values[text]), Color.parse(values[ground])), 2)
        for text, ground in PAIRS
    }
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("ansi", [ANSI_DARK, ANSI_LIGHT])
def test_colours_of_logs_can_be_read(ansi: TerminalTheme) -> None:
    ground = Color(*ansi.background_color)
    colours = [ansi.ansi_colors[number] for number in range(1, 16)]
    assert [colour for colour in colours if contrast(Color(*colour), ground) < 4.5] == []


def test_the_themes_name_the_same_variables() -> None:
    dark, light = (set(theme.variables) for theme in THEMES)
    assert dark == light


def test_other_themes_are_given_what_our_style_sheets_need() -> None:
    known = set(Theme("other", primary="#ff0000").to_color_system().generate()) | set(default_variables(dark=True))
    used = {name for path in style_paths() for name in re.findall(r"\$([a-z0-9-]+)", path.read_text())}
    assert used <= known


def test_style_sheets_name_no_colours_of_their_own() -> None:
    for path in style_paths():
        assert not re.findall(r"#[0-9a-fA-F]{3,8}\s*[;}]|rgb\(|hsl\(", path.read_text()), path.name


def test_style_sheets_are_found_in_a_wheel_and_in_a_checkout(tmp_path: Path) -> None:
    package = tmp_path / "k9py"
    beside, within = tmp_path / "styles", package / "styles"
    with pytest.raises(FileNotFoundError, match="no style sheets"):
        style_paths(package)
    for folder in (beside, within):
        folder.mkdir(parents=True)
        (folder / "b.tcss").touch()
        (folder / "a.tcss").touch()
        assert style_paths(package) == [folder / "a.tcss", folder / "b.tcss"]
