"""What a kind is to k9py, and the columns that every kind may have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec

from k9py.store.column import Column, Joined
from k9py.store.order import Sort
from k9py.values.age import parse_time
from k9py.values.batch import ServerColumn
from k9py.values.cell import Cell, Tone
from k9py.values.resource import Resource

NONE = Cell("<none>", Tone.DIM)
"""As kubectl says that there is nothing to say."""

UNKNOWN = Cell("<unknown>", Tone.DIM)


class Part(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """Base of what is read of an object: only the fields that columns need, so that 10,000 of them fit in memory."""


Columns = Callable[[tuple[ServerColumn, ...]], tuple[Column, ...]]


@dataclass(frozen=True, slots=True)
class Opening:
    """Where enter leads.

    `what` is `logs`, `namespace`, or the name of the resource that is opened; of that only what `keep` keeps, which
    `title` names (`node worker-a`), in `namespace` ("" = all). Of a kind that is made of another's objects, `of` names
    the one whose rows are wanted.
    """

    what: str
    title: str
    namespace: str
    keep: Callable[[Any], bool]
    of: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """The object that a row is about, where that is not the row itself: keys that are pressed on it mean that one.

    `resource` is the word of its kind; `part` what of it is meant, a container of a pod.
    """

    resource: str
    namespace: str
    name: str
    uid: str
    part: str = ""


Whole = Callable[[], bytes]
"""Gives the JSON of an object when it is called."""

Make = Callable[[Resource, Any, Whole], Iterable[tuple[tuple[str, str], Any]]]
"""Makes rows of an object of a resource: (namespace and name, what columns read) each. ValueError: it can't be read."""


def _leads_nowhere(_obj: Any) -> Opening | None:
    return None


def _stands_for_itself(_obj: Any) -> Standing | None:
    return None


def _makes_nothing(_resource: Resource, _obj: Any, _whole: Whole) -> Iterable[tuple[tuple[str, str], Any]]:
    return ()


@dataclass(frozen=True)
class Kind:
    """One kind of object, as the files of this package describe it.

    `row` is the struct that one object's JSON is decoded into (one row's, where `table` asks for the server's
    columns), and `shape` makes of that what is kept and what columns read; it has `metadata`. `joins` names the facts
    from outside that cells use: usage, pods_on_node.
    """

    group: str
    plural: str
    row: type[Any]
    columns: Columns
    tone: Callable[[Any, Joined], Tone]
    table: bool = False
    light: bool = False
    """Of a table: whether its objects are too heavy to be read only to be listed, so that all but metadata is left."""
    keep_whole: bool = True
    joins: frozenset[str] = frozenset()
    shape: Callable[[Any], Any] | None = None
    opens: Callable[[Any], Opening | None] = _leads_nowhere
    brief: tuple[str, ...] = ()
    """The titles of the columns for a pane that shares its line with another; empty for all that are not wide."""
    sort: Sort | None = None
    """By which column its rows are sorted until a person says otherwise; None for their names."""
    made_of: tuple[Resource, ...] = ()
    make: Make = _makes_nothing
    stands_for: Callable[[Any], Standing | None] = _stands_for_itself


def always(*columns: Column) -> Columns:
    """Columns that do not depend on the server's."""
    return lambda _server: columns


def time_cell(text: str | None) -> Cell:
    """The age of an RFC 3339 time; sorted, the youngest is the least."""
    since = parse_time(text)
    return UNKNOWN if since is None else Cell("", Tone.PLAIN, -since, since)


def join_labels(labels: Mapping[str, str] | None) -> Cell:
    """Labels as kubectl says them: `app=web,tier=front`."""
    return join_texts(f"{key}={value}" for key, value in sorted((labels or {}).items()))


@lru_cache(maxsize=4096)
def text_cell(text: str) -> Cell:
    """A text that many rows share, or <none>. They share the cell, too: less to make, to keep and to compare."""
    return Cell(text) if text else NONE


@lru_cache(maxsize=1024)
def count_cell(count: int) -> Cell:
    """A number of something."""
    return Cell(str(count), Tone.PLAIN, count)


@lru_cache(maxsize=1024)
def ratio_cell(part: int, whole: int, tone: Tone = Tone.PLAIN) -> Cell:
    """So many of so many: `1/2`. Sorted, those come first of which most is missing."""
    return Cell(f"{part}/{whole}", tone, part / whole if whole else 1.0)


def join_texts(texts: Iterable[str]) -> Cell:
    """Several texts in one cell, or <none>."""
    return text_cell(",".join(texts))


NAME = Column("NAME", lambda obj, _: Cell(obj.metadata.name))
AGE = Column("AGE", lambda obj, _: time_cell(obj.metadata.creation_timestamp), numeric=True)
LABELS = Column("LABELS", lambda obj, _: join_labels(obj.metadata.labels), wide=True)


def noted_columns(words: Iterable[str]) -> tuple[Column, ...]:
    """A column for each label, or for each annotation (`@` before its key), as `-L app,@description` asks for them.

    The title is the key's last part, as kubectl has it.
    """
    return tuple(_annotation(word[1:]) if word.startswith("@") else _label(word) for word in words)


def _label(key: str) -> Column:
    return Column(_last_part(key), lambda obj, _: text_cell((obj.metadata.labels or {}).get(key, "")))


def _annotation(key: str) -> Column:
    def cell(obj: Any, joined: Joined) -> Cell:
        return text_cell(joined.annotations((obj.metadata.namespace, obj.metadata.name)).get(key, ""))

    return Column(f"@{_last_part(key)}", cell)


def _last_part(key: str) -> str:
    return key.rpartition("/")[2].upper()
