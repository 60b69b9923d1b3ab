"""What a person and others have changed at the same time: side by side, and which of them is to count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from k9py.ui.screens.dialogs import Careful
from k9py.values.document import Document
from k9py.values.merge_patch import MISSING, Clash, Side, say_path
from k9py.values.reading import Path
from k9py.values.text import clean

WIDE = 100
"""Cells from which on the sides stand beside each other."""
_LONG = 30
"""Lines of one side that are shown."""
SAID = {None: "not decided", "yours": "yours counts", "theirs": "theirs counts"}
EXPLAINED = "you and somebody else have changed the same; nothing was overwritten. Which is to count?"


@dataclass(frozen=True, slots=True)
class Settlement:
    """What was decided, by the path; `edit_on` to go back to the text, with the rest of it as you wrote it."""

    chosen: Mapping[Path, Side]
    edit_on: bool = False


class Clashes(Careful[Settlement]):
    """Each clash with its three sides. It can be left only decided, or for the text, or altogether."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", show=False),
        Binding("up,k", "move(-1)", show=False),
        Binding("m", "choose('yours')", show=False),
        Binding("t", "choose('theirs')", show=False),
        Binding("M", "choose_all('yours')", show=False),
        Binding("T", "choose_all('theirs')", show=False),
        Binding("e", "edit_on", show=False),
        Binding("enter", "go_on", show=False),
        Binding("pagedown", "scroll(8)", show=False),
        Binding("pageup", "scroll(-8)", show=False),
    ]
    keys = "m mine  t theirs  M T all  j k move  ⏎ go on  e edit on  esc leave"

    def __init__(self, title: str, clashes: Sequence[Clash]) -> None:
        super().__init__(title)
        self._clashes = clashes
        self._chosen: dict[Path, Side] = {}
        self._at = 0

    def compose_body(self) -> ComposeResult:
        yield Static(EXPLAINED, classes="remark", markup=False)
        with VerticalScroll(classes="plan", can_focus=False):
            for clash in self._clashes:
                with Vertical(classes="clash"):
                    yield Static(classes="head", markup=False)
                    with Container(classes="sides"):
                        yield from _write_sides(clash)
        yield Static(classes="complaint", markup=False)

    def on_mount(self) -> None:
        self._show()

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width < WIDE, "-stacked")

    def _show(self) -> None:
        boxes = list(self.query(".clash"))
        for number, (clash, box) in enumerate(zip(self._clashes, boxes, strict=True)):
            side = self._chosen.get(clash.path)
            mark = "▸" if number == self._at else " "
            head = clean(f"{mark} {say_path(clash.path)}  ({SAID[side]})")
            box.query_one(".head", Static).update(Content.styled(head, "bold" if number == self._at else ""))
            for name in ("yours", "theirs"):
                box.query_one(f".{name}").set_class(side is not None and side != name, "-dropped")

    def action_move(self, by: int) -> None:
        self._at = max(0, min(len(self._clashes) - 1, self._at + by))
        self._show()
        box = list(self.query(".clash"))[self._at]
        self.query_one(".plan", VerticalScroll).scroll_to_widget(box, animate=False)

    def action_choose(self, side: Side) -> None:
        """Decide this one, and go to the next that is not decided."""
        self._chosen[self._clashes[self._at].path] = side
        left = [number for number, clash in enumerate(self._clashes) if clash.path not in self._chosen]
        self.action_move((left[0] - self._at) if left else 0)

    def action_choose_all(self, side: Side) -> None:
        self._chosen = {clash.path: side for clash in self._clashes}
        self._show()

    def action_scroll(self, lines: int) -> None:
        self.query_one(".plan", VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_edit_on(self) -> None:
        self.dismiss(Settlement(self._chosen, edit_on=True))

    def action_go_on(self) -> None:
        left = sum(clash.path not in self._chosen for clash in self._clashes)
        if left:
            self.query_one(".complaint", Static).update(f"{left} not decided yet")
        else:
            self.dismiss(Settlement(self._chosen))


def _write_sides(clash: Clash) -> Iterator[Static]:
    sides = (("yours", clash.yours), ("theirs", clash.theirs), ("before", clash.before))
    for name, value in sides:
        lines = write_side(value)
        more = [f"… {len(lines) - _LONG} more lines"] if len(lines) > _LONG else []
        text = "\n".join(map(clean, [*lines[:_LONG], *more]))
        yield Static(Content.assemble((f"{name}\n", "$tone-dim"), text), classes=f"side {name}", markup=False)


def write_side(value: Any) -> list[str]:
    """A value as it stands in a text."""
    if value is MISSING or value is None:
        return ["(nothing)"]
    if isinstance(value, dict) and value:
        return Document(value).lines
    lines = Document({"_": value}).lines
    return [lines[0].removeprefix("_: ").removeprefix("_:"), *lines[1:]] if len(lines) == 1 else lines[1:]
