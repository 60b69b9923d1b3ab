"""An object as YAML, alive: read, searched, copied, while it changes. Secrets stay masked until `x`.

`i` explains it: a cursor, and beside the text what the field under it is for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from k9py.actions.plan import Target
from k9py.session.session import Session
from k9py.ui.screens.document_page import ObjectPage
from k9py.ui.screens.explain_pane import ExplainPane
from k9py.ui.widgets.key_bar import KeyHint
from k9py.ui.widgets.pointed_view import PointedView
from k9py.ui.widgets.text_view import TextView
from k9py.values.document import Document, count_managed, write_object
from k9py.values.prose import Prose

WIDE = 100
"""Cells from which on the explanation stands beside the text, and not below it."""


class YamlPage(ObjectPage):
    """The YAML of one object."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "fold", "managedFields", show=False),
        Binding("x", "unmask", "Decode", show=False),
        Binding("i", "explain", "Explain", show=False),
    ]
    VIEW: ClassVar[type[TextView]] = PointedView
    SUFFIX = "yaml"

    def __init__(self, session: Session, target: Target) -> None:
        super().__init__(session, target, self._write_yaml)
        self._explanation = ExplainPane(target.resource)
        self._managed = False
        self._unmasked = False

    def compose_body(self) -> ComposeResult:
        with Horizontal(id="explained"):
            yield self._view
            yield self._explanation

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width < WIDE, "-stacked")

    @property
    def crumb(self) -> str:
        return f"yaml {self._key.name}"

    @property
    def about(self) -> Sequence[str]:
        folded = 0 if self._managed or not self._found else count_managed(self._found)
        return (*super().about, f"{folded} managedFields folded, m shows them" if folded else "")

    def _write_yaml(self, found: dict[str, Any]) -> Prose:
        return write_object(found, managed_fields=self._managed, unmasked=self._unmasked)

    def _write_again(self) -> None:
        if self._found:
            self.show(self._write(self._found))

    @property
    def _secret(self) -> bool:
        return self._resource.gvr.full_name == "secrets"

    def own_hints(self) -> Sequence[KeyHint]:
        return (
            KeyHint("i", "Close" if self._explains else "Explain"),
            KeyHint("m", "Fold managedFields" if self._managed else "managedFields"),
            *((KeyHint("x", "Mask" if self._unmasked else "Decode"),) if self._secret else ()),
        )

    def action_fold(self) -> None:
        self._managed = not self._managed
        self._write_again()

    # what the field under the cursor is for

    @property
    def _explains(self) -> bool:
        return not self._explanation.has_class("-hidden")

    def action_explain(self) -> None:
        """Open the explanation beside the text, or close it."""
        view = self._view
        if self._prose is None or not isinstance(view, PointedView):
            return
        self._explanation.toggle_class("-hidden")
        view.point(view.scroll_offset.y if self._explains else None)
        if self._explains:
            self._learn()
        else:
            view.focus()
        self.paint_chrome_soon()

    @work(group="learn", exclusive=True)
    async def _learn(self) -> None:
        assert self.session
        await self._explanation.learn(self.session)

    @on(PointedView.Pointed)
    def _tell(self) -> None:
        line = self._view.pointer if isinstance(self._view, PointedView) else None
        if line is not None and isinstance(self._prose, Document):
            self._explanation.tell(self._prose.path(line))

    def action_unmask(self) -> None:
        if self._secret:
            self._unmasked = not self._unmasked
            self._write_again()
