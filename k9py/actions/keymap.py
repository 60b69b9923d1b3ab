"""The keys of the registry as one person has them: those of their configuration come before the usual ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from k9py.actions.action import Action, Look
from k9py.actions.registry import actions_for, all_actions
from k9py.values.errors import ConfigError
from k9py.values.resource import Resource


class Keymap:
    """What a key means on a row. Where an action was given the usual key of another, that one has none there."""

    def __init__(self, own: Mapping[str, str] | None = None) -> None:
        """`own` has keys (Textual's names) by the id of an action. Raises ConfigError where that cannot be."""
        self._own = dict(own or {})
        usual = {action.id: action.key for action in all_actions()}
        users: dict[str, str] = {}
        for name, key in self._own.items():
            if name not in usual:
                raise ConfigError(f"keys.{name}: there is no such action", f"there are {', '.join(sorted(usual))}")
            other = users.setdefault(key, name)
            if usual[other] != usual[name]:  # those that share a key are never of one kind
                raise ConfigError(f"keys.{name}: {other} has the same key", "give it another")

    def actions_for(self, resource: Resource) -> list[Action | Look]:
        """What applies to rows of this kind, with its keys; the key of what has none is empty."""
        found = actions_for(resource)
        if not self._own:
            return found
        taken = {self._own[action.id] for action in found if action.id in self._own}
        return [replace(action, key=self._key(action, taken)) for action in found]

    def action_for_key(self, key: str, resource: Resource) -> Action | Look | None:
        """What a key (Textual's name of it) means on rows of this kind."""
        return next((action for action in self.actions_for(resource) if action.key == key), None)

    def _key(self, action: Action | Look, taken: set[str]) -> str:
        return self._own.get(action.id) or ("" if action.key in taken else action.key)
