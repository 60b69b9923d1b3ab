"""JSON merge patches (RFC 7386): made of what a person changed, applied, and rebased on what others have changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from k9py.values.reading import Path

Keys = Callable[[Path], "tuple[str, ...] | None"]
"""What tells the items of a list apart: names of fields, none for a set of plain values, None for a list that is one
value (as OpenAPI's x-kubernetes-list-map-keys, x-kubernetes-list-type and x-kubernetes-patch-merge-key say)."""
Side = Literal["yours", "theirs"]


class _Missing:
    """Where there is nothing."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING = _Missing()


def whole_lists(_path: Path) -> None:
    """Every list is one value: nothing is known of its items."""


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same: true is not 1, and null in a map is as if it were not there."""
    if isinstance(one, dict) and isinstance(other, dict):
        return all(same(one.get(name), other.get(name)) for name in one.keys() | other.keys())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def make_patch(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The merge patch that makes `after` of `before`. Empty where nothing has changed."""
    patch: dict[str, Any] = {}
    for name in [*before, *(name for name in after if name not in before)]:
        old, new = before.get(name), after.get(name)
        if same(old, new):
            continue
        if isinstance(old, dict) and isinstance(new, dict):
            patch[name] = make_patch(old, new)
        else:
            patch[name] = new
    return patch


def apply_patch(target: Any, patch: Any) -> Any:
    """What a merge patch makes of a value; neither is changed."""
    if not isinstance(patch, dict):
        return patch
    made = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            made.pop(name, None)
        else:
            made[name] = apply_patch(made.get(name), value)
    return made


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that both have changed, and otherwise: what it was, and what either made of it (or MISSING)."""

    path: Path
    yours: Any
    theirs: Any
    before: Any


@dataclass(frozen=True, slots=True)
class Merged:
    """A change on top of what others have made meanwhile. `clashes` are those that nobody has decided."""

    value: Any
    clashes: tuple[Clash, ...] = ()


@dataclass
class _Merging:
    keys: Keys
    chosen: Mapping[Path, Side]
    clashes: list[Clash] = field(default_factory=list)

    def merge(self, before: Any, yours: Any, theirs: Any, path: Path) -> Any:
        if _unchanged(yours, before) or _unchanged(yours, theirs):
            return theirs
        if _unchanged(theirs, before):
            return yours
        if isinstance(yours, dict) and isinstance(theirs, dict):
            return self._merge_maps(before if isinstance(before, dict) else {}, yours, theirs, path)
        if isinstance(yours, list) and isinstance(theirs, list):
            merged = self._merge_lists(before if isinstance(before, list) else [], yours, theirs, path)
            if merged is not None:
                return merged
        return self._decide(Clash(path, yours, theirs, before))

    def _decide(self, clash: Clash) -> Any:
        side = self.chosen.get(clash.path)
        if side is None:
            self.clashes.append(clash)
        return clash.theirs if side == "theirs" else clash.yours

    def _merge_maps(
        self, before: Mapping[str, Any], yours: Mapping[str, Any], theirs: Mapping[str, Any], path: Path
    ) -> dict[str, Any]:
        made = {}
        for name in [*theirs, *(name for name in yours if name not in theirs)]:
            old, mine, their = (side.get(name, MISSING) for side in (before, yours, theirs))
            value = self.merge(old, mine, their, (*path, name))
            if value is not MISSING:
                made[name] = value
        return made

    def _merge_lists(
        self, before: Sequence[Any], yours: Sequence[Any], theirs: Sequence[Any], path: Path
    ) -> list[Any] | None:
        """Item by item, where it is known what tells these apart."""
        keys = self.keys(path)
        if keys is None:
            return None
        sides = [_by_key(side, keys) for side in (before, yours, theirs)]
        old, mine, their = sides
        if old is None or mine is None or their is None:
            return None
        if not keys:  # of plain values there is nothing to be merged but which there are
            names = [name for name in _order(old, mine, their) if (name in mine) + (name in their) > (name in old)]
            return [mine.get(name, their.get(name)) for name in names]
        made = []
        for name in _order(old, mine, their):
            was, your, their_own = (side.get(name, MISSING) for side in (old, mine, their))
            value = self.merge(was, your, their_own, (*path, name))
            if value is not MISSING:
                made.append(value)
        return made


def _unchanged(one: Any, other: Any) -> bool:
    if one is MISSING or other is MISSING:
        return (one is MISSING or one is None) and (other is MISSING or other is None)
    return same(one, other)


Keyed = Mapping[tuple[str, ...], Any]


def _by_key(items: Sequence[Any], keys: Sequence[str]) -> dict[tuple[str, ...], Any] | None:
    """Items by what tells them apart; None where it does not."""
    found: dict[tuple[str, ...], Any] = {}
    for item in items:
        if keys and not isinstance(item, dict):
            return None
        if not keys and isinstance(item, dict | list):
            return None
        name = tuple(f"{key}={item[key]}" for key in keys if item.get(key) is not None) if keys else (repr(item),)
        if not name or name in found:
            return None
        found[name] = item
    return found


def _order(before: Keyed, yours: Keyed, theirs: Keyed) -> list[tuple[str, ...]]:
    """The items of both, in their order, unless only you have changed it; what one side has more keeps its place."""
    common = [name for name in before if name in yours and name in theirs]
    kept = [name for name in theirs if name in common] == common
    first, second = (yours, theirs) if kept else (theirs, yours)
    order = list(first)
    last = -1
    for name in second:
        if name in first:
            last = order.index(name)
        else:
            last += 1
            order.insert(last, name)
    return order


def rebase(
    before: Any, yours: Any, theirs: Any, keys: Keys = whole_lists, chosen: Mapping[Path, Side] | None = None
) -> Merged:
    """What you made of `before`, on top of what they have made of it.

    Where both have changed the same otherwise, `chosen` says by the path which of them counts; else yours does, and
    it is among the clashes.
    """
    merging = _Merging(keys, chosen or {})
    value = merging.merge(before, yours, theirs, ())
    return Merged(value, tuple(merging.clashes))


def leaves(patch: Mapping[str, Any], path: Path = ()) -> list[tuple[Path, Any]]:
    """The fields that a patch changes, with what it sets them to."""
    found: list[tuple[Path, Any]] = []
    for name, value in patch.items():
        found += leaves(value, (*path, name)) if isinstance(value, dict) and value else [((*path, name), value)]
    return found


def say_path(path: Path) -> str:
    """As a person reads it: `spec.containers[name=app].image`."""
    said = ""
    for step in path:
        if isinstance(step, tuple):
            said += f"[{','.join(step)}]"
        elif isinstance(step, int):
            said += f"[{step}]"
        else:
            said += f".{step}" if "." not in step else f"[{step}]"
    return said.removeprefix(".")
