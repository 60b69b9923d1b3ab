"""From a word to arguments: parameters, outputs of commands, sums, splitting, file names."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from k9py.demo.node.shell.arithmetic import SumError, calculate
from k9py.demo.node.shell.patterns import glob, is_pattern, matches
from k9py.demo.node.shell.tasks import Steps
from k9py.demo.node.shell.tree import Output, Part, Sum, Text, Variable, Word

if TYPE_CHECKING:
    from k9py.demo.node.shell.interpreter import Shell


class ExpansionError(Exception):
    """A parameter that is not set, or a sum that cannot be calculated."""


class Piece(NamedTuple):
    """Letters of an argument; those that are quoted, or stand as they are, are neither split nor patterns."""

    text: str
    quoted: bool
    split: bool = False
    """It came out of a parameter or a command, without quotes: it is split at blanks."""


class _Break(NamedTuple):
    """Between two arguments of `"$@"`."""


_Pieces = list["Piece | _Break"]


def arguments(shell: Shell, words: list[Word]) -> Steps[list[str]]:
    """The arguments of a command."""
    found: list[str] = []
    for word in words:
        pieces = yield from _expand(shell, word)
        for field in _fields(pieces, shell.get("IFS", " \t\n")):
            found.extend(_names(shell, field))
    return found


def text_of(shell: Shell, word: Word | None) -> Steps[str]:
    """A word as one text: of an assignment, a redirection."""
    if word is None:
        return ""
    pieces = yield from _expand(shell, word)
    return "".join(" " if isinstance(piece, _Break) else piece.text for piece in pieces)


def pattern_of(shell: Shell, word: Word | None) -> Steps[str]:
    """A word as a pattern: what was quoted stands for itself."""
    if word is None:
        return ""
    pieces = yield from _expand(shell, word)
    return "".join(" " if isinstance(piece, _Break) else _quoted(piece) for piece in pieces)


def _quoted(piece: Piece) -> str:
    return re.sub(r"([\\*?\[\]])", r"\\\1", piece.text) if piece.quoted else piece.text


def _expand(shell: Shell, word: Word) -> Steps[_Pieces]:
    pieces: _Pieces = []
    for index, part in enumerate(word.parts):
        if isinstance(part, Text):
            text = part.text
            if index == 0 and not part.quoted and text.startswith("~") and text[1:2] in ("", "/"):
                pieces.append(Piece(shell.get("HOME", "/"), True))
                text = text[1:]
            pieces.append(Piece(text, part.quoted))
        else:
            pieces.extend((yield from _part(shell, part)))
    return pieces


def _part(shell: Shell, part: Part) -> Steps[_Pieces]:
    if isinstance(part, Output):
        text = yield from shell.output_of(part.body)
        return [Piece(text.rstrip("\n"), part.quoted, not part.quoted)]
    if isinstance(part, Sum):
        return [Piece(str((yield from total(shell, part.word))), part.quoted, not part.quoted)]
    assert isinstance(part, Variable)
    if part.name in ("@", "*") and not part.op:
        return _all(shell, part)
    if part.op in ("-", ":-", "+", ":+") and not part.quoted:
        chosen = _chooses_word(shell, part)
        if chosen and part.word:
            return (yield from _expand(shell, part.word))
    value = yield from _value(shell, part)
    return [Piece(value, part.quoted, not part.quoted)]


def total(shell: Shell, word: Word) -> Steps[int]:
    """The value of `$((word))`."""
    text = yield from text_of(shell, word)
    try:
        return calculate(text, lambda name: shell.get(name, ""), shell.set)
    except SumError as error:
        raise ExpansionError(str(error)) from None


def _all(shell: Shell, part: Variable) -> _Pieces:
    """`$@` and `$*`."""
    if part.quoted and part.name == "*":
        return [Piece(shell.get("IFS", " ")[:1].join(shell.args), True)]
    pieces: _Pieces = []
    for index, arg in enumerate(shell.args):
        if index:
            pieces.append(_Break())
        pieces.append(Piece(arg, part.quoted, not part.quoted))
    return pieces


def _chooses_word(shell: Shell, part: Variable) -> bool:
    value = shell.parameter(part.name)
    unset = value is None or (part.op.startswith(":") and not value)
    return unset is (part.op[-1] == "-")


def _value(shell: Shell, part: Variable) -> Steps[str]:
    value = shell.parameter(part.name)
    if part.op == "len":
        return str(len(shell.args) if part.name in ("@", "*") else len(value or ""))
    if part.op in ("-", ":-", "+", ":+", "=", ":=", "?", ":?"):
        return (yield from _substitute(shell, part, value))
    if value is None and "u" in shell.options and part.name not in ("@", "*"):
        raise ExpansionError(f"{part.name}: parameter not set")
    change = _CHANGES.get(part.op)
    if not change:
        return value or ""
    pattern = yield from pattern_of(shell, part.word)
    other = yield from text_of(shell, part.other)
    return change(value or "", pattern, other)


def _substitute(shell: Shell, part: Variable, value: str | None) -> Steps[str]:
    empty = value is None or (part.op.startswith(":") and not value)
    kind = part.op[-1]
    if kind == "+":
        return "" if empty else (yield from text_of(shell, part.word))
    if not empty:
        return value or ""
    word = yield from text_of(shell, part.word)
    if kind == "=":
        shell.set(part.name, word)
    if kind == "?":
        raise ExpansionError(f"{part.name}: {word or 'parameter not set'}")
    return word


def _trim_start(value: str, pattern: str, longest: bool) -> str:
    ends = range(len(value), -1, -1) if longest else range(len(value) + 1)
    return next((value[end:] for end in ends if glob(pattern).fullmatch(value[:end])), value)


def _trim_end(value: str, pattern: str, longest: bool) -> str:
    starts = range(len(value) + 1) if longest else range(len(value), -1, -1)
    return next((value[:start] for start in starts if glob(pattern).fullmatch(value[start:])), value)


def _replace(value: str, pattern: str, other: str, count: int) -> str:
    return glob(pattern).sub(lambda _: other, value, count=count) if pattern else value


def _slice(value: str, pattern: str) -> str:
    start, _, length = pattern.replace("\\", "").partition(":")
    begin = int(start or 0)
    begin = max(0, len(value) + begin) if begin < 0 else begin
    if not length:
        return value[begin:]
    size = int(length)
    return value[begin : begin + size] if size >= 0 else value[begin:size]


_CHANGES: Mapping[str, Callable[[str, str, str], str]] = {
    "#": lambda value, pattern, other: _trim_start(value, pattern, False),
    "##": lambda value, pattern, other: _trim_start(value, pattern, True),
    "%": lambda value, pattern, other: _trim_end(value, pattern, False),
    "%%": lambda value, pattern, other: _trim_end(value, pattern, True),
    "/": lambda value, pattern, other: _replace(value, pattern, other, 1),
    "//": lambda value, pattern, other: _replace(value, pattern, other, 0),
    ":": lambda value, pattern, other: _slice(value, pattern),
    "^^": lambda value, pattern, other: value.upper(),
    ",,": lambda value, pattern, other: value.lower(),
}


def _fields(pieces: _Pieces, separators: str) -> list[list[Piece]]:
    """Split what is to be split. A field of quoted nothing stays; one of unquoted nothing does not."""
    fields: list[list[Piece]] = []
    current: list[Piece] | None = None
    for piece in pieces:
        if isinstance(piece, _Break):
            fields.append(current or [Piece("", True)])
            current = None
        elif piece.split and separators:
            current = _split(piece.text, separators, fields, current)
        elif piece.text or piece.quoted:
            current = [*(current or ()), piece]
    if current is not None:
        fields.append(current)
    return fields


def _split(text: str, separators: str, fields: list[list[Piece]], current: list[Piece] | None) -> list[Piece] | None:
    """Blanks part fields in any number, other separators each."""
    blank = "".join(one for one in separators if one in " \t\n")
    hard = "".join(one for one in separators if one not in " \t\n")
    blanks, hards = re.escape(blank), re.escape(hard)
    pattern = (
        rf"[{blanks}]*[{hards}][{blanks}]*|[{blanks}]+"
        if hard and blank
        else f"[{blanks or hards}]+"
        if blank
        else f"[{hards}]"
    )
    parts = re.split(pattern, text)
    for index, part in enumerate(parts):
        if index:
            if current is not None:
                fields.append(current)
            elif hard and parts[index - 1] == "" and index > 1:
                fields.append([Piece("", True)])
            current = None
        if part:
            current = [*(current or ()), Piece(part, False)]
    return current


def _names(shell: Shell, field: list[Piece]) -> list[str]:
    text = "".join(piece.text for piece in field)
    if "f" in shell.options or not any(is_pattern(piece.text) for piece in field if not piece.quoted):
        return [text]
    return matches("".join(map(_quoted, field)), shell.system.files, shell.here) or [text]
