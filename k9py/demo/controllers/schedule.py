"""Schedules of CronJobs: five fields, names, ranges, steps, or one word such as @hourly (robfig/cron's standard)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple

_MONTHS = {
    "jan": 1,
    "feb": 2,
    "mar": 3,
    "apr": 4,
    "may": 5,
    "jun": 6,
    "jul": 7,
    "aug": 8,
    "sep": 9,
    "oct": 10,
    "nov": 11,
    "dec": 12,
}
_DAYS = {"sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6}
_WORDS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_YEARS = 5
"""After so many years without a match there is none."""


class ScheduleError(ValueError):
    """A schedule that cannot be understood."""


class _Field(NamedTuple):
    """The numbers that a field names; `every` is whether it was a star."""

    numbers: frozenset[int]
    every: bool


class Schedule(NamedTuple):
    """When something is due."""

    minutes: _Field
    hours: _Field
    days: _Field
    months: _Field
    weekdays: _Field

    def next(self, after: float, zone: tzinfo) -> float | None:
        """The first time after that one, both in seconds since the epoch; None if there is none for years."""
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
    if text.startswith("@"):
        if text not in _WORDS:
            raise ScheduleError(f"unrecognized descriptor: {text}")
        text = _WORDS[text]
    parts = text.split()
    if len(parts) != 5:
        raise ScheduleError(f"expected exactly 5 fields, found {len(parts)}: [{' '.join(parts)}]")
    return Schedule(
        _parse(parts[0], 0, 59),
        _parse(parts[1], 0, 23),
        _parse(parts[2], 1, 31),
        _parse(parts[3], 1, 12, _MONTHS),
        _parse(parts[4], 0, 6, _DAYS),
    )


def _parse(text: str, low: int, high: int, names: Mapping[str, int] | None = None) -> _Field:
    numbers: set[int] = set()
    every = False
    for part in text.split(","):
        found, star = _parse_range(part, low, high, names or {})
        numbers.update(found)
        every = every or star
    return _Field(frozenset(numbers), every)


def _parse_range(text: str, low: int, high: int, names: Mapping[str, int]) -> tuple[range, bool]:
    base, slash, step_text = text.partition("/")
    step = _number(step_text, {}) if slash else 1
    if step == 0:
        raise ScheduleError(f"step of range should be a positive number: {text}")
    if base in ("*", "?"):
        return range(low, high + 1, step), step == 1
    first, dash, last = base.partition("-")
    begin = _number(first, names)
    end = _number(last, names) if dash else (high if slash else begin)
    if begin < low:
        raise ScheduleError(f"beginning of range ({begin}) below minimum ({low}): {text}")
    if end > high:
        raise ScheduleError(f"end of range ({end}) above maximum ({high}): {text}")
    if begin > end:
        raise ScheduleError(f"beginning of range ({begin}) beyond end of range ({end}): {text}")
    return range(begin, end + 1, step), False


def _number(text: str, names: Mapping[str, int]) -> int:
    if text.lower() in names:
        return names[text.lower()]
    if not text.isdecimal():
        why = f'strconv.Atoi: parsing "{text}": invalid syntax'
        raise ScheduleError(f"failed to parse int from {text}: {why}")
    return int(text)
