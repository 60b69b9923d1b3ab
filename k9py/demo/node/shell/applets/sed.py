"""sed."""

from __future__ import annotations

import re
from collections.abc import Callable

from k9py.demo.node.files import FileError
from k9py.demo.node.shell.applets.texts import whole
from k9py.demo.node.shell.command import Call, UsageError, applet, encode
from k9py.demo.node.shell.patterns import expression
from k9py.demo.node.shell.tasks import Steps


@applet("sed")
def sed(call: Call) -> Steps[int]:
    """Changes lines: s, d, p, q, y, =, a, i, c with addresses."""
    call.argv[1:] = ["-i" if arg.startswith("-i") else arg for arg in call.args]
    found, operands = call.options("nirEe:f:s")
    scripts = [value for name, value in zip(call.args, call.args[1:], strict=False) if name in ("-e", "--expression")]
    if "e" in found and not scripts:
        scripts = [found["e"]]
    if not scripts:
        if not operands:
            raise UsageError("no script given")
        scripts, operands = [operands[0]], operands[1:]
    try:
        commands = _sed_script("\n".join(scripts), bool(found.keys() & {"r", "E"}))
    except (ValueError, IndexError, re.error) as error:
        return (yield from call.fail(f"bad regex or command: {error}"))
    if "i" not in found:
        data, status = yield from whole(call, operands)
        yield from call.put(_sed_run(commands, data, "n" in found))
        return status
    for name in operands:
        try:
            data = call.system.files.read(call.path(name))
        except FileError as error:
            return (yield from call.fail(f"{name}: {error}"))
        call.system.files.write(call.path(name), _sed_run(commands, data, "n" in found))
    return 0


class _SedCommand:
    def __init__(self, first: str, last: str, negated: bool, name: str) -> None:
        self.first, self.last, self.negated, self.name = first, last, negated, name
        self.inside = False
        self.pattern: re.Pattern[bytes] = re.compile(b"")
        self.text = b""
        self.flags = ""
        self.table: dict[int, int] = {}


_ADDRESS = re.compile(r"\s*(\d+|\$|/(?:\\.|[^/\\])*/I?)?(?:,\s*(\+?\d+|\$|/(?:\\.|[^/\\])*/I?))?\s*(!?)\s*")


def _sed_script(text: str, extended: bool) -> list[_SedCommand]:
    commands, at = [], 0
    while at < len(text):
        if text[at] in " \t\n;}":
            at += 1
            continue
        match = _ADDRESS.match(text, at)
        assert match
        at = match.end()
        command = _SedCommand(match[1] or "", match[2] or "", bool(match[3]), text[at])
        at += 1
        if command.name in "sy":
            at = _sed_parts(command, text, at, extended)
        elif command.name in "aic":
            end = text.find("\n", at) if "\n" in text[at:] and not text[at:].lstrip().startswith("\\") else len(text)
            command.text = encode(text[at:end].lstrip().removeprefix("\\").lstrip("\n").rstrip("\n") + "\n")
            at = end
        elif command.name not in _DO:
            raise ValueError(f"unsupported command {command.name}")
        commands.append(command)
    return commands


def _sed_parts(command: _SedCommand, text: str, at: int, extended: bool) -> int:
    """`/old/new/flags`; any letter can part them."""
    mark = text[at]
    parts: list[str] = []
    current: list[str] = []
    at += 1
    while len(parts) < 2:
        letter = text[at]
        if letter == "\\" and text[at + 1] == mark:
            current.append(mark)
            at += 2
        elif letter == "\\":
            current.append(text[at : at + 2])
            at += 2
        elif letter == mark:
            parts.append("".join(current))
            current = []
            at += 1
        else:
            current.append(letter)
            at += 1
    flags = re.compile(r"[gpIi0-9]*").match(text, at)
    assert flags
    command.flags = flags[0]
    if command.name == "y":
        command.table = dict(zip(encode(parts[0]), encode(parts[1]), strict=True))
    else:
        case = re.IGNORECASE if "i" in command.flags.lower() else 0
        command.pattern, command.text = expression(parts[0], extended, case), _replacement(parts[1])
    return flags.end()


def _replacement(text: str) -> bytes:
    r"""What Python's `re` puts in for sed's `&` and `\\1`."""

    def one(match: re.Match[str]) -> str:
        found = match[0]
        if found == "&":
            return r"\g<0>"
        if found[0] == "\\" and len(found) > 1:
            letter = found[1]
            return f"\\g<{letter}>" if letter.isdigit() else {"n": r"\n", "t": r"\t", "\\": r"\\"}.get(letter, letter)
        return found

    return encode(re.sub(r"\\.|&", one, text, flags=re.DOTALL))


class _Line:
    """One line on its way through the commands: what it has become, and what is written beside it."""

    def __init__(self, text: bytes, number: int, is_last: bool) -> None:
        self.text, self.number, self.is_last = text, number, is_last
        self.before: list[bytes] = []
        self.after: list[bytes] = []
        self.alive = True
        self.ended = False
        self.quits = False


def _sed_run(commands: list[_SedCommand], data: bytes, silent: bool) -> bytes:
    lines = data.split(b"\n")
    ended = lines[-1] == b""
    if ended:
        lines.pop()
    written: list[bytes] = []
    for number, text in enumerate(lines, 1):
        line = _Line(text, number, number == len(lines))
        for command in commands:
            if not line.ended and _sed_applies(command, line) is not command.negated:
                _DO[command.name](command, line)
        written += line.before
        if line.alive and not silent:
            written.append(line.text + b"\n")
        written += line.after
        if line.quits:
            break
    whole = b"".join(written)
    return whole[:-1] if not ended and data and whole.endswith(b"\n") else whole


def _delete(command: _SedCommand, line: _Line) -> None:
    line.alive, line.ended = False, True


def _quit(command: _SedCommand, line: _Line) -> None:
    line.ended = line.quits = True


def _replace(command: _SedCommand, line: _Line) -> None:
    line.text = _sed_replace(command, line.text, line.before)


def _letters(command: _SedCommand, line: _Line) -> None:
    line.text = bytes(command.table.get(one, one) for one in line.text)


def _change(command: _SedCommand, line: _Line) -> None:
    line.before.append(command.text)
    _delete(command, line)


def _blank(command: _SedCommand, line: _Line) -> None:
    line.text += b"\n"


_DO: dict[str, Callable[[_SedCommand, _Line], None]] = {
    "d": _delete,
    "q": _quit,
    "s": _replace,
    "y": _letters,
    "p": lambda command, line: line.before.append(line.text + b"\n"),
    "=": lambda command, line: line.before.append(b"%d\n" % line.number),
    "i": lambda command, line: line.before.append(command.text),
    "a": lambda command, line: line.after.append(command.text),
    "c": _change,
    "G": _blank,
}


def _sed_replace(command: _SedCommand, line: bytes, written: list[bytes]) -> bytes:
    digits = re.sub(r"\D", "", command.flags)
    if digits and "g" not in command.flags:
        places = list(command.pattern.finditer(line))
        if len(places) < int(digits):
            return line
        place = places[int(digits) - 1]
        return line[: place.start()] + place.expand(command.text) + line[place.end() :]
    new, count = command.pattern.subn(command.text, line, count=0 if "g" in command.flags else 1)
    if count and "p" in command.flags:
        written.append(new + b"\n")
    return new


def _sed_applies(command: _SedCommand, whole: _Line) -> bool:
    line, number, is_last = whole.text, whole.number, whole.is_last
    if not command.first:
        return True
    if not command.last:
        return _sed_at(command.first, line, number, is_last)
    if command.inside:
        if _sed_at(command.last, line, number, is_last) or (command.last.isdigit() and number >= int(command.last)):
            command.inside = False
            return not command.last.isdigit() or number <= int(command.last)
        return True
    if _sed_at(command.first, line, number, is_last):
        command.inside = not (command.last.isdigit() and int(command.last) <= number)
        if command.last.startswith("+"):
            command.last = str(number + int(command.last))
        return True
    return False


def _sed_at(address: str, line: bytes, number: int, is_last: bool) -> bool:
    if address == "$":
        return is_last
    if address.isdigit():
        return number == int(address)
    pattern, _, flags = address[1:].rpartition("/")
    return bool(expression(pattern, False, re.IGNORECASE if flags else 0).search(line))
