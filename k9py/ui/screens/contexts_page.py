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
from k9py.ui.painting import border_text
from k9py.ui.screens.page import Page
from k9py.ui.widgets.choices import Choices
from k9py.ui.widgets.key_bar import KeyHint
from k9py.values.text import clean, pad

OFFER = "No cluster at hand? d opens the embedded one: a small shop, in this process only. Nothing of yours is touched."


class ContextsPage(Page):
    """A list that enter chooses from; `d` opens the cluster that is built in."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "demo", "Embedded cluster", show=False),
        Binding("space", "beside", "Show beside", show=False),
    ]

    def __init__(self, session: Session | None, trouble: str = "", leaves: bool = False) -> None:
        super().__init__(session)
        self.leaves = leaves
        """Whether it came up by itself, and goes when what is wrong is over."""
        self._trouble = trouble
        self._said = Static(id="trouble", markup=False)
        self._names: list[str] = []
        """The contexts in the order in which they are shown."""

    @property
    def crumb(self) -> str:
        return "contexts"

    def compose_body(self) -> ComposeResult:
        yield self._said
        contexts = Choices(*self._options(), id="contexts")
        contexts.border_title = self._title
        if self.k9py.hub.embedded and self.session is None:
            yield Static(OFFER, id="offer", markup=False)
        yield contexts

    @property
    def _title(self) -> str:
        return border_text(f"{self.trail}Contexts {len(self._names)}")

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(OptionList).focus()

    def _options(self) -> list[Option]:
        used = self.session.context.name if self.session else ""
        contexts = self.k9py.hub.kubeconfig.contexts
        self._names = [each.name for each in contexts]
        beside = self.k9py.beside.companions
        rows = [
            (
                "●" if each.name == used else "+" if each.name in beside else " ",
                each.name,
                each.cluster,
                each.user,
                each.namespace,
            )
            for each in contexts
        ]
        cleaned = [[clean(text) for text in row] for row in rows]
        widths = [max(map(cell_len, column)) for column in zip(*cleaned, strict=True)]
        return [Option(Text("  ".join(map(pad, row, widths)))) for row in cleaned]

    def renew(self) -> None:
        """Show the contexts that there are now; the cursor stays on its context."""
        contexts = self.query_one("#contexts", Choices)
        under = None if contexts.highlighted is None else self._names[contexts.highlighted]
        options = self._options()
        names = self._names
        contexts.clear_options()
        contexts.add_options(options)
        contexts.highlighted = names.index(under) if under in names else 0 if names else None
        contexts.border_title = self._title
        if names and self.session is None:
            self._trouble = ""  # it was about the kubeconfig as it was
        self.paint_chrome()

    def action_beside(self) -> None:
        """Show the tables of a context together with those of the one in use, or no longer."""
        contexts = self.query_one("#contexts", Choices)
        if self.session is None or contexts.highlighted is None:
            return
        name = self._names[contexts.highlighted]
        if name != self.session.context.name:
            self.k9py.toggle_beside(name)
            self.renew()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.k9py.use_context(self._names[event.option_index])

    def paint_chrome(self) -> None:
        super().paint_chrome()
        trouble = self.session.trouble if self.session else None
        line = trouble.line if trouble else self._trouble
        self._said.update(clean(line))
        self._said.display = bool(line)

    def hints(self) -> tuple[KeyHint, ...]:
        choose_from = self._names
        choose = (KeyHint("enter", "Use this context"),) if choose_from else ()
        beside = (KeyHint("space", "Show beside"),) if self.session and len(choose_from) > 1 else ()
        demo = (KeyHint("d", "Embedded cluster"),) if self.k9py.hub.embedded else ()
        return choose + beside + demo

    def action_demo(self) -> None:
        self.k9py.go("demo")
