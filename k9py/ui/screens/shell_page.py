"""A table, and beside it a shell: both live, and the shell goes on when one leaves the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from k9py.session.session import Session
from k9py.ui.consoles import Console
from k9py.ui.screens.dialogs import Choose
from k9py.ui.screens.help_page import HelpPage
from k9py.ui.screens.page import Page
from k9py.ui.screens.table_page import TablePage
from k9py.ui.widgets.key_bar import KeyHint
from k9py.ui.widgets.pane import Place, ResourcePane
from k9py.ui.widgets.terminal_pane import AFTER_PREFIX, TerminalPane
from k9py.ui.widgets.terminal_view import PREFIX, TerminalView
from k9py.values.resource import Key

WIDE = 160
"""From so many columns on, table and shell stand side by side."""
LEAVE, CLOSE = "let it run", "close it: what runs in it is ended"


class ShellPage(TablePage):
    """The place that a shell was opened from, and the shell. `tab` goes from the table into it, ctrl-] out of it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "to_shell", "To the shell", show=False, priority=True),
        Binding("shift+tab", "to_shell", "To the shell", show=False, priority=True),
        Binding("Z", "zoom", "Zoom", show=False),
    ]

    def __init__(self, session: Session, place: Place, console: Console, cursor: Key | None = None) -> None:
        super().__init__(session, place)
        self._shown: Console | None = console
        self._cursor = cursor
        self._zoomed = ""
        """Which of the two fills the page: `table`, `shell`, or neither."""

    @property
    def crumb(self) -> str:
        return "shell"

    def compose_body(self) -> ComposeResult:
        with Container(id="beside"):
            yield ResourcePane(self.k9py.frames, id="table", classes="pane")
            yield TerminalPane(id="shell")

    def on_mount(self) -> None:  # Textual calls those of the classes above, too
        self.shell.on_ask = self.ask
        self.show(self._shown)

    @property
    def first(self) -> TerminalPane:
        return self.shell

    @on(ResourcePane.Captioned)
    def _point(self) -> None:
        """The cursor is on the row from which the shell was opened, as soon as that is there."""
        if self._cursor and self.table.go_to(self._cursor):
            self._cursor = None

    @property
    def shell(self) -> TerminalPane:
        return self.query_one("#shell", TerminalPane)

    def show(self, console: Console | None) -> None:
        """Show a shell, or none any more: then the page is one of the table alone."""
        self._shown = console
        self.shell.show(console)
        if console is None:
            self.to_table()
        self.set_class(console is None, "-no-shell")
        self.caption()

    def caption(self) -> None:
        """The shell's title, and which of how many it is."""
        consoles = list(self.k9py.consoles)
        shown = self.shell.console
        if shown and shown not in consoles:  # it was closed elsewhere
            self.show(self.k9py.consoles.beside(None, 1))
            return
        several = shown in consoles and len(consoles) > 1
        self.shell.place = f"{consoles.index(shown) + 1} of {len(consoles)}" if shown and several else ""
        self.shell.caption()
        self.paint_chrome_soon()

    def shells_changed(self) -> None:
        if self.query("#shell"):
            self.caption()

    # keys

    def _general(self) -> Sequence[KeyHint]:
        pane = self.focused
        taken = isinstance(pane, TerminalPane) and (pane.live or pane.prefixed)
        return () if taken else super()._general()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In the prompt, tab takes a suggestion."""
        if action == "to_shell":
            return not self.typing and self._shown is not None
        return super().check_action(action, parameters)

    def action_to_shell(self) -> None:
        """From the table into the shell; from a shell that takes no keys to the table."""
        if self.shell.has_focus:
            self.to_table()
        else:
            self._show_both()
            self.set_focus(self.shell)

    def to_table(self) -> None:
        """Into the table, with the shell going on beside it."""
        self._show_both()
        self.set_focus(self.table)  # at once: the next key may be there already

    def action_zoom(self) -> None:
        """The one that has the focus fills the screen; again: no longer."""
        self._zoom("" if self._zoomed else "shell" if self.shell.has_focus else "table")

    def _show_both(self) -> None:
        self._zoom("")

    def _zoom(self, what: str) -> None:
        self._zoomed = what
        self.set_class(what == "shell", "-shell-only")
        self.set_class(what == "table", "-table-only")

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width >= WIDE, "-wide")

    def steps_back(self) -> Sequence[Callable[[], bool]]:
        return (self._unzoom, *super().steps_back())

    def _unzoom(self) -> bool:
        zoomed = bool(self._zoomed)
        self._show_both()
        return zoomed

    def ask(self, key: str) -> None:
        """Do what a key after the prefix means."""
        if act := _AFTER_PREFIX.get(key):
            act(self)
        elif key.isdecimal():
            self._show_numbered(int(key))

    @on(TerminalView.Changed)
    def _shell_changed(self, event: TerminalView.Changed) -> None:
        event.stop()
        self.caption()

    # what comes after the prefix

    def show_beside(self, by: int) -> None:
        """The next shell, or the one before."""
        if console := self.k9py.consoles.beside(self.shell.console, by):
            self.show(console)

    def _show_numbered(self, number: int) -> None:
        consoles = list(self.k9py.consoles)
        if 1 <= number <= len(consoles):
            self.show(consoles[number - 1])

    def search(self) -> None:
        """Read, and search in it."""
        self.shell.read()
        self.action_filter()

    def connect_again(self) -> None:
        """Another shell like the one that has ended."""
        if self.shell.console and (fresh := self.k9py.consoles.reopen(self.shell.console)):
            former = self.shell.console
            self.show(fresh)
            self.k9py.consoles.forget(former)

    def close_shell(self) -> None:
        """End the shell that is shown; while it runs, not without a question."""
        if console := self.shell.console:
            close_console(self, console)

    def help(self) -> None:
        """What may follow the prefix, and all other keys."""
        self.k9py.push_screen(HelpPage("After ctrl-]", AFTER_PREFIX))

    def enlarge(self) -> None:
        """The shell alone, in the whole terminal."""
        if (console := self.shell.console) and not console.ended:
            self.k9py.enlarge(console)

    def open_shells(self) -> None:
        """The table of all shells."""
        self.k9py.enter("shells")


def close_console(page: Page, console: Console) -> None:
    """End a shell, asking first while it runs."""

    def answered(answer: str | None) -> None:
        if answer == CLOSE:
            page.k9py.consoles.forget(console)

    if console.ended:
        answered(CLOSE)
    else:
        page.k9py.push_screen(Choose(f"{console.command or 'shell'} in {console.pod} runs", (LEAVE, CLOSE)), answered)


_AFTER_PREFIX: Mapping[str, Callable[[ShellPage], object]] = {
    **{key: lambda page: page.shell.type_prefix() for key in PREFIX},
    **dict.fromkeys(("tab", "shift+tab", "t", "up"), ShellPage.to_table),
    **dict.fromkeys(("Z", "z"), ShellPage.action_zoom),
    "n": lambda page: page.show_beside(1),
    "p": lambda page: page.show_beside(-1),
    "s": lambda page: page.shell.read(),
    "slash": ShellPage.search,
    "c": lambda page: page.shell.action_copy(),
    "r": ShellPage.connect_again,
    **dict.fromkeys(("x", "ctrl+d"), ShellPage.close_shell),
    "l": ShellPage.open_shells,
    "f": ShellPage.enlarge,
    "q": lambda page: page.k9py.back(),
    "colon": lambda page: page.action_command(),
    "question_mark": ShellPage.help,
}
"""What a key does after ctrl-]; any other only takes the prefix back."""
