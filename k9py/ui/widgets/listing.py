"""A list in columns: its lines below their heads, in one frame."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from k9py.ui.widgets.choices import Choices


class Listing(Vertical):
    """The frame of `choices`; the heads stand above them and do not scroll."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.choices = Choices()
        self._heads = Static(markup=False)

    def compose(self) -> ComposeResult:
        yield self._heads
        yield self.choices

    def show_heads(self, heads: Text | str) -> None:
        self._heads.update(heads)
