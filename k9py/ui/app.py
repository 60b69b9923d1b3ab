"""The app: which pages there are, how a person gets from one to the next, and where all that goes wrong is told."""

from __future__ import annotations

import time
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
from k9py.kinds.wellknown import PODS
from k9py.session.hub import Hub
from k9py.session.session import Session
from k9py.store.collection import Unreadable
from k9py.store.filter import parse_filter
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
from k9py.ui.surviving import Surviving
from k9py.ui.themes import ANSI_DARK, ANSI_LIGHT, DARK, THEMES, default_variables
from k9py.ui.widgets.key_bar import Said
from k9py.ui.widgets.pane import Place, ResourcePane
from k9py.ui.widgets.table import ResourceTable
from k9py.ui.widgets.top_bar import Overview
from k9py.values.errors import K9pyError
from k9py.values.log import LogSource
from k9py.values.resource import Key, Resource

OPENING = frozenset({"go", "drill", "look", "change"})
"""The groups of workers that end in another page or a dialog."""

BURST = 0.5
"""Seconds for which keys that follow a command are taken for part of one burst with it."""

SAID = 6.0
"""Seconds that a message stays in the last line."""


class K9pyApp(Surviving, App[None]):
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
        self.said = Said()
        self._trouble = trouble
        self._first_command = command
        self._watcher: Watcher | None = None
        self._saying: Timer | None = None
        self._troubled: Session | None = None
        self._history = History()
        self._went_at = 0.0
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
            self.enter(self._first_command)
        self.run_worker(self._check_namespace(self.session), group="check")

    async def _check_namespace(self, session: Session) -> None:
        if session.namespace and await session.lacks_namespace(session.namespace):
            self.say(f"there is no namespace {session.namespace}; :ns shows which there are", bad=True)

    async def on_unmount(self) -> None:
        await self.hub.close()

    # ── pages ────────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def page(self) -> Page | None:
        """The page on top, under whatever dialog is open."""
        return next((screen for screen in reversed(self.screen_stack) if isinstance(screen, Page)), None)

    @property
    def opening(self) -> bool:
        """Whether a key has been pressed that opens something soon: what is typed until then is not for this page.

        A command that waits for the server holds no keys for longer than a burst of them may last.
        """
        held = OPENING if time.monotonic() - self._went_at < BURST else OPENING - {"go"}
        return any(worker.group in held and not worker.is_finished for worker in self.workers)

    def _begin(self, session: Session) -> None:
        """Make a session the one that is shown, from its home page on."""
        self.session = session
        self._troubled = None
        if self._watcher:
            self._watcher.leave()
        self._watcher = Watcher(session, self.frames, self.paint_chrome)
        session.on_change = lambda: self.frames.mark(self._session_changed)
        self._pop_to(1)
        self.push_screen(HomePage(session))

    @property
    def idle(self) -> bool:
        """Whether a dialog may come up: no other is open, and nothing is being typed."""
        return isinstance(self.screen, Page) and not self.screen.typing and not self.opening

    def _stop_opening(self) -> None:
        """What waits for an answer of a page that is about to go would wait for ever."""
        for worker in list(self.workers):
            if worker.group in OPENING - {"go"}:
                worker.cancel()

    def home(self) -> None:
        """The first page."""
        self._pop_to(2)

    def _pop_to(self, count: int) -> None:
        self._stop_opening()
        while len(self.screen_stack) > count:
            self.pop_screen()

    def back(self) -> None:
        """One page back; the first one stays."""
        if len([screen for screen in self.screen_stack if isinstance(screen, Page)]) > 1:
            self.pop_screen()

    def enter(self, text: str) -> None:
        """Carry out what was typed after `:`, and remember it."""
        self._history.push(text.strip())
        self.go(text)

    def recent_commands(self) -> list[str]:
        """What was typed lately, the newest first."""
        return self._history.recent()

    def action_history(self, by: int) -> None:
        if command := self._history.step(by):
            self.go(command)

    def action_last_command(self) -> None:
        if command := self._history.last():
            self.go(command)

    @work(group="go", exclusive=True)
    async def go(self, text: str) -> None:
        """Carry out a command."""
        self._went_at = time.monotonic()
        if self.said.bad:  # what went wrong before is not about this command
            self._unsay()
        goto = parse_goto(text)
        if goto.context:
            await self.switch(goto.context)
        if word := WORDS.get(goto.word):
            await word.run(self, goto)
        elif goto.word:
            await self.open_kind(goto)

    async def open_kind(self, goto: Goto) -> None:
        """Open the kind that a command names, full screen, in place of what an earlier command has opened."""
        if self.session is None:
            raise K9pyError("no cluster", "choose a context first")
        waiting = self.set_timer(BURST, lambda: self.say(f"asking the server for {goto.word} …"))
        try:
            resource = await self.session.find(goto.word)
        finally:
            waiting.stop()
        if resource is None:
            raise K9pyError(f"{goto.word}: this cluster serves no such kind", "`:` and tab show which it does")
        if not resource.watchable:
            raise K9pyError(f"{resource.gvr.full_name} can't be listed and watched")
        parse_filter(goto.filter)  # says what is wrong with it before there is a page
        if goto.namespace is not None and resource.namespaced:
            await self.use_namespace(goto.namespace)
        namespace = self.session.namespace if resource.namespaced else ""
        self.home()
        self.push_screen(TablePage(self.session, Place(resource, namespace, goto.filter)))

    @work(group="drill", exclusive=True)
    async def drill(self, pane: ResourcePane, key: Key) -> None:
        """Enter on a row: into what it holds."""
        self.workers.cancel_group(self, "go")  # whoever goes on does not want to be called back
        row = pane.view.get(key) if pane.view is not None else None
        if row is None or pane.session is None or pane.resource is None:
            return
        opening = pane.opening(row)
        if opening is None:
            self.push_screen(YamlPage(pane.session, pane.resource, row))
        elif opening.what == "logs":
            await self._open_logs(pane.session, row, previous=False)
        elif opening.what == "namespace":
            self.go(f"{PODS.gvr.plural} -n {row.key.name}")
        elif resource := await pane.session.find(opening.what):
            place = Place(resource, opening.namespace, "", opening.title, opening.keep)
            self.push_screen(TablePage(pane.session, place))

    @work(group="look", exclusive=True)
    async def look(self, look: Look, session: Session, resource: Resource, row: Row) -> None:
        """Open what a key means to look at."""
        self.workers.cancel_group(self, "go")
        if look.opens == "yaml":
            self.push_screen(YamlPage(session, resource, row))
        else:
            await self._open_logs(session, row, previous=look.opens == "previous")

    async def _open_logs(self, session: Session, row: Row, previous: bool) -> None:
        if isinstance(row.obj, Unreadable):
            raise K9pyError(f"this pod can't be read: {row.obj.fault}")
        pod = row.obj
        name: str | None = pod.default_container
        if len(pod.containers) > 1 and not pod.names_default:
            name = await self.push_screen_wait(Choose(f"Logs of {row.key.name}: which container?", pod.containers))
        if name:
            self.push_screen(LogPage(session, LogSource(row.key.namespace, row.key.name, name, previous)))

    # ── changes ──────────────────────────────────────────────────────────────────────────────────────────────────────

    @work(group="change")
    async def change(self, action: Action, session: Session, resource: Resource, rows: Sequence[Row]) -> None:
        """Carry out what a key means to change."""
        await change(self, session, action, resource, rows)

    @work(group="carry-out")
    async def carry_out(self, session: Session, plan: Plan) -> None:
        """Do what was confirmed, while the person goes on."""
        await carry_out(self, session, plan)

    def unmark(self, keys: Sequence[Key]) -> None:
        """Take back the marks of what was changed."""
        for screen in self.screen_stack:
            for table in screen.query(ResourceTable):
                table.unmark(keys)

    # ── contexts and namespaces ──────────────────────────────────────────────────────────────────────────────────────

    @work(group="go", exclusive=True)
    async def use_context(self, name: str) -> None:
        """Change over to another context."""
        await self.switch(name)

    async def switch(self, name: str) -> None:
        """Log in to a context, and show it from its home page on."""
        self.say(f"logging in to {name} …")
        session = await self.hub.open(name)
        self._unsay()
        self._begin(session)

    async def use_namespace(self, name: str) -> None:
        """Show another namespace ("" = all) on home, and on all that is opened from here on."""
        if self.session is None or name == self.session.namespace:
            return
        if name and await self.session.lacks_namespace(name):
            raise K9pyError(f"there is no namespace {name}", ":ns shows which there are")
        self.session.use_namespace(name)
        if self._watcher:
            self._watcher.follow_namespace()
        for screen in self.screen_stack:
            if isinstance(screen, HomePage):
                screen.open()

    def namespaces(self) -> list[str]:
        """Names of namespaces, as far as they are known, for suggestions."""
        return self.session.namespaces() if self.session else []

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The digits change the namespace only where a page shows one."""
        if action in ("namespace", "recent_namespace"):
            page = self.page
            return isinstance(page, HomePage) or (isinstance(page, TablePage) and page.place.resource.namespaced)
        return True

    @work(group="go", exclusive=True)
    async def action_namespace(self, name: str) -> None:
        await self.use_namespace(name)
        if isinstance(self.page, TablePage):
            self.page.open(name)

    def action_recent_namespace(self, place: int) -> None:
        if self.session and place <= len(self.session.recent_namespaces):
            self.action_namespace(self.session.recent_namespaces[place - 1])

    # ── what is said ─────────────────────────────────────────────────────────────────────────────────────────────────

    def say(self, line: str, bad: bool = False) -> None:
        """Show one line at the bottom for some seconds. It may be called from anywhere, a task of a Session too."""
        self.said = Said(line, bad)
        self.frames.mark(self._paint_said)

    def _paint_said(self) -> None:
        if self._saying:
            self._saying.stop()
        self._saying = self.set_timer(SAID, self._unsay)
        self.paint_chrome()

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
            page.paint_chrome()

    def action_help(self) -> None:
        if page := self.page:
            what = page.pane.resource.kind if page.pane and page.pane.resource else ""
            self.push_screen(HelpPage(what, page.hints()))

    def _handle_exception(self, error: Exception) -> None:
        """What no handler has dealt with: what a person must be told is told, all else recorded too; k9py goes on."""
        cause = error.error if isinstance(error, WorkerFailed) else error
        if isinstance(cause, K9pyError):
            self.say(cause.line, bad=True)
        else:
            self.hub.faults.report(cause, "handling a key or message")
