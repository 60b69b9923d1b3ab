"""An object as YAML, alive: read, searched, copied, while it changes. Secrets stay masked until `x`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from textwrap import wrap
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from k9py.actions.plan import Target
from k9py.session.feed import Feed
from k9py.session.session import Session
from k9py.store.collection import Name
from k9py.ui.document import Document, Token, count_managed, read_object, write_object
from k9py.ui.painting import border_text
from k9py.ui.screens.page import Page
from k9py.ui.widgets.key_bar import KeyHint
from k9py.ui.widgets.pane import describe_state
from k9py.ui.widgets.text_view import TextView
from k9py.values.errors import ApiError, K9pyError
from k9py.values.text import clean

PACE = 0.3
"""Seconds between two readings of an object that changes all the time."""

_COMPLAINT_WIDTH = 76


class YamlPage(Page):
    """The YAML of one object. It follows the object until it is left, and keeps the last text of one that is gone."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "fold", "managedFields", show=False),
        Binding("x", "unmask", "Decode", show=False),
        Binding("c", "copy", "Copy", show=False),
        Binding("r", "reload", "Reload", show=False),
    ]

    def __init__(self, session: Session, target: Target) -> None:
        super().__init__(session)
        self._resource = target.resource
        self._key = target.key
        self._view = TextView(id="text", classes="pane")
        self._feed: Feed | None = None
        self._ignore: Callable[[], None] = lambda: None
        self._found: dict[str, Any] | None = None
        self._document: Document | None = None
        self._complaint = ""
        self._deleted = False
        self._managed = False
        self._unmasked = False
        self._reading = False
        self._due = False

    @property
    def crumb(self) -> str:
        return f"yaml {self._key.name}"

    def compose_body(self) -> ComposeResult:
        yield self._view

    def on_mount(self) -> None:
        super().on_mount()
        assert self.session
        self._view.focus()
        self._view.empty_text = "reading …"
        self._feed = self.session.open(self._resource, self._key.namespace)
        self._ignore = self._feed.collection.listen(self._told)
        self.action_reload()

    def on_unmount(self) -> None:
        self._ignore()
        if self._feed:
            self._feed.release()

    # following the object

    def _told(self, names: Collection[Name]) -> None:
        if self._key[-2:] in names:  # namespace and name
            self.k9py.frames.mark(self._follow)

    def _follow(self) -> None:
        """Something about the object has changed: read it if it is not what is shown."""
        if self._feed is None or not self.is_attached:
            return
        record = self._feed.collection.records.get(self._key[-2:])
        self._deleted = record is None
        if record and record.obj.metadata.resource_version != self._version:
            self.action_reload()
        self._caption()

    @property
    def _version(self) -> str | None:
        metadata = self._found and self._found.get("metadata")
        return metadata.get("resourceVersion") if metadata else None

    def action_reload(self) -> None:
        """Read it now, or once more when the reading under way is done."""
        self._due = True
        if not self._reading:
            self._reading = True
            self._catch_up()

    @work(group="yaml")
    async def _catch_up(self) -> None:
        try:
            while self._due:
                self._due = False
                await self._read()
                self._show()
                await asyncio.sleep(PACE)
        finally:
            self._reading = False

    async def _read(self) -> None:
        assert self.session
        try:
            self._found = read_object(await self.session.whole(self._key, self._resource), self._resource)
            self._complaint = ""
        except K9pyError as error:
            self._deleted = isinstance(error, ApiError) and error.missing and self._found is not None
            self._complaint = "" if self._deleted else f"✖ {clean(error.line)}"

    # what is shown

    def _show(self) -> None:
        if self._found:
            document = write_object(self._found, managed_fields=self._managed, unmasked=self._unmasked)
            self._document = document
            self._view.show(document.lines, document.tokens)
        elif self._complaint:
            lines = wrap(self._complaint, _COMPLAINT_WIDTH)
            self._view.show(lines, lambda number: (Token(0, len(lines[number]), "bad"),))
        self._caption()
        self.paint_chrome_soon()

    @on(TextView.Searched)
    def _caption(self) -> None:
        """Title, and how the watch stands."""
        if self._feed is None or not self._view.is_attached:
            return
        folded = 0 if self._managed or not self._found else count_managed(self._found)
        parts = (
            f"{self.trail}{self._resource.kind} {self._key.label}",
            "deleted" if self._deleted else "",
            self._view.found,
            f"{folded} managedFields folded, m shows them" if folded else "",
        )
        title = border_text(" · ".join(part for part in parts if part))
        below = border_text((self._found and self._complaint) or describe_state(self._feed.state))
        if (title, below) != (self._view.border_title, self._view.border_subtitle):
            self._view.border_title, self._view.border_subtitle = title, below
            self.paint_chrome_soon()

    def paint_chrome(self) -> None:
        super().paint_chrome()
        if self.k9py.page is self:
            self._caption()

    @property
    def _secret(self) -> bool:
        return self._resource.gvr.full_name == "secrets"

    def hints(self) -> tuple[KeyHint, ...]:
        if self.typing:
            return self._prompt.hints()
        if self._found is None:
            return (KeyHint("r", "Reload"),)
        return (
            *self._view.hints(),
            KeyHint("m", "Fold managedFields" if self._managed else "managedFields"),
            *((KeyHint("x", "Mask" if self._unmasked else "Decode"),) if self._secret else ()),
            KeyHint("c", "Copy"),
            KeyHint("r", "Reload"),
        )

    def action_fold(self) -> None:
        self._managed = not self._managed
        self._show()

    def action_unmask(self) -> None:
        if self._secret:
            self._unmasked = not self._unmasked
            self._show()

    def action_copy(self) -> None:
        if self._document:
            self.app.copy_to_clipboard(self._document.text)
            self.k9py.say("copied")
