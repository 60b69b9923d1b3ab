"""The app: which pages there are, how a person gets from one to the next, and where all that goes wrong is told."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual import events, work
from textual.binding import Binding, BindingType
from textual.timer import Timer
from textual.types import CSSPathType
from textual.worker import WorkerFailed

from k9py.actions.action import Action
from k9py.actions.keymap import Keymap
from k9py.actions.plan import Plan, Target
from k9py.session.hub import Hub
from k9py.session.job import Job, Outcome
from k9py.session.session import Session
from k9py.ui.carrying_out import Deed, carry_out, do
from k9py.ui.changes import Change, why_readonly
from k9py.ui.consoles import Console, Consoles
from k9py.ui.navigation import Navigation
from k9py.ui.progress import progress_of
from k9py.ui.quitting import quit_app
from k9py.ui.screens.contexts_page import ContextsPage
from k9py.ui.screens.help_page import HelpPage
from k9py.ui.screens.page import Page
from k9py.ui.screens.table_page import TablePage
from k9py.ui.screens.undo_page import UndoPage
from k9py.ui.shelling import enlarge, open_shell
from k9py.ui.styles import style_paths
from k9py.ui.suggesting import suggest
from k9py.ui.surviving import Surviving
from k9py.ui.taking_back import TakingBack
from k9py.ui.themes import ANSI_DARK, ANSI_LIGHT, DARK, THEMES, default_variables
from k9py.ui.widgets.key_bar import Said
from k9py.ui.widgets.pane import ResourcePane
from k9py.ui.widgets.table import ResourceTable
from k9py.ui.widgets.top_bar import Overview
from k9py.values.errors import K9pyError
from k9py.values.resource import Key

SAID = 6.0
"""Seconds that a message stays in the last line."""


class K9pyApp(Surviving, Navigation):
    """One person's terminal."""

    TITLE = "k9py"
    CSS_PATH: ClassVar[CSSPathType | None] = list(style_paths())
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "quit", "Quit", show=False, priority=True),
        Binding("question_mark", "help", "Help", show=False),
    ]

    def __init__(
        self,
        hub: Hub,
        session: Session | None,
        *,
        trouble: str = "",
        command: str = "",
        readonly: bool = False,
        log_path: Path | None = None,
        theme: str = DARK,
    ) -> None:
        super().__init__(hub, session)
        self.readonly = readonly or hub.settings.readonly
        self.keymap = Keymap(hub.settings.keys)
        self.log_path = log_path
        self._trouble = trouble
        self._first_command = command
        self._saying: Timer | None = None
        for made in THEMES:
            self.register_theme(made)
        self.theme = theme
        self.consoles = Consoles(self.frames, hub.shells)
        self.ansi_theme_dark, self.ansi_theme_light = ANSI_DARK, ANSI_LIGHT

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where a text is being written, ctrl-c copies."""
        return not (action == "quit" and getattr(self.screen, "keeps_interrupt", False))

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return default_variables(self.current_theme.dark)

    def on_mount(self) -> None:
        self.hub.faults.tell = lambda line: self.say(f"{line} (see the log, :about)", bad=True)
        self.hub.tell = lambda line: self.say(line, bad=True)
        self.hub.ledger.on_change = lambda: self.frames.mark(self.ledger_changed)
        self.hub.on_change = lambda: self.frames.mark(self.contexts_changed)
        self.consoles.on_change = lambda: self.frames.mark(self.shells_changed)
        self.hub.begin()
        self.run_worker(self.frames.run(), group="frames")
        self.set_interval(1.0, self._tick)
        if self.session is None:
            self.push_screen(ContextsPage(None, self._trouble))
            return
        self.begin(self.session)
        if self._first_command:
            self.enter(self._first_command)
        self.run_worker(self._check_namespace(self.session), group="check")

    async def _check_namespace(self, session: Session) -> None:
        lacking = [name for name in session.namespaces.names if await session.lacks_namespace(name)]
        if lacking:
            self.say(f"there is no namespace {', '.join(lacking)}; :ns shows which there are", bad=True)

    async def on_unmount(self) -> None:
        await self.hub.close()

    async def on_event(self, event: events.Event) -> None:
        """What is typed is for a shell first, where one has the focus."""
        if not (isinstance(event, events.Key | events.Paste) and not event.is_forwarded and self._take_input(event)):
            await super().on_event(event)

    def _take_input(self, event: events.Key | events.Paste) -> bool:
        return isinstance(self.screen, Page) and self.screen.take_input(event)

    # ── changes ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def change(self, action: Action, session: Session, targets: Sequence[Target]) -> None:
        """Do what a key means to change."""
        self.do(Change(self, session, action, targets))

    def undo(self, job: Job) -> None:
        """Take back what was done."""
        self.do(TakingBack(self, job))

    @work(group="change")
    async def do(self, deed: Deed, outdated: Sequence[Outcome] = ()) -> None:
        """Have it confirmed (again, where it was `outdated`) and carried out."""
        await do(self, deed, outdated)

    @work(group="carry-out")
    async def carry_out(self, deed: Deed, plan: Plan) -> None:
        """Send what was confirmed, while the person goes on."""
        await carry_out(self, deed, plan)

    @work(group="shell")
    async def open_shell(self, session: Session, plan: Plan) -> None:
        """Open the conversation with a container that a Plan is about."""
        await open_shell(self, session, plan)

    @work(group="shell")
    async def enlarge(self, console: Console) -> None:
        """Give the shell of a pane the whole terminal."""
        await enlarge(self, console)

    def unmark(self, keys: Sequence[Key]) -> None:
        """Take back the marks of what was changed."""
        for screen in self.screen_stack:
            for table in screen.query(ResourceTable):
                table.unmark(keys)

    # ── what is said ─────────────────────────────────────────────────────────────────────────────────────────────────

    def say(self, line: str, bad: bool = False) -> None:
        """Show one line at the bottom for some seconds. It may be called from anywhere, a task of a Session too."""
        self.said = Said(line, bad)
        self.frames.mark(self._paint_said)

    def _paint_said(self) -> None:
        if self._saying:
            self._saying.stop()
        self._saying = self.set_timer(SAID, self.unsay)
        self.paint_chrome()

    def unsay(self) -> None:
        self.said = Said()
        self.frames.mark(self.paint_chrome)

    def overview(self) -> Overview:
        """What the first line says."""
        said = self.watcher.read() if self.watcher else Overview(state="no cluster")
        said.readonly = bool(self.session and why_readonly(self, self.session)) or self.readonly
        said.protected = self.page is not None and self.page.has_class("-protected")
        said.progress = progress_of(self.hub.ledger)
        said.shells = len(self.consoles.running)
        return said

    def suggest(self, text: str) -> list[str]:
        """What could be meant by what has been typed after `:`."""
        return suggest(self, text)

    def paint_chrome(self) -> None:
        """First and last line of the page on top."""
        if page := self.page:
            page.paint_chrome()

    def session_changed(self) -> None:
        if not self.screen_stack:
            return  # k9py is about to end
        self._show_trouble()
        self.offer_namespaces()
        for screen in self.screen_stack:
            if isinstance(screen, TablePage):
                screen.spread()
            for pane in screen.query(ResourcePane):
                pane.caption()
        self.paint_chrome()

    def ledger_changed(self) -> None:
        """A change has begun, come on or ended."""
        for screen in self.screen_stack:
            if isinstance(screen, UndoPage):
                screen.renew()
        if page := self.page:
            page.paint_progress()

    async def action_quit(self) -> None:
        """Leave k9py; what is under way is asked about first."""
        if not any(worker.group == "quit" and not worker.is_finished for worker in self.workers):
            self.leave()

    @work(group="quit")
    async def leave(self) -> None:
        """Leave, unless the person would rather stay."""
        await quit_app(self)

    def contexts_changed(self) -> None:
        """The kubeconfig is another."""
        for screen in self.screen_stack:
            if isinstance(screen, ContextsPage):
                screen.renew()

    def shells_changed(self) -> None:
        """There is another shell, or one fewer, or one has ended."""
        for screen in self.screen_stack:
            if isinstance(screen, Page):
                screen.shells_changed()
        self.paint_chrome()

    def _show_trouble(self) -> None:
        """A server that can't be reached from the start: say why, with the contexts to choose another."""
        trouble = self.session.trouble if self.session else None
        if trouble and self.session and self.session is not self.troubled:
            self.troubled = self.session
            self.push_screen(ContextsPage(self.session, leaves=True))
        elif not trouble and isinstance(self.screen, ContextsPage) and self.screen.leaves:
            self.back()  # right again without a key

    def _tick(self) -> None:
        """Once a second: ages go on."""
        if page := self.page:
            for table in page.query(ResourceTable):
                table.tick()
            for pane in page.query(ResourcePane):
                pane.caption()
            page.tick()
            page.paint_chrome()

    def action_help(self) -> None:
        if page := self.page:
            what = page.pointing.meant.kind if page.pointing and page.pointing.meant else ""
            self.push_screen(HelpPage(what, page.hints()))

    def _handle_exception(self, error: Exception) -> None:
        """What no handler has dealt with: what a person must be told is told, all else recorded too; k9py goes on."""
        cause = error.error if isinstance(error, WorkerFailed) else error
        if isinstance(cause, K9pyError):
            self.say(cause.line, bad=True)
        else:
            self.hub.faults.report(cause, "handling a key or message")
