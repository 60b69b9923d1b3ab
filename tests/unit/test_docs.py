"""What the documents say is what the registries say."""

from __future__ import annotations

from pathlib import Path

from k9py.actions.listing import write_actions_page
from k9py.ui.keys import write_keys_page

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_of_keys_is_up_to_date() -> None:
    assert (DOCS / "keys.md").read_text() == write_keys_page(), "run `make docs`"


def test_the_page_of_changes_is_up_to_date() -> None:
    assert (DOCS / "actions.md").read_text() == write_actions_page(), "run `make docs`"
