"""How a person gets from one page to the next: commands, history, drilling down and back, contexts and namespaces."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual import work
from textual.app import App
from textual.binding import Binding, BindingType

from k9py.actions.action import Look
from k9py.actions.plan import Target, name_targets
from k9py.kinds.kind import Opening
from k9py.kinds.wellknown import PODS
from k9py.session.hub import Hub
from k9py.session.session import Session
from k9py.store.filter import parse_filter
from k9py.ui.beside import Beside
from k9py.ui.changes import know_rights, refusal_of
from k9py.ui.commands import WORDS, read_command
from k9py.ui.frames import Frames
from k9py.ui.goto import Goto
from k9py.ui.history import History
from k9py.ui.offers import offer
from k9py.ui.openings import OPENERS, read_opening
from k9py.ui.overview import Watcher
from k9py.ui.screens.home import HomePage
from k9py.ui.screens.page import Page
from k9py.ui.screens.table_page import TablePage, table_page
from k9py.ui.widgets.key_bar import Said
from k9py.ui.widgets.pane import Place, ResourcePane
from k9py.values.errors import K9pyError
from k9py.values.namespaces import ALL, Namespaces
from k9py.values.resource import Key

if TYPE_CHECKING:
    from k9py.ui.app import K9pyApp

OPENING = frozenset({"go", "drill", "look", "change"})
"""The groups of workers that end in another page or a dialog."""

HELD = OPENING | {"shell"}
"""Those that take the keys from the page soon; a shell belongs to no page, and goes on when one is left."""

BURST = 0.5
"""Seconds for which keys that follow a command are taken for part of one burst with it."""


class Navigation(App[None]):
    """The pages of an app, the topmost of which is shown, and the session that they are about."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left_square_bracket", "history(-1)", "Command before", show=False),
        Binding("right_square_bracket", "history(1)", "Command after", show=False),
        Binding("minus", "last_command", "Last command", show=False),
        Binding("0", "all_namespaces", "All namespaces", show=False),
        *(Binding(str(place), f"recent_namespace({place})", show=False) for place in range(1, 10)),
    ]

    def __init__(self, hub: Hub, session: Session | None) -> None:
        super().__init__()
        self.hub = hub
        self.session = session
        self.frames = Frames(hub.faults)
        self.said = Said()
        self.watcher: Watcher | None = None
        self.troubled: Session | None = None
        """Whose trouble has been shown."""
        self._offered: Session | None = None
        """Whose usable namespaces have been offered."""
        self.beside = Beside(
            hub, lambda work: self.run_worker(work, group="beside"), lambda: self.frames.mark(self.me.session_changed)
        )
        self._history = History()
        self._went_at = 0.0

    @property
    def me(self) -> K9pyApp:
        """The app, by its own type."""
        return cast("K9pyApp", self)

    @property
    def page(self) -> Page | None:
        """The page on top, under whatever dialog is open."""
        return next((screen for screen in reversed(self.screen_stack) if isinstance(screen, Page)), None)

    @property
    def opening(self) -> bool:
        """Whether a key has been pressed that opens something soon: what is typed until then is not for this page.

        A command that waits for the server holds no keys for longer than a burst of them may last.
        """
        held = HELD if time.monotonic() - self._went_at < BURST else HELD - {"go"}
        return any(worker.group in held and not worker.is_finished for worker in self.workers)

    def begin(self, session: Session) -> None:
        """Make a session the one that is shown, from its home page on."""
        self.session = session
        self.troubled = None
        self.beside.show(())
        if self.watcher:
            self.watcher.leave()
        self.watcher = Watcher(session, self.frames, self.me.paint_chrome)
        session.on_change = lambda: self.frames.mark(self.me.session_changed)
        self._pop_to(1)
        self.push_screen(HomePage(session))

    @property
    def idle(self) -> bool:
        """Whether a dialog may come up: no other is open, and nothing is being typed."""
        return isinstance(self.screen, Page) and not self.screen.takes_text and not self.opening

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
            self.me.unsay()
        goto = read_command(text)
        if goto.context:
            await self.use_contexts(goto.context)
            if not goto.word and self.beside.companions and not isinstance(self.page, TablePage):
                goto = Goto(PODS.gvr.plural)  # the home page is of one
        if word := WORDS.get(goto.word):
            await word.run(self.me, goto)
        elif goto.word:
            await self.open_kind(goto)

    async def open_kind(self, goto: Goto) -> None:
        """Open the kind that a command names, full screen, in place of what an earlier command has opened."""
        if self.session is None:
            raise K9pyError("no cluster", "choose a context first")
        waiting = self.set_timer(BURST, lambda: self.me.say(f"asking the server for {goto.word} …"))
        try:
            resource = await self.session.find(goto.word)
        finally:
            waiting.stop()
        if resource is None:
            raise K9pyError(f"{goto.word}: this cluster serves no such kind", "`:` and tab show which it does")
        if not resource.watchable:
            raise K9pyError(f"{resource.gvr.full_name} can't be listed and watched")
        parse_filter(goto.filter)  # says what is wrong with it before there is a page
        if goto.namespaces is not None and resource.namespaced:
            await self.use_namespaces(goto.namespaces)
        namespaces = self.session.namespaces if resource.namespaced else ALL
        self.home()
        place = Place(resource, namespaces, goto.filter, columns=goto.columns)
        self.push_screen(table_page(self.session, place, together=True))

    @work(group="drill", exclusive=True)
    async def drill(self, pane: ResourcePane, key: Key) -> None:
        """Enter on a row: into what it holds."""
        self.workers.cancel_group(self, "go")  # whoever goes on does not want to be called back
        row = pane.view.get(key) if pane.view is not None else None
        if row is None:
            return
        await self._go_into(pane.session_of(row), pane.target(row), pane.opening(row))

    @work(group="drill", exclusive=True)
    async def drill_into(self, session: Session, target: Target) -> None:
        """Enter on an object that is no row of a table: where one of its kind leads."""
        self.workers.cancel_group(self, "go")
        await self._go_into(session, target, await read_opening(session, target))

    async def _go_into(self, session: Session, target: Target, opening: Opening | None) -> None:
        if opening is None or opening.what in OPENERS:
            await OPENERS[opening.what if opening else "describe"](self.me, session, [target])
        elif opening.what == "namespace":
            self.go(f"{PODS.gvr.plural} -n {target.key.name}")
        elif resource := await session.find(opening.what):
            place = Place(resource, Namespaces.of(opening.namespace), "", opening.title, opening.keep, opening.of)
            self.push_screen(table_page(session, place))

    @work(group="look", exclusive=True)
    async def look(self, look: Look, session: Session, targets: Sequence[Target]) -> None:
        """Open what a key means to look at."""
        self.workers.cancel_group(self, "go")
        await know_rights(session, look, targets[0])
        target = targets[0]
        if why := refusal_of(self.me, session, look, target.resource, target.key.namespace, lambda: None):
            raise K9pyError(f"{look.title} {name_targets(targets)}: {why}")
        await OPENERS[look.opens](self.me, session, targets)

    # ── contexts and namespaces ──────────────────────────────────────────────────────────────────────────────────────

    @work(group="go", exclusive=True)
    async def use_context(self, name: str) -> None:
        """Change over to another context."""
        await self.switch(name)

    async def switch(self, name: str) -> None:
        """Log in to a context, and show it from its home page on."""
        self.me.say(f"logging in to {name} …")
        session = await self.hub.open(name)
        self.me.unsay()
        self.begin(session)

    async def use_contexts(self, text: str) -> None:
        """Change over to the contexts that `@text` means: one, or several together."""
        used, beside = self.beside.read(text, self.session.context.name if self.session else "")
        if not (beside or self.beside.companions) or self.session is None or used != self.session.context.name:
            await self.switch(used)
        self.beside.show(beside)

    def toggle_beside(self, name: str) -> None:
        """Show a context beside the one in use, or no longer."""
        beside = self.beside.companions
        self.beside.show([each for each in beside if each != name] + ([] if name in beside else [name]))

    async def use_namespaces(self, namespaces: Namespaces) -> None:
        """Show other namespaces on home, and on all that is opened from here on."""
        if self.session is None or namespaces == self.session.namespaces:
            return
        for name in namespaces.names:
            if await self.session.lacks_namespace(name):
                raise K9pyError(f"there is no namespace {name}", ":ns shows which there are")
        self._show_namespaces(self.session, namespaces)

    def _show_namespaces(self, session: Session, namespaces: Namespaces) -> None:
        session.use_namespaces(namespaces)
        if self.watcher:
            self.watcher.follow_namespace()
        for screen in self.screen_stack:
            if isinstance(screen, HomePage):
                screen.open()

    def offer_namespaces(self) -> None:
        """Show the likeliest namespace to who may not see all of them; once, so that `0` can still ask for all."""
        session = self.session
        if session is None or session is self._offered or not session.offering.found:
            return
        self._offered = session
        first, denied = session.take_offer(), session.namespaces
        if denied.all:
            self._show_namespaces(session, first)
            if isinstance(self.page, TablePage) and self.page.place.namespaces == denied:
                self.page.open(first)
            self.me.say(f"all namespaces are not permitted · {offer(session)}")

    def namespaces(self) -> list[str]:
        """Names of namespaces, as far as they are known, for suggestions."""
        return self.session.known_namespaces() if self.session else []

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The digits change the namespace only where a page shows one."""
        if action in ("all_namespaces", "recent_namespace"):
            page = self.page
            return isinstance(page, HomePage) or (isinstance(page, TablePage) and page.place.resource.namespaced)
        return True

    @work(group="go", exclusive=True)
    async def change_namespaces(self, namespaces: Namespaces) -> None:
        """Show other namespaces on this page."""
        await self.use_namespaces(namespaces)
        if isinstance(self.page, TablePage):
            self.page.open(namespaces)

    def action_all_namespaces(self) -> None:
        self.change_namespaces(ALL)

    def action_recent_namespace(self, place: int) -> None:
        if self.session and place <= len(self.session.recent_namespaces):
            self.change_namespaces(self.session.recent_namespaces[place - 1])
