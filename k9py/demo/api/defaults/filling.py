"""Defaults as data: what is absent is filled in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from k9py.demo.core.store import Obj

Fill = Callable[[Obj], None]


def fill(obj: Obj, defaults: Mapping[str, Any]) -> None:
    """Fill in what is absent, in place; of what is an object itself each field."""
    for name, value in defaults.items():
        if isinstance(value, Mapping):
            fill(obj.setdefault(name, {}), value)
        else:
            obj.setdefault(name, list(value) if isinstance(value, list) else value)


def filled(**defaults: Any) -> Fill:
    """What fills in these."""
    return lambda obj: fill(obj, defaults)
