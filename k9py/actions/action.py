"""The two things that a key can mean on a row: look at it, or change it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from k9py.actions.plan import Plan, Target
from k9py.values.errors import K9pyError
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
class Fact:
    """What was read about one target, or why it could not be read."""

    target: Target
    found: Any = None
    failed: K9pyError | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """A change: gather what it needs to know, ask what it needs to be told, make the Plan.

    `gather` is async and reads through its port only; `ask` and `plan` are pure: plan(facts, answer, now).
    """

    id: str
    title: str
    key: str
    on: str
    applies: Callable[[Resource], bool]
    right: Right
    gather: Callable[[Read, Sequence[Target]], Awaitable[tuple[Fact, ...]]]
    plan: Callable[[Sequence[Fact], str, datetime], Plan]
    ask: Callable[[Sequence[Fact]], Question | None] = lambda facts: None
