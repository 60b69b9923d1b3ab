"""YAML to be changed by hand: line numbers, what is told apart in it, and what is wrong beside the line.

The parts of a line are told apart by k9py itself, in the lines in sight only. With tree-sitter Textual looks through
the whole text with every key: too slow for the 10,000 lines of a large ConfigMap, and a compiled library more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.document._document_navigator import DocumentNavigator
from textual.widgets import TextArea
from textual.widgets.text_area import Selection

from k9py.ui.widgets.long_document import LongDocument, UnwrappedDocument
from k9py.values.document import find_blocks, read_tokens
from k9py.values.text import clean

_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What must not reach the terminal: it is shown as one sign, so that columns stay what they are."""
_LONGEST = 4_000
"""Signs of a line in which parts are told apart."""
_PARTS = ("key", "number", "word", "remark", "mark", "bad", "complaint")


class YamlArea(TextArea):
    """A text and its cursor. `complain` says what is wrong on which lines."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+home", "ends(0)", show=False),
        Binding("ctrl+end", "ends(1)", show=False),
        Binding("shift+tab", "outdent", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"yaml--{part}" for part in _PARTS}

    def __init__(self, text: str, screen_keys: Mapping[str, str]) -> None:
        """`screen_keys` are actions of the screen: they are done when what was typed before them has been."""
        self._screen_keys = screen_keys
        self.catch: Callable[[str, str], None] | None = None
        """Takes every key (its name and its character), and what is pasted, in place of the text."""
        self._complaints: Mapping[int, str] = {}
        self._blocks: set[int] | None = None
        self._parts: dict[str, Style] = {}
        super().__init__(
            text, soft_wrap=False, tab_behavior="indent", show_line_numbers=True, id="yaml", max_checkpoints=500
        )
        self.indent_width = 2
        self.match_cursor_bracket = False
        self.cursor_blink = False

    def complain(self, complaints: Mapping[int, str]) -> None:
        """What is wrong, by the number of the line (from 0)."""
        self._complaints = complaints
        self._line_cache.clear()
        self.refresh()

    def go_to(self, line: int, column: int = 0) -> None:
        """Put the cursor there, with some of what stands around it in sight."""
        line = max(0, min(line, self.document.line_count - 1))
        self.move_cursor((line, min(column, len(self.document[line]))), center=True)

    def find(self, wanted: str, backwards: bool = False) -> bool:
        """Select the next place where a text stands (capitals count where it has some); whether there is one."""
        flags = re.IGNORECASE if wanted == wanted.lower() else 0
        pattern = re.compile(re.escape(wanted), flags)
        hits = [(n, *found.span()) for n, line in enumerate(self.document.lines) for found in pattern.finditer(line)]
        if not wanted or not hits:
            return False
        start, end = sorted(self.selection)
        if backwards:
            hit = next((hit for hit in reversed(hits) if hit[:2] < start), hits[-1])
        else:
            hit = next((hit for hit in hits if hit[:2] >= (end if start != end else start)), hits[0])
        line, first, last = hit
        self.move_cursor((line, first), center=True)
        self.selection = Selection((line, first), (line, last))
        return True

    # what is typed

    async def _on_key(self, event: events.Key) -> None:
        """Every key acts as it comes, in the order of the burst; Textual would let letters overtake what is bound."""
        if not await self._act(event):
            await super()._on_key(event)
        event.stop()
        event.prevent_default()

    async def _act(self, event: events.Key) -> bool:
        """Whether a key was one that does something else than write itself."""
        if self.catch:
            self.catch(event.key, event.character or "")
        elif action := self._screen_keys.get(event.key):
            await self.screen.run_action(action)
        elif event.key == "enter":
            self._break_line()
        elif bindings := self._bindings.key_to_bindings.get(event.key):
            await self.run_action(bindings[0].action)
        else:
            return False
        return True

    async def _on_paste(self, event: events.Paste) -> None:
        if self.catch:
            self.catch("", event.text.partition("\n")[0])
            event.stop()
            event.prevent_default()
        else:
            await super()._on_paste(event)

    def _break_line(self) -> None:
        """A new line as far to the right as the one before, or as what follows its colon."""
        start, end = sorted(self.selection)
        before = self.document[start[0]][: start[1]]
        bare = before.lstrip(" ")
        indent = len(before) - len(bare)
        if bare.rstrip().endswith((":", "|", "|-", ">", ">-")):
            indent += self.indent_width
        self._replace_via_keyboard("\n" + " " * indent, start, end)

    def action_outdent(self) -> None:
        """Take the lines that are selected, or the cursor's, one step to the left."""
        start, end = sorted(self.selection)
        row, column = self.cursor_location
        for line in range(start[0], end[0] + 1):
            text = self.document[line]
            spaces = min(self.indent_width, len(text) - len(text.lstrip(" ")))
            if spaces:
                self._replace_via_keyboard("", (line, 0), (line, spaces))
            if line == row:
                column = max(0, column - spaces)
        self.move_cursor((row, column))

    def action_ends(self, last: int) -> None:
        self.move_cursor(self.document.end if last else (0, 0))

    # what is painted

    def _set_document(self, text: str, language: str | None) -> None:
        self._highlight_query = None
        self.document = LongDocument(text)
        self.wrapped_document = UnwrappedDocument(self.document, tab_width=self.indent_width)
        self.navigator = DocumentNavigator(self.wrapped_document)
        self._build_highlight_map()
        self.move_cursor((0, 0))
        self._rewrap_and_refresh_virtual_size()

    def _build_highlight_map(self) -> None:
        super()._build_highlight_map()
        self._blocks = None

    def _refresh_size(self) -> None:
        super()._refresh_size()
        size = self.virtual_size
        if size.width < self.size.width:  # what is wrong is written behind the end of a line
            self.virtual_size = size.with_width(self.size.width)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._parts = {}

    def get_line(self, line_index: int) -> Text:
        raw = self.document.get_line(line_index)
        text = Text(raw if raw.isprintable() else _UNSEEN.sub("·", raw), end="", no_wrap=True)
        if self._blocks is None:
            self._blocks = find_blocks(self.document.lines)
        if line_index not in self._blocks and len(raw) <= _LONGEST:
            for start, end, part in read_tokens(raw):
                text.stylize(self._part(part), start, end)
        if complaint := self._complaints.get(line_index):
            text.append(f"  ✖ {clean(complaint)}", self._part("complaint"))
        return text

    def _part(self, part: str) -> Style:
        if part not in self._parts:
            self._parts[part] = self.get_component_rich_style(f"yaml--{part}", partial=True)
        return self._parts[part]


def by_line(complaints: Sequence[tuple[int, str]]) -> dict[int, str]:
    """What is wrong on each line, in one text."""
    found: dict[int, str] = {}
    for line, said in complaints:
        found[line] = f"{found[line]}; {said}" if line in found else said
    return found
