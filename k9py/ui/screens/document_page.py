"""The page of a text: read anew as what it is about changes, searched, copied, saved.

A page of a text is given what reads it; all keys are here. A page about one object of the cluster is an `ObjectPage`,
which is given what writes the object: it follows that until it is left, and keeps the last text of one that is gone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from textwrap import wrap
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from k9py.actions.plan import Target
from k9py.session.feed import Feed
from k9py.session.session import Session
from k9py.store.collection import Name
from k9py.ui.painting import border_text
from k9py.ui.saving import save_text
from k9py.ui.screens.page import Page
from k9py.ui.widgets.key_bar import KeyHint
from k9py.ui.widgets.pane import describe_state
from k9py.ui.widgets.text_view import TextView
from k9py.values.document import read_object
from k9py.values.errors import ApiError, K9pyError
from k9py.values.prose import Prose, Token, whole_text
from k9py.values.text import clean

PACE = 0.3
"""Seconds between two readings of what changes all the time."""

_COMPLAINT_WIDTH = 76


class DocumentPage(Page):
    """A text, alive. What could not be read is told in its place, or below the text that was read before."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "copy", "Copy", show=False),
        Binding("ctrl+s", "save", "Save", show=False),
        Binding("r", "reload", "Reload", show=False),
    ]
    VIEW: ClassVar[type[TextView]] = TextView
    """What shows the text."""
    SUFFIX: ClassVar[str] = "txt"
    """What the names of saved files end with."""

    def __init__(self, session: Session | None, read: Callable[[], Awaitable[Prose]]) -> None:
        """`read` reads what is shown. It raises K9pyError."""
        super().__init__(session)
        self._read_text = read
        self._view = self.VIEW(id="text", classes="pane")
        self._prose: Prose | None = None
        self._complaint = ""
        self._reading = False
        self._due = False

    # what a page of a text says of itself

    @property
    def about(self) -> Sequence[str]:
        """What the title says behind the crumbs; empty parts are left out."""
        return (self.crumb, self.found)

    @property
    def state(self) -> str:
        """How it is kept up to date, for the lower border."""
        return ""

    @property
    def saved_as(self) -> Sequence[str]:
        """The words that a file is named after: the context, then what it is about."""
        context = self.session.context.name if self.session else "k9py"
        return (context, *self.crumb.split(" "))

    def own_hints(self) -> Sequence[KeyHint]:
        """The keys of this page, before those of every text."""
        return ()

    # reading

    def compose_body(self) -> ComposeResult:
        yield self._view

    def on_mount(self) -> None:
        self._view.focus()
        self._view.empty_text = "reading …"
        self.action_reload()

    def action_reload(self) -> None:
        """Read it now, or once more when the reading under way is done."""
        self._due = True
        if not self._reading:
            self._reading = True
            self._catch_up()

    @work(group="reading")
    async def _catch_up(self) -> None:
        try:
            while self._due:
                self._due = False
                await self._read()
                await asyncio.sleep(PACE)
        finally:
            self._reading = False

    async def _read(self) -> None:
        try:
            prose = await self._read_text()
        except K9pyError as error:
            self._complaint = self.complain(error)
            if self._prose is None:
                self._show_complaint()
        else:
            self._complaint = ""
            self.show(prose)
        self.caption()
        self.paint_chrome_soon()

    def complain(self, error: K9pyError) -> str:
        """What is said of an error."""
        return f"✖ {clean(error.line)}"

    # what is shown

    def show(self, prose: Prose) -> None:
        """Show a text in place of the former one, scrolled to where that was."""
        self._prose = prose
        self._view.show(prose.lines, prose.tokens)
        self.caption()

    def _show_complaint(self) -> None:
        lines = wrap(self._complaint, _COMPLAINT_WIDTH)
        self._view.show(lines, lambda number: (Token(0, len(lines[number]), "bad"),))

    @on(TextView.Searched)
    def caption(self) -> None:
        """Title, and how it is kept up to date."""
        if not self._view.is_attached:
            return
        head, *more = self.about
        title = border_text(" · ".join(part for part in (self.trail + head, *more) if part))
        below = border_text((self._complaint if self._prose else "") or self.state)
        if (title, below) != (self._view.border_title, self._view.border_subtitle):
            self._view.border_title, self._view.border_subtitle = title, below
            self.paint_chrome_soon()

    @property
    def found(self) -> str:
        """How the search stands."""
        return self._view.found

    def paint_chrome(self) -> None:
        super().paint_chrome()
        if self.k9py.page is self:
            self.caption()

    def hints(self) -> tuple[KeyHint, ...]:
        if self.typing:
            return self._prompt.hints()
        if self._prose is None:
            return (KeyHint("r", "Reload"),)
        return (
            *self._view.hints(),
            *self.own_hints(),
            KeyHint("c", "Copy"),
            KeyHint("ctrl+s", "Save"),
            KeyHint("r", "Reload"),
        )

    def action_copy(self) -> None:
        """Copy what is selected, else the whole text."""
        selected = self._view.selected
        if selected:
            self.app.copy_to_clipboard(selected)
            self.k9py.say("copied what is selected")
        elif self._prose:
            self.app.copy_to_clipboard(whole_text(self._prose))
            self.k9py.say("copied")

    def action_save(self) -> None:
        if self._prose:
            self._save(whole_text(self._prose))

    @work(group="save")
    async def _save(self, text: str) -> None:
        path = await asyncio.to_thread(save_text, text, self.saved_as, self.SUFFIX)
        self.k9py.say(f"saved to {path}")


class ObjectPage(DocumentPage):
    """A text about one object, which is read anew whenever the object has changed."""

    def __init__(self, session: Session, target: Target, write: Callable[[dict[str, Any]], Prose]) -> None:
        """`write` makes the text of the object (decoded JSON)."""
        super().__init__(session, self._read_object)
        self._write = write
        self._resource = target.resource
        self._key = target.key
        self._found: dict[str, Any] | None = None
        self._deleted = False
        self._feed: Feed | None = None
        self._leave: list[Callable[[], None]] = []

    @property
    def version(self) -> str | None:
        """The resourceVersion of the object as it was read; None before it was."""
        return ((self._found or {}).get("metadata") or {}).get("resourceVersion")

    async def _read_object(self) -> Prose:
        assert self.session
        found = read_object(await self.session.whole(self._key, self._resource), self._resource)
        await self.gather(found)
        self._found = found
        return self._write(found)

    async def gather(self, found: dict[str, Any]) -> None:
        """Read what else the text tells of."""

    @property
    def about(self) -> Sequence[str]:
        return (f"{self._resource.kind} {self._key.label}", "deleted" if self._deleted else "", self.found)

    @property
    def state(self) -> str:
        return describe_state(self._feed.state) if self._feed else ""

    @property
    def saved_as(self) -> Sequence[str]:
        word, key = self.crumb.split(" ")[0], self._key
        return (key.context, word, key.gvr.full_name, *filter(None, (key.namespace, key.name)))

    def on_mount(self) -> None:  # Textual calls that of each class, this one before that of the class above
        assert self.session
        if self._resource.watchable:
            self._feed = self.follow(self.session.open(self._resource, self._key.namespace), self._told)

    def on_unmount(self) -> None:
        for leave in self._leave:
            leave()

    def follow(self, feed: Feed, told: Callable[[Collection[Name]], None]) -> Feed:
        """Be told what changes in a feed, and hold it until the page is left."""
        self._leave += [feed.collection.listen(told), feed.release]
        return feed

    def _told(self, names: Collection[Name]) -> None:
        if self._key[-2:] in names:  # namespace and name
            self.k9py.frames.mark(self._look)

    def _look(self) -> None:
        """Something about the object has changed: read it if it is not what is shown."""
        if self._feed is None or not self.is_attached:
            return
        record = self._feed.collection.records.get(self._key[-2:])
        self._deleted = record is None
        if record and record.obj.metadata.resource_version != self.version:
            self.action_reload()
        self.caption()

    def complain(self, error: K9pyError) -> str:
        self._deleted = isinstance(error, ApiError) and error.missing and self._prose is not None
        return "" if self._deleted else super().complain(error)
