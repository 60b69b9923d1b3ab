"""What every page has: the first line, the prompt, the last line, and the keys that mean the same everywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Protocol, cast, runtime_checkable

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from k9py.actions.action import Action, Look
from k9py.actions.registry import action_for_key, actions_for
from k9py.session.session import Session
from k9py.store.filter import FilterError
from k9py.ui.changes import refusal_of
from k9py.ui.surviving import Surviving
from k9py.ui.widgets.key_bar import KeyBar, KeyHint
from k9py.ui.widgets.log_view import LogView
from k9py.ui.widgets.pane import ResourcePane
from k9py.ui.widgets.prompt import Inquiry, Prompt
from k9py.ui.widgets.table import ResourceTable
from k9py.ui.widgets.top_bar import TopBar
from k9py.values.errors import K9pyError
from k9py.values.resource import Key

if TYPE_CHECKING:
    from k9py.ui.app import K9pyApp

COMMAND, FILTER, HELP = KeyHint("colon", "Command"), KeyHint("slash", "Filter"), KeyHint("question_mark", "Help")


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


class Page(Surviving, Screen[None]):
    """A screen of the stack that a person drills down and comes back through."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # before anything else: what is typed in the same moment after them belongs to the prompt
        Binding("colon", "command", "Command", show=False, priority=True),
        Binding("slash", "filter", "Filter", show=False, priority=True),
        Binding("escape,q", "back", "Back", show=False),
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
        crumbs = [f"{page.crumb} › " for page in pages[: pages.index(self)] if page.crumb]
        return "".join(["… › ", *crumbs[-2:]] if len(crumbs) > 2 else crumbs)

    def compose(self) -> ComposeResult:
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
    def pane(self) -> ResourcePane | None:
        """The table in focus, if it is one."""
        return self.focused if isinstance(self.focused, ResourcePane) else None

    @property
    def filtered(self) -> Filtered | None:
        """What a filter would apply to: the widget in focus, if it can be filtered."""
        return self.focused if isinstance(self.focused, Filtered) else None

    def paint_chrome(self) -> None:
        """First and last line."""
        if self._key_bar.is_attached and self.k9py.page is self:
            self._top_bar.show(self.k9py.overview())
            self._key_bar.show(self.hints(), self._general(), self.k9py.said)

    def _general(self) -> Sequence[KeyHint]:
        if self.typing:
            return ()
        return (COMMAND, FILTER, HELP) if self.filtered else (COMMAND, HELP)

    def hints(self) -> Sequence[KeyHint]:
        """The keys of the row in focus, greyed where they are not permitted; of any other widget its own."""
        if self.typing:
            return self._prompt.hints()
        pane = self.pane
        if isinstance(self.focused, Hinting):
            return self.focused.hints()
        if pane is None or pane.meant is None or pane.session is None:
            return ()
        meant = pane.meant
        row = pane.cursor_row
        session = pane.session_of(row) if row else pane.session
        namespace = row.key.namespace if row else ""
        changed = self.paint_chrome_soon
        return tuple(
            KeyHint(action.key, action.title, refusal_of(self.k9py, session, action, meant, namespace, changed))
            for action in actions_for(meant)
        )

    def paint_chrome_soon(self) -> None:
        """Have first and last line painted with the next frame."""
        self.k9py.frames.mark(self.paint_chrome)

    def on_key(self, event: events.Key) -> None:
        """A key belongs to the kind of the row in the focused pane: the registry of actions knows."""
        pane = self.pane
        meant = pane and pane.meant
        action = meant and action_for_key(event.key, meant)
        if action and pane and pane.has_focus:
            event.stop()
            event.prevent_default()
            if not self.k9py.opening:
                self.act(action, pane)

    def act(self, action: Action | Look, pane: ResourcePane) -> None:
        """Do what a key means on the rows that are marked, or under the cursor."""
        rows = pane.targets()
        if not rows:
            return
        if len({row.key.context for row in rows}) > 1:
            raise K9pyError(f"{action.title}: the marked rows are of several clusters", "mark those of one")
        targets, session = [pane.target(row) for row in rows], pane.session_of(rows[0])
        if isinstance(action, Look):
            self.k9py.look(action, session, targets)
        else:
            once = {target.key: target for target in targets}  # several rows may be about one object
            self.k9py.change(action, session, tuple(once.values()))

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
