"""The course of CPU and memory of one object, side by side: as bars, under a line that says what is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from k9py.kinds.pod_budget import Budget
from k9py.kinds.usage import cpu_cell, memory_cell
from k9py.store.history import Point
from k9py.ui.painting import paint_empty
from k9py.ui.widgets.spark import bars
from k9py.values.age import human_duration
from k9py.values.quantity import mebibytes
from k9py.values.text import clean, crop, pad

GAP = 3
_NOTHING = Budget(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Course:
    """What is known of an object: its measurements, the oldest first, and what they are to be held against.

    `whole` names what there is of a node; a pod or a container has requests and limits.
    """

    title: str = ""
    points: tuple[Point, ...] = ()
    budget: Budget = _NOTHING
    whole: str = ""
    why: str = ""
    """What to say where nothing has been measured."""


class UsagePlot(Widget):
    """Paints a course; anew only when it is another."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"plot--{part}" for part in ("title", "cpu", "memory", "empty")}

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._course = Course()
        self._drawn: tuple[object, list[Strip]] = (None, [])

    def show(self, course: Course) -> None:
        """Show this course in place of the former."""
        if course != self._course:
            self._course = course
            self._drawn = (None, [])
            self.refresh()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._drawn = (None, [])

    def render_line(self, y: int) -> Strip:
        if self._drawn[0] != self.size:
            self._drawn = (self.size, self._draw(self.size.width, self.size.height))
        lines = self._drawn[1]
        return lines[y] if y < len(lines) else Strip.blank(self.size.width, self.rich_style)

    def _draw(self, width: int, height: int) -> list[Strip]:
        course, base = self._course, self.rich_style
        if not course.points:
            style = base + self.get_component_rich_style("plot--empty", partial=True)
            blank = [Strip.blank(width, base)] * (height // 2)
            return [*blank, paint_empty(course.why, width, style)]
        left = (width - GAP) // 2
        halves = ((left, "cpu", *_cpu(course)), (width - GAP - left, "memory", *_memory(course)))
        columns = [
            [(_fit(caption, room), "title"), *((line, part) for line in bars(values, room, height - 1, max(values)))]
            for room, part, caption, values in halves
        ]
        rooms = [room for room, *_ in halves]
        return [self._line(parts, rooms) for parts in zip(*columns, strict=True)]

    def _line(self, parts: Sequence[tuple[str, str]], rooms: Sequence[int]) -> Strip:
        base = self.rich_style
        segments: list[Segment] = []
        for (text, part), room in zip(parts, rooms, strict=True):
            segments += [Segment(" " * GAP, base)] if segments else []
            style = base + self.get_component_rich_style(f"plot--{part}", partial=True)
            segments.append(Segment(pad(crop(text, room), room), style))
        return Strip(segments)


def _cpu(course: Course) -> tuple[list[str], list[float]]:
    values = [point.usage.cpu for point in course.points]
    bounds = _bounds(course, f"{course.budget.cpu_request}m", f"{course.budget.cpu_limit}m")
    peak = max(course.points, key=lambda point: point.usage.cpu).usage
    return _caption("CPU", course, cpu_cell(course.points[-1].usage).text, cpu_cell(peak).text, bounds), values


def _memory(course: Course) -> tuple[list[str], list[float]]:
    values = [point.usage.memory for point in course.points]
    budget = course.budget
    bounds = _bounds(course, f"{mebibytes(budget.memory_request)}Mi", f"{mebibytes(budget.memory_limit)}Mi")
    peak = max(course.points, key=lambda point: point.usage.memory).usage
    return _caption("MEM", course, memory_cell(course.points[-1].usage).text, memory_cell(peak).text, bounds), values


def _bounds(course: Course, request: str, limit: str) -> list[str]:
    if course.whole:
        return [f"{course.whole} {limit}"]
    named = (("request", request), ("limit", limit))
    return [f"{name} {amount}" for name, amount in named if amount not in ("0m", "0Mi")]


def _caption(what: str, course: Course, now: str, peak: str, bounds: list[str]) -> list[str]:
    """`CPU 12m`, `most 40m in 5m`, `request 100m`, `limit 200m`, `web-1`."""
    span = human_duration(course.points[-1].time - course.points[0].time)
    most = f"most {peak} in {span}" if len(course.points) > 1 else "measured once"
    return [f"{what} {now}", most, *bounds, clean(course.title)]


def _fit(parts: list[str], room: int) -> str:
    """As many of them as there is room for, the first in any case."""
    kept = parts[0]
    for part in parts[1:]:
        longer = f"{kept} · {part}"
        if cell_len(longer) > room:
            break
        kept = longer
    return kept
