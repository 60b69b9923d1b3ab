"""Schedules of cron jobs: what is wrong with one, as the server's parser (robfig/cron) says it."""

from __future__ import annotations

import re
from typing import NamedTuple

_MACROS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")


class _Bounds(NamedTuple):
    low: int
    high: int
    names: tuple[str, ...] = ()


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS = (_Bounds(0, 59), _Bounds(0, 23), _Bounds(1, 31), _Bounds(1, 12, _MONTHS), _Bounds(0, 6, _DAYS))


class _Fault(Exception):
    """What is wrong."""


def schedule_fault(text: str) -> str:
    """What is wrong with a schedule; empty if nothing is."""
    if text.startswith("@"):
        return _macro_fault(text)
    fields = text.split()
    if len(fields) != len(_FIELDS):
        return f"expected exactly 5 fields, found {len(fields)}: [{' '.join(fields)}]"
    try:
        for field, bounds in zip(fields, _FIELDS, strict=True):
            for part in filter(None, field.split(",")):
                _check_range(part, bounds)
    except _Fault as fault:
        return str(fault)
    return ""


def _macro_fault(text: str) -> str:
    if text in _MACROS:
        return ""
    if text.startswith("@every "):
        duration = text.removeprefix("@every ")
        if re.fullmatch(r"([0-9.]+(ns|us|µs|ms|s|m|h))+", duration):
            return ""
        return f'failed to parse duration {text}: time: invalid duration "{duration}"'
    return f"unrecognized descriptor: {text}"


def _check_range(text: str, bounds: _Bounds) -> None:
    span, slash, step = text.partition("/")
    if step.count("/"):
        raise _Fault(f"too many slashes: {text}")
    low, dash, high = span.partition("-")
    if low in ("*", "?"):
        start, end = bounds.low, bounds.high
    else:
        start = _number(low, bounds)
        end = _number(high, bounds) if dash else start
        if high.count("-"):
            raise _Fault(f"too many hyphens: {text}")
    width = 1
    if slash:
        width = _number(step, _Bounds(0, 0))
        end = end if dash or low in ("*", "?") else bounds.high
    if start < bounds.low:
        raise _Fault(f"beginning of range ({start}) below minimum ({bounds.low}): {text}")
    if end > bounds.high:
        raise _Fault(f"end of range ({end}) above maximum ({bounds.high}): {text}")
    if start > end:
        raise _Fault(f"beginning of range ({start}) beyond end of range ({end}): {text}")
    if width == 0:
        raise _Fault(f"step of range should be a positive number: {text}")


def _number(text: str, bounds: _Bounds) -> int:
    if text.lower() in bounds.names:
        return bounds.names.index(text.lower()) + (1 if bounds.low else 0)
    if not re.fullmatch(r"[+-]?[0-9]+", text):
        raise _Fault(f'failed to parse int from {text}: strconv.Atoi: parsing "{text}": invalid syntax')
    if int(text) < 0:
        raise _Fault(f"negative number ({int(text)}) not allowed: {text}")
    return int(text)
