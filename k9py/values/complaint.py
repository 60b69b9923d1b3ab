"""What is wrong with a text that a person has written, and on which line: by k9py itself, or by a server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from k9py.values.errors import ApiError, K9pyError
from k9py.values.reading import Path, Reading

_STEP = re.compile(r"\[([^\]]*)\]|([^.\[\]]+)")
_UNKNOWN = re.compile(r'(?:unknown|duplicate) field "([^"]+)"')
_UNFIT = re.compile(r"cannot unmarshal \S+ into Go struct field [^.\s]+\.(\S+) of type \S+")


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that is wrong. `line` counts from 0; None where it is about no line."""

    text: str
    line: int | None = None


def read_field(field: str) -> Path:
    """The path of a field as a server names it: `spec.containers[0].image`, `data[a.b]`."""
    path: list[str | int] = []
    for found in _STEP.finditer(field):
        inside, name = found.groups()
        path.append(name if name is not None else int(inside) if inside.isdecimal() else inside)
    return tuple(path)


def complaints_of(error: K9pyError, reading: Reading | None) -> list[Complaint]:
    """All that a server says against an object, each cause by itself, beside its field's line where that is found."""
    if not isinstance(error, ApiError):
        return [Complaint(error.line)]
    causes = [each for each in error.details.get("causes") or () if each.get("field") or each.get("message")]
    if not causes:
        return [Complaint(error.line, find_line(field, reading)) for field in _fields_in(error.message)][:1] or [
            Complaint(error.line)
        ]
    return [
        Complaint(
            ": ".join(filter(None, (each.get("field"), each.get("message")))), find_line(each.get("field"), reading)
        )
        for each in causes
    ]


def _fields_in(message: str) -> Iterator[str]:
    for pattern in (_UNKNOWN, _UNFIT):
        yield from pattern.findall(message)


def find_line(field: str | None, reading: Reading | None) -> int | None:
    """The line of a field, or of the nearest one above it. Texts of a Secret that stand decoded are found as well."""
    if not field or reading is None:
        return None
    path = read_field(field)
    if path[0] == "data" and path not in reading.lines and ("stringData", *path[1:]) in reading.lines:
        path = ("stringData", *path[1:])
    return reading.line_of(path)
