"""Text from a cluster made fit for a terminal: names, annotations and log lines may hold escape sequences.

Whatever goes on the screen goes through one of these: nothing but printable text, and in logs colours, may reach the
terminal. Widths are counted in cells, so that Korean names and emoji stay in their columns.
"""

from __future__ import annotations

import re
from typing import Literal

from rich.cells import cell_len, set_cell_size

_SGR = r"\x1b\[[0-9;:]*m"
_CONTROLS = (
    r"\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # C0, DEL and C1, without what is white space
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # they turn the direction of what follows: a name may seem another
    r"\ud800-\udfff"  # half a surrogate cannot be written to a terminal
)
# An operating system command and its like reach to their end; one that never ends is dropped to the end of the line.
# Their eight-bit forms (C1) need an end, as a lone one is rather text in a wrong encoding.
_SEQUENCE = (
    r"\x1b[\]PX^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|[\x90\x98\x9d-\x9f][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|\x1b[ -/]*[0-~]?"
)
_JUNK = re.compile(f"{_SEQUENCE}|[{_CONTROLS}]")
_COLOURS_OR_JUNK = re.compile(f"({_SGR})|{_SEQUENCE}|[{_CONTROLS}]")
_COLOURS = re.compile(_SGR)
_COLOURS_AND_TABS = re.compile(f"({_SGR}|\t)")
_SPACES = re.compile("[\t-\r\x85\u2028\u2029]")
_SPACES_IN_LINE = re.compile("[\n\x0b\x0c\x85\u2028\u2029]")
_TAB = 8


def clean(text: str) -> str:
    """Only what can be read: no control characters, no escape sequences; a newline or tab is a space."""
    if text.isprintable():
        return text
    return _SPACES.sub(" ", _JUNK.sub("", text))


def only_colours(line: str) -> str:
    """One log line as a terminal would show it, with nothing but colours (SGR) left of its escape sequences.

    Tabs are expanded. What a carriage return has overwritten is dropped, but for the colours that it has set.
    """
    if line.isprintable():
        return line
    line = line.rstrip("\r\n")
    line = _SPACES_IN_LINE.sub(" ", _COLOURS_OR_JUNK.sub(_keep_colour, line))
    return _expand_tabs(_overwrite(line))


def plain(line: str) -> str:
    """One log line without its colours: what filters and searches see, and what is copied."""
    return line if line.isprintable() else _COLOURS.sub("", only_colours(line))


def _keep_colour(match: re.Match[str]) -> str:
    return match[1] or ""


def _overwrite(line: str) -> str:
    overwritten, _, last = line.rpartition("\r")
    return "".join(_COLOURS.findall(overwritten)) + last if overwritten else last


def _expand_tabs(line: str) -> str:
    if "\t" not in line:
        return line
    parts: list[str] = []
    column = 0
    for part in _COLOURS_AND_TABS.split(line):
        expanded = " " * (_TAB - column % _TAB) if part == "\t" else part
        column += 0 if part.startswith("\x1b") else cell_len(expanded)
        parts.append(expanded)
    return "".join(parts)


def crop(text: str, width: int) -> str:
    """At most `width` cells of clean text, the last one `…` where something is missing."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1) + "…" if width > 0 else ""


def pad(text: str, width: int, align: Literal["left", "right"] = "left") -> str:
    """Clean text in exactly `width` cells: cropped or filled with spaces."""
    text = crop(text, width)
    space = " " * (width - cell_len(text))
    return space + text if align == "right" else text + space
