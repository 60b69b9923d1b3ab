"""Values of awk: text that can be a number, and what a run of a program holds."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from k9py.demo.node.shell.patterns import expression

Value = str | float
Expr = Callable[["Run"], Value]
Do = Callable[["Run"], None]
TURNS = 2_000_000
"""So many statements, then it is ended."""


class Next(Exception):
    """On to the next line; with a status, the end."""

    def __init__(self, status: int | None = None, loop: str = "") -> None:
        super().__init__()
        self.status, self.loop = status, loop


@dataclass(slots=True)
class Run:
    """Variables, fields and what is written."""

    variables: dict[str, Value] = field(default_factory=dict)
    arrays: dict[str, dict[str, Value]] = field(default_factory=dict)
    fields: list[str] = field(default_factory=lambda: [""])
    written: list[str] = field(default_factory=list)
    turns: int = 0

    def get(self, name: str) -> Value:
        """A variable."""
        return float(len(self.fields) - 1) if name == "NF" else self.variables.get(name, "")

    def line(self, text: str) -> None:
        """Take a line apart."""
        separator = show(self.variables.get("FS", " "))
        self.fields = [text, *split(text, separator)]

    def set_field(self, number: int, value: Value) -> None:
        """Set a field, or the line."""
        if number == 0:
            self.line(show(value))
            return
        self.fields += [""] * (number + 1 - len(self.fields))
        self.fields[number] = show(value)
        self.fields[0] = show(self.variables.get("OFS", " ")).join(self.fields[1:])


def split(text: str, separator: str) -> list[str]:
    """The fields of a text."""
    if separator == " ":
        return text.split()
    if not text:
        return []
    return text.split(separator) if len(separator) == 1 else re.split(pattern_of(separator), text)


def pattern_of(text: str) -> str:
    """A pattern as Python has it."""
    return expression(text, True).pattern.decode("utf-8", "surrogateescape")


def show(value: Value) -> str:
    """A value as text."""
    if isinstance(value, str):
        return value
    return str(int(value)) if value == int(value) and abs(value) < 1e16 else f"{value:.6g}"


def number(value: Value) -> float:
    """A value as a number: what it begins with."""
    if isinstance(value, float):
        return value
    match = re.match(r"\s*[-+]?(\d+\.?\d*([eE][-+]?\d+)?|\.\d+)", value)
    return float(match[0]) if match else 0.0


def truth(value: Value) -> bool:
    """Whether a value holds."""
    return value != 0 if isinstance(value, float) else bool(value) and not (_numeric(value) and number(value) == 0)


def _numeric(value: Value) -> bool:
    return isinstance(value, float) or bool(re.fullmatch(r"\s*[-+]?(\d+\.?\d*([eE][-+]?\d+)?|\.\d+)\s*", value))


def compare(left: Value, right: Value) -> int:
    """Numbers as numbers, everything else as text."""
    if _numeric(left) and _numeric(right):
        a, b = number(left), number(right)
        return (a > b) - (a < b)
    c, d = show(left), show(right)
    return (c > d) - (c < d)


def constant(text: str, run: Run) -> Value:
    """A text, whatever runs."""
    return text


@dataclass(slots=True)
class Target:
    """What can be set: a variable, an element of an array, a field."""

    key: Expr | None
    name: str = ""

    def get(self, run: Run) -> Value:
        """Its value."""
        if not self.name:
            place = int(number(self.key(run))) if self.key else 0
            return run.fields[place] if 0 <= place < len(run.fields) else ""
        if self.key is None:
            return run.get(self.name)
        return run.arrays.setdefault(self.name, {}).setdefault(show(self.key(run)), "")

    def put(self, run: Run, value: Value) -> None:
        """Set it."""
        if not self.name:
            run.set_field(int(number(self.key(run))) if self.key else 0, value)
        elif self.key is None:
            run.variables[self.name] = value
        else:
            run.arrays.setdefault(self.name, {})[show(self.key(run))] = value
