"""What every page has: the first line, the prompt, the last line, and the keys that mean the same everywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import takewhile
from typing import TYPE_CHECKING, ClassVar, Protocol, cast, runtime_checkable

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.geometry import Offset
from textual.screen import Screen

from k9py.actions.action import Action, Look
from k9py.actions.plan import Target
from k9py.session.session import Session
from k9py.store.filter import FilterError
from k9py.ui.progress import progress_of
from k9py.ui.row_keys import hint_actions, misfit
from k9py.ui.surviving import Surviving
from k9py.ui.widgets.key_bar import KeyBar, KeyHint
from k9py.ui.widgets.line_view import LineView
from k9py.ui.widgets.log_view import LogView
from k9py.ui.widgets.pane import ResourcePane
from k9py.ui.widgets.prompt import Inquiry, Prompt
from k9py.ui.widgets.table import ResourceTable
from k9py.ui.widgets.top_bar import TopBar
from k9py.values.resource import Key, Resource

if TYPE_CHECKING:
    from k9py.ui.app import K9pyApp

COMMAND, FILTER, HELP = KeyHint("colon", "Command"), KeyHint("slash", "Filter"), KeyHint("question_mark", "Help")
MENU = KeyHint("m", "Menu")


@runtime_checkable
class Filtered(Protocol):
    """What `/` works on: a widget that shows less, or marks what is found."""

    filter_text: str

    def filter(self, text: str) -> None:
        """Apply a filter, or take it back when empty. Raises FilterError."""


@runtime_checkable
class Hinting(Protocol):
    """A widget that has keys of its own to tell."""

    def hints(self) -> tuple[KeyHint, ...]:
        """Them, for the last line."""


@runtime_checkable
class Pointing(Protocol):
    """A widget with objects under its cursor: keys that the registry knows mean these."""

    @property
    def meant(self) -> Resource | None:
        """Their kind; None while there is none."""

    @property
    def pointed_session(self) -> Session | None:
        """The session that they are of."""

    def under_cursor(self) -> Target | None:
        """The one under the cursor."""

    def pointed(self) -> Sequence[Target]:
        """The marked ones, else the one under the cursor."""


@runtime_checkable
class Taking(Protocol):
    """A widget that keys are for before page and app hear of them: a shell, while it is `live`."""

    @property
    def live(self) -> bool:
        """Whether what is typed is for it."""

    def take_input(self, event: events.Key | events.Paste) -> bool:
        """Deal with it, if it is for the widget."""


class Page(Surviving, Screen[None]):
    """A screen of the stack that a person drills down and comes back through."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # before anything else: what is typed in the same moment after them belongs to the prompt
        Binding("colon", "command", "Command", show=False, priority=True),
        Binding("slash", "filter", "Filter", show=False, priority=True),
        Binding("escape,q", "back", "Back", show=False),
        Binding("m", "menu", "Menu", show=False),
        Binding("ctrl+p", "palette", "Palette", show=False),
    ]

    def __init__(self, session: Session | None) -> None:
        super().__init__()
        self.session = session
        self._top_bar = TopBar()
        self._key_bar = KeyBar()
        self._prompt = Prompt()

    @property
    def k9py(self) -> K9pyApp:
        """The app, by its own type."""
        return cast("K9pyApp", self.app)

    @property
    def crumb(self) -> str:
        """What the trail of crumbs calls this page."""
        return ""

    @property
    def trail(self) -> str:
        """The crumbs of the pages that led here: `home › deployments › `; of more than two, the last two."""
        pages = [screen for screen in self.app.screen_stack if isinstance(screen, Page)]
        crumbs = [f"{page.crumb} › " for page in takewhile(lambda page: page is not self, pages) if page.crumb]
        return "".join(["… › ", *crumbs[-2:]] if len(crumbs) > 2 else crumbs)

    def compose(self) -> ComposeResult:
        self._colour()
        self._top_bar.overview = self.k9py.overview()
        yield self._top_bar
        yield from self.compose_body()
        yield self._prompt
        yield self._key_bar

    def compose_body(self) -> ComposeResult:
        """The widgets between the first line and the last two."""
        yield from ()

    def on_mount(self) -> None:
        self.k9py.frames.mark(self.paint_chrome)

    def tick(self) -> None:
        """A second has passed, with this page on top."""

    def shells_changed(self) -> None:
        """There is another shell, or one fewer, or one has ended."""

    def on_screen_resume(self) -> None:
        for pane in self.query(ResourcePane):
            pane.wake()
        self.k9py.frames.mark(self.paint_chrome)

    def on_screen_suspend(self) -> None:
        """Under a dialog the page goes on; under another page it sleeps."""
        covered = self.k9py.page is not self
        for pane in self.query(ResourcePane):
            pane.asleep = covered

    @property
    def typing(self) -> bool:
        """Whether the prompt is open."""
        return self._prompt.is_open

    @property
    def takes_text(self) -> bool:
        """Whether what is typed is a text: in the prompt, or for a shell."""
        return self.typing or (isinstance(self.focused, Taking) and self.focused.live)

    @property
    def pane(self) -> ResourcePane | None:
        """The table in focus, if it is one."""
        return self.focused if isinstance(self.focused, ResourcePane) else None

    @property
    def pointing(self) -> Pointing | None:
        """What is in focus, if it has objects under its cursor."""
        return self.focused if isinstance(self.focused, Pointing) else None

    @property
    def filtered(self) -> Filtered | None:
        """What a filter would apply to: the widget in focus, if it can be filtered."""
        return self.focused if isinstance(self.focused, Filtered) else None

    def paint_chrome(self) -> None:
        """First and last line, and the colour of the frame."""
        if self._key_bar.is_attached and self.k9py.page is self:
            self._colour()
            self._top_bar.show(self.k9py.overview())
            self._key_bar.show(self.hints(), self._general(), self.k9py.said)

    def _colour(self) -> None:
        """Have the frame say that a context is protected."""
        self.set_class(any(map(self.k9py.hub.protects, self.contexts)), "-protected")

    def paint_progress(self) -> None:
        """In the first line, how far what is under way has come; all else there stays as it is."""
        if self._top_bar.is_attached:
            self._top_bar.show(replace(self._top_bar.overview, progress=progress_of(self.k9py.hub.ledger)))

    @property
    def contexts(self) -> set[str]:
        """The names of the contexts that it is about: of the first line, its own, and those shown beside it."""
        sessions = {session.context.name for session in (self.session, self.k9py.session) if session}
        return sessions.union(*(pane.contexts for pane in self.query(ResourcePane)))

    def _general(self) -> Sequence[KeyHint]:
        if self.typing:
            return ()
        menu = (MENU,) if self.pointing and self.pointing.meant else ()
        return (*menu, COMMAND, FILTER, HELP) if self.filtered else (*menu, COMMAND, HELP)

    def hints(self) -> Sequence[KeyHint]:
        """The keys of the row in focus, greyed where they are not permitted; of any other widget its own."""
        if self.typing:
            return self._prompt.hints()
        if isinstance(self.focused, Hinting):
            return self.focused.hints()
        pointing = self.pointing
        target = pointing.under_cursor() if pointing else None
        meant, session = (pointing.meant, pointing.pointed_session) if pointing else (None, None)
        if meant is None or session is None:
            return ()
        namespace = target.key.namespace if target else ""
        return hint_actions(self.k9py, session, meant, namespace, self.paint_chrome_soon)

    def paint_chrome_soon(self) -> None:
        """Have first and last line painted with the next frame."""
        self.k9py.frames.mark(self.paint_chrome)

    def take_input(self, event: events.Key | events.Paste) -> bool:
        """Whether a key, or what was pasted, is dealt with before anything else hears of it."""
        return isinstance(self.focused, Taking) and self.focused.take_input(event)

    def on_key(self, event: events.Key) -> None:
        """A key belongs to the kind of the object under the cursor: the registry of actions knows."""
        pointing = self.pointing
        meant = pointing and pointing.meant
        action = meant and self.k9py.keymap.action_for_key(event.key, meant)
        if action and pointing:
            event.stop()
            event.prevent_default()
            if not self.k9py.opening:
                self.act(action, pointing.pointed(), pointing.pointed_session)

    def act(self, action: Action | Look, targets: Sequence[Target], session: Session | None) -> None:
        """Do what a key means on the objects that are marked, or under the cursor."""
        if not targets or session is None:
            return
        once = tuple({target.key: target for target in targets}.values())  # several rows may be about one object
        if why := misfit(action, once):
            raise why
        if isinstance(action, Look):
            self.k9py.look(action, session, targets)
        else:
            self.k9py.change(action, session, once)

    def action_menu(self) -> None:
        """All that can be done to the objects that are marked, or under the cursor."""
        if (pointing := self.pointing) and not self.k9py.opening:
            self._open_menu(pointing.pointed())

    def action_palette(self) -> None:
        """All that can be done here, to be found by a part of its name."""
        from k9py.ui.palette import Everything  # it is imported when it is first opened

        if not self.k9py.opening:
            self.app.push_screen(CommandPalette((Everything,), placeholder="what can be done here, and where : leads"))

    @on(LineView.MenuAsked)
    def _menu_asked(self, event: LineView.MenuAsked) -> None:
        """The right mouse button on a row: it is about the marked ones if it is one of them, else about this one."""
        event.stop()
        pointing = event.view
        under = pointing.under_cursor() if isinstance(pointing, Pointing) else None
        if isinstance(pointing, Pointing) and under and not self.k9py.opening:
            self._open_menu(pointing.pointed() if event.marked else (under,), event.at)

    def _open_menu(self, targets: Sequence[Target], at: Offset | None = None) -> None:
        from k9py.ui.screens.row_menu import RowMenu  # it is imported when it is first opened

        session = self.k9py.hub.sessions.get(targets[0].key.context) if targets else None
        if session is None:
            return

        def chosen(action: Action | Look | None) -> None:
            if action:
                self.act(action, targets, session)

        self.app.push_screen(RowMenu(self.k9py, session, targets, at), chosen)

    def drill(self, pane: ResourcePane, key: Key) -> None:
        """Enter on a row, unless a key before it opens something else."""
        if not self.k9py.opening:
            self.k9py.drill(pane, key)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Within the prompt, `:` and `/` are what they are."""
        return action not in ("command", "filter") or not self._prompt.is_open

    def action_command(self) -> None:
        self._prompt.open(Inquiry(":", suggest=self.k9py.suggest, enter=self.k9py.enter))

    def action_filter(self) -> None:
        if target := self.filtered:
            self._prompt.open(Inquiry("/", target.filter_text, attempt=partial(try_filter, target)))

    def action_back(self) -> None:
        """Take back the last thing that this page has of its own, else go back one page."""
        if not any(step() for step in self.steps_back()):
            self.k9py.back()

    def steps_back(self) -> Sequence[Callable[[], bool]]:
        """What is taken back first, second …: each says whether there was anything to take back."""
        return (self.unfilter,)

    def unfilter(self) -> bool:
        """Show all rows or lines again."""
        target = self.filtered
        if target is None or not target.filter_text:
            return False
        target.filter("")
        return True

    @on(ResourcePane.Captioned)
    @on(ResourceTable.Moved)
    @on(LogView.FollowChanged)
    def _changed(self) -> None:
        self.paint_chrome_soon()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self.paint_chrome_soon()


def try_filter(target: Filtered, text: str) -> str:
    """Apply a filter; the reason why it will not do, or the empty string."""
    try:
        target.filter(text)
    except FilterError as error:
        return error.line
    return ""
