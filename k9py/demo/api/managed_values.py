"""Objects seen as fields that somebody owns: which there are, what differs, what is taken out, what is merged in.

How a value is taken apart is said by its schema: `x-kubernetes-list-type`, `-list-map-keys` and `-map-type`. Source:
KEP-555 (its merge and its ownership), and the answers of the real server.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from k9py.demo.api.managed_fields import SELF, Path, Paths, key, tree, value
from k9py.demo.api.managed_fields import field as field_element
from k9py.demo.api.openapi import Node


class _Absent:
    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()
"""A value that is not there, where null would be one."""

LEAF, MAP, LIST = "leaf", "map", "list"

Element = str
Parts = dict[Element, tuple[Any, Node | None]]
"""The parts of a map or list by their elements, each with its schema."""


def form_of(found: Any, node: Node | None) -> str:
    """How a value is taken apart: not at all, by its fields, or by the keys of its items."""
    if isinstance(found, dict):
        return LEAF if node and (node.extension("map-type") == "atomic" or _untyped(node)) else MAP
    if isinstance(found, list):
        return LIST if node and node.extension("list-type") in ("map", "set") else LEAF
    return LEAF


def _untyped(node: Node) -> bool:
    """A RawExtension: an object of which a built-in schema says nothing."""
    return node.open and not node.extension("preserve-unknown-fields")


def parts_of(found: Any, node: Node | None) -> Parts:
    """The parts of a map, or of a list that has keys. Of items with the same key, the first."""
    if isinstance(found, dict):
        return {field_element(name): (one, node.field(name) if node else None) for name, one in found.items()}
    parts: Parts = {}
    for item in found or ():
        parts.setdefault(element_of(item, node), (item, node.items if node else None))
    return parts


def element_of(item: Any, node: Node | None) -> Element:
    """The element of an item of a list."""
    keys = node.extension("list-map-keys") if node else None
    if not keys or not isinstance(item, dict):
        return value(item)
    found = {name: item[name] if name in item else default_of(node, name) for name in keys}
    return key({name: one for name, one in found.items() if one is not ABSENT})


def default_of(node: Node | None, name: str) -> Any:
    """What a key of an item is where it is not said."""
    below = node.items.field(name) if node and node.items else None
    return below.schema.get("default", ABSENT) if below else ABSENT


def paths_of(found: Any, node: Node | None, head: Path = ()) -> Paths:
    """The fields that a configuration names."""
    form = form_of(found, node)
    if form == LEAF:
        return {head} if found is not None or not head else set()
    paths: Paths = set()
    for element, (one, below) in parts_of(found, node).items():
        path = (*head, element)
        paths |= paths_of(one, below, path)
        if form == LIST or one is None or one == {} or not _named(node, element):
            paths.add(path)
    return paths


def _named(node: Node | None, element: Element) -> bool:
    """Whether it is a field that the schema names, and not a key of a map."""
    return bool(node) and element[:2] == "f:" and element[2:] in (node.properties if node else ())


@dataclass(slots=True)
class Difference:
    """What is in the new object only, what is otherwise in it, and what is in the old one only."""

    added: Paths = field(default_factory=set)
    modified: Paths = field(default_factory=set)
    removed: Paths = field(default_factory=set)

    def without(self, drop: Iterable[Path], below: Iterable[Path]) -> Difference:
        """The same without these paths, and without all that is at or under those."""
        gone, heads = set(drop), tuple(below)

        def kept(paths: Paths) -> Paths:
            return {path for path in paths if path not in gone and not any(path[: len(h)] == h for h in heads)}

        return Difference(kept(self.added), kept(self.modified), kept(self.removed))

    def __bool__(self) -> bool:
        return bool(self.added or self.modified or self.removed)


def compare(old: Any, new: Any, node: Node | None) -> Difference:
    """What differs between two objects."""
    found = Difference()
    _compare(old, new, node, (), found)
    return found


def _compare(old: Any, new: Any, node: Node | None, path: Path, found: Difference) -> None:
    known = [one for one in (old, new) if one is not ABSENT and one is not None]
    form = form_of(known[-1], node) if known else LEAF
    if form != LEAF and any(known) and all(form_of(one, node) == form for one in known):
        left, right = (parts_of(one, node) if one is not ABSENT and one else {} for one in (old, new))
        for element in {**left, **right}:
            below = (right.get(element) or left[element])[1]
            _compare(left.get(element, (ABSENT,))[0], right.get(element, (ABSENT,))[0], below, (*path, element), found)
        _note(old, new, path, found, False)
    else:
        _note(old, new, path, found, old != new)


def _note(old: Any, new: Any, path: Path, found: Difference, differs: bool) -> None:
    if old is ABSENT:
        found.added.add(path)
    elif new is ABSENT:
        found.removed.add(path)
    elif differs:
        found.modified.add(path)


def with_named(paths: Iterable[Path], node: Node | None) -> Paths:
    """The paths, and those above them that are fields which the schema names."""
    found: Paths = set()
    for path in paths:
        found.add(path)
        at = node
        for index, element in enumerate(path[:-1]):
            if _named(at, element):
                found.add(path[: index + 1])
            at = _below(at, element)
    return found


def _below(node: Node | None, element: Element) -> Node | None:
    if node is None:
        return None
    return node.field(element[2:]) if element[:2] == "f:" else node.items


def without(found: Any, paths: Iterable[Path], node: Node | None) -> Any:
    """The object without these fields and items. What becomes empty stays, empty."""
    return _without(found, tree(paths), node)


def _without(found: Any, gone: Mapping[str, Any], node: Node | None) -> Any:
    form = form_of(found, node)
    if form == LEAF:
        return found
    if form == MAP:
        parts = {name: (field_element(name), one) for name, one in found.items()}
        kept = {name: part for name, part in parts.items() if SELF not in gone.get(part[0], ())}
        return {name: _part(one, gone.get(element), _below(node, element)) for name, (element, one) in kept.items()}
    items = [(element_of(item, node), item) for item in found]
    below = node.items if node else None
    return [_part(item, gone.get(element), below) for element, item in items if SELF not in gone.get(element, ())]


def _part(found: Any, gone: Mapping[str, Any] | None, node: Node | None) -> Any:
    return _without(found, gone, node) if gone else found


def merged(live: Any, sent: Any, node: Node | None) -> Any:
    """What a configuration makes of the live value: its leaves win, all else of the live stays."""
    if sent is ABSENT:
        return live
    form = form_of(sent, node)
    if live is ABSENT or live is None or form == LEAF or form_of(live, node) != form:
        return sent
    if form == MAP:
        names = {**live, **sent}
        return {
            name: merged(live.get(name, ABSENT), sent.get(name, ABSENT), _below(node, field_element(name)))
            for name in names
        }
    old, new = parts_of(live, node), parts_of(sent, node)
    below = node.items if node else None
    return [
        merged(old.get(element, (ABSENT,))[0], new.get(element, (ABSENT,))[0], below)
        for element in merged_order(list(old), list(new))
    ]


def merged_order(old: list[Element], new: list[Element]) -> list[Element]:
    """The order of two lists in one: that of the new, and what is in the old only stays before what followed it."""
    shared = [element for element in new if element in set(old)]
    waiting, ours, order = list(old), set(new), list[Element]()
    for element in new:
        stop = shared[0] if shared else None
        while waiting and waiting[0] != stop:
            other = waiting.pop(0)
            if other not in ours:
                order.append(other)
        order.append(element)
        if element == stop:
            del waiting[:1], shared[:1]
    return order + [element for element in waiting if element not in ours]
