"""What is particular to one kind when its objects are written. Each file in api/strategies/ has one or more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from k9py.demo.api.validation.names import Rule, subdomain
from k9py.demo.core.status import Cause
from k9py.demo.core.store import Obj

if TYPE_CHECKING:
    from k9py.demo.api.registry import Intent, Registry


def _nothing(*_: object) -> None:
    return None


def _no_causes(*_: object) -> Iterator[Cause]:
    return iter(())


def _no_warnings(*_: object) -> Iterator[str]:
    return iter(())


def _at_once(*_: object) -> int:
    return 0


@dataclass(frozen=True, slots=True)
class Side:
    """A subresource that is a part of its object, beside the status: what a write of it changes, and may change."""

    take: Callable[[Obj, Obj], Obj]
    """The old object with that part of the new one."""
    validate: Callable[[Obj, Obj], Iterable[Cause]] = _no_causes


@dataclass(frozen=True, slots=True)
class Strategy:
    """The steps of a write in their order: default, admit, prepare, validate, finish. `old` is None for a new one."""

    storage: str
    """The collection: `pods`, `deployments.apps`."""
    default: Callable[[Obj], None] = _nothing
    """Fill in what is absent, in place (versioned defaults)."""
    admit: Callable[[Obj, Obj | None, Registry, Intent], None] = _nothing
    """What admission adds or refuses (StatusError): limit ranges, service accounts, priorities."""
    prepare: Callable[[Obj, Obj | None, Registry], None] = _nothing
    """Set what the server sets: selectors, finalizers, the first phase. In place."""
    validate: Callable[[Obj, Obj | None], Iterable[Cause]] = _no_causes
    """What is wrong with it. An update's immutable fields too."""
    validate_status: Callable[[Obj, Obj], Iterable[Cause]] = _no_causes
    """What is wrong with a status that came through its subresource."""
    warn: Callable[[Obj, Obj | None], Iterable[str]] = _no_warnings
    """What the writer is told though it is taken."""
    finish: Callable[[Obj, Obj | None, Registry, Intent], None] = _nothing
    """What only a valid object gets: an address, a port. StatusError if it cannot be had, unless it is a dry run."""
    terminate: Callable[[Obj], None] = _nothing
    """What a deletion that has to wait changes."""
    grace: Callable[[Obj, int | None], int] = _at_once
    """Seconds that a deletion gives it, out of those asked for (None: not said). 0 removes it at once."""
    graceful: bool = False
    """Whether a deletion may take its time: then the last state tells when it was to be gone."""
    sides: Mapping[str, Side] = field(default_factory=dict)
    """By subresource."""
    name: Rule = subdomain
    """What its name has to be."""
    status: Callable[[], Obj] | None = None
    """The status that a new object has."""
    generation: bool = True
    """Whether metadata.generation counts the changes of its spec."""
    status_counts: bool = False
    """Whether a change of its status counts too, as of custom resources whose status is no subresource."""
    counted: bool = True
    """Whether changes raise it; some kinds stay at 1."""
    annotations_count: bool = False
    """Whether a change of its annotations counts too."""


PLAIN = Strategy("")
"""A kind without a file of its own."""


def load_strategies() -> dict[str, Strategy]:
    """All strategies by their collection."""
    import k9py.demo.api.strategies as package

    found: dict[str, Strategy] = {}
    for module in iter_modules(package.__path__, f"{package.__name__}."):
        for strategy in import_module(module.name).STRATEGIES:
            found[strategy.storage] = strategy
    return found
