"""A table of one kind over one or more collections: filtered, sorted, and kept so by touching only what changed.

Nothing is computed when a change arrives: names become dirty, and `flush`, which the frame clock calls, computes what
they show and moves them to where they belong. A change of sort, filter, scope or columns waits for it just so.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Sequence
from collections.abc import Collection as Names
from dataclasses import replace
from operator import attrgetter
from typing import Any, Protocol

from k9py.store.collection import Collection, Name, Unreadable
from k9py.store.column import Column, Joined, tell_apart
from k9py.store.filter import Filter
from k9py.store.order import Sort, natural, rank
from k9py.store.row import ODD, Row, make_row, read_cells, read_what_can_be
from k9py.values.batch import ServerColumn
from k9py.values.cell import Cell, Tone, worst
from k9py.values.namespaces import ALL, Namespaces
from k9py.values.resource import Key

_place = attrgetter("place")


class KindLike(Protocol):
    """What a view asks of a kind."""

    def columns(self, server: tuple[ServerColumn, ...]) -> tuple[Column, ...]:
        """Its columns, given those of the server."""

    def tone(self, obj: Any, joined: Joined) -> Tone:
        """How the row of an object feels."""


CONTEXT = Column("CONTEXT", lambda obj, joined: Cell(joined.context))
NAMESPACE = Column("NAMESPACE", lambda obj, joined: Cell(obj.metadata.namespace))


class _Source:
    """One collection of a view, and the rows made of it."""

    def __init__(self, collection: Collection, on_dirty: Callable[[], None]) -> None:
        self.collection = collection
        self.rows: dict[Name, Row] = {}
        self.dirty: set[Name] = set(collection.records)
        self.columns: tuple[Column, ...] = ()
        """Those of the view, as this collection reads them: servers of other versions may have others."""
        self.hidden: tuple[Column, ...] = ()
        self._on_dirty = on_dirty
        self.close = collection.listen(self._mark)

    def _mark(self, names: Names[Name]) -> None:
        self.dirty.update(names)
        self._on_dirty()

    def take(self, most: int | None) -> set[Name]:
        """Names that are dirty, which are so no longer: `most` of them at most."""
        if most is None or len(self.dirty) <= most:
            taken, self.dirty = self.dirty, set()
            return taken
        return {self.dirty.pop() for _ in range(most)}

    def mark_all(self) -> None:
        """Have every row computed anew."""
        self.dirty.update(self.collection.records)


class View:
    """The rows of a table, in order. `on_dirty` is called when a flush has something to do."""

    few = 0.05
    """Of all rows: when more than these have changed, sorting anew is quicker than moving each."""
    at_once = 500
    """Rows of a collection that one flush computes at most: metrics of 10,000 pods are not to hold up a key."""

    def __init__(
        self,
        kind: KindLike,
        collections: Sequence[Collection],
        *,
        namespaces: Namespaces = ALL,
        brief: Sequence[str] = (),
        extra: Sequence[Column] = (),
        of_one: bool = False,
    ) -> None:
        """Show some namespaces, with the columns that `brief` names if it names any, and `extra` ones after NAME.

        `of_one`: all rows are made of one object, which needs no column then.
        """
        self.kind = kind
        self.namespaces = namespaces
        self._names = frozenset(namespaces.names)
        self.on_dirty: Callable[[], None] | None = None
        self.columns: tuple[Column, ...] = ()
        self.widths: list[int] = []
        """Cells that each column needs: of its title or of what is shown in it."""
        self.version = 0
        """Another one after each flush that changed anything visible; rows carry that of their last change."""
        self.scope = ""
        """What narrow() was told that the rows belong to."""
        self._sources = [_Source(collection, self._mark) for collection in collections]
        self._leading = self._leading_columns()
        self._extra = tuple(extra)
        self._always: tuple[Column, ...] = ()
        self.sort = Sort("NAMESPACE" if NAMESPACE in self._leading else "NAME")
        self.filter: Filter | None = None
        self._keep: Callable[[Any], bool] | None = None
        self._brief = frozenset(brief)
        self._of_one = of_one
        self._wide = False
        self._states: list[int] = []  # the columns that say how an object is
        self._server: list[tuple[ServerColumn, ...]] = []
        self._sort_index: int | None = None
        self._order: list[Row] = []
        self._asked = False
        self._lay_out()

    def __len__(self) -> int:
        return len(self._order)

    @property
    def total(self) -> int:
        """How many rows there are, shown or not."""
        return sum(len(source.rows) for source in self._sources)

    def row_at(self, index: int) -> Row:
        """The row at a position from the top."""
        return self._order[index]

    def key_at(self, index: int) -> Key:
        """The key at a position from the top."""
        return self._order[index].key

    def get(self, key: Key) -> Row | None:
        """The row of a key, whether filters show it or not."""
        for source in self._sources:
            row = source.rows.get((key.namespace, key.name))
            if row is not None and row.key == key:
                return row
        return None

    def index_of(self, key: Key) -> int | None:
        """Where a key stands; None when it is not shown."""
        row = self.get(key)
        return bisect_left(self._order, row.place, key=_place) if row is not None and row.shown else None

    # what is to be shown: takes effect with the next flush

    @property
    def wide(self) -> bool:
        """Whether the wide columns are shown."""
        return self._wide

    @wide.setter
    def wide(self, wide: bool) -> None:
        self._wide = wide
        self._lay_out()

    def sort_by(self, title: str, descending: bool | None = None) -> None:
        """Sort by a column; None turns the direction round when it is sorted by that one already."""
        if descending is None:
            descending = self.sort == (title, False)
        self.sort = Sort(title, descending)
        self._arrange_later()

    def set_filter(self, to: Filter | None) -> None:
        """Show only rows that a filter keeps."""
        self.filter = to
        self._arrange_later()

    def narrow(self, label: str, keep: Callable[[Any], bool] | None) -> None:
        """Show only objects that belong to something, which `label` names (`node worker-a`); None shows all again."""
        self.scope = label if keep else ""
        self._keep = keep
        self._arrange_later()

    def close(self) -> None:
        """Listen to the collections no more."""
        for source in self._sources:
            source.close()

    def add(self, collection: Collection) -> None:
        """Show the rows of one more collection."""
        self._sources.append(_Source(collection, self._mark))
        self._lay_out()

    def drop(self, context: str) -> None:
        """Show the rows of a context no longer."""
        for source in [each for each in self._sources if each.collection.context == context]:
            source.close()
            self._sources.remove(source)
        self._lay_out()

    # keeping it so

    def flush(self) -> bool:
        """Compute what is dirty, and wake `on_dirty` if that was too much at once. True when anything has changed.

        What was asked for since the last flush (a sort, a filter, other columns) is done for all rows at once.
        """
        if self._server != self._server_columns():
            self._lay_out()
        asked, self._asked = self._asked, False
        if asked:
            self._sort_index = self._find_sort_column()
        most = None if asked else self.at_once
        changes = [change for source in self._sources for change in self._compute(source, source.take(most), asked)]
        changed = asked or any(_is_seen(change) for change in changes)
        if asked or len(changes) > self.few * len(self._order):
            self._arrange(anew=asked)
        else:
            self._move(changes)
        self.version += changed
        if any(source.dirty for source in self._sources):
            self._mark()
        return changed

    def _mark(self) -> None:
        if self.on_dirty:
            self.on_dirty()

    def _arrange_later(self) -> None:
        self._asked = True
        self._mark()

    def _server_columns(self) -> list[tuple[ServerColumn, ...]]:
        return [source.collection.columns for source in self._sources]

    def _lay_out(self) -> None:
        self._server = self._server_columns()
        self._leading = self._leading_columns()
        offered = [self.kind.columns(server) for server in self._server]
        told = [columns for columns, server in zip(offered, self._server, strict=True) if server] or offered
        every = {column.title: column for columns in reversed(told) for column in columns}
        ordered = dict.fromkeys(column.title for columns in told for column in columns)
        columns = self._with_extra(tuple(every[title] for title in ordered))
        self.columns = tuple(column for column in columns if self._has_room_for(column))
        hidden = tuple(column for column in columns if not self._has_room_for(column))
        self._states = [index for index, column in enumerate(self.columns) if column.glyph]
        self.widths = self._title_widths()
        for source, own in zip(self._sources, offered, strict=True):
            source.columns, source.hidden = self._as_told(self.columns, own), self._as_told(hidden, own)
            source.mark_all()
        self._arrange_later()

    def _with_extra(self, known: tuple[Column, ...]) -> tuple[Column, ...]:
        """What a kind has, after what tells rows apart, and with the extra columns after the name."""
        extra = tell_apart(self._extra, known)
        after = next((index for index, column in enumerate(known, 1) if column.title == "NAME"), 0)
        self._always = (*self._leading, *extra)
        return (*self._leading, *known[:after], *extra, *known[after:])

    def _as_told(self, columns: tuple[Column, ...], own: tuple[Column, ...]) -> tuple[Column, ...]:
        """Columns of the view as one of its collections reads them; what its server does not tell stays empty."""
        read = {column.title: column for column in (*own, *self._always)}
        return tuple(read.get(column.title) or replace(column, cell=_nothing) for column in columns)

    def _leading_columns(self) -> tuple[Column, ...]:
        """Columns that tell rows of several contexts or namespaces apart."""
        collections = [source.collection for source in self._sources]
        context = (CONTEXT,) if len({collection.context for collection in collections}) > 1 else ()
        namespaced = any(collection.resource.namespaced for collection in collections)
        return (*context, NAMESPACE) if namespaced and not self.namespaces.one else context

    def _has_room_for(self, column: Column) -> bool:
        if column.origin and self._of_one:
            return False
        if self._wide or column in self._always:
            return True
        return column.title in self._brief if self._brief else not column.wide

    def _find_sort_column(self) -> int | None:
        titles = [column.title for column in self.columns]
        return titles.index(self.sort.title) if self.sort.title in titles else None

    def _compute(self, source: _Source, names: Names[Name], asked: bool) -> list[_Change]:
        """Compute the rows of names. Those that are to be settled with all others are left unsettled."""
        changes: list[_Change] = []
        for name in names:
            old = source.rows.get(name)
            new = self._compute_row(source, name, old, asked)
            if new is old:
                continue
            changes.append((old, new))
            if new is None:
                del source.rows[name]
            else:
                source.rows[name] = new
        return changes

    def _compute_row(self, source: _Source, name: Name, old: Row | None, asked: bool) -> Row | None:
        """The row of a name; the old one itself when it is to be painted and placed as before."""
        record = source.collection.records.get(name)
        if record is None or (self._names and name[0] not in self._names):
            return None
        cells, tone = self._read(source, name, record.obj)
        same = old is not None and cells == old.cells and tone is old.tone
        if old is not None and same:
            old.obj, old.hidden = record.obj, None
            if asked or old.shown == self._shows(source, old):
                return old
        key = old.key if old else Key(source.collection.context, source.collection.resource.gvr, *name)
        tie = old.tie if old else (natural(key.namespace), natural(key.name), key.context)
        row = make_row(key, tie, record.obj, cells, tone, old.version if old and same else self.version + 1)
        if not asked:
            self._settle(source, row)
        return row

    def _read(self, source: _Source, name: Name, obj: Any) -> tuple[tuple[Cell, ...], Tone]:
        joined = source.collection.joined
        if not isinstance(obj, Unreadable):
            try:
                cells = read_cells(source.columns, obj, joined)
                return cells, self._feel(self.kind.tone(obj, joined), cells)
            except ODD as error:
                source.collection.faults[name] = f"{type(error).__name__}: {error}"
        return read_what_can_be(source.columns, obj, joined), Tone.BAD

    def _feel(self, tone: Tone, cells: Sequence[Cell]) -> Tone:
        """A row feels as its kind says, or as one of its states does that is worse."""
        for index in self._states:
            if cells[index].tone is not tone:
                tone = worst((tone, cells[index].tone))
        return tone

    def _settle(self, source: _Source, row: Row) -> None:
        """Find out whether a row is shown, and where it belongs."""
        row.shown = self._shows(source, row)
        index = self._sort_index
        first = rank(self.columns[index], row.cells[index], self.sort.descending) if index is not None else ""
        row.place = (first, *row.tie)

    def _shows(self, source: _Source, row: Row) -> bool:
        if self._keep is not None and (isinstance(row.obj, Unreadable) or not self._keep(row.obj)):
            return False
        return self.filter is None or self.filter.keeps(self._text(source, row), row.obj.metadata.labels)

    def _text(self, source: _Source, row: Row) -> str:
        """What a filter sees: all columns, as k9s does, so that one may filter by a label that is not shown."""
        if row.hidden is None:
            cells = read_what_can_be(source.hidden, row.obj, source.collection.joined)
            row.hidden = " ".join([cell.text for cell in cells])
        return f"{row.text} {row.hidden}"

    def _arrange(self, *, anew: bool) -> None:
        """Sort all rows; `anew` with each settled anew, after a change of sort or filter."""
        if anew:
            for source in self._sources:
                for row in source.rows.values():
                    self._settle(source, row)
        self._order = [row for source in self._sources for row in source.rows.values() if row.shown]
        self._order.sort(key=_place)
        columns = zip(*[row.widths for row in self._order], strict=True)
        self.widths = [max(width, *column) for width, column in zip(self._title_widths(), columns, strict=False)]
        self.widths = self.widths or self._title_widths()

    def _move(self, changes: Sequence[_Change]) -> None:
        """Take rows from where they were and put them where they belong."""
        for old, new in changes:
            if old is not None and old.shown:
                del self._order[bisect_left(self._order, old.place, key=_place)]
            if new is not None and new.shown:
                insort(self._order, new, key=_place)
        self._fit(changes)

    def _fit(self, changes: Sequence[_Change]) -> None:
        """Widen columns for what has come; where the widest is gone, look for the next."""
        nothing = (0,) * len(self.widths)
        narrowed: set[int] = set()
        for old, new in changes:
            if old is not None and new is not None and old.widths == new.widths and old.shown == new.shown:
                continue
            now = new.widths if new is not None and new.shown else nothing
            if old is not None and old.shown:
                narrowed |= {i for i, width in enumerate(old.widths) if now[i] < width == self.widths[i]}
            self.widths = list(map(max, self.widths, now))
        titles = self._title_widths()
        for i in narrowed:
            if not any(row.widths[i] == self.widths[i] for row in self._order):
                self.widths[i] = max([titles[i], *(row.widths[i] for row in self._order)])

    def _title_widths(self) -> list[int]:
        return [len(column.title) for column in self.columns]


_Change = tuple[Row | None, Row | None]


def _is_seen(change: _Change) -> bool:
    """Whether a row that is shown has changed, or the number of all rows: the title says that."""
    old, new = change
    return old is None or new is None or old.shown or new.shown


def _nothing(_obj: Any, _joined: Joined) -> Cell:
    return Cell("")
