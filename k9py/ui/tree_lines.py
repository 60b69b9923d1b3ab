"""The lines of a tree that are shown, in their order: what is open, or what a filter keeps and what leads to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from k9py.insight.relations.identity import Identity
from k9py.insight.relations.tree import Branch
from k9py.store.filter import Filter

CROWD = 50
"""More than so many branches on one are not shown at first."""
Path = tuple[Identity, ...]


class Line(NamedTuple):
    """A branch with what is drawn before it. `is_open` is None where nothing hangs on it."""

    branch: Branch
    guides: str
    is_open: bool | None


class Folding:
    """Which branches are open: those that a person has opened, else those above a depth on which no crowd hangs."""

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self._everything: bool | None = None
        self._chosen: dict[Path, bool] = {}

    def is_open(self, branch: Branch) -> bool:
        """Whether what hangs on it is shown."""
        if (chosen := self._chosen.get(branch.path)) is not None:
            return chosen
        if self._everything is not None:
            return self._everything
        return len(branch.path) <= self.depth and len(branch.children) <= CROWD

    def choose(self, branch: Branch, is_open: bool) -> None:
        """Open or close one."""
        self._chosen[branch.path] = is_open

    def choose_all(self, is_open: bool) -> None:
        """Open or close all."""
        self._chosen.clear()
        self._everything = is_open


def open_lines(branches: Sequence[Branch], is_open: Callable[[Branch], bool]) -> list[Line]:
    """The lines of what is open."""
    return list(_lines(branches, "", is_open, lambda branch: True))


def kept_lines(branches: Sequence[Branch], wanted: Filter) -> tuple[list[Line], int]:
    """The lines of what a filter keeps and of what that hangs on, all open; and how many it keeps."""
    kept: set[int] = set()
    count = sum(_keep(branch, wanted, kept) for branch in branches)
    return list(_lines(branches, "", lambda branch: True, lambda branch: id(branch) in kept)), count


def text_of(branch: Branch) -> str:
    """What a filter sees of a branch, and what is copied of it."""
    identity = branch.identity
    return " ".join(filter(None, (identity.kind.lower(), identity.name, branch.health.word, branch.how)))


def _keep(branch: Branch, wanted: Filter, kept: set[int]) -> int:
    """Have a branch shown if it, or anything below it, is wanted; how many are."""
    labels = branch.thing.labels if branch.thing else None
    found = int(wanted.keeps(text_of(branch), labels))
    found += sum(_keep(child, wanted, kept) for child in branch.children)
    if found:
        kept.add(id(branch))
    return found


def _lines(
    branches: Sequence[Branch], guides: str, is_open: Callable[[Branch], bool], shown: Callable[[Branch], bool]
) -> Iterator[Line]:
    branches = [branch for branch in branches if shown(branch)]
    for branch in branches:
        last = branch is branches[-1]
        root = len(branch.path) == 1
        opened = is_open(branch) if any(map(shown, branch.children)) else None
        yield Line(branch, guides if root else guides + ("└╴" if last else "├╴"), opened)
        if opened:
            deeper = guides if root else guides + ("  " if last else "│ ")
            yield from _lines(branch.children, deeper, is_open, shown)
