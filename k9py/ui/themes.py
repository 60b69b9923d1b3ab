"""k9py's two themes, a dark and a light one. All colours of the screen are named here and nowhere else.

Text has a contrast of at least 4.5 : 1 to every background on which it may stand; a test computes it.
"""

from __future__ import annotations

from rich.terminal_theme import TerminalTheme
from textual.theme import Theme

DARK = "k9py-dark"
LIGHT = "k9py-light"

_DARK = Theme(
    name=DARK,
    dark=True,
    primary="#7aa8e6",
    secondary="#9aa7bd",
    accent="#e6b673",
    foreground="#d3d9e4",
    background="#12161d",
    surface="#181d26",
    panel="#202733",
    success="#86c38a",
    warning="#e6b673",
    error="#f0867f",
    variables={
        "tone-plain": "#d3d9e4",
        "tone-ok": "#86c38a",
        "tone-added": "#7fc8d8",
        "tone-busy": "#e0c285",
        "tone-warn": "#eba765",
        "tone-bad": "#f58d85",
        "tone-done": "#9aa6bb",
        "tone-going": "#c3a3e3",
        "tone-dim": "#9aa6bb",
        "table-header": "#97a6be",
        "table-sorted": "#8fbcf7",
        "table-cursor": "#2b3a54",
        "table-cursor-blurred": "#1f2734",
        "table-mark": "#30303a",
        "log-remark": "#97a6be",
        "log-stamp": "#8796ad",
        "log-match": "#5a4a1c",
        "protected": "#ff8ad8",
        "protected-blurred": "#8a3f74",
        "border": "#7aa8e6",
        "border-blurred": "#333d4d",
        "scrollbar": "#333d4d",
        "scrollbar-hover": "#4a576b",
        "scrollbar-active": "#7aa8e6",
        "scrollbar-background": "#12161d",
        "scrollbar-background-hover": "#12161d",
        "scrollbar-background-active": "#12161d",
        "scrollbar-corner-color": "#12161d",
        "footer-key-foreground": "#8fbcf7",
    },
)

_LIGHT = Theme(
    name=LIGHT,
    dark=False,
    primary="#2459a9",
    secondary="#56627a",
    accent="#8a5a00",
    foreground="#1f2733",
    background="#fbfbf9",
    surface="#f3f3f0",
    panel="#e9eaea",
    success="#256b35",
    warning="#7d5200",
    error="#ab2626",
    variables={
        "tone-plain": "#1f2733",
        "tone-ok": "#256b35",
        "tone-added": "#0d6273",
        "tone-busy": "#735400",
        "tone-warn": "#8b4500",
        "tone-bad": "#ab2626",
        "tone-done": "#566071",
        "tone-going": "#6d3fa0",
        "tone-dim": "#566071",
        "table-header": "#505c70",
        "table-sorted": "#2459a9",
        "table-cursor": "#d6e2f6",
        "table-cursor-blurred": "#eaedf1",
        "table-mark": "#efe9d8",
        "log-remark": "#505c70",
        "log-stamp": "#5c6779",
        "log-match": "#f6e3a1",
        "protected": "#a3127c",
        "protected-blurred": "#d58dc0",
        "border": "#2459a9",
        "border-blurred": "#cfd3da",
        "scrollbar": "#cfd3da",
        "scrollbar-hover": "#b3bac5",
        "scrollbar-active": "#2459a9",
        "scrollbar-background": "#fbfbf9",
        "scrollbar-background-hover": "#fbfbf9",
        "scrollbar-background-active": "#fbfbf9",
        "scrollbar-corner-color": "#fbfbf9",
        "footer-key-foreground": "#2459a9",
    },
)

THEMES = (_DARK, _LIGHT)

ANSI_DARK = TerminalTheme(
    background=(18, 22, 29),
    foreground=(211, 217, 228),
    normal=[
        (74, 87, 107),
        (245, 141, 133),
        (134, 195, 138),
        (224, 194, 133),
        (143, 188, 247),
        (195, 163, 227),
        (127, 200, 216),
        (211, 217, 228),
    ],
    bright=[
        (135, 150, 173),
        (255, 168, 160),
        (164, 216, 166),
        (240, 217, 164),
        (176, 208, 255),
        (216, 191, 240),
        (162, 220, 234),
        (242, 245, 250),
    ],
)
"""What programs mean by the sixteen colours of a terminal in their logs, as they can be read on the dark theme."""

ANSI_LIGHT = TerminalTheme(
    background=(251, 251, 249),
    foreground=(31, 39, 51),
    normal=[
        (31, 39, 51),
        (171, 38, 38),
        (37, 107, 53),
        (115, 84, 0),
        (36, 89, 169),
        (109, 63, 160),
        (13, 98, 115),
        (86, 96, 113),
    ],
    bright=[
        (80, 92, 112),
        (184, 50, 44),
        (42, 116, 60),
        (125, 92, 0),
        (44, 100, 186),
        (122, 74, 176),
        (15, 108, 127),
        (31, 39, 51),
    ],
)
"""The same for the light theme: yellow and white are dark enough to be read."""

_OURS = ("tone-", "table-", "log-", "protected")


def default_variables(dark: bool) -> dict[str, str]:
    """The variables that our style sheets need and that a theme of somebody else does not have."""
    theme = _DARK if dark else _LIGHT
    return {name: colour for name, colour in theme.variables.items() if name.startswith(_OURS)}
