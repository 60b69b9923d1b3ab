"""Xray: the tree of what belongs together, alive: of an object, of a namespace or a kind in it, or of who uses one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from k9py.actions.action import Action, Look
from k9py.actions.plan import Target
from k9py.actions.registry import action_for_key, actions_for
from k9py.insight.relations.graph import Graph, Stand
from k9py.insight.relations.identity import Identity
from k9py.insight.relations.tree import Branch, forest_of, tree_of, users_of
from k9py.session.relations import Gathering
from k9py.session.session import Session
from k9py.store.filter import parse_filter
from k9py.ui.changes import refusal_of
from k9py.ui.goto import Goto, parse_goto
from k9py.ui.jumps import jump
from k9py.ui.painting import border_text
from k9py.ui.screens.page import Page
from k9py.ui.tree_lines import Folding
from k9py.ui.widgets.key_bar import KeyHint
from k9py.ui.widgets.pane import describe_state, title_of
from k9py.ui.widgets.tree_view import TreeView
from k9py.values.batch import FeedState, Phase
from k9py.values.errors import K9pyError
from k9py.values.namespaces import ALL, Namespaces
from k9py.values.resource import Resource

if TYPE_CHECKING:
    from k9py.ui.app import K9pyApp

PACE = 0.25
"""Seconds between two trees at least."""
RATIO = 5
"""So many times as long as a tree took to make it is left alone then."""
DEEP = 100
"""Of one object everything is open at first."""
FEW = 200
"""So is a namespace of no more objects than these."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a tree is of. `word` is what it is called: `Xray`, `Used by`."""

    word: str
    name: str
    namespaces: Namespaces
    grow: Callable[[Graph, Stand], Sequence[Branch]]
    depth: int = 1
    also: Resource | None = None
    counted: int = 1
    """Whether the topmost are among those that are counted."""


def of_object(target: Target) -> Subject:
    """All that one object belongs to, and that belongs to it."""
    return _about("Xray", target, tree_of, 1)


def of_users(target: Target) -> Subject:
    """What refers to one object."""
    return _about("Used by", target, users_of, 0)


def _about(
    word: str, target: Target, make: Callable[[Graph, Stand, Identity], Sequence[Branch]], counted: int
) -> Subject:
    resource, key = target.resource, target.key
    identity = Identity(key.gvr.group, resource.kind, key.namespace, key.name)
    return Subject(
        word,
        identity.label,
        Namespaces.of(key.namespace) if resource.namespaced else ALL,
        lambda graph, stand: make(graph, stand, identity),
        DEEP,
        None if resource.namespaced else resource,
        counted,
    )


def of_namespaces(namespaces: Namespaces, resource: Resource | None = None) -> Subject:
    """Everything in some namespaces, or all of a kind there."""
    kind = (resource.gvr.group, resource.kind) if resource else None
    return Subject(
        "Xray",
        f"{title_of(resource)} · {namespaces.title}" if resource else namespaces.title,
        namespaces,
        lambda graph, stand: forest_of(graph, stand, kind),
        also=None if resource is None or resource.namespaced else resource,
    )


class XrayPage(Page):
    """A tree, grown anew as what it is made of changes."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("c", "copy", "Copy name", show=False)]

    def __init__(self, session: Session, subject: Subject, wanted: str = "") -> None:
        super().__init__(session)
        self._subject = subject
        self._folding = Folding(subject.depth)
        self._tree = TreeView(session, self._folding, id="tree", classes="pane")
        self._tree.filter_text = wanted
        self._gathering: Gathering | None = None
        self._due = asyncio.Event()
        self._awake = asyncio.Event()
        self._count = 0
        self._complete = False
        """Whether what is shown is made of all that there is."""
        self._settled = False

    @property
    def crumb(self) -> str:
        return f"{self._subject.word.lower()} {self._subject.name}"

    def compose_body(self) -> ComposeResult:
        yield self._tree

    def on_mount(self) -> None:
        super().on_mount()
        assert self.session
        self._tree.empty_text = "reading …"
        self._tree.focus()
        subject = self._subject
        self._gathering = Gathering(self.session, self.k9py.hub.faults, subject.namespaces, self._due.set, subject.also)
        self._gathering.begin()
        self._awake.set()
        self._keep_growing(self._gathering)

    async def on_unmount(self) -> None:
        if self._gathering:
            await self._gathering.close()

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self._awake.set()

    def on_screen_suspend(self) -> None:
        super().on_screen_suspend()
        if self.k9py.page is not self:
            self._awake.clear()

    # the tree

    @work(group="growing")
    async def _keep_growing(self, gathering: Gathering) -> None:
        """Make the tree whenever what it is made of has changed: not more often than eyes and machine can follow."""
        clock = asyncio.get_running_loop().time
        while True:
            await self._due.wait()
            await self._awake.wait()
            self._due.clear()
            began = clock()
            complete = gathering.state.phase is Phase.LIVE
            branches = await gathering.make(self._subject.grow)
            if self not in self.app.screen_stack:
                return
            self._complete = complete and gathering.state.phase is Phase.LIVE
            self._show(branches)
            await asyncio.sleep(max(PACE, RATIO * (clock() - began)))

    def _show(self, branches: Sequence[Branch]) -> None:
        self._count = sum(self._subject.counted + branch.below for branch in branches)
        if self._complete and not self._count and branches:
            branches[0].how = "nothing refers to it"
        self._settle()
        self._tree.show(branches)
        self.caption()

    def _settle(self) -> None:
        """Once all is there, it is known whether all of it can be shown."""
        if self._complete and not self._settled:
            self._settled = True
            if self._count <= FEW:
                self._folding.depth = DEEP

    def caption(self) -> None:
        """Title, and how it is kept up to date."""
        if self._gathering is None or not self._tree.is_attached:
            return
        state, denied = self._gathering.state, self._gathering.denied
        if state.phase is Phase.LIVE and not self._complete:
            state = FeedState(Phase.SYNCING, self._count)
        if self._complete:
            self._tree.empty_text = f"nothing in {self._subject.name}"
        subject = self._subject
        found = f"{self._tree.found:,} of {self._count:,}" if self._tree.filter_text else f"{self._count:,}"
        filtered = f" · /{self._tree.filter_text}" if self._tree.filter_text else ""
        title = border_text(f"{self.trail}{subject.word} {subject.name} · {found}{filtered}")
        refused = f" · may not be listed: {', '.join(sorted(denied))}" if denied else ""
        below = border_text(describe_state(state) + refused)
        if (title, below) != (self._tree.border_title, self._tree.border_subtitle):
            self._tree.border_title, self._tree.border_subtitle = title, below
            self.paint_chrome_soon()

    def paint_chrome(self) -> None:
        super().paint_chrome()
        if self.k9py.page is self:
            self.caption()

    # its keys

    @on(TreeView.Moved)
    def _moved(self) -> None:
        self.paint_chrome_soon()

    def on_key(self, event: events.Key) -> None:
        """A key belongs to the kind of the object under the cursor."""
        resource, targets = self._tree.resource, self._tree.pointed()
        action = resource and action_for_key(event.key, resource)
        if action and targets and self.session and self._tree.has_focus:
            event.stop()
            event.prevent_default()
            if not self.k9py.opening:
                self._act(action, self.session, targets)

    def _act(self, action: Action | Look, session: Session, targets: Sequence[Target]) -> None:
        if isinstance(action, Look):
            self.k9py.look(action, session, targets)
        else:
            self.k9py.change(action, session, targets)

    def hints(self) -> Sequence[KeyHint]:
        if self.typing:
            return super().hints()
        own = (KeyHint("enter", "Go to"), KeyHint("space", "Fold"), KeyHint("x", "Fold all"))
        return (*own, *self._hints_of_object())

    def _hints_of_object(self) -> Sequence[KeyHint]:
        resource, session = self._tree.resource, self.session
        if resource is None or session is None:
            return ()
        namespace = self._tree.pointed()[0].key.namespace
        changed = self.paint_chrome_soon
        return tuple(
            KeyHint(action.key, action.title, refusal_of(self.k9py, session, action, resource, namespace, changed))
            for action in actions_for(resource)
        )

    @on(TreeView.Opened)
    def _opened(self, event: TreeView.Opened) -> None:
        if not self.k9py.opening:
            self._go(event.branch)

    @work(group="look", exclusive=True)
    async def _go(self, branch: Branch) -> None:
        """To the object, in the table of its kind."""
        assert self.session
        if branch.thing is None:
            raise K9pyError(f"{branch.identity.label}: {branch.health.word}")
        await jump(self.k9py, self.session, branch.identity, branch.thing.uid)

    def action_copy(self) -> None:
        if branch := self._tree.branch:
            self.app.copy_to_clipboard(branch.identity.name)
            self.k9py.say(f"copied {branch.identity.name}")


async def open_xray(app: K9pyApp, goto: Goto) -> None:
    """`:xray`, `:xray deployments shop`, `:xray shop`: all there is in the namespaces in use or named, or of a kind."""
    session = app.session
    if session is None:
        raise K9pyError("no cluster", "choose a context first")
    inner = parse_goto(" ".join(goto.rest))
    if inner.word.startswith("-"):  # no kind, but an option
        inner = replace(parse_goto(" ".join(("objects", *goto.rest))), word="")
    resource = await session.known(inner.word) if inner.word else None
    if inner.word and resource is None and inner.namespaces is None:
        inner = replace(inner, word="", namespaces=Namespaces.read(goto.rest[0]))
    if inner.word and resource is None:
        raise K9pyError(f"{inner.word}: this cluster serves no such kind", ":xray KIND NAMESPACE, or one of them")
    wanted = inner.filter or goto.filter
    parse_filter(wanted)
    if inner.namespaces is not None:
        await app.use_namespaces(inner.namespaces)
    app.home()
    app.push_screen(XrayPage(session, of_namespaces(session.namespaces, resource), wanted))
