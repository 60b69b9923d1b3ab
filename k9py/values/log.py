"""Lines of a container's log."""

from __future__ import annotations

from typing import NamedTuple


class LogLine(NamedTuple):
    """One line. `stamp` is the kubelet's RFC 3339 time with nanoseconds; `text` still holds ANSI colours and the rest.

    A line without a stamp is k9py's own remark (a restart, an end of the stream), not the container's.
    """

    stamp: str
    text: str


class LogSource(NamedTuple):
    """Which log is meant."""

    namespace: str
    pod: str
    container: str
    previous: bool = False
