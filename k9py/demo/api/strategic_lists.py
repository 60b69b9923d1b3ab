"""Lists of a strategic merge patch: how two become one, and in which order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Merge = Callable[[dict[str, Any], dict[str, Any]], dict[str, Any]]


def merge_plain(old: list[Any], new: list[Any]) -> list[Any]:
    """Scalars: all of both, each once."""
    merged: list[Any] = []
    for item in (*old, *new):
        if item not in merged:
            merged.append(item)
    return merged


def merge_keyed(old: list[Any], new: list[Any], key: str, merge: Merge) -> list[Any]:
    """Objects: those of the same key become one, by `merge`; what is new is merged into nothing."""
    merged = list(old)
    for item in new:
        index = next((index for index, one in enumerate(merged) if one.get(key) == item[key]), None)
        if index is None:
            merged.append(merge({}, item))
        else:
            merged[index] = merge(merged[index], item)
    return merged


def ordered(merged: list[Any], wanted: list[Any], before: list[Any], key: str) -> list[Any]:
    """Bring a list into order: what the patch names as it names it, between what it does not, as that stood before.

    An item of the patch comes before the first other that did not stand before it.
    """
    names = [_name(item, key) for item in wanted]
    places = [_name(item, key) for item in before]
    sent = sorted(
        (item for item in merged if _name(item, key) in names), key=lambda item: names.index(_name(item, key))
    )
    rest = sorted(
        (item for item in merged if _name(item, key) not in names), key=lambda item: _place(item, places, key)
    )
    found: list[Any] = []
    while sent and rest:
        mine, other = _place(sent[0], places, key), _place(rest[0], places, key)
        first = rest if mine < len(places) and other < len(places) and other < mine else sent
        found.append(first.pop(0))
    return [*found, *sent, *rest]


def _name(item: Any, key: str) -> Any:
    return item.get(key) if key and isinstance(item, dict) else item


def _place(item: Any, places: list[Any], key: str) -> int:
    """Where it stood before; behind all, if it did not."""
    name = _name(item, key)
    return places.index(name) if name in places else len(places)
