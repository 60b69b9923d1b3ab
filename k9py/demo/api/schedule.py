"""Schedules of CronJobs: five fields, names, ranges, steps, or one word such as @hourly (robfig/cron's standard)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple, Protocol

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_WORDS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_EVERY = "@every "
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_DURATION = re.compile(r"([0-9.]+)(ns|us|µs|ms|s|m|h)")
_YEARS = 5
"""After so many years without a match there is none."""


class ScheduleError(ValueError):
    """A schedule that cannot be understood, in the words of the server's parser."""


class Schedule(Protocol):
    """When something is due."""

    def next(self, after: float, zone: tzinfo) -> float | None:
        """The first time after that one, both in seconds since the epoch; None if there is none for years."""


class _Bounds(NamedTuple):
    low: int
    high: int
    names: tuple[str, ...] = ()


_FIELDS = (_Bounds(0, 59), _Bounds(0, 23), _Bounds(1, 31), _Bounds(1, 12, _MONTHS), _Bounds(0, 6, _DAYS))


class _Field(NamedTuple):
    """The numbers that a field names; `every` is whether it was a star."""

    numbers: frozenset[int]
    every: bool


class _Every(NamedTuple):
    seconds: float

    def next(self, after: float, zone: tzinfo) -> float:
        return float(int(after)) + self.seconds


class _Calendar(NamedTuple):
    minutes: _Field
    hours: _Field
    days: _Field
    months: _Field
    weekdays: _Field

    def next(self, after: float, zone: tzinfo) -> float | None:
        moment = datetime.fromtimestamp(after, zone).replace(second=0, microsecond=0) + timedelta(minutes=1)
        last = moment.year + _YEARS
        while moment.year <= last:
            step = self._step(moment)
            if step is None:
                # a time that a change of clocks leaves out is never
                real = moment.timestamp()
                if datetime.fromtimestamp(real, zone).hour == moment.hour and real > after:
                    return real
                step = moment + timedelta(minutes=1)
            moment = step
        return None

    def _step(self, moment: datetime) -> datetime | None:
        """The next moment that could match; None if this one does."""
        if moment.month not in self.months.numbers:
            first = moment.replace(day=1, hour=0, minute=0)
            return (first + timedelta(days=32)).replace(day=1)
        if not self._day_matches(moment):
            return moment.replace(hour=0, minute=0) + timedelta(days=1)
        if moment.hour not in self.hours.numbers:
            return moment.replace(minute=0) + timedelta(hours=1)
        if moment.minute not in self.minutes.numbers:
            return moment + timedelta(minutes=1)
        return None

    def _day_matches(self, moment: datetime) -> bool:
        """Of two days that are both restricted, either will do."""
        day = moment.day in self.days.numbers
        weekday = (moment.weekday() + 1) % 7 in self.weekdays.numbers
        return day and weekday if self.days.every or self.weekdays.every else day or weekday


@lru_cache(maxsize=256)
def parse_schedule(text: str) -> Schedule:
    """The schedule that a text describes. Raises ScheduleError."""
    if text.startswith(_EVERY):
        return _parse_every(text)
    if text.startswith("@") and text not in _WORDS:
        raise ScheduleError(f"unrecognized descriptor: {text}")
    parts = _WORDS.get(text, text).split()
    if len(parts) != len(_FIELDS):
        raise ScheduleError(f"expected exactly 5 fields, found {len(parts)}: [{' '.join(parts)}]")
    return _Calendar(*(_parse_field(part, bounds) for part, bounds in zip(parts, _FIELDS, strict=True)))


def _parse_every(text: str) -> Schedule:
    duration = text.removeprefix(_EVERY)
    try:
        seconds = sum(float(number) * _SECONDS[unit] for number, unit in _DURATION.findall(duration))
    except ValueError:
        seconds = 0.0
    if not seconds or _DURATION.sub("", duration):
        raise ScheduleError(f'failed to parse duration {text}: time: invalid duration "{duration}"')
    return _Every(max(1.0, float(int(seconds))))


def _parse_field(text: str, bounds: _Bounds) -> _Field:
    found = [_parse_range(part, bounds) for part in text.split(",") if part]
    return _Field(frozenset(number for numbers, _ in found for number in numbers), any(star for _, star in found))


def _parse_range(text: str, bounds: _Bounds) -> tuple[range, bool]:
    """The numbers of `1-5/2`, and whether they are all that there are."""
    span, slash, step = text.partition("/")
    low, dash, high = span.partition("-")
    star = low in ("*", "?")
    begin = bounds.low if star else _number(low, bounds)
    if "-" in high and not star:
        raise ScheduleError(f"too many hyphens: {text}")
    end = bounds.high if star or (slash and not dash) else _number(high, bounds) if dash else begin
    if "/" in step:
        raise ScheduleError(f"too many slashes: {text}")
    width = _number(step, _Bounds(0, 0)) if slash else 1
    _check(text, begin, end, width, bounds)
    return range(begin, end + 1, width), star and width == 1


def _check(text: str, begin: int, end: int, width: int, bounds: _Bounds) -> None:
    if begin < bounds.low:
        raise ScheduleError(f"beginning of range ({begin}) below minimum ({bounds.low}): {text}")
    if end > bounds.high:
        raise ScheduleError(f"end of range ({end}) above maximum ({bounds.high}): {text}")
    if begin > end:
        raise ScheduleError(f"beginning of range ({begin}) beyond end of range ({end}): {text}")
    if width == 0:
        raise ScheduleError(f"step of range should be a positive number: {text}")


def _number(text: str, bounds: _Bounds) -> int:
    if text.lower() in bounds.names:
        return bounds.names.index(text.lower()) + bounds.low
    if not re.fullmatch(r"[+-]?[0-9]+", text):
        raise ScheduleError(f'failed to parse int from {text}: strconv.Atoi: parsing "{text}": invalid syntax')
    if int(text) < 0:
        raise ScheduleError(f"negative number ({int(text)}) not allowed: {text}")
    return int(text)
