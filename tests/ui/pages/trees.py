"""Trees of objects on the screen, in the words of who reads them."""

from __future__ import annotations

from k9py.ui.widgets.tree_view import TreeView
from tests.ui.pages.show import Shown


def tree_of(shown: Shown) -> TreeView:
    return shown.page.query_one(TreeView)


def tree_lines(shown: Shown) -> list[str]:
    """The objects of all lines: `pod web-1`."""
    return [line.branch.identity.label for line in tree_of(shown)._lines]


def on(shown: Shown) -> str:
    """The object under the cursor."""
    branch = tree_of(shown).branch
    return branch.identity.label if branch else ""


async def grown(shown: Shown) -> None:
    """Wait until a tree is complete."""
    await shown.until(lambda: bool(shown.page.query(TreeView)) and tree_of(shown).border_subtitle == "live", "a tree")


async def go_to(shown: Shown, label: str) -> None:
    await shown.press("g", *["j"] * tree_lines(shown).index(label))
    await shown.until(lambda: on(shown) == label, f"the cursor on {label}")
