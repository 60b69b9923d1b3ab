"""Keys of a person's own, beside those of the registry."""

from __future__ import annotations

import pytest

from k9py.actions.keymap import Keymap
from k9py.actions.registry import all_actions
from k9py.kinds.wellknown import DEPLOYMENTS, PODS
from k9py.ui.keymap import read_key, read_keys
from k9py.values.errors import ConfigError


def meaning(keymap: Keymap, key: str) -> str | None:
    """The id of what it means on pods."""
    action = keymap.action_for_key(key, PODS)
    return action.id if action else None


def test_without_keys_of_ones_own_all_are_as_usual() -> None:
    for action in all_actions():
        if action.applies(PODS):
            assert Keymap().action_for_key(action.key, PODS) is action


def test_an_action_has_the_key_that_it_was_given_and_no_other() -> None:
    keymap = Keymap({"edit": "f4"})
    assert meaning(keymap, "f4") == "edit"
    assert meaning(keymap, "e") is None


def test_whose_key_was_given_away_has_none_but_is_there() -> None:
    keymap = Keymap({"edit": "d"})
    assert meaning(keymap, "d") == "edit"
    assert {action.id: action.key for action in keymap.actions_for(PODS)}["describe"] == ""


def test_only_where_they_meet() -> None:
    keymap = Keymap({"shell": "r"})
    assert meaning(keymap, "r") == "shell"
    restart = keymap.action_for_key("r", DEPLOYMENTS)
    assert restart
    assert restart.id == "restart"


def test_two_can_change_places() -> None:
    keymap = Keymap({"edit": "d", "describe": "e"})
    assert (meaning(keymap, "d"), meaning(keymap, "e")) == ("edit", "describe")


def test_those_that_share_a_key_may_go_on_to_share_one() -> None:
    keymap = Keymap({"scale": "f6", "shell": "f6"})
    assert meaning(keymap, "f6") == "shell"
    with pytest.raises(ConfigError, match="edit has the same key"):
        Keymap({"edit": "f6", "shell": "f6"})


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("e", "e"),
        ("E", "E"),
        ("shift-e", "E"),
        ("ctrl-e", "ctrl+e"),
        ("Ctrl+E", "ctrl+e"),
        ("alt-ctrl-e", "alt+ctrl+e"),
        ("F4", "f4"),
        ("shift-f4", "shift+f4"),
        ("%", "percent_sign"),
        ("delete", "delete"),
    ],
)
def test_how_keys_are_written(written: str, key: str) -> None:
    assert read_key(written) == key


@pytest.mark.parametrize("written", ["", "-", "ctrl-", "ee", "hyper-e", ",", "ctrl-i", "f40"])
def test_what_is_no_key(written: str) -> None:
    with pytest.raises(ValueError, match=r"there is no key|a terminal can't tell"):
        read_key(written)


@pytest.mark.parametrize("written", ["j", "/", "ctrl-c", "m", "space", "N"])
def test_a_key_of_every_table_is_not_for_an_action(written: str) -> None:
    with pytest.raises(ConfigError, match="has a meaning in every table"):
        read_keys({"edit": written})
