"""The one place that knows which key means what on which row. Footer, help and docs are made from it."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

import k9py.actions
from k9py.actions.action import Action, Look
from k9py.actions.looks import LOOKS
from k9py.values.resource import Resource


@cache
def all_actions() -> tuple[Action | Look, ...]:
    """Every look, and the `ACTION` of every file of this package, in the order in which a footer shows them."""
    modules = (
        import_module(f"{k9py.actions.__name__}.{found.name}") for found in pkgutil.iter_modules(k9py.actions.__path__)
    )
    changes = [module.ACTION for module in modules if hasattr(module, "ACTION")]
    changes.sort(key=lambda action: (action.rank, action.title))
    return tuple(sorted((*LOOKS, *changes), key=_place))


def _place(action: Action | Look) -> tuple[bool, bool]:
    """Looks before changes, but all of them before what is minor."""
    return action.minor, isinstance(action, Action)


def actions_for(resource: Resource) -> list[Action | Look]:
    """What applies to rows of this kind."""
    return [action for action in all_actions() if action.applies(resource)]
