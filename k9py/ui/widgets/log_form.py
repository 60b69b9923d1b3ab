"""The text of a line as it is shown: as it was written, or read into level, message and fields."""

from __future__ import annotations

from rich.cells import cell_len, chop_cells

from k9py.values.log_reading import Level, Reading, read_line

Piece = tuple[str, str]
"""A part of a text, and what it is: level-error, message, field, value, count, text."""

_LEVEL_WIDTH = 5


def compose(text: str, repeats: int = 1, reads: bool = False) -> list[Piece]:
    """The pieces of a line that stands for so many; `reads`: it is to be read, if it can be."""
    pieces: list[Piece] = [(f"×{repeats} ", "count")] if repeats > 1 else []
    reading = read_line(text) if reads else None
    return [*pieces, *(_pieces(reading) if reading else [(text, "text")])]


def _pieces(reading: Reading) -> list[Piece]:
    level = reading.level.name if reading.level else "·"
    pieces: list[Piece] = [(f"{level:{_LEVEL_WIDTH}} ", f"level-{(reading.level or Level.INFO).name.lower()}")]
    if reading.message:
        pieces.append((reading.message, "message"))
    for name, value in reading.fields:
        pieces += [(f"  {name}=", "field"), (value, "value")]
    return pieces


def join(pieces: list[Piece]) -> str:
    """Their text."""
    return "".join(text for text, _ in pieces)


def fold(text: str, room: int) -> list[int]:
    """The cells at which the rows of a wrapped line begin; text without colours."""
    if text.isascii():
        return list(range(0, len(text), room)) or [0]
    starts = [0]
    for part in chop_cells(text, room):
        starts.append(starts[-1] + cell_len(part))
    return starts[:-1] or [0]


def count_rows(width: int, text: str, room: int) -> int:
    """How many rows a text of so many cells takes."""
    rows = -(-width // room) or 1
    # a wide character that does not fit leaves a cell free: only then may there be a row more
    return rows if rows == (-(-width // max(1, room - 1)) or 1) else len(fold(text, room))
