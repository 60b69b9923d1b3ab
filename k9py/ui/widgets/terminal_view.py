"""A shell on the screen: its rows with what has gone by above them, and all keys but one for its program.

Painted is what has changed of the rows in sight. One scrolls up with the wheel or shift and the page keys, and comes
back to the end by typing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.style import Style
from rich.terminal_theme import TerminalTheme
from textual import events
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer

from k9py.ui.consoles import Console
from k9py.ui.painting import paint_empty
from k9py.ui.terminal.keys import MOUSE_MODES, MOVED, WHEEL_DOWN, WHEEL_UP, encode_key, encode_mouse, encode_paste
from k9py.ui.terminal.rows import Row
from k9py.ui.widgets.line_view import ReadingView
from k9py.ui.widgets.terminal_paint import TerminalPalette, lay_over, paint_cells

PREFIX = ("ctrl+right_square_bracket", "ctrl+5")
"""The key that is not for the program, as telnet has it: ctrl-]. Keyboards that lack it send the same with ctrl-5."""
SETTLE = 0.1
"""Seconds that a pane must have kept its size before the program is told."""
WHEEL = 3
"""Rows that the wheel scrolls by."""
_HELD = {
    *(f"{side}_{key}" for side in ("left", "right") for key in ("shift", "control", "alt", "super", "hyper", "meta")),
    *("caps_lock", "num_lock", "scroll_lock", "iso_level3_shift", "iso_level5_shift"),
}
"""Keys that are held down with others."""
_SCROLLS = {"shift+pageup": -1, "shift+pagedown": 1}
_CURSOR_VISIBLE, _APPLICATION_KEYS, _FOCUS, _PASTE, _TURNED = 25, 1, 1004, 2004, 5


class TerminalView(ReadingView, can_focus=True):
    """Shows one console at a time (`show`), or none. The page hands keys to `take_input` first."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"terminal--{part}" for part in ("text", "empty", "cursor", "cursor-blurred", "match", "current", "selected")
    }

    class Changed(Message):
        """It shows another shell or another state: its title and its keys are others."""

        def __init__(self, view: TerminalView) -> None:
            super().__init__()
            self.view = view

        @property
        def control(self) -> TerminalView:
            return self.view

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.console: Console | None = None
        self.on_ask: Callable[[str], None] = lambda key: None
        """Called with a key after the prefix, and with one that means something to a shell that has ended."""
        self.prefixed = False
        """Whether the prefix was pressed, and the next key is not for the program."""
        self.reading = False
        """Whether keys move in what was written, rather than being for the program."""
        self._following = True
        self._steering = False
        self._seen_gone = 0
        self._seen: tuple[object, ...] = ()
        self._painted_rows: list[Row] = []
        self._styles: dict[str, Style] = {}
        self._palette: TerminalPalette | None = None
        self._settling: Timer | None = None

    # what it shows

    def show(self, console: Console | None) -> None:
        """Show another shell from here on."""
        if self.console is console:
            return
        if self.console:
            self.console.on_change = lambda: None
        self.console = console
        self.prefixed = self.reading = False
        self._following = True
        self._painted_rows = []
        if console:
            self._seen_gone = console.terminal.screen.gone
            console.on_change = self.paint
            self._fit()
            self.paint()
        self.refresh()
        self.post_message(self.Changed(self))

    def on_unmount(self) -> None:
        if self.console:
            self.console.on_change = lambda: None

    @property
    def live(self) -> bool:
        """Whether keys are for the program."""
        return self.console is not None and not self.console.ended and not self.reading

    @property
    def following(self) -> bool:
        """Whether the end is kept in sight."""
        return self._following

    def paint(self) -> None:
        """Bring what has changed on the screen; called with a frame."""
        console = self.console
        if console is None or not self.is_attached:
            return
        screen = console.terminal.screen
        gone, self._seen_gone = screen.gone - self._seen_gone, screen.gone
        if gone and self.text_selection:  # it is counted in lines of which the first are others now
            self.screen.clear_selection()
        top, self._steering = self.scroll_offset.y, True
        self.set_content_size(Size(self.page.width, console.terminal.lines))
        self.scroll_rows(self.max_scroll_y if self._following else max(0, top - gone))
        self._steering = False
        self._refresh_rows(moved=bool(gone) or self.scroll_offset.y != top)
        self._place_cursor()
        seen = (console.state, screen.title, console.terminal.size, screen.alternate)
        if seen != self._seen:
            self._seen = seen
            self.post_message(self.Changed(self))

    def _refresh_rows(self, moved: bool) -> None:
        """Have those rows painted that are others, or of which something is another."""
        assert self.console
        screen = self.console.terminal.screen
        former, rows = self._painted_rows, [*screen.rows, self._row_of_cursor()]
        self._painted_rows = rows
        if moved or len(former) != len(rows):
            self.refresh()
            return
        first = len(screen.history) - self.scroll_offset.y
        cursors = {former[-1], rows[-1]}
        for y, (row, before) in enumerate(zip(rows[:-1], former[:-1], strict=True)):
            if (row is not before or row.painted is None or row in cursors) and 0 <= first + y < self.page.height:
                self.refresh(Region(0, first + y, self.page.width, 1))

    def _row_of_cursor(self) -> Row:
        assert self.console
        screen = self.console.terminal.screen
        return screen.rows[screen.y]

    def _place_cursor(self) -> None:
        """Have the real cursor there, out of sight: what is composed of several keys (Korean) is shown beside it."""
        if self.has_focus and self.console and self._cursor_shown:
            screen = self.console.terminal.screen
            y = len(screen.history) + screen.y - self.scroll_offset.y
            self.app.cursor_position = self.content_region.offset + Offset(screen.column, y)

    @property
    def _cursor_shown(self) -> bool:
        return self.console is not None and _CURSOR_VISIBLE in self.console.terminal.screen.modes

    # its size

    def on_resize(self) -> None:
        if self.console:
            self.paint()
        if self._settling:
            self._settling.stop()
        self._settling = self.set_timer(SETTLE, self._fit)

    def _fit(self) -> None:
        """Tell the program how much room there is."""
        width, height = self.page
        if self.console and width > 0 and height > 0 and self.is_attached:
            self.console.resize(width, height)

    # keys

    def take_input(self, event: events.Key | events.Paste) -> bool:
        """Deal with what is typed, if it is for the program or comes after the prefix.

        The page calls this at once, before anything else hears of a key: in a burst of keys each belongs to what the
        ones before it have led to, and none may get to another shell than the one that was there when it was pressed.
        """
        if isinstance(event, events.Paste):
            if self.live:
                self.prefixed = False
                self.type(encode_paste(event.text, self._has(_PASTE)))
            return self.live
        if event.key.rpartition("+")[2] in _HELD:  # some terminals tell of these, too; alone they mean nothing
            return True
        if self.prefixed:
            self._set_prefixed(False)
            self.on_ask(event.key)
        elif event.key in PREFIX and self.console:
            self._set_prefixed(True)
        elif self.live and event.key in _SCROLLS:
            self.action_page(_SCROLLS[event.key])
        elif self.live:
            self.type(encode_key(event.key, event.character, self._has(_APPLICATION_KEYS)))
        else:
            return False
        return True

    @staticmethod
    def _take(event: events.Event) -> None:
        event.stop()
        event.prevent_default()

    def _set_prefixed(self, prefixed: bool) -> None:
        self.prefixed = prefixed
        self.post_message(self.Changed(self))

    def type(self, data: bytes) -> None:
        """Give bytes to the program, with the end in sight."""
        if self.console and data:
            self.follow()
            self.console.write(data)

    def type_prefix(self) -> None:
        """What the prefix is for a program that wants it."""
        self.type(encode_key(PREFIX[0], None))

    def follow(self) -> None:
        """Go to the end, and stay there."""
        if not self._following:
            self._following = True
            self.paint()
            self.refresh()

    def _has(self, mode: int) -> bool:
        return self.console is not None and mode in self.console.terminal.screen.modes

    def on_focus(self) -> None:
        self._tell_focus(b"\x1b[I")

    def on_blur(self) -> None:
        self.prefixed = False
        self._tell_focus(b"\x1b[O")

    def _tell_focus(self, data: bytes) -> None:
        if self.console and self._has(_FOCUS):
            self.console.write(data)
        self._painted_rows = []
        self.refresh()
        self.paint()

    # the mouse

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._scroll_wheel(event, WHEEL_UP)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._scroll_wheel(event, WHEEL_DOWN)

    def _scroll_wheel(self, event: events.MouseEvent, button: int) -> None:
        """For the program where it wants it, as arrows where it fills the screen, and else in what has gone by."""
        if self._report_mouse(event, button):
            return
        self._take(event)
        up = button == WHEEL_UP
        if self.live and self.console and self.console.terminal.screen.alternate:
            arrow = encode_key("up" if up else "down", None, self._has(_APPLICATION_KEYS))
            self.console.write(arrow * WHEEL)
        else:
            self.action_move(-WHEEL if up else WHEEL)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self._report_mouse(event, event.button - 1)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        self._report_mouse(event, event.button - 1, released=True)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        self._report_mouse(event, MOVED + (event.button - 1 if event.button else 3))

    @property
    def wants_mouse(self) -> bool:
        """Whether the program wants to hear of the mouse."""
        return self.console is not None and bool(self.console.terminal.screen.modes & MOUSE_MODES)

    def _report_mouse(self, event: events.MouseEvent, button: int, released: bool = False) -> bool:
        """Tell the program, where it wants to know and the end is in sight."""
        if not self.live or self.console is None or not self._following or button < 0:
            return False
        x, y = event.x - self.gutter.left, event.y - self.gutter.top
        width, height = self.console.terminal.size
        if not (0 <= x < width and 0 <= y < height):
            return False
        held = 4 * event.shift + 8 * event.meta + 16 * event.ctrl
        data = encode_mouse(button, x, y, self.console.terminal.screen.modes, released, held)
        if data:
            self._take(event)
            self.console.write(data)
        return bool(data)

    # scrolling

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if not self._steering and round(old_value) != round(new_value):
            following = new_value >= self.max_scroll_y
            if following != self._following:
                self._following = following
                self.post_message(self.Changed(self))

    # what it paints

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()
        self._palette = None

    def render_line(self, y: int) -> Strip:
        width, number = self.page.width, y + self.scroll_offset.y
        console = self.console
        if console is None or number >= console.terminal.lines:
            middle = console is None and y == self.page.height // 2
            return paint_empty(self.empty_text if middle else "", width, self._style("empty"))
        strip = self._paint_line(console, number, width)
        screen = console.terminal.screen
        if number == len(screen.history) + screen.y and self._cursor_shown:
            wide = screen.rows[screen.y].chars[screen.column + 1 : screen.column + 2] == [""]
            part = "cursor" if self.has_focus and not self.reading else "cursor-blurred"
            strip = lay_over(strip, [(screen.column, screen.column + 1 + wide)], self._style(part))
        return strip

    def _paint_line(self, console: Console, number: int, width: int) -> Strip:
        """A line; rows of the screen keep what was made of them until they change."""
        line, palette = console.terminal.line(number), self._colours(console)
        if not isinstance(line, Row):
            return paint_cells(line, width, palette)
        if line.painted is None or line.painted[:2] != (palette, width):
            line.painted = (palette, width, paint_cells(line, width, palette))
        strip: Strip = line.painted[2]
        return strip

    def _colours(self, console: Console) -> TerminalPalette:
        """The colours of the theme; a program may have them exchanged."""
        screen = console.terminal.screen
        turned = _TURNED in screen.modes
        if self._palette is None or self._palette.turned != turned:
            style = self._style("text")
            ink, ground = style.color, style.bgcolor
            theme: TerminalTheme = self.app.ansi_theme
            self._palette = TerminalPalette(
                theme,
                ink.triplet if ink and ink.triplet else theme.foreground_color,
                ground.triplet if ground and ground.triplet else theme.background_color,
                turned,
            )
        screen.ink, screen.ground = self._palette.ink, self._palette.ground
        return self._palette

    def _style(self, part: str) -> Style:
        style = self._styles.get(part)
        if style is None:
            whole = part in ("text", "empty")
            style = self._styles[part] = self.get_component_rich_style(f"terminal--{part}", partial=not whole)
        return style
