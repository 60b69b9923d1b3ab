"""Keys as a person writes them in the configuration, and which of them rows can have."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from textual.binding import Binding, BindingsMap, InvalidBinding
from textual.keys import KEY_ALIASES, Keys

from k9py.actions.keymap import Keymap
from k9py.ui.app import K9pyApp
from k9py.ui.screens.table_page import TablePage
from k9py.ui.widgets.pane import ResourcePane
from k9py.ui.widgets.table import ResourceTable
from k9py.values.errors import ConfigError

_MODIFIERS = ("alt", "ctrl", "shift")
_NAMED = {key.value for key in Keys if key.value.isalnum()}
_SAME = {alias: key for key, aliases in KEY_ALIASES.items() for alias in aliases}
"""Keys that terminals send as another."""


def read_keys(written: Mapping[str, str]) -> dict[str, str]:
    """The keys of actions, in Textual's names. Raises ConfigError, whose message begins with `keys.NAME: `."""
    keys = {}
    for name, text in written.items():
        try:
            keys[name] = read_key(text)
        except ValueError as error:
            raise ConfigError(f"keys.{name}: {error}", "write it like e, E, ctrl-e, alt-e or f4") from None
        if keys[name] in _bound():
            raise ConfigError(f"keys.{name}: {text} has a meaning in every table", "choose another")
    Keymap(keys)
    return keys


def read_key(text: str) -> str:
    """`ctrl-e`, `E`, `f4`, `%` in Textual's name. Raises ValueError with the reason."""
    *held, last = text.replace("+", "-").split("-")
    held = sorted(each.lower() for each in held)
    one = len(last) == 1
    if not last or any(each not in _MODIFIERS for each in held) or not (one or last.lower() in _NAMED):
        raise ValueError(f"there is no key {text}")
    if one and held == ["shift"] and last.isalpha():
        return last.upper()
    try:
        (binding,) = Binding.make_bindings([("+".join((*held, last if one and not held else last.lower())), "act")])
    except InvalidBinding:
        raise ValueError(f"there is no key {text}") from None
    if same := _SAME.get(binding.key):
        raise ValueError(f"a terminal can't tell {text} from {same}")
    return binding.key


@cache
def _bound() -> frozenset[str]:
    """All keys that tables and their pages bind."""
    owners = {base for owner in (K9pyApp, TablePage, ResourcePane, ResourceTable) for base in owner.__mro__}
    bindings = (
        binding
        for base in owners
        if base.__module__.startswith("k9py.")
        for binding in Binding.make_bindings(base.__dict__.get("BINDINGS", ()))
    )
    return frozenset(key for binding in bindings for key in BindingsMap([binding]).key_to_bindings)
