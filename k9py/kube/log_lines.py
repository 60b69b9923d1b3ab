"""Chunks of a log stream made into lines, none told twice when a stream is taken up again.

The API resumes by whole seconds only, and several lines may share one stamp. So the stamps of the last two seconds
are remembered (two, because the lines of stdout and stderr may come slightly out of order), and as many lines of each
stamp are dropped after a resumption as were seen before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from k9py.kube.wire import Lines
from k9py.values.log import LogLine

LONGEST = 1_000_000
"""Bytes of a line that are kept."""


class LogLines:
    """Reads the log of one container over several streams; `begin` at each new one."""

    def __init__(self) -> None:
        self._lines = Lines(LONGEST)
        self._seen = _Seen()

    @property
    def since(self) -> str:
        """From when a new stream has to begin: RFC 3339 in whole seconds, empty if nothing was seen yet."""
        return self._seen.since

    def begin(self) -> None:
        """A stream begins: half a line of the one before comes again, as does all that is as old as `since`."""
        self._lines.take_rest()
        self._seen.expect_again()

    def read(self, chunk: bytes) -> list[LogLine]:
        """The new lines that this chunk completes."""
        block = self._lines.feed(chunk)
        return list(self._parse(block[:-1])) if block else []

    def take_rest(self) -> list[LogLine]:
        """The last line, if the log ended without an end of line."""
        rest = self._lines.take_rest()
        return list(self._parse(rest)) if rest else []

    def forget(self) -> None:
        """What follows is another log, told by another clock."""
        self._seen = _Seen()

    def _parse(self, block: bytes) -> Iterator[LogLine]:
        for raw in block.split(b"\n"):
            text = raw[:LONGEST].decode("utf-8", "replace")
            stamp, _, rest = text.partition(" ")
            if not _is_stamp(stamp):
                yield LogLine("", text)
            elif self._seen.admit(stamp):
                yield LogLine(stamp, rest)
                if len(raw) > LONGEST:
                    yield LogLine("", f"the line above is longer than {LONGEST:,} bytes: the rest is left out")


class _Seen:
    """How many lines of which stamp were told in the last two seconds that had any."""

    def __init__(self) -> None:
        self.since = ""
        self._second = ""
        self._stamps: list[str] = []
        self._before: list[str] = []
        self._again: Counter[str] = Counter()

    def expect_again(self) -> None:
        self._again = Counter(self._before + self._stamps)

    def admit(self, stamp: str) -> bool:
        """Whether a line of that stamp is new; if so it is remembered."""
        if self._again and self._is_repeated(stamp):
            return False
        if stamp[:19] > self._second:
            self._turn(stamp)
        self._stamps.append(stamp)
        return True

    def _is_repeated(self, stamp: str) -> bool:
        left = self._again.pop(stamp, 0)
        if left > 1:
            self._again[stamp] = left - 1
        return left > 0

    def _turn(self, stamp: str) -> None:
        zone = "Z" if stamp.endswith("Z") else stamp[-6:]
        self.since = (self._second or stamp[:19]) + zone
        self._second = stamp[:19]
        self._before, self._stamps = self._stamps, []


def _is_stamp(word: str) -> bool:
    """Whether that is a kubelet's time: 2026-01-31T09:14:02.123456789Z, or with an offset."""
    return len(word) >= 20 and word[4] == "-" and word[10] == "T" and word[13] == ":"
