"""What rows have used since k9py began: one column of figures a measurement, shared by all rows, so it stays small.

When there are too many measurements every second one is forgotten: however long k9py runs, its whole time is there.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from math import nan
from typing import NamedTuple

from k9py.store.collection import Name
from k9py.values.usage import Usage

POINTS = 120
"""Measurements that are kept at most: 25,000 rows are then some 24 MB."""
FORGET = 20
"""Measurements without a row after which its place is given to another."""


class Point(NamedTuple):
    """What a row used at a time."""

    time: float
    usage: Usage


class _Measurement:
    """The figures of all rows at one time, by their places."""

    def __init__(self, time: float, number: int) -> None:
        self.time = time
        self.number = number
        self.cpu = array("f")
        self.memory = array("f")

    def put(self, place: int, usage: Usage) -> None:
        missing = place + 1 - len(self.cpu)
        if missing > 0:
            self.cpu.extend([nan] * missing)
            self.memory.extend([nan] * missing)
        self.cpu[place], self.memory[place] = usage

    def get(self, place: int) -> Usage | None:
        if place >= len(self.cpu) or self.cpu[place] != self.cpu[place]:
            return None
        return Usage(self.cpu[place], self.memory[place])

    def clear(self, place: int) -> None:
        if place < len(self.cpu):
            self.cpu[place] = self.memory[place] = nan


class History:
    """The measurements of rows, the oldest first. Those within `near` seconds of each other are one."""

    def __init__(self, near: float) -> None:
        self._near = near
        self._kept: list[_Measurement] = []
        self._step = 1
        self._tick = -1
        self._places: dict[Name, int] = {}
        self._seen: dict[Name, int] = {}
        self._free: list[int] = []

    def add(self, time: float, usage: Mapping[Name, Usage]) -> None:
        """Take in what has been measured."""
        measurement = self._at(time)
        for name, each in usage.items():
            measurement.put(self._place(name), each)
            self._seen[name] = self._tick
        self._forget()

    def of(self, name: Name) -> list[Point]:
        """What is known of a row."""
        place = self._places.get(name)
        if place is None:
            return []
        found = ((each.time, each.get(place)) for each in self._kept)
        return [Point(time, usage) for time, usage in found if usage is not None]

    def _at(self, time: float) -> _Measurement:
        """The measurement of a time: a new one. Of those before only every `step`th stays."""
        if self._kept and time - self._kept[-1].time < self._near:
            return self._kept[-1]
        if self._kept and self._kept[-1].number % self._step:
            self._kept.pop()
        self._tick += 1
        if len(self._kept) == POINTS:
            self._step *= 2
            self._kept = [each for each in self._kept if each.number % self._step == 0]
        self._kept.append(_Measurement(time, self._tick))
        return self._kept[-1]

    def _place(self, name: Name) -> int:
        place = self._places.get(name)
        if place is None:
            place = self._free.pop() if self._free else len(self._places)
            self._places[name] = place
        return place

    def _forget(self) -> None:
        """Give up the places of rows that have not been seen for long."""
        for name in [name for name, seen in self._seen.items() if self._tick > seen + FORGET]:
            place = self._places.pop(name)
            del self._seen[name]
            self._free.append(place)
            for measurement in self._kept:
                measurement.clear(place)
