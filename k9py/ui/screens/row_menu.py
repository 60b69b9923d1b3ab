"""All that can be done to a row, from the registry of actions: its keys need not be known by heart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.geometry import Offset
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from k9py.actions.action import Action, Look
from k9py.actions.plan import Target, name_targets
from k9py.session.session import Session
from k9py.ui.painting import border_text
from k9py.ui.row_keys import row_hints
from k9py.ui.screens.dialogs import Dialog
from k9py.ui.widgets.choices import Choices
from k9py.ui.widgets.key_bar import KeyHint
from k9py.values.text import clean, crop, pad

if TYPE_CHECKING:
    from k9py.ui.app import K9pyApp

_AROUND = 5
"""Cells of border, padding and scroll bar beside a line; two of the border are above and below."""
_WIDEST = 64


class RowMenu(Dialog[Action | Look]):
    """Title, key and, where it does nothing, the reason. The objects are those that were there when it was opened.

    `at` is where on the screen it is to be; in the middle, where None.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q,m", "leave", show=False)]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"menu--greyed", "menu--why"}

    def __init__(self, app: K9pyApp, session: Session, targets: Sequence[Target], at: Offset | None = None) -> None:
        super().__init__(name_targets(targets))
        self._k9py = app
        self._session = session
        self._targets = targets
        self._at = at
        self._actions: Sequence[Action | Look] = ()
        self._hints: list[KeyHint] = []

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog menu") as box:
            box.border_title = border_text(self._title)
            yield Choices()

    def on_mount(self) -> None:
        self._show()
        self._place()

    def _show(self) -> None:
        """The lines, as far as it is known what is permitted; the cursor stays where it is."""
        found = row_hints(self._k9py, self._session, self._targets, self._told)
        self._actions, hints = [action for action, _ in found], [hint for _, hint in found]
        if hints == self._hints:
            return
        self._hints = hints
        choices = self.query_one(Choices)
        before = choices.highlighted or 0
        choices.clear_options()
        choices.add_options(Option(line) for line in self._lines())
        choices.highlighted = before

    def _lines(self) -> list[Text]:
        room = max((cell_len(hint.name) for hint in self._hints), default=0)
        wide = max((cell_len(hint.title) for hint in self._hints), default=0)
        greyed, why = (self.get_component_rich_style(f"menu--{part}", partial=True) for part in ("greyed", "why"))
        lines = []
        for hint in self._hints:
            line = Text(f"{pad(hint.name, room)}  ", greyed if hint.greyed else "", no_wrap=True)
            line.append(hint.title)
            if hint.greyed:
                rest = max(0, _WIDEST - room - wide - 4)
                line.append(" " * (wide - cell_len(hint.title) + 2), why).append(crop(clean(hint.greyed), rest), why)
            lines.append(line)
        return lines

    def _told(self) -> None:
        """A right has been asked for in the background."""
        self._k9py.frames.mark(self._show_soon)

    def _show_soon(self) -> None:
        if self.is_attached:
            self._show()
            self._place()

    def _place(self) -> None:
        """As wide as its lines; beside the mouse as far as there is room."""
        box, room = self.query_one(".menu"), self.app.size
        wanted = max([cell_len(self._title) + 2, *(line.cell_len for line in self._lines())])
        width = min(wanted, _WIDEST, room.width - _AROUND) + _AROUND
        height = min(len(self._hints) + 2, room.height - 2)
        box.styles.width, box.styles.height = width, height
        if self._at is not None:
            self.styles.align = ("left", "top")
            box.styles.offset = (min(self._at.x, room.width - width), max(0, min(self._at.y, room.height - height)))

    def on_resize(self) -> None:
        self._place()

    def on_key(self, event: events.Key) -> None:
        """The key of an action chooses it."""
        if found := next((action for action in self._actions if action.key == event.key), None):
            event.stop()
            event.prevent_default()
            self.dismiss(found)

    def on_click(self, event: events.Click) -> None:
        """Beside it: leave."""
        if not self.query_one(".menu").region.contains_point(event.screen_offset):
            event.stop()
            self.action_leave()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._actions[event.option_index])
