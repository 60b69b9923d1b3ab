"""What differs between an object as it is and as it would be: the changed lines of its YAML, with some around them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from k9py.values.document import write_object

AROUND = 2
"""Lines shown before and after each change."""
MANY = 4_000
"""Lines from which on a difference is found quickly, and may not be the shortest."""
NOISE = ("creationTimestamp", "generation", "resourceVersion", "uid")
"""Of metadata: what the server writes, and nobody decides."""
_SECRET = ("data", "stringData")


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line that goes (-), comes (+) or stays ( ), or the place of lines that are left out (…)."""

    sign: Literal["-", "+", " ", "…"]
    text: str = ""


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[DiffLine, ...]:
    """The lines of a unified diff of two objects; none where there is no difference that anybody decides on.

    Values of a Secret are masked: one that changes says so.
    """
    old, new = _bare(before), _bare(after)
    old_lines, new_lines = write_object(old).lines, _mark_changed(old, new)
    old_lines, new_lines = _cut(old_lines, new_lines)
    lines: list[DiffLine] = []
    quick = len(old_lines) + len(new_lines) > MANY
    for group in difflib.SequenceMatcher(None, old_lines, new_lines, autojunk=quick).get_grouped_opcodes(AROUND):
        if lines or group[0][1]:
            lines.append(DiffLine("…"))
        for what, i1, i2, j1, j2 in group:
            if what == "equal":
                lines += [DiffLine(" ", line) for line in old_lines[i1:i2]]
                continue
            lines += [DiffLine("-", line) for line in old_lines[i1:i2]]
            lines += [DiffLine("+", line) for line in new_lines[j1:j2]]
    return tuple(lines)


def _cut(old: list[str], new: list[str]) -> tuple[list[str], list[str]]:
    """Both without most of what they begin and end with alike: there is nothing to be found in it."""
    most = min(len(old), len(new))
    begin = next((at for at in range(most) if old[at] != new[at]), most)
    end = next((at for at in range(most - begin) if old[-1 - at] != new[-1 - at]), most - begin)
    begin, end = max(0, begin - AROUND - 1), max(0, end - AROUND)
    return old[begin : len(old) - end], new[begin : len(new) - end]


def _bare(found: Mapping[str, Any]) -> dict[str, Any]:
    metadata = {name: value for name, value in (found.get("metadata") or {}).items() if name not in NOISE}
    return {**found, "metadata": metadata}


def _mark_changed(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """The lines of the new one. Two secret values of one length look alike: one that is another says so."""
    lines = write_object(new).lines
    if new.get("kind") != "Secret":
        return lines
    changed = {
        name
        for part in _SECRET
        for name, value in (new.get(part) or {}).items()
        if (old.get(part) or {}).get(name, value) != value
    }
    return [f"{line}, changed" if "•••" in line and line.split(":")[0].strip() in changed else line for line in lines]
