"""The app: which pages there are, how a person gets from one to the next, and where all that goes wrong is told."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import App
from textual.binding import Binding, BindingType
from textual.timer import Timer
from textual.types import CSSPathType
from textual.worker import WorkerFailed

from k9py.actions.action import Action, Look
from k9py.actions.plan import Plan
from k9py.session.hub import Hub
from k9py.session.session import Session
from k9py.store.collection import Unreadable
from k9py.store.row import Row
from k9py.ui.changes import carry_out, change
from k9py.ui.commands import WORDS, suggest
from k9py.ui.frames import Frames
from k9py.ui.goto import Goto, parse_goto
from k9py.ui.history import History
from k9py.ui.overview import Watcher
from k9py.ui.screens.contexts_page import ContextsPage
from k9py.ui.screens.dialogs import Choose
from k9py.ui.screens.help_page import HelpPage
from k9py.ui.screens.home import HomePage
from k9py.ui.screens.log_page import LogPage
from k9py.ui.screens.page import Page
from k9py.ui.screens.table_page import TablePage
from k9py.ui.screens.yaml_page import YamlPage
from k9py.ui.styles import style_paths
from k9py.ui.themes import ANSI_DARK, ANSI_LIGHT, DARK, THEMES, default_variables
from k9py.ui.widgets.key_bar import Said
from k9py.ui.widgets.pane import Place, ResourcePane
from k9py.ui.widgets.table import ResourceTable
from k9py.ui.widgets.top_bar import Overview
from k9py.values.errors import K9pyError
from k9py.values.log import LogSource
from k9py.values.resource import Key, Resource

OPENING = frozenset({"go", "kind", "drill", "look", "change"})
"""The groups of workers that end in another page or a dialog."""

SAID = 6.0
"""Seconds that a message stays in the last line."""


class K9pyApp(App[None]):
    """One person's terminal."""

    TITLE = "k9py"
    CSS_PATH: ClassVar[CSSPathType | None] = list(style_paths())
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "quit", "Quit", show=False, priority=True),
        Binding("question_mark", "help", "Help", show=False),
        Binding("left_square_bracket", "history(-1)", "Command before", show=False),
        Binding("right_square_bracket", "history(1)", "Command after", show=False),
        Binding("minus", "last_command", "Last command", show=False),
        Binding("0", "namespace('')", "All namespaces", show=False),
        *(Binding(str(place), f"recent_namespace({place})", show=False) for place in range(1, 10)),
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
        super().__init__()
        self.hub = hub
        self.session = session
        self.readonly = readonly
        self.log_path = log_path
        self.frames = Frames(hub.faults)
        self._trouble = trouble
        self._first_command = command
        self._watcher: Watcher | None = None
        self._saying: Timer | None = None
        self._troubled: Session | None = None
        self._history = History()
        self.said = Said()
        for made in THEMES:
            self.register_theme(made)
        self.theme = theme
        self.ansi_theme_dark, self.ansi_theme_light = ANSI_DARK, ANSI_LIGHT

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return default_variables(self.current_theme.dark)

    def on_mount(self) -> None:
        self.hub.faults.tell = lambda line: self.say(f"{line} (see the log, :about)", bad=True)
        self.run_worker(self.frames.run(), group="frames")
        self.set_interval(1.0, self._tick)
        if self.session is None:
            self.push_screen(ContextsPage(None, self._trouble))
            return
        self._begin(self.session)
        if self._first_command:
            self.go(self._first_command)

    async def on_unmount(self) -> None:
        await self.hub.close()

    # ── pages ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _begin(self, session: Session) -> None:
        """Make a session the one that is shown, from its home page on."""
        self.session = session
        self._troubled = None
        if self._watcher:
            self._watcher.leave()
        self._watcher = Watcher(session, self.frames, self.paint_chrome)
        session.on_change = lambda: self.frames.mark(self._session_changed)
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.push_screen(HomePage(session))

    @property
    def page(self) -> Page | None:
        """The page on top, under whatever dialog is open."""
        return next((screen for screen in reversed(self.screen_stack) if isinstance(screen, Page)), None)

    def back(self) -> None:
        """One page back; the first one stays."""
        if len([screen for screen in self.screen_stack if isinstance(screen, Page)]) > 1:
            self.pop_screen()

    def enter(self, text: str) -> None:
        """Carry out what was typed after `:`, and remember it."""
        self._history.push(text.strip())
        self.go(text)

    def action_history(self, by: int) -> None:
        if command := self._history.step(by):
            self.go(command)

    def action_last_command(self) -> None:
        if command := self._history.last():
            self.go(command)

    @work(group="go", exclusive=True)
    async def go(self, text: str) -> None:
        """Carry out a command."""
        goto = parse_goto(text)
        if not goto.word:
            return
        if goto.context and not await self._switch(goto.context):
            return
        if word := WORDS.get(goto.word):
            word.run(self, goto)
        else:
            self.go_to_kind(goto)

    @work(group="kind", exclusive=True)
    async def go_to_kind(self, goto: Goto) -> None:
        """Open the kind that a word names, full screen."""
        if self.session is None:
            self.say("no cluster: choose a context first", bad=True)
        elif resource := await self.session.find(goto.word):
            self.open(resource, goto.namespace, goto.filter)
        else:
            self.say(f"{goto.word}: this cluster serves no such kind", bad=True)

    def open(self, resource: Resource, namespace: str | None = None, filter: str = "") -> None:
        """A kind, full screen."""
        assert self.session
        if not resource.watchable:
            self.say(f"{resource.gvr.full_name} can't be listed", bad=True)
            return
        where = self.session.namespace if namespace is None else namespace
        if namespace is not None and resource.namespaced:
            self.session.use_namespace(namespace)
        self.push_screen(TablePage(self.session, Place(resource, where if resource.namespaced else "", filter)))

    @work(group="drill", exclusive=True)
    async def drill(self, pane: ResourcePane, key: Key) -> None:
        """Enter on a row: into what it holds."""
        row = pane.view.get(key) if pane.view is not None else None
        if row is None or pane.session is None or pane.resource is None:
            return
        opening = pane.opening(row)
        if opening is None:
            self.push_screen(YamlPage(pane.session, pane.resource, row))
        elif opening.what == "logs":
            await self._open_logs(pane.session, row, previous=False)
        elif opening.what == "namespace":
            self.use_namespace(row.key.name)
        elif resource := await pane.session.find(opening.what):
            self.push_screen(
                TablePage(pane.session, Place(resource, opening.namespace, "", opening.title, opening.keep))
            )

    @work(group="look", exclusive=True)
    async def look(self, look: Look, session: Session, resource: Resource, row: Row) -> None:
        """Open what a key means to look at."""
        if look.opens == "yaml":
            self.push_screen(YamlPage(session, resource, row))
        else:
            await self._open_logs(session, row, previous=look.opens == "previous")

    @property
    def opening(self) -> bool:
        """Whether a key has been pressed that opens something soon: what is typed until then is not for this page."""
        return any(worker.group in OPENING and not worker.is_finished for worker in self.workers)

    @work(group="change")
    async def change(self, action: Action, session: Session, resource: Resource, rows: Sequence[Row]) -> None:
        """Carry out what a key means to change."""
        try:
            await change(self, session, action, resource, rows)
        except K9pyError as error:
            self.say(f"{action.title}: {error.line}", bad=True)

    @work(group="carry-out")
    async def carry_out(self, session: Session, plan: Plan) -> None:
        """Do what was confirmed, while the person goes on."""
        await carry_out(self, session, plan)

    async def _open_logs(self, session: Session, row: Row, previous: bool) -> None:
        if isinstance(row.obj, Unreadable):
            self.say(f"this pod can't be read: {row.obj.fault}", bad=True)
            return
        pod = row.obj
        name: str | None = pod.default_container
        if len(pod.containers) > 1 and not pod.names_default:
            name = await self.push_screen_wait(Choose(f"Logs of {row.key.name}: which container?", pod.containers))
        if name:
            self.push_screen(LogPage(session, LogSource(row.key.namespace, row.key.name, name, previous)))

    # ── contexts and namespaces ──────────────────────────────────────────────────────────────────────────────────────

    @work(group="context", exclusive=True)
    async def use_context(self, name: str) -> None:
        """Change over to another context."""
        await self._switch(name)

    async def _switch(self, name: str) -> bool:
        try:
            self._begin(await self.hub.open(name))
        except K9pyError as error:
            self.say(error.line, bad=True)
            return False
        return True

    def use_namespace(self, name: str) -> None:
        """Show another namespace ("" = all) on the page that is open, and on those opened from here on."""
        if self.session is None:
            return
        self.session.use_namespace(name)
        if self._watcher:
            self._watcher.follow_namespace()
        if isinstance(self.page, TablePage) and not self.page.place.resource.namespaced:
            self.back()
        if isinstance(self.page, TablePage):
            self.page.open(name)
        for screen in self.screen_stack:
            if isinstance(screen, HomePage):
                screen.open()

    def namespaces(self) -> list[str]:
        """Names of namespaces, as far as they are known, for suggestions."""
        return self.session.namespaces() if self.session else []

    def action_namespace(self, name: str) -> None:
        self.use_namespace(name)

    def action_recent_namespace(self, place: int) -> None:
        if self.session and place <= len(self.session.recent_namespaces):
            self.use_namespace(self.session.recent_namespaces[place - 1])

    # ── what is said ─────────────────────────────────────────────────────────────────────────────────────────────────

    def say(self, line: str, bad: bool = False) -> None:
        """Show one line at the bottom for some seconds."""
        self.said = Said(line, bad)
        if self._saying:
            self._saying.stop()
        self._saying = self.set_timer(SAID, self._unsay)
        self.frames.mark(self.paint_chrome)

    def _unsay(self) -> None:
        self.said = Said()
        self.frames.mark(self.paint_chrome)

    def overview(self) -> Overview:
        """What the first line says."""
        return self._watcher.read(self.readonly) if self._watcher else Overview(state="no cluster")

    def suggest(self, text: str) -> list[str]:
        """What could be meant by what has been typed after `:`."""
        return suggest(self, text)

    def paint_chrome(self) -> None:
        """First and last line of the page on top."""
        if page := self.page:
            page.paint_chrome()

    def _session_changed(self) -> None:
        self._show_trouble()
        for screen in self.screen_stack:
            for pane in screen.query(ResourcePane):
                pane.caption()
        self.paint_chrome()

    def _show_trouble(self) -> None:
        """A server that can't be reached from the start: say why, with the contexts to choose another."""
        trouble = self.session.trouble if self.session else None
        if trouble and self.session and self.session is not self._troubled:
            self._troubled = self.session
            self.push_screen(ContextsPage(self.session))

    def _tick(self) -> None:
        """Once a second: ages go on."""
        if page := self.page:
            for table in page.query(ResourceTable):
                table.tick()
            for pane in page.query(ResourcePane):
                pane.caption()
            page.paint_chrome()

    def action_help(self) -> None:
        page = self.page
        if page:
            what = page.pane.resource.kind if page.pane and page.pane.resource else ""
            self.push_screen(HelpPage(what, page.hints()))

    def _handle_exception(self, error: Exception) -> None:
        """What no handler expected: it is recorded and told, and the screen stays."""
        cause = error.error if isinstance(error, WorkerFailed) else error
        self.hub.faults.report(cause, "handling a key or message")
