"""The two things that a key can mean on a row: look at it, or change it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from k9py.actions.plan import Plan, Target
from k9py.values.complaint import Complaint
from k9py.values.errors import K9pyError
from k9py.values.merge_patch import Clash, Keys, Side
from k9py.values.reading import Path
from k9py.values.request import Read
from k9py.values.resource import Resource


@dataclass(frozen=True, slots=True)
class Right:
    """What must be permitted (an RBAC verb on a resource or subresource): of the row's kind, or of another, `of`."""

    verb: str
    subresource: str = ""
    of: Resource | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """A screen about one row: it changes nothing. `on` says in words what it applies to, `opens` names the screen.

    A `minor` one comes after the changes: where there is little room, the last line goes without it. `right` is what
    it needs beside what its row is known by: None where a page says itself what may not be read.
    """

    id: str
    title: str
    key: str
    on: str
    applies: Callable[[Resource], bool]
    opens: str
    minor: bool = False
    right: Right | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What must be known before the Plan can be made: one line of text, checked by `check` as it is typed."""

    title: str
    label: str
    initial: str
    check: Callable[[str], str]
    """The reason why an answer will not do, or the empty string."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A question with a few answers: one of `choices`, `initial` at first; those `barred` are shown, and not taken."""

    title: str
    choices: tuple[str, ...]
    initial: str = ""
    barred: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Writing:
    """A question that is answered by changing a text. `texts` has it as it is now, by what is meant with it.

    Where there are several, the person chooses one first. `check` says of a text (with which it was, and as it was)
    why it will not do, or None.
    """

    title: str
    target: Target
    texts: Mapping[str, str]
    check: Callable[[str, str, str], Complaint | None]
    secret: bool = False
    """Whether it holds what nobody else should read."""


@dataclass(frozen=True, slots=True)
class Option:
    """What may be chosen in the confirmation itself: `choices` go round with `key`; the Plan is made anew."""

    id: str
    label: str
    key: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person said: `text` to the question, whose `initial` it was, and the options as they stand (or stood).

    `choice` is what was picked before: a container, which of several texts.
    """

    text: str = ""
    initial: str = ""
    choice: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fact:
    """What was read about one target, or why it could not be read. `cautions` are what must be said of it.

    `disruptions` are what must be said besides where its pods are taken away.
    """

    target: Target
    found: Any = None
    failed: K9pyError | None = None
    cautions: tuple[str, ...] = ()
    disruptions: tuple[str, ...] = ()

    @property
    def disrupting(self) -> Fact:
        """The same of a change that takes pods away."""
        return replace(self, cautions=(*self.cautions, *self.disruptions))


@dataclass(frozen=True, slots=True)
class Rebased:
    """A text that was written on an older version, on top of what there is now. `clashes` are still to be decided.

    `moved` says whether others have changed anything that a person decides on, `settled` whether some clashed.
    """

    answers: Answers
    clashes: tuple[Clash, ...] = ()
    moved: bool = False
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """A change: gather what it needs to know, ask what it needs to be told, make the Plan.

    `gather` is async and reads through its port only; `ask`, `options` and `plan` are pure: plan(facts, answers, now).
    A `minor` one comes last: where there is little room, the last line goes without it; the row menu, the help and its
    key have it all the same.
    """

    id: str
    title: str
    key: str
    on: str
    applies: Callable[[Resource], bool]
    right: Right
    gather: Callable[[Read, Sequence[Target]], Awaitable[tuple[Fact, ...]]]
    plan: Callable[[Sequence[Fact], Answers, datetime], Plan]
    kubectl: str
    """The command that does the same, for docs/actions.md: `kubectl scale --replicas=N`."""
    undo: str
    """How it is taken back, or why it is not, for docs/actions.md."""
    proof: str
    """The test on a real cluster that proves it: `tests/cluster/test_changes.py::test_…`."""
    pick: Callable[[Sequence[Fact]], Pick | None] = lambda facts: None
    """What must be chosen before anything else is asked: a container."""
    ask: Callable[[Sequence[Fact]], Question | Writing | None] = lambda facts: None
    options: Callable[[Sequence[Fact]], tuple[Option, ...]] = lambda facts: ()
    rebase: Callable[[Sequence[Fact], Answers, Keys, Mapping[Path, Side]], Rebased] | None = None
    """Of what is written: it on top of what there is now; what clashes is decided by the path."""
    minor: bool = False
    rank: int = 50
    """Its place among the changes: what is done often comes first, what destroys last."""
    many: bool = True
    """Whether it is about all marked rows, or about one."""
