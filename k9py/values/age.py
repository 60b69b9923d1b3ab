"""Times as kubectl says them: how long ago, in two or three figures.

Ages are painted from timestamps and never stored as text, so that a table ticks without anything being computed anew.
"""

from __future__ import annotations

import re
from datetime import datetime

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY_HOURS = 24
_YEAR_HOURS = 365 * _DAY_HOURS
_UNITS = (_YEAR_HOURS * _HOUR, _DAY_HOURS * _HOUR, _HOUR, _MINUTE, 1)
_DURATION = re.compile(r"(?:(\d+)y)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


def human_duration(seconds: float) -> str:
    """As duration.HumanDuration of k8s.io/apimachinery says it: `90s`, `3m4s`, `12m`, `3h5m`, `2d4h`, `2y10d`."""
    whole = int(seconds)
    if whole < 0:
        # clocks of two machines may differ a little: up to two seconds in the future is now
        return "0s" if whole == -1 else "<invalid>"
    if whole < 3 * _HOUR:
        return _minutes(whole)
    hours = whole // _HOUR
    if hours < 8:
        return _two_figures(hours, "h", whole // _MINUTE % 60, "m")
    return f"{hours}h" if hours < 2 * _DAY_HOURS else _days(hours)


def _minutes(seconds: int) -> str:
    if seconds < 2 * _MINUTE:
        return f"{seconds}s"
    minutes = seconds // _MINUTE
    return _two_figures(minutes, "m", seconds % _MINUTE, "s") if minutes < 10 else f"{minutes}m"


def _days(hours: int) -> str:
    days = hours // _DAY_HOURS
    if days < 8:
        return _two_figures(days, "d", hours % _DAY_HOURS, "h")
    if hours < 2 * _YEAR_HOURS:
        return f"{days}d"
    years = days // 365
    return _two_figures(years, "y", days % 365, "d") if years < 8 else f"{years}y"


def _two_figures(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large}{large_unit}{small}{small_unit}" if small else f"{large}{large_unit}"


def parse_time(text: str | None) -> float | None:
    """Seconds since the epoch of an RFC 3339 time as the API server writes it; None where there is none to read."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return None


def parse_duration(text: str) -> float | None:
    """Seconds of what human_duration wrote (`3m4s`), to the figures that it has; None for any other text."""
    match = _DURATION.fullmatch(text)
    if not text or match is None:
        return None
    return float(sum(int(count or 0) * unit for count, unit in zip(match.groups(), _UNITS, strict=True)))
