"""What is particular to one kind when its objects are written. Each file in api/strategies/ has one or more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from k9py.demo.core.status import Cause
from k9py.demo.core.store import Obj

if TYPE_CHECKING:
    from k9py.demo.api.registry import Intent, Registry


def _nothing(*_: object) -> None:
    return None


def _no_causes(*_: object) -> Iterator[Cause]:
    return iter(())


def _at_once(*_: object) -> int:
    return 0


@dataclass(frozen=True, slots=True)
class Strategy:
    """The steps of a write, in this order: default, prepare, admit, validate. `old` is None when it is created."""

    storage: str
    """The collection: `pods`, `deployments.apps`."""
    default: Callable[[Obj], None] = _nothing
    """Fill in what is absent, in place (versioned defaults)."""
    prepare: Callable[[Obj, Obj | None, Registry], None] = _nothing
    """Set what the server sets: an address, a port, the first phase. In place."""
    admit: Callable[[Obj, Obj | None, Registry, Intent], None] = _nothing
    """What admission adds or refuses (StatusError): quotas, limit ranges, service accounts, priorities."""
    validate: Callable[[Obj, Obj | None], Iterable[Cause]] = _no_causes
    """What is wrong with it. An update's immutable fields too."""
    grace: Callable[[Obj, int | None], int] = _at_once
    """Seconds that a deletion gives it, out of those asked for (None: not said). 0 removes it at once."""
    generation: bool = True
    """Whether metadata.generation counts the changes of its spec."""


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
