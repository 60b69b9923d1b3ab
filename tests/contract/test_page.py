"""docs/embedded.md names all that can be asked of `k9py demo`."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from k9py.cli import build_parser
from k9py.demo.world.stories import STORIES

PAGE = (Path(__file__).parents[2] / "docs" / "embedded.md").read_text(encoding="utf-8")


def _own_options() -> list[str]:
    """The options of `k9py demo` that k9py alone does not have."""
    parser = build_parser()
    commands = next(action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    general = {option for action in parser._actions for option in action.option_strings}
    found = [option for action in commands.choices["demo"]._actions for option in action.option_strings]
    return [option for option in found if option not in general]


@pytest.mark.parametrize("option", _own_options())
def test_an_option_is_on_the_page(option: str) -> None:
    assert f"| `{option}" in PAGE


@pytest.mark.parametrize("story", STORIES)
def test_a_story_is_on_the_page(story: str) -> None:
    assert f"| `{story}` |" in PAGE
