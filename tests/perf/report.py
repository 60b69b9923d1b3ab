"""The figures of one run beside what they aim at, for a terminal and for docs/benchmarks.md."""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psutil

from tests.perf.dashboard import RATE, Start, Steady
from tests.perf.kubectl import Cost

DOCUMENT = Path(__file__).parents[2] / "docs" / "benchmarks.md"
_BEGIN, _END = "<!-- {}: begin -->", "<!-- {}: end -->"
_DIGITS = {"s": 2, "MB": 0, "%": 1, "ms": 0, "/s": 0}


@dataclass(frozen=True)
class Figure:
    """One measured value. With `than`, kubectl's, it counts as a ratio to that, and so does its aim."""

    what: str
    value: float
    unit: str
    than: float | None = None
    aim: float | None = None

    @property
    def ratio(self) -> float | None:
        return self.value / self.than if self.than else None

    @property
    def judged(self) -> float:
        """What the aim is about."""
        return self.value if self.ratio is None else self.ratio

    @property
    def missed(self) -> bool:
        return self.aim is not None and self.judged > self.aim

    def columns(self) -> tuple[str, str, str, str, str]:
        """What it is, its value, its ratio, its aim and whether that was met."""
        value = f"{self.value:,.{_DIGITS[self.unit]}f} {self.unit}"
        ratio = "" if self.ratio is None else f"{self.ratio:.2f} ×"
        return self.what, value, ratio, self._aim(), self._verdict()

    def _aim(self) -> str:
        return "" if self.aim is None else f"≤ {self._amount(self.aim)}"

    def _verdict(self) -> str:
        if self.aim is None:
            return ""
        over = self.judged - self.aim
        return f"MISSED by {self._amount(over)} ({over / self.aim:+.0%})" if self.missed else "met"

    def _amount(self, amount: float) -> str:
        return f"{amount:.{_DIGITS[self.unit]}f} {self.unit}" if self.ratio is None else f"{amount:.2f} ×"


def quantile(values: Sequence[float], q: float) -> float:
    """The smallest value that is not below a fraction `q` of all."""
    return sorted(values)[max(0, math.ceil(q * len(values)) - 1)]


def figures(
    kubectl: Sequence[Cost], table: Sequence[Start], home: Sequence[Start], steady: Sequence[tuple[Steady, Steady]]
) -> list[Figure]:
    """All figures of a run: medians over its rounds; quantiles are of the samples of all rounds."""
    seconds, peak = (median(values) for values in zip(*kubectl, strict=True))
    idle, busy = ([round[n] for round in steady] for n in (0, 1))
    at = f"at {median(one.rate for one in busy):.0f} changes/s" if busy else ""
    return [
        Figure("kubectl get pods -A", seconds, "s"),
        Figure("kubectl get pods -A, peak memory", peak, "MB"),
        *_of_start("-c pods", table, seconds, peak),
        *_of_start("home", home, seconds, peak),
        *(_of_steady("idle", idle, 0.5) if idle else ()),
        *(_of_steady(at, busy, 20) if busy else ()),
    ]


def _of_start(page: str, starts: Sequence[Start], seconds: float, peak: float) -> list[Figure]:
    first_row, complete, memory, highest, panes = (median(values) for values in zip(*starts, strict=True))
    return [
        *([Figure(f"{page}: start to panes", panes, "s", seconds)] if panes else []),
        Figure(f"{page}: start to first pod row", first_row, "s", seconds, 0.25),
        Figure(f"{page}: start to complete table", complete, "s", seconds, 0.8),
        Figure(f"{page}: memory", memory, "MB", peak, 0.4),
        Figure(f"{page}: peak memory", highest, "MB", peak),
    ]


def _of_steady(when: str, rounds: Sequence[Steady], cpu_aim: float) -> list[Figure]:
    events = [1000 * delay for one in rounds for delay in one.events]
    heard = [1000 * delay for one in rounds for delay in one.heard]
    own = [max(0.0, event - bare) for event, bare in zip(events, heard, strict=True)]
    keys = [1000 * delay for one in rounds for delay in one.keys]
    return [
        Figure(f"CPU {when}", median(one.cpu for one in rounds), "%", aim=cpu_aim),
        Figure(f"event to screen {when}, p50", quantile(events, 0.5), "ms", aim=60),
        Figure(f"event to screen {when}, p99", quantile(events, 0.99), "ms"),
        Figure(f"event to a bare watch {when}, p50", quantile(heard, 0.5), "ms"),
        Figure(f"event to a bare watch {when}, p99", quantile(heard, 0.99), "ms"),
        Figure(f"event from there to screen {when}, p50", quantile(own, 0.5), "ms"),
        Figure(f"event from there to screen {when}, p99", quantile(own, 0.99), "ms"),
        Figure(f"key to paint {when}, p50", quantile(keys, 0.5), "ms"),
        Figure(f"key to paint {when}, p99", quantile(keys, 0.99), "ms", aim=50),
    ]


def describe_machine(pods: int, version: str) -> str:
    """The size of what it was measured on, and how much else went on there."""
    memory = psutil.virtual_memory().total / 1e9
    load = os.getloadavg()[0]
    size = f"{os.cpu_count()} cores that k9py shares with the API server and etcd, {memory:.0f} GB"
    what = f"Python {platform.python_version()}, Kubernetes {version.removeprefix('v')}, {pods:,} pods"
    return f"{size}; {what}; load average at the start {load:.1f}"


def caution(steady: Sequence[tuple[Steady, Steady]]) -> str:
    """What must be known before the figures at RATE changes a second are believed."""
    rate = median(busy.rate for _, busy in steady) if steady else RATE
    if rate >= 0.9 * RATE:
        return ""
    return f"; the server took only {rate:.0f} of {RATE} changes a second: the machine was busy with other things"


def as_text(found: Sequence[Figure]) -> str:
    """A table for a terminal."""
    rows = [("", "", "× kubectl", "aim", ""), *(figure.columns() for figure in found)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        what, *middle, verdict = (text.ljust(width) for text, width in zip(row, widths, strict=True))
        numbers = (text.strip().rjust(len(text)) for text in middle)
        lines.append("  ".join([what, *numbers, verdict]).rstrip())
    missed = [figure for figure in found if figure.missed]
    aims = [figure for figure in found if figure.aim is not None]
    return "\n".join([*lines, "", f"{len(aims) - len(missed)} of {len(aims)} aims met"])


def write(found: Sequence[Figure], machine: str, name: str = "figures") -> None:
    """Put the figures into the document, between its two marks; what a person wrote around them stays."""
    rows = ["| | | × kubectl | aim | |", "|---|---:|---:|---:|---|"]
    rows += ["| " + " | ".join(_emphasize(figure)) + " |" for figure in found]
    begin, end = _BEGIN.format(name), _END.format(name)
    before, _, rest = DOCUMENT.read_text().partition(begin)
    after = rest.partition(end)[2]
    figures = "\n".join(rows)
    DOCUMENT.write_text(f"{before}{begin}\nMeasured on {machine}.\n\n{figures}\n{end}{after}")


def _emphasize(figure: Figure) -> tuple[str, ...]:
    *columns, verdict = figure.columns()
    return (*columns, f"**{verdict}**" if figure.missed else verdict)
