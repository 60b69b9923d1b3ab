"""The contexts of the kubeconfig, to choose another; and in one line what is wrong with the one in use, while it is."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from k9py.session.session import Session
from k9py.ui.screens.page import Page
from k9py.ui.widgets.choices import Choices
from k9py.ui.widgets.key_bar import KeyHint
from k9py.values.text import clean, pad

OFFER = "No cluster at hand? d opens the embedded one: a small shop, in this process only. Nothing of yours is touched."


class ContextsPage(Page):
    """A list that enter chooses from; `d` opens the cluster that is built in."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("d", "demo", "Embedded cluster", show=False)]

    def __init__(self, session: Session | None, trouble: str = "", leaves: bool = False) -> None:
        super().__init__(session)
        self.leaves = leaves
        """Whether it came up by itself, and goes when what is wrong is over."""
        self._trouble = trouble
        self._said = Static(id="trouble", markup=False)

    @property
    def crumb(self) -> str:
        return "contexts"

    def compose_body(self) -> ComposeResult:
        yield self._said
        contexts = Choices(*self._options(), id="contexts")
        contexts.border_title = f"Contexts {len(self.k9py.hub.kubeconfig.contexts)}"
        if self.k9py.hub.embedded and self.session is None:
            yield Static(OFFER, id="offer", markup=False)
        yield contexts

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(OptionList).focus()

    def _options(self) -> list[Option]:
        used = self.session.context.name if self.session else ""
        contexts = self.k9py.hub.kubeconfig.contexts
        rows = [
            ("●" if each.name == used else " ", each.name, each.cluster, each.user, each.namespace) for each in contexts
        ]
        cleaned = [[clean(text) for text in row] for row in rows]
        widths = [max(map(cell_len, column)) for column in zip(*cleaned, strict=True)]
        return [Option(Text("  ".join(map(pad, row, widths)))) for row in cleaned]

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.k9py.use_context(self.k9py.hub.kubeconfig.contexts[event.option_index].name)

    def paint_chrome(self) -> None:
        super().paint_chrome()
        trouble = self.session.trouble if self.session else None
        line = trouble.line if trouble else self._trouble
        self._said.update(clean(line))
        self._said.display = bool(line)

    def hints(self) -> tuple[KeyHint, ...]:
        choose = (KeyHint("enter", "Use this context"),) if self.k9py.hub.kubeconfig.contexts else ()
        demo = (KeyHint("d", "Embedded cluster"),) if self.k9py.hub.embedded else ()
        return choose + demo

    def action_demo(self) -> None:
        self.k9py.go("demo")
