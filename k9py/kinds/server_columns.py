"""Kinds in the columns that the server defines: what kubectl get prints, but alive, and with health.

The server writes ages as text that does not tick, and says nothing of health: ages are computed from times, the words
of status columns get the tone that they have everywhere, and beside the cells stand the object's own conditions.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import cache, partial
from typing import Any

import msgspec

from k9py.kinds.conditions import Conditions, conditions_tone, state_tone, telling
from k9py.kinds.kind import AGE, LABELS, NAME, Kind, Part
from k9py.store.column import Column, Joined
from k9py.values.age import parse_duration, parse_time
from k9py.values.batch import ServerColumn
from k9py.values.cell import Cell, Tone, worst
from k9py.values.metadata import Metadata

_TIMES = frozenset({"Last Seen", "First Seen", "Last Schedule"})
"""Columns of built-in kinds that say how long ago something was. Those of CRDs have the type `date`."""

_STATES = frozenset(
    (
        *("type", "status", "phase", "ready", "available", "condition", "state", "programmed", "accepted"),
        *("health", "healthy", "synced", "health status", "sync status", "reconciled", "established", "valid"),
    )
)
_FRACTION = re.compile(r"(\d+)/(\d+)")
_LINE_END = re.compile("[\n\r\f]")
_COUNTED = re.compile(r"(\S+) \((.*)\)")


class RowMetadata(Metadata, frozen=True, gc=False, rename="camel"):
    """Metadata of an object that is not kept whole: with its annotations, which are short but for one."""

    annotations: dict[str, str] | None = None
    generation: int = 0


class PartialObject(msgspec.Struct, gc=False):
    """What stands beside the cells of a row: of light kinds PartialObjectMetadata, of others the object."""

    metadata: RowMetadata
    status: msgspec.Raw = msgspec.Raw(b"{}")
    """Whatever it is: a custom resource may have what it likes there."""


class ToldStatus(Part, frozen=True):
    """What may be in a status by the API conventions."""

    conditions: Conditions = None
    observed_generation: int | None = None


class TableRow(msgspec.Struct, gc=False):
    """One row as the server tells it. `received` is when, as its ages count from then."""

    cells: list[Any]
    object: PartialObject
    told: ToldStatus = ToldStatus()
    """What is read of the object's status: as much as the type of this says."""
    received: float = msgspec.field(default_factory=time.time)

    @property
    def metadata(self) -> Metadata:
        """The metadata of the object that the row is about."""
        return self.object.metadata


_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def shape_row(row: TableRow) -> TableRow:
    """The row with what its status says of its health, and without the rest of it."""
    with suppress(msgspec.ValidationError):  # it may mean something of its own by these words
        row.told = _reader(type(row.told))(row.object.status)
    row.object.status = msgspec.Raw(b"{}")
    if notes := row.object.metadata.annotations:
        notes.pop(_APPLIED, None)
    return row


@cache
def _reader(told: type[ToldStatus]) -> Callable[[msgspec.Raw], ToldStatus]:
    return msgspec.json.Decoder(told).decode


def server_kind(group: str, plural: str, *own: Column, **otherwise: Any) -> Kind:
    """A kind in the server's columns, then its `own`, then what every object has; `otherwise` sets fields of it."""
    known = not group or "." not in group or group.endswith(".k8s.io")
    columns = partial(_lay_out, own, known)
    kind = Kind(group, plural, TableRow, columns, row_tone, table=True, keep_whole=False, shape=shape_row)
    return replace(kind, **otherwise)


def _lay_out(own: tuple[Column, ...], known: bool, server: tuple[ServerColumn, ...]) -> tuple[Column, ...]:
    """Of what is not known to tell of health in a column of its own, the conditions are shown at once.

    A newer server may have a column that is among our `own`: then it is the server's.
    """
    theirs = [_column(index, column) for index, column in enumerate(server)] or [NAME]
    told = known or not server or any(column.glyph for column in theirs)
    titles = [column.title for column in theirs]
    if "AGE" not in titles:
        theirs = [replace(column, wide=True) if column.title == "CREATED AT" else column for column in theirs] + [AGE]
        titles.append("AGE")
    place = titles.index("AGE")
    own = tuple(column for column in own if column.title not in titles)
    titles += [column.title for column in own]
    common = [column for column in (conditions_column(row_tone, wide=told), LABELS) if column.title not in titles]
    return (*theirs[:place], *own, *common, *theirs[place:])


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
    return Cell(text, state_tone(word))


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


def row_tone(row: TableRow, _joined: Joined) -> Tone:
    """What its conditions say; what its cells do, a view sees by itself."""
    if row.metadata.deletion_timestamp:
        return Tone.GOING
    tone, seen = conditions_tone(row.told.conditions), row.told.observed_generation
    late = seen is not None and seen < row.object.metadata.generation
    return worst((tone, Tone.BUSY)) if late else tone


def _telling(row: TableRow) -> str:
    return telling(row.told.conditions)


def conditions_column(
    tone: Callable[[Any, Joined], Tone], says: Callable[[Any], str] = _telling, *, wide: bool = False
) -> Column:
    """What is not as it should be, in words, after the sign of how the row feels."""
    return Column("CONDITIONS", lambda row, joined: Cell(says(row), tone(row, joined)), wide=wide, glyph=True)
