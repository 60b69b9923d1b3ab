"""Statements of awk, as what is done."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

from k9py.demo.node.shell.awk.values import (
    TURNS,
    Do,
    Expr,
    Next,
    Run,
    Target,
    Value,
    compare,
    number,
    pattern_of,
    show,
    truth,
)


def assign(target: Target, operator: str, value: Expr) -> Expr:
    """Set something to a value, or change it by one."""
    change = BINARY[operator[0]] if operator != "=" else None

    def assign(run: Run) -> Value:
        found = change(target.get, value, run) if change else value(run)
        target.put(run, found)
        return found

    return assign


def step(target: Target, by: float, before: bool) -> Expr:
    """`++` and `--`, before or after."""

    def step(run: Run) -> Value:
        old = number(target.get(run))
        target.put(run, old + by)
        return old + by if before else old

    return step


def _count(run: Run) -> None:
    run.turns += 1
    if run.turns > TURNS:
        raise Next(137)


def sequence(body: list[Do], run: Run) -> None:
    """One after the other."""
    for do in body:
        _count(run)
        do(run)


def choose(condition: Expr, body: Do, otherwise: Do | None, run: Run) -> None:
    """If and else."""
    if truth(condition(run)):
        body(run)
    elif otherwise:
        otherwise(run)


def _turn(body: Do, run: Run) -> bool:
    """One turn of a loop; False if it was the last."""
    try:
        _count(run)
        body(run)
    except Next as left:
        if not left.loop:
            raise
        return left.loop == "continue"
    return True


def repeat(condition: Expr, body: Do, step: Do | None, run: Run) -> None:
    """While and for."""
    while truth(condition(run)) and _turn(body, run):
        if step:
            step(run)


def each(name: str, array: str, body: Do, run: Run) -> None:
    """For (key in array)."""
    for key in list(run.arrays.get(array, {})):
        run.variables[name] = key
        if not _turn(body, run):
            return


def drop(run: Run, name: str, key: Expr | None) -> None:
    """Delete."""
    if key is None:
        run.arrays.pop(name, None)
    else:
        run.arrays.get(name, {}).pop(show(key(run)), None)


def print_line(run: Run) -> None:
    """The line as it is."""
    run.written.append(run.fields[0] + show(run.variables.get("ORS", "\n")))


def print_values(values: list[Expr], run: Run) -> None:
    """Print."""
    if not values:
        print_line(run)
        return
    separator = show(run.variables.get("OFS", " "))
    text = separator.join(show(value(run)) for value in values)
    run.written.append(text + show(run.variables.get("ORS", "\n")))


def print_formatted(values: list[Expr], run: Run) -> None:
    """Printf."""
    run.written.append(formatted([value(run) for value in values]))


def formatted(values: list[Value]) -> str:
    """What printf and sprintf make."""
    form, rest = show(values[0]) if values else "", values[1:]

    def one(match: re.Match[str]) -> str:
        if match[2] == "%":
            return "%"
        value = rest.pop(0) if rest else ""
        if match[2] in "dic":
            return f"{match[1]}d" % int(number(value)) if match[2] != "c" else show(value)[:1]
        return f"{match[1]}{match[2]}" % (show(value) if match[2] == "s" else number(value))

    return re.sub(r"(%[-+ 0#]*\d*(?:\.\d+)?)([a-zA-Z%])", one, form)


def _arithmetic(apply: Callable[[float, float], float]) -> Callable[[Expr, Expr, Run], Value]:
    return lambda left, right, run: float(apply(number(left(run)), number(right(run))))


def _ordered(holds: Callable[[int], bool]) -> Callable[[Expr, Expr, Run], Value]:
    return lambda left, right, run: float(holds(compare(left(run), right(run))))


def _match(left: Expr, right: Expr, run: Run) -> Value:
    return float(bool(re.search(pattern_of(show(right(run))), show(left(run)))))


BINARY: Mapping[str, Callable[[Expr, Expr, Run], Value]] = {
    "||": lambda left, right, run: float(truth(left(run)) or truth(right(run))),
    "&&": lambda left, right, run: float(truth(left(run)) and truth(right(run))),
    "~": _match,
    "!~": lambda left, right, run: float(not _match(left, right, run)),
    "==": _ordered(lambda order: order == 0),
    "!=": _ordered(lambda order: order != 0),
    "<": _ordered(lambda order: order < 0),
    ">": _ordered(lambda order: order > 0),
    "<=": _ordered(lambda order: order <= 0),
    ">=": _ordered(lambda order: order >= 0),
    "+": _arithmetic(lambda a, b: a + b),
    "-": _arithmetic(lambda a, b: a - b),
    "*": _arithmetic(lambda a, b: a * b),
    "/": _arithmetic(lambda a, b: a / b if b else math.inf),
    "%": _arithmetic(lambda a, b: math.fmod(a, b) if b else math.nan),
    "^": _arithmetic(lambda a, b: a**b if abs(b) < 1000 else math.inf),
}
