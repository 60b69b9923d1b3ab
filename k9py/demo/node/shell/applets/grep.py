"""grep, sed, find, xargs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from k9py.demo.node.files import FileError, Folder, Link
from k9py.demo.node.shell.command import Call, applet, encode
from k9py.demo.node.shell.patterns import expression, glob
from k9py.demo.node.shell.streams import Reader, read_line
from k9py.demo.node.shell.tasks import Steps


@applet("grep", "egrep", "fgrep", "zgrep")
def grep(call: Call) -> Steps[int]:
    """Lines that match."""
    found, operands = call.options("HhnlLoqvsrRiwFExzcm:A:B:C:e:f:aIP", ["color", "color=", "include=", "exclude-dir="])
    if "e" in found:
        patterns = [found["e"]]
    elif not operands:
        yield from call.complain(_GREP)
        return 2
    else:
        patterns, operands = operands[0].split("\n"), operands[1:]
    try:
        match = _matcher(call, found, patterns)
    except re.error as error:
        return (yield from call.fail(f"bad regex '{patterns[0]}': {error.msg}", 2))
    recursive = bool(found.keys() & {"r", "R"})
    names = list(_grep_names(call, operands or ["."], found)) if recursive else operands
    many = (recursive or len(names) > 1 or "H" in found) and "h" not in found
    hits = trouble = 0
    for name, reader in call.inputs(names):
        if isinstance(reader, FileError):
            trouble = 2
            if "s" not in found:
                yield from call.complain(f"{call.name}: {name}: {reader}")
            continue
        count = yield from _grep_one(call, found, match, reader, name, many)
        hits += count
        if count and "q" in found:
            return 0
    return trouble or int(not hits)


_GREP = (
    "BusyBox v1.35.0 multi-call binary.\n\n"
    "Usage: grep [-HhnlLoqvsrRiwFEz] [-m N] [-A|B|C N] { PATTERN | -e PATTERN... | -f FILE... } [FILE]..."
)


def _matcher(call: Call, found: dict[str, str], patterns: list[str]) -> re.Pattern[bytes]:
    extended = "E" in found or call.name == "egrep" or "P" in found
    fixed = "F" in found or call.name == "fgrep"
    flags = re.IGNORECASE if "i" in found else 0
    parts = [
        re.escape(one) if fixed else expression(one, extended).pattern.decode("utf-8", "surrogateescape")
        for one in patterns
    ]
    text = "|".join(f"(?:{part})" for part in parts)
    if "w" in found:
        text = rf"\b(?:{text})\b"
    if "x" in found:
        text = rf"^(?:{text})$"
    return re.compile(encode(text), flags)


def _grep_names(call: Call, operands: list[str], found: dict[str, str]) -> Iterator[str]:
    include = glob(found["include"]) if "include" in found else None
    for operand in operands:
        for path, node in call.system.files.walk(operand, call.system.files.find(call.path(operand))):
            if not isinstance(node, Folder | Link) and (include is None or include.fullmatch(path.rpartition("/")[2])):
                yield path


def _grep_one(
    call: Call, found: dict[str, str], match: re.Pattern[bytes], reader: Reader, name: str, many: bool
) -> Steps[int]:
    """The matches of one file, as they come: what is followed by `tail -f` is seen at once."""
    shown = "(standard input)" if name == "-" else name
    writer = None if found.keys() & {"q", "l", "L", "c"} else _Matches(call, found, f"{shown}:" if many else "")
    most = 1 if "q" in found else int(found.get("m", 10**12))
    number = count = 0
    while count < most and (line := (yield from read_line(reader))) is not None:
        number += 1
        line = line.rstrip(b"\n")
        hit = bool(match.search(line)) is not ("v" in found)
        count += hit
        if writer:
            yield from writer.take(number, line, _shown(match, line, found) if hit else None)
    if "c" in found:
        yield from call.say((f"{shown}:" if many else "") + str(count))
    elif ("l" in found and count) or ("L" in found and not count):
        yield from call.say(shown)
    return count


class _Matches:
    """Writes lines that match, with those around them if they are asked for."""

    def __init__(self, call: Call, found: dict[str, str], prefix: str) -> None:
        self._call = call
        self._prefix = encode(prefix)
        self._numbered = "n" in found
        self._before = int(found.get("B", found.get("C", 0)))
        self._after = int(found.get("A", found.get("C", 0)))
        self._kept: list[tuple[int, bytes]] = []
        self._trailing = self._last = 0

    def take(self, number: int, line: bytes, hits: list[bytes] | None) -> Steps[None]:
        if hits is not None:
            yield from self._lead(number)
            for text in hits:
                yield from self._write(number, text, b":")
            self._trailing, self._last = self._after, number
        elif self._trailing:
            self._trailing, self._last = self._trailing - 1, number
            yield from self._write(number, line, b"-")
        elif self._before:
            self._kept = [*self._kept, (number, line)][-self._before :]

    def _lead(self, number: int) -> Steps[None]:
        """The lines before a match; `--` stands between matches that are apart."""
        if (self._before or self._after) and self._last and number - len(self._kept) > self._last + 1:
            yield from self._call.put(b"--\n")
        for place, text in self._kept:
            yield from self._write(place, text, b"-")
        self._kept = []

    def _write(self, number: int, text: bytes, mark: bytes) -> Steps[None]:
        place = b"%d" % number + mark if self._numbered else b""
        yield from self._call.put(self._prefix.replace(b":", mark) + place + text + b"\n")


def _shown(match: re.Pattern[bytes], line: bytes, found: dict[str, str]) -> list[bytes]:
    return [one[0] for one in match.finditer(line) if one[0]] if "o" in found and "v" not in found else [line]
