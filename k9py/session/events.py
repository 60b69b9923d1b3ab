"""Events that only repeat each other as one row: the same object, reason and message, told again under another name."""

from __future__ import annotations

from collections.abc import Collection as Names
from collections.abc import Sequence
from typing import Any

from k9py.kinds.events import Event, fold
from k9py.session.feed import Feed, worst
from k9py.store.collection import Collection, Name
from k9py.values.batch import FeedState

Saying = tuple[str, ...]


class FoldedEvents(Feed):
    """The events of other feeds, folded. A row keeps the name of one of its events for as long as that is there."""

    linger = 0.0

    def __init__(self, sources: Sequence[Feed]) -> None:
        first = sources[0]
        super().__init__(
            first.collection.context,
            first.resource,
            first.namespace,
            first._tasks,
            lambda feed: None,
            lambda feed: None,
        )
        self._sources = tuple(sources)
        self._sayings: dict[Name, Saying] = {}
        self._members: dict[Saying, dict[Name, None]] = {}
        for source in sources:
            self.join_feed(source, self._follow)

    @property
    def state(self) -> FeedState:
        """How the watches are doing."""
        return worst(self._sources)

    def _follow(self, theirs: Collection, _ours: Collection) -> Any:
        self._take(theirs.records)
        return theirs.listen(self._take)

    def _take(self, names: Names[Name]) -> None:
        """Fold anew what events have joined, changed in, or left."""
        before = {saying: self._row_of(saying) for name in names if (saying := self._sayings.get(name))}
        for name in list(names):
            self._place(name)
        changes: dict[Name, Any] = {}
        for saying in {*before, *(saying for name in names if (saying := self._sayings.get(name)))}:
            if (former := before.get(saying)) is not None:
                changes.setdefault(former, None)
            if (row := self._row_of(saying)) is not None:
                changes[row] = self._fold(saying)
        self.collection.put(changes)

    def _place(self, name: Name) -> None:
        """Put an event among those that say the same; take it from where it was."""
        former, saying = self._sayings.pop(name, None), self._saying_of(name)
        if former is not None and former != saying:
            members = self._members[former]
            del members[name]
            if not members:
                del self._members[former]
        if saying is not None:
            self._sayings[name] = saying
            self._members.setdefault(saying, {})[name] = None

    def _saying_of(self, name: Name) -> Saying | None:
        """What it says; one that could not be read says what no other does, one that is gone nothing."""
        obj = self._find(name)
        return obj.saying if isinstance(obj, Event) else None if obj is None else name

    def _find(self, name: Name) -> Any:
        records = (source.collection.records.get(name) for source in self._sources)
        return next((record.obj for record in records if record), None)

    def _row_of(self, saying: Saying) -> Name | None:
        return next(iter(self._members.get(saying, ())), None)

    def _fold(self, saying: Saying) -> Any:
        found = [self._find(name) for name in self._members[saying]]
        return fold(found, found[0].metadata) if len(found) > 1 else found[0]
