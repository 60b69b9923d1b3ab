"""An object as YAML, highlighted: read, searched, copied. Secrets stay masked until `x`."""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import ScrollableContainer
from textual.content import Content
from textual.highlight import highlight
from textual.widgets import Static

from k9py.session.session import Session
from k9py.store.row import Row
from k9py.ui.document import count_managed, write_yaml
from k9py.ui.painting import border_text
from k9py.ui.screens.page import Page
from k9py.ui.widgets.key_bar import KeyHint
from k9py.values.errors import K9pyError
from k9py.values.resource import Resource
from k9py.values.text import clean


class YamlPage(Page):
    """The YAML of one object, as it was when the page was opened; `r` reads it anew."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "fold", "managedFields", show=False),
        Binding("x", "unmask", "Decode", show=False),
        Binding("c", "copy", "Copy", show=False),
        Binding("r", "reload", "Reload", show=False),
        Binding("j", "scroll(1)", show=False),
        Binding("k", "scroll(-1)", show=False),
        Binding("g", "scroll_home", show=False),
        Binding("G", "scroll_end", show=False),
    ]

    def __init__(self, session: Session, resource: Resource, row: Row) -> None:
        super().__init__(session)
        self._resource = resource
        self._row = row
        self._raw = b""
        self._managed = False
        self._unmasked = False
        self._text = ""

    @property
    def crumb(self) -> str:
        return f"yaml {self._row.key.name}"

    def compose_body(self) -> ComposeResult:
        with ScrollableContainer(id="yaml"):
            yield Static(id="text", markup=False)

    def on_mount(self) -> None:
        super().on_mount()
        self._scroller.focus()
        self._load()

    @property
    def _scroller(self) -> ScrollableContainer:
        return self.query_one("#yaml", ScrollableContainer)

    @work(group="yaml", exclusive=True)
    async def _load(self) -> None:
        assert self.session
        try:
            self._raw = await self.session.whole(self._row.key, self._resource)
        except K9pyError as error:
            self.query_one("#text", Static).update(f"✖ {clean(error.line)}")
            return
        self._show()

    def _show(self) -> None:
        if not self._raw:
            return
        self._text = write_yaml(self._raw, self._resource, managed_fields=self._managed, unmasked=self._unmasked)
        shown = "\n".join(clean(line) for line in self._text.splitlines())
        self.query_one("#text", Static).update(self._highlight(shown))
        folded = 0 if self._managed else count_managed(self._raw)
        note = f" · {folded} managedFields folded, m shows them" if folded else ""
        self._scroller.border_title = border_text(f"{self.trail}{self._resource.kind} {self._row.key.label}{note}")
        self.paint_chrome_soon()

    @staticmethod
    def _highlight(text: str) -> Content:
        return highlight(text, language="yaml")

    def hints(self) -> tuple[KeyHint, ...]:
        secret = self._resource.gvr.full_name == "secrets"
        return (
            KeyHint("m", "Fold managedFields" if self._managed else "managedFields"),
            *((KeyHint("x", "Mask" if self._unmasked else "Unmask"),) if secret else ()),
            KeyHint("c", "Copy"),
            KeyHint("r", "Reload"),
        )

    def action_fold(self) -> None:
        self._managed = not self._managed
        self._show()

    def action_unmask(self) -> None:
        self._unmasked = not self._unmasked
        self._show()

    def action_copy(self) -> None:
        if not self._text:
            return
        self.app.copy_to_clipboard(self._text)
        self.k9py.say("copied")

    def action_reload(self) -> None:
        self._load()

    def action_scroll(self, lines: int) -> None:
        self._scroller.scroll_relative(y=lines, animate=False)

    def action_scroll_home(self) -> None:
        self._scroller.scroll_home(animate=False)

    def action_scroll_end(self) -> None:
        self._scroller.scroll_end(animate=False)
