"""Lines of logs: as a kubelet writes them, and as they are merged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from k9py.values.age import parse_time
from k9py.values.namespaces import ALL, Namespaces

REMARK = -1
"""The time of a line that is k9py's own remark (a restart, an end of the stream), and not the container's."""

_SECOND = 10**9


class LogLine(NamedTuple):
    """One line. `stamp` is the kubelet's RFC 3339 time with nanoseconds; `text` still holds ANSI colours and the rest.

    A line without a stamp is k9py's own remark, not the container's.
    """

    stamp: str
    text: str


class LogSource(NamedTuple):
    """Which log is meant."""

    namespace: str
    pod: str
    container: str
    previous: bool = False


class Entry(NamedTuple):
    """A line among those of other sources, which `source` counts.

    Lines are in the order of `key`: the time in nanoseconds, never less than that of the line of its source before,
    since stdout and stderr of a container may be told slightly out of order. `time` is that of the line itself.
    """

    key: int
    source: int
    time: int
    text: str


class PodLogs(NamedTuple):
    """The logs of a pod: those of its containers. `default` is meant when none is named; `named`: the pod says so."""

    namespace: str
    pod: str
    containers: tuple[str, ...]
    default: str
    uid: str = ""
    named: bool = False


class Span(NamedTuple):
    """From when a log is read: its last lines, its last seconds, or its first bytes, which are then not followed."""

    title: str
    tail_lines: int | None = None
    since_seconds: int | None = None
    limit_bytes: int | None = None


NEWEST = Span("", tail_lines=5_000)
SPANS = {
    "0": NEWEST,
    "1": Span("head", limit_bytes=5_000_000),
    "2": Span("1m", since_seconds=60),
    "3": Span("5m", since_seconds=300),
    "4": Span("15m", since_seconds=900),
    "5": Span("30m", since_seconds=1_800),
    "6": Span("1h", since_seconds=3_600),
}
"""By their keys, which are k9s's."""


@dataclass(frozen=True, slots=True)
class LogWish:
    """Whose logs are wanted, as `title` says: of these pods, and of all pods in namespaces that `keep` keeps.

    `container` is the only one that is meant, "" for all; of several `previous` runs the last one.
    """

    title: str
    pods: tuple[PodLogs, ...] = ()
    namespaces: Namespaces = ALL
    keep: Callable[[Any], bool] | None = None
    container: str = ""
    previous: bool = False

    @property
    def only(self) -> PodLogs | None:
        """The pod, where it is about one."""
        return self.pods[0] if len(self.pods) == 1 and self.keep is None else None


def read_stamp(stamp: str) -> int:
    """Nanoseconds since the epoch of a kubelet's time; REMARK where it is none."""
    if len(stamp) == 30 and stamp[19] == ".":
        fraction = stamp[20:29]
        seconds = _seconds(stamp[:19] + stamp[29:])
        if seconds is not None and fraction.isdecimal():
            return seconds * _SECOND + int(fraction)
    return _read_slowly(stamp)


def write_stamp(time: int) -> str:
    """A time as the kubelet writes it (RFC3339NanoFixed), in UTC."""
    seconds, fraction = divmod(time, _SECOND)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{fraction:09}Z"


@lru_cache(maxsize=256)
def _seconds(text: str) -> int | None:
    found = parse_time(text)
    return None if found is None else int(found)


def _read_slowly(stamp: str) -> int:
    """A time with another zone or fraction, as `2026-01-31T18:14:02.1+09:00`."""
    whole, dot, rest = stamp.partition(".")
    digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
    seconds = _seconds(whole + rest[len(digits) :])
    if seconds is None:
        return REMARK
    return seconds * _SECOND + (int(digits[:9].ljust(9, "0")) if dot and digits else 0)
