"""Kinds without a file of their own, in the columns that the server defines: what kubectl get prints, but alive.

The server writes ages as text that does not tick, and says nothing of health: ages are computed from times, and the
words of status columns get the tone that they have everywhere.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import msgspec

from k9py.kinds.kind import AGE, NAME, Kind, Opening
from k9py.store.column import Column, Joined
from k9py.values.age import parse_duration, parse_time
from k9py.values.batch import ServerColumn
from k9py.values.cell import Cell, Tone
from k9py.values.metadata import Metadata

_TIMES = frozenset({"Last Seen", "First Seen", "Last Schedule"})
"""Columns of built-in kinds that say how long ago something was. Those of CRDs have the type `date`."""

_STATES = frozenset(
    (
        *("type", "status", "phase", "ready", "available", "condition", "state"),
        *("health", "healthy", "synced", "health status", "sync status"),
    )
)
_WORDS = {
    Tone.OK: "true ready active bound available healthy synced running valid",
    Tone.WARN: "warning",
    Tone.BAD: "false failed error denied degraded lost invalid unhealthy notready",
    Tone.BUSY: "pending progressing unknown outofsync missing updating creating",
    Tone.DONE: "complete completed succeeded suspended",
    Tone.GOING: "terminating deleting",
}
_TONES = {word: tone for tone, words in _WORDS.items() for word in words.split()}
_FRACTION = re.compile(r"(\d+)/(\d+)")
_LINE_END = re.compile("[\n\r\f]")
_COUNTED = re.compile(r"(\S+) \((.*)\)")


class PartialObject(msgspec.Struct, gc=False):
    """PartialObjectMetadata: what stands beside the cells of a row."""

    metadata: Metadata


class TableRow(msgspec.Struct, gc=False):
    """One row as the server tells it. `received` is when, as its ages count from then."""

    cells: list[Any]
    object: PartialObject
    received: float = msgspec.field(default_factory=time.time)

    @property
    def metadata(self) -> Metadata:
        """The metadata of the object that the row is about."""
        return self.object.metadata


def columns_of(server: tuple[ServerColumn, ...]) -> tuple[Column, ...]:
    """The server's columns as ours; until it has told them, what every object has."""
    return tuple(_column(index, column) for index, column in enumerate(server)) or (NAME, AGE)


def _column(index: int, column: ServerColumn) -> Column:
    title, wide = column.name.upper(), column.priority > 0
    if column.name == "Age":
        return Column(title, AGE.cell, wide=wide, numeric=True)
    if column.name in _TIMES or column.type == "date":
        return Column(title, partial(_cell_at, index, _time), wide=wide, numeric=True)
    if column.type in ("integer", "number"):
        return Column(title, partial(_cell_at, index, _number), "right", wide=wide, numeric=True)
    if column.name.lower() in _STATES:
        return Column(title, partial(_cell_at, index, _state), wide=wide, glyph=True)
    return Column(title, partial(_cell_at, index, _text), wide=wide)


Reader = Callable[[Any, TableRow], Cell]


def _cell_at(index: int, read: Reader, row: TableRow, _joined: Joined) -> Cell:
    return read(row.cells[index] if index < len(row.cells) else None, row)


def _text(value: Any, _row: TableRow) -> Cell:
    return Cell(_say(value))


def _state(value: Any, _row: TableRow) -> Cell:
    text = _say(value)
    fraction = _FRACTION.fullmatch(text)
    if fraction:
        return Cell(text, Tone.OK if int(fraction[1]) >= int(fraction[2]) else Tone.WARN)
    word, _, _ = text.partition(" (")  # a reason may follow: `False (MissingEndpoints)`
    return Cell(text, _TONES.get(word.lower(), Tone.PLAIN))


def _number(value: Any, _row: TableRow) -> Cell:
    return Cell(_say(value), Tone.PLAIN, value if isinstance(value, int | float) else None)


def _time(value: Any, row: TableRow) -> Cell:
    """A time that the server tells as how long it was ago: `5m`, or `5m (x3 over 10m)` of events; some say when."""
    text = _say(value)
    counted = _COUNTED.fullmatch(text)
    ago = parse_duration(counted[1] if counted else text)
    if ago is None:
        at = parse_time(text)
        return Cell(text, Tone.PLAIN, None if at is None else -at)
    since = row.received - ago
    return Cell(counted[2] if counted else "", Tone.PLAIN, -since, since)


def _say(value: Any) -> str:
    """A value as kubectl prints it."""
    if isinstance(value, str):
        line, *more = _LINE_END.split(value, maxsplit=1)
        return f"{line}..." if more else line
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{' '.join(map(_say, value))}]"
    return str(value)


def _tone(row: TableRow, _joined: Joined) -> Tone:
    return Tone.GOING if row.metadata.deletion_timestamp else Tone.PLAIN


SERVER_COLUMNS = Kind("", "", TableRow, columns_of, _tone, table=True, keep_whole=False)


def opening_kind(group: str, plural: str, what: str) -> Kind:
    """A kind in the server's columns, of which enter opens a page about the object."""

    def opens(row: TableRow) -> Opening:
        return Opening(what, row.metadata.name, row.metadata.namespace, lambda _obj: True)

    return replace(SERVER_COLUMNS, group=group, plural=plural, opens=opens)
