"""Counts over a collection, kept up to date by what changes: pods on each node, healthy and unhealthy pods."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable
from collections.abc import Collection as Names
from dataclasses import replace
from typing import Any, Generic, TypeVar

from k9py.store.collection import Collection, Name, Unreadable
from k9py.store.column import Joined
from k9py.values.cell import Tone
from k9py.values.namespaces import ALL, Namespaces

_OVER = ("Succeeded", "Failed")

Class = TypeVar("Class", bound=Hashable)


class Tally(Generic[Class]):
    """How many objects of a collection there are of each class. `classify` says None for what is not counted.

    `on_change` is told the classes whose count is another now.
    """

    def __init__(
        self,
        collection: Collection,
        classify: Callable[[Any], Class | None],
        on_change: Callable[[set[Class]], None] = lambda _: None,
    ) -> None:
        self.counts: Counter[Class] = Counter()
        self._collection = collection
        self._classify = classify
        self._on_change = on_change
        self._classes: dict[Name, Class] = {}
        self.close = collection.listen(self._update)
        """Stop counting."""
        self._count(collection.records.keys())

    def _update(self, names: Names[Name]) -> None:
        changed = self._count(names)
        if changed:
            self._on_change(changed)

    def _count(self, names: Names[Name]) -> set[Class]:
        changed: set[Class] = set()
        for name in names:
            before, now = self._classes.get(name), self._class_of(name)
            if now == before:
                continue
            if before is not None:
                self.counts[before] -= 1
                del self._classes[name]
            if now is not None:
                self.counts[now] += 1
                self._classes[name] = now
            changed |= {kind for kind in (before, now) if kind is not None}
        return changed

    def _class_of(self, name: Name) -> Class | None:
        record = self._collection.records.get(name)
        return None if record is None or isinstance(record.obj, Unreadable) else self._classify(record.obj)


class Census(Tally[Tone]):
    """How many objects of a collection feel how: the figures of the first line."""

    def __init__(
        self,
        collection: Collection,
        tone: Callable[[Any, Joined], Tone],
        on_change: Callable[[set[Tone]], None] = lambda _: None,
        namespaces: Namespaces = ALL,
    ) -> None:
        """Count those of some namespaces."""

        def classify(obj: Any) -> Tone | None:
            counts = obj.metadata.namespace in namespaces
            return tone(obj, collection.joined) if counts else None

        super().__init__(collection, classify, on_change)


def tally_pods(pods: Collection, nodes: Collection) -> Callable[[], None]:
    """Keep the number of pods that take room on each node joined to the nodes. Returns what ends it."""

    def touch(names: Names[str]) -> None:
        nodes.touch([("", name) for name in names])

    tally = Tally(pods, _node_of, touch)
    nodes.joined = replace(nodes.joined, pods_on_node=tally.counts)
    touch(tally.counts)
    return tally.close


def _node_of(pod: Any) -> str | None:
    """The node that a pod takes room on: none before it is scheduled, and none when it is over."""
    return (pod.node or None) if pod.phase not in _OVER else None
