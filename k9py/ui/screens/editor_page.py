"""The editor that k9py brings along: an object's YAML, with what its schema says against it beside the line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Static, TextArea

from k9py.ui.painting import border_text
from k9py.ui.screens.dialogs import Choose
from k9py.ui.surviving import Surviving
from k9py.ui.widgets.key_bar import KeyBar, KeyHint, Said
from k9py.ui.widgets.yaml_area import YamlArea, by_line
from k9py.values.complaint import Complaint
from k9py.values.text import clean

_KEYS = {
    "ctrl+s": "send",
    "escape": "leave",
    "ctrl+f": "find",
    "f3": "again",
    "shift+f3": "again(True)",
    "f8": "problem",
}
PAUSE = 0.3
"""Seconds without a key until a text is looked through."""
STAY, KEEP, DROP = "stay", "leave, and keep what I wrote in a file", "leave, and throw it away"
_HINTS = (
    KeyHint("ctrl+s", "Go on"),
    KeyHint("escape", "Leave"),
    KeyHint("ctrl+f", "Find"),
    KeyHint("f3", "Next"),
    KeyHint("f8", "Next problem"),
    KeyHint("ctrl+z", "Undo"),
    KeyHint("ctrl+y", "Redo"),
)


@dataclass(frozen=True, slots=True)
class Written:
    """A text, and how it was left: to be sent, to be kept, or thrown away."""

    text: str
    ending: Literal["send", "keep", "drop"]


class EditorPage(Surviving, ModalScreen[Written]):
    """The text. `refuse` says why it could not be sent; it is called in a thread.

    It is modal, so that no key of the app means anything here.
    """

    keeps_interrupt = True
    """ctrl-c copies here, and does not leave k9py."""
    BINDINGS: ClassVar[list[BindingType]] = [Binding(key, action, show=False) for key, action in _KEYS.items()]

    def __init__(
        self,
        title: str,
        where: str,
        text: str,
        refuse: Callable[[str], Complaint | None],
        complaints: Sequence[Complaint] = (),
        original: str | None = None,
    ) -> None:
        """`original` is what counts as unchanged, where that is not the text itself."""
        super().__init__()
        self._title = title
        self._where = where
        self._area = YamlArea(text, _KEYS)
        self._initial = text
        self._original = text if original is None else original
        self._refuse = refuse
        self._said = complaints
        """What was said against the text as it came here."""
        self._found: Sequence[Complaint] = ()
        """What is wrong with it as it is now."""
        self._examine: Callable[[str], Sequence[Complaint]] = lambda text: ()
        self._pause: Timer | None = None
        self._bar = KeyBar()
        self._note = ""
        self._wanted = ""
        """What was searched for last."""

    def compose(self) -> ComposeResult:
        self._area.border_subtitle = border_text(self._where)
        yield self._area
        with VerticalScroll(id="said", can_focus=False):
            yield Static(id="reasons", markup=False)
        yield Static(id="problem", markup=False)
        yield Static(id="wanted", markup=False)
        yield self._bar

    def on_mount(self) -> None:
        below = self.app.screen_stack[-2]
        self.set_class(below.has_class("-protected"), "-protected")
        self._area.focus()
        self._bar.show(_HINTS, (), Said())
        self._show()
        first = next((complaint.line for complaint in self._said if complaint.line is not None), None)
        if first is not None:
            self._area.go_to(first)
        self.look_through()

    def examine_with(self, examine: Callable[[str], Sequence[Complaint]]) -> None:
        """From now on look through the text with this, too: the schema has been read."""
        self._examine = examine
        self.look_through()

    # what is wrong

    @property
    def text(self) -> str:
        """What is written, as it stands."""
        return self._area.text

    @on(TextArea.Changed)
    def _changed(self) -> None:
        self._note = ""
        if self._pause:
            self._pause.stop()
        self._pause = self.set_timer(PAUSE, self.look_through)
        self._caption()

    @work(group="look-through", exclusive=True)
    async def look_through(self) -> None:
        """Find what is wrong with the text."""
        text = self._area.text
        self._found = await asyncio.to_thread(self._list, text)
        self._show()

    def _list(self, text: str) -> Sequence[Complaint]:
        refused = self._refuse(text)
        return [refused] if refused else self._examine(text)

    @property
    def _problems(self) -> list[tuple[int, str]]:
        """By line: what the server said holds as long as the text is as it came."""
        said = self._said if self._area.text == self._initial else ()
        found = [(each.line, each.text) for each in (*said, *self._found) if each.line is not None]
        return list(dict.fromkeys(sorted(found)))

    def _show(self) -> None:
        if not self.is_attached:
            return
        self._area.complain(by_line(self._problems))
        box = self.query_one("#said")
        box.display = bool(self._said)
        reasons = [f"✖ {_where(complaint)}{complaint.text}" for complaint in self._said]
        self.query_one("#reasons", Static).update(Content("\n".join(map(clean, reasons))))
        self._caption()

    @on(TextArea.SelectionChanged)
    def _caption(self) -> None:
        """The title, and what is wrong with the line of the cursor."""
        line, column = self._area.cursor_location
        count = len(self._problems)
        problems = f"{count} problem{'s' if count > 1 else ''}" if count else ""
        changed = "changed" if self._area.text != self._original else ""
        title = " · ".join(filter(None, (self._title, f"{line + 1}:{column + 1}", changed, problems)))
        self._area.border_title = border_text(title)
        said = by_line(self._problems).get(line, "")
        note = self._note or (f"✖ {said}" if said else "")
        problem = self.query_one("#problem", Static)
        problem.display = bool(note)
        problem.update(Content(clean(note)))

    def _tell(self, note: str) -> None:
        self._note = note
        self._caption()

    def action_problem(self) -> None:
        """Go to the next line with a problem."""
        lines = sorted({line for line, _ in self._problems})
        if not lines:
            self._tell("no problem is known")
            return
        at = self._area.cursor_location[0]
        self._area.go_to(next((line for line in lines if line > at), lines[0]))

    # the search

    def action_find(self) -> None:
        """From now on what is typed is searched for: the text itself takes the keys, so that none overtakes another."""
        selected = self._area.selected_text
        self._wanted = selected if "\n" not in selected else ""
        self._area.catch = self._type_wanted
        self._show_wanted()

    def _type_wanted(self, key: str, character: str) -> None:
        """A key while it is asked what is searched for; a text that is pasted has no key."""
        if key in ("enter", "escape"):
            self._area.catch = None
            if key == "enter":
                self.action_again()
        elif key == "backspace":
            self._wanted = self._wanted[:-1]
        elif key == "ctrl+u":
            self._wanted = ""
        elif character.isprintable():
            self._wanted += character
        self._show_wanted()

    def _show_wanted(self) -> None:
        field = self.query_one("#wanted", Static)
        field.display = self._area.catch is not None
        field.update(Content(f"find: {clean(self._wanted)}▏"))

    def action_again(self, backwards: bool = False) -> None:
        if self._wanted and not self._area.find(self._wanted, backwards):
            self._tell(f"{self._wanted} is not in it")

    # how it is left

    @work(group="send", exclusive=True)
    async def action_send(self) -> None:
        """On to the confirmation, where nothing is against it."""
        text = self._area.text
        refused = await asyncio.to_thread(self._refuse, text) if text.strip() else None
        if refused is None:
            self.dismiss(Written(text, "send"))
            return
        self._found = [refused]
        self._show()
        if refused.line is not None:
            self._area.go_to(refused.line)
        self._tell(f"✖ {refused.text}")

    def action_leave(self) -> None:
        """Leave; what was changed is asked about."""
        if self._area.text == self._original:
            self.dismiss(Written(self._initial, "keep"))
        else:
            self.app.push_screen(Choose(self._title, (STAY, KEEP, DROP)), self._leave)

    def _leave(self, choice: str | None) -> None:
        if choice in (KEEP, DROP):
            self.dismiss(Written(self._area.text, "keep" if choice == KEEP else "drop"))


def _where(complaint: Complaint) -> str:
    return "" if complaint.line is None else f"line {complaint.line + 1}: "
