"""cat, head, tail, wc, sort, uniq, cut, tr and their like."""

from __future__ import annotations

import re

from k9py.demo.node.files import FileError, Plain
from k9py.demo.node.shell.command import Call, UsageError, applet, encode
from k9py.demo.node.shell.streams import Reader, read_line
from k9py.demo.node.shell.tasks import Steps

POLL = 1.0
"""Seconds between the looks of `tail -f`."""


@applet("cat")
def cat(call: Call) -> Steps[int]:
    """Files one after the other."""
    found, names = call.options("nebvtTAEsu")
    status, number = 0, 0
    for name, reader in call.inputs(names):
        if isinstance(reader, FileError):
            verb = "read error" if str(reader) == "Is a directory" else f"can't open '{name}'"
            status = yield from call.fail(f"{verb}: {reader}")
            continue
        while data := (yield from reader.read()):
            if found:
                data = data + ((yield from read_line(reader)) or b"") if not data.endswith(b"\n") else data
                data, number = _decorated(data, found, number)
            yield from call.put(data)
    return status


def _decorated(data: bytes, found: dict[str, str], number: int) -> tuple[bytes, int]:
    lines = []
    for line in data.splitlines(keepends=True):
        if "n" in found or ("b" in found and line.strip()):
            number += 1
            line = b"%6d\t" % number + line
        if found.keys() & {"e", "A", "E"}:
            line = line.replace(b"\n", b"$\n")
        lines.append(line)
    return b"".join(lines), number


def whole(call: Call, names: list[str], said: str = "{name}: {error}") -> Steps[tuple[bytes, int]]:
    """The bytes of all files together; those that cannot be read are complained about."""
    parts, status = [], 0
    for name, reader in call.inputs(names):
        if isinstance(reader, FileError):
            status = yield from call.fail(said.format(name=name, error=reader))
        else:
            parts.append((yield from call.read_all(reader)))
    return b"".join(parts), status


def _count(call: Call, short: str, default: int) -> tuple[str, int, str, dict[str, str], list[str]]:
    """`-n 5`, `-5`, `-c 10`: what is counted, how many, the sign that stood before, other options, names."""
    before = call.argv
    call.argv[1:] = [
        f"-n{arg[1:]}" if re.fullmatch(r"-\d+", arg) and before[at] not in ("-n", "-c") else arg
        for at, arg in enumerate(call.args)
    ]
    found, names = call.options(short)
    text = found.get("c", found.get("n", str(default)))
    match = re.fullmatch(r"([-+]?)(\d+)([kKmM]?)", text)
    if not match:
        raise UsageError(f"invalid number '{text}'")
    unit = {"": 1, "k": 1024, "m": 1024 * 1024}[match[3].lower()]
    return "c" if "c" in found else "n", int(match[2]) * unit, match[1], found, names


@applet("head")
def head(call: Call) -> Steps[int]:
    """The beginning of files."""
    unit, count, sign, found, names = _count(call, "n:c:qv", 10)
    status = 0
    for index, (name, reader) in enumerate(call.inputs(names)):
        if isinstance(reader, FileError):
            status = yield from call.fail(f"{name}: {reader}")
            continue
        yield from _title(call, index, name, len(names) > 1 and "q" not in found)
        if sign == "-":
            data = yield from call.read_all(reader)
            kept = data[:-count] if unit == "c" else b"".join(data.splitlines(keepends=True)[:-count])
            yield from call.put(kept)
        elif unit == "c":
            yield from _head_bytes(call, reader, count)
        else:
            for _ in range(count):
                line = yield from read_line(reader)
                if line is None:
                    break
                yield from call.put(line)
    return status


def _title(call: Call, index: int, name: str, wanted: bool) -> Steps[None]:
    if wanted:
        yield from call.put(encode(("\n" if index else "") + f"==> {name} <==\n"))


def _head_bytes(call: Call, reader: Reader, count: int) -> Steps[None]:
    while count > 0 and (data := (yield from reader.read())):
        if len(data) > count:
            reader.unread(data[count:])
        yield from call.put(data[:count])
        count -= len(data[:count])


@applet("tail")
def tail(call: Call) -> Steps[int]:
    """The end of files, and with -f what is appended to them."""
    unit, count, sign, found, names = _count(call, "n:c:fFqvs:", 10)
    status = 0
    for index, (name, reader) in enumerate(call.inputs(names)):
        if isinstance(reader, FileError):
            status = yield from call.fail(f"can't open '{name}': {reader}")
            continue
        yield from _title(call, index, name, len(names) > 1 and "q" not in found)
        if isinstance(reader, Reader):
            data = yield from call.read_all(reader)
            yield from call.put(_last(data, unit, count, sign))
    if status and "F" not in found and len(names) <= 1:
        return (yield from call.fail("no files"))
    if found.keys() & {"f", "F"}:
        yield from _follow(call, names)
    return status


def _last(data: bytes, unit: str, count: int, sign: str) -> bytes:
    if unit == "c":
        return data[max(0, count - 1) :] if sign == "+" else data[len(data) - count :] if count < len(data) else data
    lines = data.splitlines(keepends=True) if b"\r" not in data else re.findall(rb"[^\n]*\n|[^\n]+", data)
    if sign == "+":
        return b"".join(lines[max(0, count - 1) :])
    return b"".join(lines[-count:]) if count else b""


def _follow(call: Call, names: list[str]) -> Steps[None]:
    sizes = {name: _size(call, name) for name in names}
    while True:
        yield POLL
        for name in names:
            size = _size(call, name)
            if size == sizes[name]:
                continue
            node = call.system.files.get(call.path(name))
            if isinstance(node, Plain):
                start = sizes[name] if size > sizes[name] else 0
                yield from _title(call, 1, name, len(names) > 1)
                yield from call.put(bytes(node.data[start:]))
            sizes[name] = size


def _size(call: Call, name: str) -> int:
    node = call.system.files.get(call.path(name))
    return len(node.data) if isinstance(node, Plain) else 0


@applet("wc")
def wc(call: Call) -> Steps[int]:
    """Counts lines, words and bytes."""
    found, names = call.options("lwcmL")
    totals, status, seen = [0, 0, 0], 0, 0
    kinds = [
        index for index, options in enumerate(("l", "w", "cm")) if not found or any(one in found for one in options)
    ]
    for name, reader in call.inputs(names):
        if isinstance(reader, FileError):
            status = yield from call.fail(f"{name}: {reader}")
            continue
        counts = yield from _counts(reader, "w" in found or not found)
        totals = [a + b for a, b in zip(totals, counts, strict=True)]
        seen += 1
        yield from call.say(_counted(counts, kinds, name if names else ""))
    if seen > 1:
        yield from call.say(_counted(totals, kinds, "total"))
    return status


def _counts(reader: Reader, words: bool) -> Steps[list[int]]:
    lines = count = size = 0
    inside = False
    while data := (yield from reader.read()):
        lines += data.count(b"\n")
        size += len(data)
        if words:
            count += len(data.split()) - (inside and not data[:1].isspace())
            inside = not data[-1:].isspace()
    return [lines, count, size]


def _counted(counts: list[int], kinds: list[int], name: str) -> str:
    numbers = [str(counts[kind]) for kind in kinds]
    if len(numbers) > 1:
        numbers = [one.rjust(9) for one in numbers]
    return (" ".join(numbers) + (f" {name}" if name else "")).rstrip()


def lines_of(data: bytes) -> list[bytes]:
    """Lines without their ends."""
    lines = data.split(b"\n")
    return lines[:-1] if lines[-1] == b"" else lines


@applet("tee")
def tee(call: Call) -> Steps[int]:
    """Hand on what comes, and write it to files."""
    found, names = call.options("ai")
    files, status = call.system.files, 0
    kept = []
    for name in names:
        try:
            files.open(call.path(name), append="a" in found)
            kept.append(name)
        except FileError as error:
            status = yield from call.fail(f"{name}: {error}")
    while data := (yield from call.stdin.read()):
        for name in kept:
            files.write(call.path(name), data, append=True)
        yield from call.put(data)
    return status
