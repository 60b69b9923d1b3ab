"""Which rows of a table are marked. A mark is for one object: what is made anew under the same name is not marked."""

from __future__ import annotations

from collections.abc import Iterable

from k9py.store.row import Row
from k9py.store.view import View
from k9py.values.resource import Key


class Marks:
    """Keys, each with the uid that was there when it was marked."""

    def __init__(self) -> None:
        self._uids: dict[Key, str] = {}
        self._last: Key | None = None

    def __contains__(self, key: Key) -> bool:
        return key in self._uids

    @property
    def keys(self) -> set[Key]:
        """All that are marked, shown or not."""
        return set(self._uids)

    def toggle(self, row: Row) -> None:
        """Mark a row, or unmark it."""
        self._last = row.key
        if self._uids.pop(row.key, None) is None:
            self._uids[row.key] = row.uid

    def span(self, view: View, index: int) -> None:
        """Mark all rows from the one that was marked last to this one."""
        start = view.index_of(self._last) if self._last else None
        first, last = sorted((index if start is None else start, index))
        self._uids.update({row.key: row.uid for row in map(view.row_at, range(first, last + 1))})
        self._last = view.key_at(index)

    def clear(self) -> None:
        """Unmark all."""
        self._uids.clear()
        self._last = None

    def unmark(self, keys: Iterable[Key]) -> bool:
        """Unmark these; whether any of them was marked."""
        marked = [key for key in keys if key in self._uids]
        for key in marked:
            del self._uids[key]
        return bool(marked)

    def forget_gone(self, view: View) -> bool:
        """Unmark what is no longer there; whether there was any."""
        gone = [key for key, uid in self._uids.items() if (row := view.get(key)) is None or row.uid != uid]
        for key in gone:
            del self._uids[key]
        return bool(gone)

    def rows(self, view: View) -> list[Row]:
        """The marked rows that a view shows, in its order."""
        indexes = (view.index_of(key) for key in self._uids)
        return [view.row_at(index) for index in sorted(index for index in indexes if index is not None)]
