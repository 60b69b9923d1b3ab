"""sort, uniq, cut, tr, tac, nl, fold, paste: lines of text in another form."""

from __future__ import annotations

import re
from collections.abc import Iterator

from k9py.demo.node.files import FileError
from k9py.demo.node.shell.applets.printing import unescape
from k9py.demo.node.shell.applets.texts import lines_of, whole
from k9py.demo.node.shell.command import Call, UsageError, applet, decode, encode
from k9py.demo.node.shell.patterns import _CLASSES
from k9py.demo.node.shell.tasks import Steps


@applet("sort")
def sort(call: Call) -> Steps[int]:
    """Lines in order."""
    found, names = call.options("nrufk:t:hbsVczo:i")
    data, status = yield from whole(call, names)
    key = _sort_key(found)
    lines = sorted(lines_of(data), key=key, reverse="r" in found)
    if "u" in found:
        lines = [line for index, line in enumerate(lines) if not index or key(line) != key(lines[index - 1])]
    text = b"".join(line + b"\n" for line in lines)
    if "o" in found:
        call.system.files.write(call.path(found["o"]), text)
    else:
        yield from call.put(text)
    return status


def _sort_key(found: dict[str, str]):  # type: ignore[no-untyped-def]
    match = re.match(r"(\d+)(?:\.\d+)?([a-zA-Z]*)(?:,(\d+))?", found.get("k", ""))
    flags = set(found) | set(match[2] if match else "")
    separator = encode(found.get("t", "")) or None

    def field(line: bytes) -> bytes:
        if not match:
            return line
        parts = line.split(separator)
        end = int(match[3]) if match[3] else len(parts)
        return (separator or b" ").join(parts[int(match[1]) - 1 : end])

    def key(line: bytes) -> object:
        text = field(line)
        if "f" in flags:
            text = text.upper()
        if "n" in flags or "h" in flags:
            return (_leading(text, "h" in flags), line)
        if "V" in flags:
            return [(0, int(one), b"") if one.isdigit() else (1, 0, one) for one in re.findall(rb"\d+|\D+", text)]
        return (text, line)

    return key


def _leading(text: bytes, human: bool) -> float:
    match = re.match(rb"\s*(-?\d*\.?\d+)([KMGTP]?)", text)
    if not match:
        return 0.0
    unit = b"\0KMGTP".index(match[2]) if match[2] else 0
    return float(match[1]) * (1024**unit if human else 1)


@applet("uniq")
def uniq(call: Call) -> Steps[int]:
    """Equal lines that follow each other, once."""
    found, names = call.options("cduif:s:w:")
    data, status = yield from whole(call, names[:1])
    groups: list[list[bytes]] = []
    for line in lines_of(data):
        same = line.lower() if "i" in found else line
        if groups and (groups[-1][0].lower() if "i" in found else groups[-1][0]) == same:
            groups[-1].append(line)
        else:
            groups.append([line])
    for group in groups:
        if ("d" in found and len(group) == 1) or ("u" in found and len(group) > 1):
            continue
        count = b"%7d " % len(group) if "c" in found else b""
        yield from call.put(count + group[0] + b"\n")
    return status


@applet("cut")
def cut(call: Call) -> Steps[int]:
    """Parts of lines."""
    found, names = call.options("d:f:c:b:sn", ["output-delimiter="])
    kind = next((one for one in "fcb" if one in found), "")
    if not kind:
        raise UsageError("expected a list of bytes, characters, or fields")
    wanted = _ranges(found[kind])
    separator = found.get("d", "\t")
    data, status = yield from whole(call, names)
    written = []
    for line in map(decode, lines_of(data)):
        if kind != "f":
            written.append("".join(_chosen(list(line), wanted)))
        elif separator in line:
            written.append(separator.join(_chosen(line.split(separator), wanted)))
        elif "s" not in found:
            written.append(line)
    yield from call.put(encode("".join(f"{line}\n" for line in written)))
    return status


def _ranges(text: str) -> list[tuple[int, int]]:
    found = []
    for part in text.split(","):
        match = re.fullmatch(r"(\d*)(-?)(\d*)", part)
        if not match or not part.strip("-"):
            raise UsageError(f"invalid range {part}" if part else "fields and positions are numbered from 1")
        first = int(match[1] or 1)
        found.append((first, int(match[3]) if match[3] else 10**9 if match[2] else first))
    return found


def _chosen(parts: list[str], wanted: list[tuple[int, int]]) -> Iterator[str]:
    return (part for index, part in enumerate(parts, 1) if any(first <= index <= last for first, last in wanted))


@applet("tr")
def tr(call: Call) -> Steps[int]:
    """Letters for letters."""
    found, operands = call.options("dscC")
    if not operands:
        raise UsageError("missing operand")
    first = _letters(operands[0])
    if found.keys() & {"c", "C"}:
        first = bytes(one for one in range(256) if one not in set(first))
    second = _letters(operands[1]) if len(operands) > 1 else b""
    table = bytearray(range(256))
    if "d" not in found and second:
        for index, one in enumerate(first):
            table[one] = second[min(index, len(second) - 1)]
    squeezed = set((second or first) if "s" in found else b"")
    last = -1
    while data := (yield from call.stdin.read()):
        data = data.translate(bytes(table), first if "d" in found else b"")
        if squeezed and data:
            kept = bytearray()
            for one in data:
                if one != last or one not in squeezed:
                    kept.append(one)
                last = one
            data = bytes(kept)
        yield from call.put(data)
    return 0


def _letters(text: str) -> bytes:
    """A set of `tr`: ranges, classes, escapes."""
    text = unescape(text)
    for name, inside in _CLASSES.items():
        text = text.replace(f"[:{name}:]", unescape(inside) if name != "punct" else "!-/:-@[-`{-~")
    raw, found, at = encode(text), bytearray(), 0
    while at < len(raw):
        if raw[at + 1 : at + 2] == b"-" and at + 2 < len(raw) and raw[at + 2] >= raw[at]:
            found += bytes(range(raw[at], raw[at + 2] + 1))
            at += 3
        else:
            found.append(raw[at])
            at += 1
    return bytes(found)


@applet("tac", "rev")
def turned(call: Call) -> Steps[int]:
    """The last line first; or the last letter of each line first."""
    data, status = yield from whole(call, call.args)
    lines = lines_of(data)
    lines = lines[::-1] if call.name == "tac" else [encode(decode(line)[::-1]) for line in lines]
    yield from call.put(b"".join(line + b"\n" for line in lines))
    return status


@applet("nl")
def nl(call: Call) -> Steps[int]:
    """Lines with numbers."""
    data, status = yield from whole(call, call.options("b:")[1])
    number = 0
    for line in lines_of(data):
        number += bool(line)
        yield from call.put((b"%6d\t" % number if line else b"       ") + line + b"\n")
    return status


@applet("fold")
def fold(call: Call) -> Steps[int]:
    """Lines that are not too long."""
    found, names = call.options("w:s")
    data, status = yield from whole(call, names)
    width = int(found.get("w", "80"))
    for line in map(decode, lines_of(data)):
        parts = [line[at : at + width] for at in range(0, len(line), width)] or [""]
        yield from call.put(encode("".join(f"{part}\n" for part in parts)))
    return status


@applet("paste")
def paste(call: Call) -> Steps[int]:
    """Lines of files side by side; with -s all of a file in one."""
    found, names = call.options("d:s")
    separator = encode(unescape(found.get("d", "\t")))
    columns = []
    for _, reader in call.inputs(names):
        columns.append([] if isinstance(reader, FileError) else lines_of((yield from call.read_all(reader))))
    if "s" in found:
        for column in columns:
            yield from call.put(separator.join(column) + b"\n")
        return 0
    for index in range(max(map(len, columns), default=0)):
        row = [column[index] if index < len(column) else b"" for column in columns]
        yield from call.put(separator.join(row) + b"\n")
    return 0


@applet("strings")
def strings(call: Call) -> Steps[int]:
    """What can be read in a file."""
    data, status = yield from whole(call, call.args)
    for found in re.findall(rb"[\x20-\x7e]{4,}", data):
        yield from call.put(found + b"\n")
    return status
