"""A tree of objects: paints the lines in sight and no others. The cursor is a path, so that it stays on its object."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from k9py.actions.plan import Target
from k9py.insight.relations.tree import Branch
from k9py.session.session import Session
from k9py.store.filter import parse_filter
from k9py.ui.painting import Palette, paint_empty, wrap_empty
from k9py.ui.tree_lines import Folding, Line, Path, kept_lines, open_lines
from k9py.ui.widgets.line_view import RIGHT, LineView
from k9py.ui.widgets.tree_paint import Widths, measure, paint_heads, paint_line
from k9py.values.resource import Key, Resource

_HEADER = 1


class TreeView(LineView, can_focus=True):
    """Branches go down by `show`; that the cursor is on another comes up as a message, and that one is to be opened."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", id="tree.down", show=False),
        Binding("up,k", "move(-1)", "Up", id="tree.up", show=False),
        Binding("home,g", "top", "Top", id="tree.top", show=False),
        Binding("end,G", "bottom", "Bottom", id="tree.bottom", show=False),
        Binding("pagedown,ctrl+f", "page(1)", "Page down", id="tree.page-down", show=False),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", id="tree.page-up", show=False),
        Binding("space", "fold", "Fold", id="tree.fold", show=False),
        Binding("right", "unfold", "Unfold, then down", id="tree.right", show=False),
        Binding("left", "leave", "Fold, then up", id="tree.left", show=False),
        Binding("x", "fold_all", "Fold all", id="tree.fold-all", show=False),
        Binding("enter", "open", "Open", id="tree.open", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"tree--{tone}" for tone in ("plain", "ok", "added", "busy", "warn", "bad", "done", "going", "dim")),
        *(f"tree--{part}" for part in ("header", "cursor", "cursor-blurred", "empty")),
    }

    class TreeMessage(Message):
        """What all messages of a tree have in common."""

        def __init__(self, tree_view: TreeView, branch: Branch) -> None:
            super().__init__()
            self.tree_view = tree_view
            self.branch = branch

        @property
        def control(self) -> TreeView:
            return self.tree_view

    class Moved(TreeMessage):
        """The cursor is on another branch, or the lines are others."""

    class Opened(TreeMessage):
        """Enter was pressed on a branch, or it was clicked twice."""

    def __init__(
        self, session: Session, folding: Folding, *, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.session: Session | None = session
        self.filter_text = ""
        self.found = 0
        """How many branches the filter keeps."""
        self._folding = folding
        self._branches: Sequence[Branch] = ()
        self._lines: list[Line] = []
        self._widths = Widths()
        self._cursor = 0
        self._touched = False
        self._palette = Palette(self._style_of)

    # what it shows

    def show(self, branches: Sequence[Branch]) -> None:
        """Show these branches in place of the former ones: the cursor stays on its object, and that where it is."""
        self._branches = branches
        self._lay_out()

    def filter(self, text: str) -> None:
        """Show only what a filter keeps, and what that hangs on. Raises FilterError."""
        parse_filter(text)
        self.filter_text = text
        self._lay_out()

    @property
    def branch(self) -> Branch | None:
        """The branch under the cursor."""
        return self._lines[self._cursor].branch if self._cursor < len(self._lines) else None

    @property
    def meant(self) -> Resource | None:
        """The kind of the object under the cursor; None where there is none, or where it is not there."""
        return self.branch.thing.resource if self.branch and self.branch.thing else None

    @property
    def pointed_session(self) -> Session | None:
        """The one that the tree is of."""
        return self.session

    def under_cursor(self) -> Target | None:
        """The object under the cursor, as keys take it."""
        thing = self.branch.thing if self.branch else None
        if thing is None or self.session is None:
            return None
        identity, resource = thing.identity, thing.resource
        key = Key(self.session.context.name, resource.gvr, identity.namespace, identity.name)
        return Target(key, thing.uid, resource)

    def pointed(self) -> Sequence[Target]:
        """The same: nothing is marked in a tree."""
        target = self.under_cursor()
        return (target,) if target else ()

    def _lay_out(self) -> None:
        """Find the lines anew."""
        before = self.branch
        row = self._cursor - self.scroll_offset.y
        wanted = parse_filter(self.filter_text)
        if wanted:
            self._lines, self.found = kept_lines(self._branches, wanted)
        else:
            self._lines = open_lines(self._branches, self._folding.is_open)
        self._widths = measure(self._lines, self.page.width)
        self.set_content_size(Size(self.page.width, len(self._lines) + _HEADER))
        if before is not None and self._touched:
            self._follow(before.path)
        self._cursor = max(0, min(self._cursor, len(self._lines) - 1))
        if self.scroll_offset.y:
            self.scroll_rows(self._cursor - row)
        self._scroll_to_cursor()
        self.refresh()
        self._tell()

    def _follow(self, path: Path) -> None:
        """Have the cursor on a branch, or on the nearest above it that is shown."""
        places = {line.branch.path: index for index, line in enumerate(self._lines)}
        while path:
            if path in places:
                self._cursor = places[path]
                return
            path = path[:-1]

    def _tell(self) -> None:
        if self.branch is not None:
            self.post_message(self.Moved(self, self.branch))

    # the cursor

    def _go_to(self, index: int) -> None:
        self._touched = True
        before, self._cursor = self._cursor, max(0, min(index, len(self._lines) - 1))
        self._scroll_to_cursor()
        for line in {before, self._cursor}:
            self.refresh(Region(0, line - self.scroll_offset.y + _HEADER, self.page.width, 1))
        self._tell()

    def _scroll_to_cursor(self) -> None:
        top, room = self.scroll_offset.y, max(1, self.page.height - _HEADER)
        self.scroll_rows(max(self._cursor - room + 1, min(top, self._cursor)))

    def action_move(self, rows: int) -> None:
        self._go_to(self._cursor + rows)

    def action_page(self, pages: int) -> None:
        self._go_to(self._cursor + pages * max(1, self.page.height - _HEADER - 1))

    def action_top(self) -> None:
        self._go_to(0)

    def action_bottom(self) -> None:
        self._go_to(len(self._lines) - 1)

    # folding

    def action_fold(self) -> None:
        """Open or close the branch under the cursor."""
        self._touched = True
        line = self._line
        if line and line.is_open is not None and not self.filter_text:
            self._folding.choose(line.branch, not line.is_open)
            self._lay_out()

    def action_unfold(self) -> None:
        """Open it; what is open already is gone into."""
        line = self._line
        if line and line.is_open:
            self._go_to(self._cursor + 1)
        elif line and line.is_open is False:
            self.action_fold()

    def action_leave(self) -> None:
        """Close it; from what is closed already, go to what it hangs on."""
        line = self._line
        if line and line.is_open and not self.filter_text:
            self.action_fold()
        elif line:
            above = line.branch.path[:-1]
            places = (index for index in range(self._cursor, -1, -1) if self._lines[index].branch.path == above)
            self._go_to(next(places, self._cursor))

    def action_fold_all(self) -> None:
        """Open all; where all is open, close all."""
        self._touched = True
        self._folding.choose_all(any(line.is_open is False for line in self._lines))
        self._lay_out()

    @property
    def _line(self) -> Line | None:
        return self._lines[self._cursor] if self._cursor < len(self._lines) else None

    def action_open(self) -> None:
        self._touched = True
        if self.branch is not None:
            self.post_message(self.Opened(self, self.branch))

    def on_click(self, event: events.Click) -> None:
        """A line takes the cursor, its sign opens or closes it, and a second click opens the object."""
        offset = event.get_content_offset(self)
        index = offset.y - _HEADER + self.scroll_offset.y if offset else -1
        if offset is None or not 0 <= index < len(self._lines) or offset.y < _HEADER:
            return
        again = event.chain == 2 and index == self._cursor
        self._go_to(index)
        if event.button == RIGHT:
            self.post_message(self.MenuAsked(self, event.screen_offset))
        elif offset.x <= len(self._lines[index].guides) + 2:
            self.action_fold()
        elif again:
            self.action_open()

    # what it paints

    def _style_of(self, name: str, partial: bool) -> Style:
        return self.get_component_rich_style(f"tree--{name}", partial=partial)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._palette = Palette(self._style_of)
        self.refresh()

    def on_resize(self) -> None:
        self._lay_out()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.page.width
        if y < _HEADER:
            return paint_heads(self._widths, width, self._style_of("header", False))
        index = y - _HEADER + self.scroll_offset.y
        if index < len(self._lines):
            overlay = ("cursor" if self.has_focus else "cursor-blurred",) if index == self._cursor else ()
            return paint_line(self._lines[index], self._widths, width, self._palette, overlay)
        return paint_empty(self._blank_text(y), width, self._style_of("empty", False))

    def _blank_text(self, y: int) -> str:
        """What stands in the middle while there is no line."""
        if self._lines:
            return ""
        text = "nothing matches; esc shows all again" if self.filter_text and self._branches else self.empty_text
        width, height = self.page
        lines = wrap_empty(text, width, height - _HEADER)
        line = y - max(_HEADER, height // 2 - len(lines) // 2)
        return lines[line] if 0 <= line < len(lines) else ""
