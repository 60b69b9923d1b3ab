"""An object as YAML to read: as `kubectl get -o yaml` prints it, with managedFields folded and secrets masked.

The lines are written here rather than by PyYAML, which needs most of a second for the 20,000 entries of a large
ConfigMap, escapes emoji, and quotes otherwise than kubectl. Where kubectl is hard to read we are not like it: emoji
stand as they are, texts with tabs or trailing spaces keep their lines, and long texts are not folded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from k9py.values.errors import K9pyError
from k9py.values.prose import Part, Token
from k9py.values.redact import Remarked, mask_secret, reveal_secret
from k9py.values.resource import Resource

FOLDED = "managedFields"


def read_object(raw: bytes, resource: Resource) -> dict[str, Any]:
    """An object from its JSON. Items of a list do not say what they are (only watch events do), so the resource does.

    Raises K9pyError when it is no object.
    """
    try:
        found = msgspec.json.decode(raw, type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise K9pyError(f"what the server sent is no object: {error}") from error
    return {"apiVersion": resource.gvr.api_version, "kind": resource.kind, **found}


def count_managed(found: dict[str, Any]) -> int:
    """How many entries are folded away."""
    return len((found.get("metadata") or {}).get(FOLDED) or ())


def write_object(found: dict[str, Any], *, managed_fields: bool = False, unmasked: bool = False) -> Document:
    """The YAML of an object, without managed fields and with a Secret's values masked, unless asked for."""
    metadata = found.get("metadata")
    if metadata and not managed_fields:
        found = {**found, "metadata": {name: value for name, value in metadata.items() if name != FOLDED}}
    return Document(reveal_secret(found) if unmasked else mask_secret(found))


def write_plain(found: Mapping[str, Any]) -> Document:
    """The YAML of an object as it is sent: nothing masked, without managed fields."""
    metadata = found.get("metadata") or {}
    if FOLDED not in metadata:
        return Document(found)
    return Document({**found, "metadata": {name: value for name, value in metadata.items() if name != FOLDED}})


class Document:
    """The lines of an object's YAML."""

    def __init__(self, found: Mapping[str, Any]) -> None:
        self.lines: list[str] = []
        self._blocks: set[int] = set()
        self._write_map(found, "", "")

    def tokens(self, number: int) -> Sequence[Token]:
        """The parts of a line; none of a line that is the object's own text."""
        return () if number in self._blocks else tuple(_read_tokens(self.lines[number]))

    def path(self, number: int) -> tuple[str, ...]:
        """The names of the fields that lead to what stands on a line; the items of a list have none."""
        while number in self._blocks:
            number -= 1
        names: list[str] = []
        below = _ANYWHERE
        for line in (self.lines[n] for n in range(number, -1, -1) if n not in self._blocks):
            if len(line) - len(line.lstrip(" ")) < below and (found := _read_key(line)) and found[0] < below:
                below = found[0]
                names.append(found[1])
        return tuple(reversed(names))

    def _write_map(self, found: Mapping[str, Any], lead: str, indent: str) -> None:
        """A mapping whose first line begins with `lead`, and the others with `indent`."""
        for name in sorted(found, key=_order):
            key = _quote(name)
            if len(key) <= _LONG_KEY:
                self._write(found[name], f"{lead}{key}:", indent, inline=False)
            else:
                self.lines.append(f"{lead}? {key}")
                self._write(found[name], f"{indent}:", indent, inline=True)
            lead = indent

    def _write_list(self, items: Sequence[Any], lead: str, indent: str) -> None:
        for item in items:
            self._write(item, f"{lead}-", indent, inline=True)
            lead = indent

    def _write(self, value: Any, lead: str, indent: str, *, inline: bool) -> None:
        """A value after its key or dash; `inline` has what is nested begin on the same line."""
        deeper = f"{indent}  "
        if isinstance(value, str) and "\n" in value and not _UNFIT.search(value):
            self._write_block(value, lead, deeper)
        elif value and isinstance(value, dict | list):
            inner = deeper if inline or isinstance(value, dict) else indent
            first = f"{lead} " if inline else inner
            if not inline:
                self.lines.append(lead)
            if isinstance(value, dict):
                self._write_map(value, first, inner)
            else:
                self._write_list(value, first, inner)
        else:
            self.lines.append(f"{lead} {_write_scalar(value)}")

    def _write_block(self, text: str, lead: str, indent: str) -> None:
        """A text of several lines after `|`: 2 where its indent can't be seen, - without and + with more line ends."""
        body = text.removesuffix("\n")
        hint = "2" if text[0] in " \n\t" else ""
        ending = "-" if body == text else "+" if not body or body.endswith("\n") else ""
        self.lines.append(f"{lead} |{hint}{ending}")
        began = len(self.lines)
        self.lines += [f"{indent}{line}" if line else "" for line in body.split("\n")]
        self._blocks.update(range(began, len(self.lines)))


_LONG_KEY = 128
"""Characters beyond which a key stands on a line of its own, after `?`: a reader looks no further for its colon."""

_LETTERS = {code: code + 0x80 for code in range(0x80) if chr(code).isalpha()}
_DIGITS = re.compile("[0-9]+")


@lru_cache(maxsize=4096)
def _order(name: str) -> str:
    """What keys are sorted by, as kubectl sorts them: signs, numbers by their value, letters."""
    return _DIGITS.sub(lambda run: f"\x80{run[0]:0>20}{chr(len(run[0]))}", name.translate(_LETTERS))


def _write_scalar(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, str):
        written = _quote(value)
        return f"{written}  # {value.remark}" if isinstance(value, Remarked) else written
    written = json.dumps(value)
    mantissa, e, exponent = written.partition("e")
    if isinstance(value, float) and e and "." not in mantissa:
        return f"{mantissa}.0e{exponent}"  # what has no point is a text to some readers
    return written


_UNFIT = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
"""What cannot be seen, or turns the direction of what can: written as an escape."""

_ESCAPED = re.compile(rf'["\\\t\n]|{_UNFIT.pattern}')
_ESCAPES = {
    "\0": "0",
    "\a": "a",
    "\b": "b",
    "\t": "t",
    "\n": "n",
    "\v": "v",
    "\f": "f",
    "\r": "r",
    "\x1b": "e",
    '"': '"',
    "\\": "\\",
    "\x85": "N",
    "\u2028": "L",
    "\u2029": "P",
}
_INDICATED = re.compile(r"[#,\[\]{}&*!|>'\"%@` ]|[-?:](?: |\Z)|---|\.\.\.")
"""Beginnings of what is not a text unless it is quoted."""

_OTHER = re.compile(
    r"""(?x)(?=[-+.0-9~<=yYnNoOtTfF]|\Z)(?:
    | [-+]?0(?:b[01_]*|o?[0-7_]*|x[0-9a-fA-F_]*)                            # whole numbers in other bases
    | [-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9_]+)(?:[eE][-+]?[0-9]+)?      # numbers
    | [-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?                      # to the base of 60
    | [-+]?\.(?:inf|Inf|INF) | \.(?:nan|NaN|NAN)
    | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}                                        # dates, and times of a day
      (?:(?:[Tt]|[ ]+)[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\.[0-9]*)?(?:[ ]*(?:Z|[-+][0-9]{1,2}(?::?[0-9]{2})?))?)?
    | ~ | null | Null | NULL | << | =
    | y | Y | yes | Yes | YES | n | N | no | No | NO | on | On | ON | off | Off | OFF
    | true | True | TRUE | false | False | FALSE)"""
)
"""Texts that would be read as something else: the empty one too."""


def _quote(text: str) -> str:
    """A text as it stands where that is read as the same text, else in quotes."""
    if not text.isprintable() and _ESCAPED.search(text):
        return _escape(text)
    if _OTHER.fullmatch(text):
        return _escape(text)
    if _INDICATED.match(text) or ": " in text or " #" in text or text[-1] in ": ":
        return "'" + text.replace("'", "''") + "'"
    return text


def _escape(text: str) -> str:
    return '"' + _ESCAPED.sub(lambda sign: "\\" + (_ESCAPES.get(sign[0]) or _code(ord(sign[0]))), text) + '"'


def _code(code: int) -> str:
    return f"x{code:02X}" if code < 0x100 else f"u{code:04X}"


_QUOTED = r""" "(?:[^"\\]++|\\.)*+" | '(?:[^']++|'')*+' """
_LINE = re.compile(
    rf"""(?x)
    (?P<mark>[ ]*(?:[-?:][ ])*)
    (?P<key>(?:{_QUOTED}|(?!["'])\S.*?):(?=[ ]|$))?
    [ ]?
    (?P<value>{_QUOTED}|[^#]*(?:(?<![ ])\#[^#]*)*)
    (?P<remark>\#.*)?"""
)
_VALUES: Mapping[Part, re.Pattern[str]] = {
    "number": re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:e[-+]?[0-9]+)?"),
    "word": re.compile(r"true|false|null|\{\}|\[\]"),
    "mark": re.compile(r"\|2?[-+]?"),
}


_ANYWHERE = 1 << 30


def _read_key(line: str) -> tuple[int, str] | None:
    """Where the key of a line begins, and what it is."""
    found = _LINE.match(line)
    if not found or not found["key"]:
        return None
    return found.start("key"), found["key"][:-1].strip("'\"")


_HEADER = re.compile(r"(?:^|[-?:] +|\S: *)(?:![^ ]* +|&[^ ]* +)*[|>][-+0-9]* *(?: #.*)?$")
_AFTER = "|>-+0123456789"
"""What the first line of a text of several ends with, unless a remark follows."""


def find_blocks(lines: Sequence[str]) -> set[int]:
    """The lines of any YAML that are a text of several lines (after `|` or `>`): nothing in them is told apart."""
    found: set[int] = set()
    block = -1
    for number, line in enumerate(lines):
        bare = line.lstrip(" ")
        indent = len(line) - len(bare)
        if block >= 0 and (indent > block or not bare):
            found.add(number)
            continue
        block = -1
        if bare and (bare[-1] in _AFTER or "#" in bare) and _HEADER.search(line):
            block = indent
    return found


def read_tokens(line: str) -> Sequence[Token]:
    """The parts of a line of any YAML, as far as it is of a known form."""
    bare = line.lstrip(" ")
    if bare.startswith(("#", "---", "...")):
        return (Token(len(line) - len(bare), len(line), "remark"),)
    return tuple(_read_tokens(line))


def _read_tokens(line: str) -> Iterator[Token]:
    """The parts of a line that was written above, and so is of a known form."""
    found = _LINE.match(line)
    assert found
    parts: tuple[Part, ...] = ("mark", "key", "remark")
    yield from (Token(*found.span(part), part) for part in parts if found[part])
    for part, pattern in _VALUES.items():
        if pattern.fullmatch(found["value"]):
            yield Token(*found.span("value"), part)
