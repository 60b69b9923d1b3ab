"""All shells of this run of k9py: those that are on a page, and those that go on out of sight."""

from __future__ import annotations

import time
from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from k9py.session.session import Session
from k9py.ui.consoles import Console
from k9py.ui.screens.page import Page
from k9py.ui.screens.shell_page import close_console
from k9py.ui.shells import show_console
from k9py.ui.widgets.key_bar import KeyHint
from k9py.ui.widgets.listing import Listing
from k9py.values.age import human_duration
from k9py.values.text import clean, crop, pad

TITLES = ("#", "POD", "CONTAINER", "COMMAND", "STATE", "SINCE", "LAST OUTPUT")
MOST = 40
"""Cells of a column at most."""
NONE = "no shells yet: s on a pod opens one"


class ShellsPage(Page):
    """A list that enter opens from and ctrl-d closes in."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+d", "close", "Close", show=False)]

    def __init__(self, session: Session | None) -> None:
        super().__init__(session)
        self._shown: list[Console] = []

    @property
    def crumb(self) -> str:
        return "shells"

    def compose_body(self) -> ComposeResult:
        yield Listing(id="shells")

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(Listing).choices.focus()
        self.renew()

    def tick(self) -> None:
        """Ages go on."""
        self.renew()

    def shells_changed(self) -> None:
        if self.query(Listing):
            self.renew()

    def renew(self) -> None:
        """Show the shells that there are now, as they are; the cursor stays on its shell."""
        listing = self.query_one(Listing)
        choices = listing.choices
        under = self._under_cursor()
        self._shown = list(self.k9py.consoles)
        rows = [TITLES, *map(_row, self._shown)]
        widths = [min(MOST, max(map(cell_len, column))) for column in zip(*rows, strict=True)]
        titles, *lines = [Text("  ".join(map(pad, row, widths))) for row in rows]
        listing.show_heads(titles if self._shown else "")
        choices.clear_options()
        choices.add_options([Option(line) for line in lines] or [Option(Text(NONE), disabled=True)])
        if self._shown:
            choices.highlighted = self._shown.index(under) if under in self._shown else 0
        listing.border_title = f"{self.trail}Shells {len(self._shown)} · {len(self.k9py.consoles.running)} running"

    def _under_cursor(self) -> Console | None:
        at = self.query_one(Listing).choices.highlighted
        return self._shown[at] if at is not None and at < len(self._shown) else None

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        if console := self._under_cursor():
            show_console(self.k9py, console)

    def action_close(self) -> None:
        """End the shell under the cursor; while it runs, not without a question."""
        if console := self._under_cursor():
            close_console(self, console)
            self.renew()  # at once: the next key may be there already

    def hints(self) -> tuple[KeyHint, ...]:
        return (KeyHint("enter", "Show"), KeyHint("ctrl+d", "Close")) if self._shown else ()


def _row(console: Console) -> tuple[str, ...]:
    now = time.time()
    spoke = "none yet" if console.spoke_at is None else f"{human_duration(now - console.spoke_at)} ago"
    number, since = str(console.talk.number), human_duration(now - console.opened_at)
    cells = (number, console.pod, console.container, console.command, console.state, since, spoke)
    return tuple(crop(clean(cell), MOST) for cell in cells)
