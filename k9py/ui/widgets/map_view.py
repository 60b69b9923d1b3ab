"""A map: lines of which most stand for an object.

It paints the lines in sight only, and its cursor keeps to the key of a line, however many come and go above it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from k9py.actions.plan import Target
from k9py.insight.cluster.lines import Line
from k9py.session.session import Session
from k9py.store.filter import Filter, FilterError, parse_filter
from k9py.ui.painting import Palette, paint_empty
from k9py.ui.widgets.line_view import RIGHT, LineView
from k9py.ui.widgets.map_layout import Placed, paint, place
from k9py.values.cell import Tone
from k9py.values.resource import Key, Resource

_STEP = 8
"""Cells that one goes sideways at a time."""


class MapView(LineView, can_focus=True):
    """Lines go down by `show`; what is pressed on them comes up as messages. Titles are never under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", id="map.down", show=False),
        Binding("up,k", "move(-1)", "Up", id="map.up", show=False),
        Binding("home,g", "top", "Top", id="map.top", show=False),
        Binding("end,G", "bottom", "Bottom", id="map.bottom", show=False),
        Binding("pagedown,ctrl+f", "page(1)", "Page down", id="map.page-down", show=False),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", id="map.page-up", show=False),
        Binding("left,h", "shift(-1)", "Left", id="map.left", show=False),
        Binding("right,l", "shift(1)", "Right", id="map.right", show=False),
        Binding("space", "fold", "Fold", id="map.fold", show=False),
        Binding("enter", "open", "Open", id="map.open", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"map--{tone}" for tone in ("plain", "ok", "added", "busy", "warn", "bad", "done", "going", "dim")),
        *(f"map--{part}" for part in ("title", "head", "cursor", "cursor-blurred", "empty")),
    }

    class MapMessage(Message):
        """What all messages of a map have in common. `line` is the one under the cursor."""

        def __init__(self, map_view: MapView, line: Line | None) -> None:
            super().__init__()
            self.map_view = map_view
            self.line = line

        @property
        def control(self) -> MapView:
            return self.map_view

    class Moved(MapMessage):
        """The cursor is on another line, or other lines are in sight."""

    class Folded(MapMessage):
        """A line is to tell all, or no longer."""

    class Opened(MapMessage):
        """Enter was pressed on a line, or it was clicked twice."""

    def __init__(
        self,
        session: Session | None = None,
        *,
        id: str | None = None,
        classes: str | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.session = session
        self.filter_text = ""
        self._clock = clock
        self._filter: Filter | None = None
        self._lines: Sequence[Line] = ()
        self._placed: list[Placed | None] = []
        self._stops: list[int] = []
        """The numbers of the lines that the cursor may be on."""
        self._cursor = ""
        self._stop = 0
        self._touched = False
        """Whether a person has moved the cursor: until then it stays on the first line."""
        self._palette = Palette(self._style_of)
        self._painted: dict[int, object] = {}

    # what it shows

    def show(self, lines: Sequence[Line]) -> None:
        """Show these lines in place of the former ones. What is under the cursor stays where it is on the screen."""
        self._lines = lines
        held = self._cursor_line - self.scroll_offset.y if self._stops and self.scroll_offset.y else None
        self._placed = place(self._kept(lines), self._clock())
        self._stops = [n for n, each in enumerate(self._placed) if each and each.line.part in ("thing", "detail")]
        width = max((each.width for each in self._placed if each), default=0)
        self.set_content_size(Size(width + 1, len(self._placed)))
        self._follow_cursor()
        if held is not None and self._stops:
            self.scroll_rows(max(0, self._cursor_line - held))
        self._repaint_changed()

    def filter(self, text: str) -> None:
        """Show only the lines that say something. Raises FilterError, and then leaves the former filter."""
        found = parse_filter(text)
        if found and found.selector is not None:
            raise FilterError("lines of a map have no labels", "type a text or a regular expression")
        self._filter, self.filter_text = found, text
        self.show(self._lines)
        self.post_message(self.Moved(self, self.line))

    def _kept(self, lines: Sequence[Line]) -> list[Line]:
        """The lines that the filter keeps, with the titles above them and what is told of them below."""
        if self._filter is None:
            return list(lines)
        kept: list[Line] = []
        above: list[Line] = []
        follows, now = False, self._clock()
        for line in lines:
            if line.part == "title":
                above = [line]
            elif line.part == "head":
                above.append(line)
            elif (follows and line.part == "detail") or self._filter.keeps(line.text(now), None):
                kept += [*above, line]
                above = []
                follows = follows or line.part == "thing"
                continue
            follows = False
        return kept

    def in_sight(self) -> list[Line]:
        """The lines on the screen."""
        top = self.scroll_offset.y
        return [each.line for each in self._placed[top : top + self.page.height] if each]

    # what is under the cursor

    @property
    def line(self) -> Line | None:
        """The line under the cursor."""
        placed = self._placed[self._cursor_line] if self._stops else None
        return placed.line if placed else None

    @property
    def meant(self) -> Resource | None:
        """The kind of the object that the line under the cursor stands for."""
        link = self.line.link if self.line else None
        return self.session.catalog.resolve(link.kind) if link and self.session else None

    @property
    def pointed_session(self) -> Session | None:
        """The one that the map is of."""
        return self.session

    def under_cursor(self) -> Target | None:
        """The object that the line under the cursor stands for."""
        resource, link = self.meant, self.line.link if self.line else None
        if resource is None or link is None or self.session is None:
            return None
        key = Key(self.session.context.name, resource.gvr, link.namespace, link.name)
        return Target(key, link.uid, resource)

    def pointed(self) -> Sequence[Target]:
        """The same: lines are not marked."""
        target = self.under_cursor()
        return (target,) if target else ()

    @property
    def _cursor_line(self) -> int:
        return self._stops[self._stop] if self._stops else 0

    def _follow_cursor(self) -> None:
        """The cursor stays on its line; when that is gone, it takes the one that is now in its place."""
        keys = {each.line.key: stop for stop, n in enumerate(self._stops) if (each := self._placed[n])}
        self._set_cursor(keys.get(self._cursor, self._stop) if self._touched else 0)

    def _set_cursor(self, stop: int) -> None:
        self._stop = max(0, min(stop, len(self._stops) - 1))
        key = self.line.key if self.line else ""
        if key != self._cursor:
            self._cursor = key
            self.post_message(self.Moved(self, self.line))

    def _go_to(self, stop: int) -> None:
        self._touched = True
        self._set_cursor(stop)
        self._reveal()
        self._repaint_changed()

    def _reveal(self) -> None:
        """Scroll so far that the cursor is in sight, and what stands above its line as a title."""
        number, height = self._cursor_line, self.page.height
        first = self._stops[self._stop - 1] + 1 if self._stop else 0
        if number - first >= height:
            first = number
        top = self.scroll_offset.y
        self.scroll_rows(max(number - height + 1, min(top, first)))

    def action_move(self, lines: int) -> None:
        self._go_to(self._stop + lines)

    def action_page(self, pages: int) -> None:
        wanted = self._cursor_line + pages * max(1, self.page.height - 1)
        found = (stop for stop, n in enumerate(self._stops) if n >= wanted)
        self._go_to(next(found, len(self._stops) - 1))

    def action_top(self) -> None:
        self._go_to(0)

    def action_bottom(self) -> None:
        self._go_to(len(self._stops) - 1)

    def action_shift(self, steps: int) -> None:
        self.scroll_cells(self.scroll_offset.x + steps * _STEP)

    def action_fold(self) -> None:
        if self.line and self.line.foldable:
            self.post_message(self.Folded(self, self.line))

    def action_open(self) -> None:
        if self.line:
            self.post_message(self.Opened(self, self.line))

    def on_click(self, event: events.Click) -> None:
        """A line takes the cursor; a second click on the same opens it."""
        offset = event.get_content_offset(self)
        number = offset.y + self.scroll_offset.y if offset else -1
        if number in self._stops:
            again = event.chain == 2 and number == self._cursor_line
            self._go_to(self._stops.index(number))
            if event.button == RIGHT:
                self.post_message(self.MenuAsked(self, event.screen_offset))
            elif again:
                self.action_open()

    # what it paints

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._painted.clear()
        self.post_message(self.Moved(self, self.line))

    def watch_scroll_x(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_x(old_value, new_value)
        self._painted.clear()
        self.refresh()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._palette = Palette(self._style_of)
        self._painted.clear()
        self.refresh()

    def on_resize(self) -> None:
        self._painted.clear()
        if self._stops:
            self._reveal()
        self.refresh()

    def on_focus(self) -> None:
        self._repaint_changed()

    def on_blur(self) -> None:
        self._repaint_changed()

    def _style_of(self, name: str, partial: bool) -> Style:
        return self.get_component_rich_style(f"map--{name}", partial=partial)

    def _repaint_changed(self) -> None:
        width, height = self.page
        for y in range(height):
            if self._painted.get(y, self) != self._sign_line(y):
                self.refresh(Region(0, y, width, 1))

    def _sign_line(self, y: int) -> tuple[Placed | None, tuple[str, ...]]:
        """All that the look of a line of the screen depends on."""
        number = y + self.scroll_offset.y
        placed = self._placed[number] if number < len(self._placed) else None
        if placed is None or number != self._cursor_line or not self._stops:
            return placed, ()
        return placed, ("cursor" if self.has_focus else "cursor-blurred",)

    def render_line(self, y: int) -> Strip:
        placed, overlays = self._painted[y] = self._sign_line(y)
        width, left = self.page.width, self.scroll_offset.x
        if placed is None:
            middle = not self._placed and y == self.page.height // 2
            return paint_empty(self.empty_text if middle else "", width, self._style_of("empty", False))
        strip = paint(placed, self._palette, overlays)
        return strip.crop(left, left + width).adjust_cell_length(width, self._palette.tone(Tone.PLAIN, *overlays))
