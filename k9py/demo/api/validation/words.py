"""Values as Go's error messages write them, and the checks that most fields have."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from k9py.demo.api.validation.names import Rule
from k9py.demo.core.status import Cause, invalid_value, required, unsupported_value

IMMUTABLE = "field is immutable"
NOT_NEGATIVE = "must be greater than or equal to 0"


def go(value: Any) -> str:
    """A value as a message quotes it: strings in quotes, numbers bare, objects as JSON."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def invalid(path: str, value: Any, detail: str) -> Cause:
    """A value that cannot be."""
    return invalid_value(path, go(value), detail)


def broken(path: str, text: str, rule: Rule) -> Iterator[Cause]:
    """What a rule finds wrong with a text."""
    for detail in rule(text):
        yield invalid(path, text, detail)


def not_found(path: str, value: Any) -> Cause:
    """A value that names nothing."""
    return Cause(path, "FieldValueNotFound", f"Not found: {go(value)}")


def needed(path: str, text: Any, rule: Rule) -> Iterator[Cause]:
    """A text that must be there, and follow a rule."""
    if not text:
        yield required(path)
    else:
        yield from broken(path, text, rule)


def one_of(path: str, value: Any, supported: Sequence[str]) -> Iterator[Cause]:
    """A text out of a few."""
    if value not in supported:
        yield unsupported_value(path, str(value), supported)


def at_least(path: str, value: Any, least: int = 0, detail: str = "") -> Iterator[Cause]:
    """A number that may be absent."""
    if isinstance(value, int) and value < least:
        yield invalid(path, value, detail or f"must be greater than or equal to {least}")


def not_negative(path: str, spec: dict[str, Any], names: Iterable[str]) -> Iterator[Cause]:
    """Several numbers of one object."""
    for name in names:
        yield from at_least(f"{path}.{name}", spec.get(name))


def between(path: str, value: Any, low: int, high: int) -> Iterator[Cause]:
    """A number with two ends."""
    if not low <= value <= high:
        yield invalid(path, value, f"must be between {low} and {high}, inclusive")


PERCENT = (
    "a valid percent string must be a numeric string followed by an ending '%' "
    "(e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"
)


def number_or_percent(path: str, value: Any) -> Iterator[Cause]:
    """A count, or a share of all: `3`, `25%`."""
    if isinstance(value, int):
        yield from at_least(path, value)
    elif value is not None and not re.fullmatch("[0-9]+%", str(value)):
        yield invalid(path, value, PERCENT)


def at_most_all(path: str, value: Any) -> Iterator[Cause]:
    """A share that is no more than all."""
    if isinstance(value, str) and re.fullmatch("[0-9]+%", value) and int(value[:-1]) > 100:
        yield invalid(path, value, "must not be greater than 100%")


def every(path: str, items: Any, check: Callable[..., Iterator[Any]], *more: Any) -> Iterator[Any]:
    """What a check finds in each item of a list that may be absent."""
    for index, item in enumerate(items or ()):
        yield from check(f"{path}[{index}]", item, *more)


def in_order(labels: Any) -> Any:
    """A map as Go writes it: by its keys."""
    return dict(sorted(labels.items())) if isinstance(labels, dict) else labels


def unchanged(path: str, new: Any, old: Any) -> Iterator[Cause]:
    """What cannot be changed."""
    if new != old:
        yield invalid(path, new, IMMUTABLE)
