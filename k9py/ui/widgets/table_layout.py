"""Where the columns of a table stand, in cells: natural widths while they fit, then cropped, then scrolled sideways.

The columns up to and including NAME are frozen at the left, so that a row is known however far one has scrolled. One
goes sideways by whole columns, and no number is ever shown in part: `11` of `119m` would be read as eleven.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len

from k9py.store.column import Column

GAP = 2
GUTTER = 2
"""Room at the left for the mark or the cursor's sign, and one cell of air."""
GLYPH = 2
_EDGE = 1
"""Air at the right, where the header says that there is more."""

_WIDEST = 60
"""No column is wider when not all fit."""
_TEXT_FLOOR = 20
_NAME_FLOOR = 34
"""Columns are not cropped below these so that all fit."""
_FROZEN_SHARE = 0.6
"""Frozen columns leave the rest of the width to those that move."""
_LEAST_MOVING = 14
"""Cells that must be left for the others when columns are frozen."""
_LEAST_SEEN = 6
"""Fewer cells of a column at the right edge say nothing."""


@dataclass(frozen=True, slots=True)
class Place:
    """One column: which, and from which cell on how many."""

    column: Column
    index: int
    start: int
    width: int

    @property
    def end(self) -> int:
        """The first cell after it."""
        return self.start + self.width


@dataclass(frozen=True, slots=True)
class Window:
    """The columns that are seen, where they are seen, and whether there are more to either side."""

    places: tuple[Place, ...] = ()
    frozen: int = GUTTER
    more_left: bool = False
    more_right: bool = False

    def place_at(self, x: int) -> Place | None:
        """The column at a cell of the screen, its gap included."""
        return next((place for place in self.places if place.start <= x < place.end + GAP), None)


@dataclass(frozen=True, slots=True)
class TableLayout:
    """All columns, as they would stand on a screen that is wide enough; `frozen` cells at the left do not move."""

    places: tuple[Place, ...] = ()
    frozen: int = GUTTER
    room: int = 0

    @property
    def width(self) -> int:
        """What can be scrolled over: the last stop is the first from which the last column is seen whole."""
        stops = self.stops or (0,)
        return self.room + next((stop for stop in stops if self._end - stop <= self.room), stops[-1])

    @property
    def stops(self) -> tuple[int, ...]:
        """The sideways scroll positions: at each, a column stands right after the frozen ones."""
        return tuple(place.start - self.frozen for place in self._moving)

    @property
    def _moving(self) -> Iterator[Place]:
        return (place for place in self.places if place.start >= self.frozen)

    @property
    def _end(self) -> int:
        return self.places[-1].end + _EDGE if self.places else 0

    def window(self, scrolled: int) -> Window:
        """What is seen at a sideways scroll position; between two stops, what is seen at the next one."""
        scrolled = next((stop for stop in self.stops if stop >= scrolled), scrolled)
        frozen = tuple(place for place in self.places if place.start < self.frozen)
        moved = (replace(place, start=place.start - scrolled) for place in self._moving)
        seen = (self._clip(place) for place in moved if place.start >= self.frozen)
        return Window((*frozen, *filter(None, seen)), self.frozen, scrolled > 0, self._end - scrolled > self.room)

    def _clip(self, place: Place) -> Place | None:
        left = self.room - _EDGE - place.start
        if left >= place.width:
            return place
        return replace(place, width=left) if place.column.align == "left" and left >= _LEAST_SEEN else None


def lay_out(columns: Sequence[Column], widths: Sequence[int], room: int) -> TableLayout:
    """Place columns of the given natural widths in `room` cells."""
    fitted = _fit(columns, [width + GLYPH * column.glyph for column, width in zip(columns, widths, strict=True)], room)
    places: list[Place] = []
    start = GUTTER
    for index, (column, width) in enumerate(zip(columns, fitted, strict=True)):
        places.append(Place(column, index, start, width))
        start += width + GAP
    name = next((place for place in places if place.column.title == "NAME"), None)
    frozen = name.end + GAP if name and name.end + GAP + _LEAST_MOVING <= room else GUTTER
    return TableLayout(tuple(places), frozen, room)


def _fit(columns: Sequence[Column], widths: list[int], room: int) -> list[int]:
    spare = room - GUTTER - _EDGE - GAP * (len(widths) - 1)
    if sum(widths) <= spare:
        return widths
    floors = [min(width, _floor(column)) for column, width in zip(columns, widths, strict=True)]
    if sum(floors) <= spare:
        return _squeeze(widths, floors, sum(widths) - spare)
    capped = [min(width, _WIDEST) for width in widths]
    return _leave_room(columns, capped, floors, int(room * _FROZEN_SHARE))


def _floor(column: Column) -> int:
    if column.align == "right":
        return _WIDEST
    least = _NAME_FLOOR if column.title == "NAME" else _TEXT_FLOOR
    return max(least, cell_len(column.title))


def _squeeze(widths: list[int], floors: list[int], excess: int) -> list[int]:
    """Take `excess` cells from the widest columns first, from none below its floor."""
    widths = list(widths)
    for _ in range(excess):
        widest = max(range(len(widths)), key=lambda i: widths[i] if widths[i] > floors[i] else -1)
        widths[widest] -= 1
    return widths


def _leave_room(columns: Sequence[Column], widths: list[int], floors: list[int], share: int) -> list[int]:
    """Crop the frozen columns so that they take no more than `share` cells, as far as their floors allow."""
    titles = [column.title for column in columns]
    count = titles.index("NAME") + 1 if "NAME" in titles else 0
    excess = GUTTER + sum(widths[:count]) + GAP * count - share
    slack = sum(widths[:count]) - sum(floors[:count])
    return _squeeze(widths[:count], floors[:count], min(excess, slack)) + widths[count:]
