"""Functions of awk."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from functools import partial

from k9py.demo.node.shell.awk.actions import formatted
from k9py.demo.node.shell.awk.values import (
    Expr,
    Run,
    Target,
    Value,
    constant,
    number,
    pattern_of,
    show,
    split,
)

Function = Callable[["Run", list[Expr], "list[Target | None]"], Value]


def _length(run: Run, values: list[Expr], targets: list[Target | None]) -> Value:
    if targets and targets[0] and targets[0].key is None and targets[0].name in run.arrays:
        return float(len(run.arrays[targets[0].name]))
    return float(len(show(values[0](run)) if values else run.fields[0]))


def _substr(run: Run, values: list[Expr], targets: list[Target | None]) -> Value:
    text, start = show(values[0](run)), round(number(values[1](run)))
    end = start + round(number(values[2](run))) if len(values) > 2 else len(text) + 1
    return text[max(start, 1) - 1 : max(end - 1, 0)]


def _split(run: Run, values: list[Expr], targets: list[Target | None]) -> Value:
    separator = show(values[2](run)) if len(values) > 2 else show(run.variables.get("FS", " "))
    parts = split(show(values[0](run)), separator)
    if targets[1]:
        run.arrays[targets[1].name] = {str(index): part for index, part in enumerate(parts, 1)}
    return float(len(parts))


def _replaced(count: int) -> Function:
    def replace(run: Run, values: list[Expr], targets: list[Target | None]) -> Value:
        pattern, new = pattern_of(show(values[0](run))), show(values[1](run))
        target = (targets[2] if len(targets) > 2 else None) or Target(partial(constant, "0"))
        new = re.sub(r"\\&|&|\\", lambda one: {"&": r"\g<0>", "\\&": "&"}.get(one[0], r"\\"), new)
        text, done = re.subn(pattern, new, show(target.get(run)), count=count)
        if done:
            target.put(run, text)
        return float(done)

    return replace


FUNCTIONS: Mapping[str, Function] = {
    "length": _length,
    "substr": _substr,
    "split": _split,
    "sub": _replaced(1),
    "gsub": _replaced(0),
    "index": lambda run, values, targets: float(show(values[0](run)).find(show(values[1](run))) + 1),
    "toupper": lambda run, values, targets: show(values[0](run)).upper(),
    "tolower": lambda run, values, targets: show(values[0](run)).lower(),
    "int": lambda run, values, targets: float(int(number(values[0](run)))),
    "sqrt": lambda run, values, targets: math.sqrt(max(0.0, number(values[0](run)))),
    "sprintf": lambda run, values, targets: formatted([value(run) for value in values]),
}
