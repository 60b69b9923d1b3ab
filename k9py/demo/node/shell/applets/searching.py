"""grep, sed, find, xargs."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping

from k9py.demo.node.files import FileError, Folder, Link, Node, Plain
from k9py.demo.node.shell.applets.texts import whole
from k9py.demo.node.shell.command import Call, UsageError, applet, decode, encode
from k9py.demo.node.shell.patterns import expression, glob
from k9py.demo.node.shell.running import run_program
from k9py.demo.node.shell.streams import Reader, Source, read_line
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
    parts = [re.escape(one) if fixed else expression(one, extended).pattern.decode("utf-8", "surrogateescape") for one in patterns]
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
    quiet = bool(found.keys() & {"q", "l", "L", "c"})
    before, after = int(found.get("B", found.get("C", 0))), int(found.get("A", found.get("C", 0)))
    most = int(found.get("m", 10**12))
    number = count = trailing = last = 0
    kept: list[tuple[int, bytes]] = []
    while count < most and (line := (yield from read_line(reader))) is not None:
        number += 1
        line = line.rstrip(b"\n")
        hit = bool(match.search(line)) is not ("v" in found)
        if hit:
            count += 1
            if "q" in found:
                return 1
        if quiet:
            continue
        prefix = encode(f"{shown}:") if many else b""
        if hit:
            if (before or after) and last and number - len(kept) > last + 1:
                yield from call.put(b"--\n")
            for place, text in kept:
                yield from call.put(_line(prefix.replace(b":", b"-"), found, place, text, b"-"))
            kept = []
            for text in _shown(match, line, found):
                yield from call.put(_line(prefix, found, number, text, b":"))
            trailing, last = after, number
        elif trailing:
            trailing, last = trailing - 1, number
            yield from call.put(_line(prefix.replace(b":", b"-"), found, number, line, b"-"))
        elif before:
            kept = [*kept, (number, line)][-before:]
    if "c" in found:
        yield from call.say((f"{shown}:" if many else "") + str(count))
    elif "l" in found and count or "L" in found and not count:
        yield from call.say(shown)
    return count


def _shown(match: re.Pattern[bytes], line: bytes, found: dict[str, str]) -> list[bytes]:
    return [one[0] for one in match.finditer(line) if one[0]] if "o" in found and "v" not in found else [line]


def _line(prefix: bytes, found: dict[str, str], number: int, text: bytes, mark: bytes) -> bytes:
    return prefix + (b"%d" % number + mark if "n" in found else b"") + text + b"\n"


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
        elif command.name not in "dpqDPNnG={":
            raise ValueError(f"unsupported command {command.name}")
        commands.append(command)
    return commands


def _sed_parts(command: _SedCommand, text: str, at: int, extended: bool) -> int:
    """`/old/new/flags`; any letter can part them."""
    mark = text[at]
    parts, current, at = [], [], at + 1
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
    """What Python's `re` puts in for sed's `&` and `\\1`."""

    def one(match: re.Match[str]) -> str:
        found = match[0]
        if found == "&":
            return r"\g<0>"
        if found[0] == "\\" and len(found) > 1:
            letter = found[1]
            return f"\\g<{letter}>" if letter.isdigit() else {"n": r"\n", "t": r"\t", "\\": r"\\"}.get(letter, letter)
        return found

    return encode(re.sub(r"\\.|&", one, text, flags=re.DOTALL))


def _sed_run(commands: list[_SedCommand], data: bytes, silent: bool) -> bytes:
    lines = data.split(b"\n")
    ended = lines[-1] == b""
    if ended:
        lines.pop()
    written: list[bytes] = []
    for number, line in enumerate(lines, 1):
        line, alive, last, after = _sed_line(commands, line, number, number == len(lines), written)
        if alive and not silent:
            written.append(line + b"\n")
        written.extend(after)
        if last:
            break
    text = b"".join(written)
    return text[:-1] if not ended and text.endswith(b"\n") and data else text


def _sed_line(
    commands: list[_SedCommand], line: bytes, number: int, is_last: bool, written: list[bytes]
) -> tuple[bytes, bool, bool, list[bytes]]:
    after: list[bytes] = []
    for command in commands:
        if _sed_applies(command, line, number, is_last) is command.negated:
            continue
        name = command.name
        if name == "d":
            return line, False, False, after
        if name == "q":
            return line, True, True, after
        if name == "s":
            line = _sed_replace(command, line, written)
        elif name == "y":
            line = bytes(command.table.get(one, one) for one in line)
        elif name == "p":
            written.append(line + b"\n")
        elif name == "=":
            written.append(b"%d\n" % number)
        elif name == "i":
            written.append(command.text)
        elif name == "a":
            after.append(command.text)
        elif name == "c":
            written.append(command.text)
            return line, False, False, after
        elif name == "G":
            line += b"\n"
    return line, True, False, after


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


def _sed_applies(command: _SedCommand, line: bytes, number: int, is_last: bool) -> bool:
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


@applet("find")
def find(call: Call) -> Steps[int]:
    """Files below a folder that are as they are asked for."""
    args = list(call.args)
    starts = []
    while args and args[0][:1] not in ("-", "!", "("):
        starts.append(args.pop(0))
    tests, run, limits = _find_tests(call, args)
    status = 0
    for start in starts or ["."]:
        node = call.system.files.get(call.path(start), follow=False)
        if node is None:
            status = yield from call.fail(f"{start}: No such file or directory")
            continue
        paths = [path for path, child in _find_walk(start, node, 0, limits) if all(test(path, child) for test in tests)]
        for path in paths:
            yield None
            if run is None:
                yield from call.say(path)
            elif run == ["-delete"]:
                call.system.files.remove(call.path(path))
            elif run[-1] != "+":
                yield from run_program(call, [word.replace("{}", path) for word in run[:-1]])
        if run and run[-1] == "+" and paths:
            yield from run_program(call, [word for one in run[:-1] for word in (paths if one == "{}" else [one])])
    return status


def _find_walk(path: str, node: Node, depth: int, limits: dict[str, int]) -> Iterator[tuple[str, Node]]:
    if depth >= limits.get("-mindepth", 0):
        yield path, node
    if isinstance(node, Folder) and depth < limits.get("-maxdepth", 64):
        for name, child in node.entries().items():
            yield from _find_walk(posixpath.join(path, name), child, depth + 1, limits)


Test = Callable[[str, Node], bool]


def _find_tests(call: Call, args: list[str]) -> tuple[list[Test], list[str] | None, dict[str, int]]:
    tests: list[Test] = []
    run: list[str] | None = None
    limits: dict[str, int] = {}
    negated = False
    while args:
        word = args.pop(0)
        if word in ("!", "-not"):
            negated = True
        elif word in ("-print", "-a", "-depth", "-xdev", "-print0"):
            continue
        elif word == "-delete":
            run = ["-delete"]
        elif word in ("-exec", "-ok"):
            end = next((index for index, one in enumerate(args) if one in (";", "+")), len(args) - 1)
            run, args = args[: end + 1], args[end + 1 :]
        elif word in ("-maxdepth", "-mindepth"):
            limits[word] = int(args.pop(0))
        elif word == "-empty":
            tests.append(_negate(lambda path, node: not _content(node), negated))
            negated = False
        elif word in _TESTS and args:
            tests.append(_negate(_TESTS[word](call, args.pop(0)), negated))
            negated = False
        else:
            raise UsageError(f"unrecognized: {word}")
    return tests, run, limits


def _negate(test: Test, negated: bool) -> Test:
    return (lambda path, node: not test(path, node)) if negated else test


def _content(node: Node) -> int:
    if isinstance(node, Folder):
        return len(node.entries())
    return len(node.data) if isinstance(node, Plain) else 1


def _name_test(call: Call, value: str) -> Test:
    return lambda path, node: bool(glob(value).fullmatch(posixpath.basename(path.rstrip("/")) or "/"))


def _iname_test(call: Call, value: str) -> Test:
    return lambda path, node: bool(glob(value.lower()).fullmatch(posixpath.basename(path).lower()))


def _path_test(call: Call, value: str) -> Test:
    return lambda path, node: bool(glob(value).fullmatch(path))


def _type_test(call: Call, value: str) -> Test:
    kinds: dict[str, type[Node]] = {"f": Plain, "d": Folder, "l": Link}
    kind = kinds.get(value)
    return lambda path, node: isinstance(node, kind) if kind else False


def _size_test(call: Call, value: str) -> Test:
    match = re.fullmatch(r"([-+]?)(\d+)([ckMG]?)", value)
    if not match:
        raise UsageError(f"invalid number '{value}'")
    unit = {"": 512, "c": 1, "k": 1024, "M": 1 << 20, "G": 1 << 30}[match[3]]
    wanted = int(match[2])

    def test(path: str, node: Node) -> bool:
        size = -(-_content(node) // unit) if isinstance(node, Plain) else 0
        return size > wanted if match[1] == "+" else size < wanted if match[1] == "-" else size == wanted

    return test


def _age_test(seconds: int) -> Callable[[Call, str], Test]:
    def make(call: Call, value: str) -> Test:
        wanted = int(value.lstrip("+-"))

        def test(path: str, node: Node) -> bool:
            age = int((call.system.clock.now - node.time) // seconds)
            return age > wanted if value[0] == "+" else age < wanted if value[0] == "-" else age == wanted

        return test

    return make


def _newer_test(call: Call, value: str) -> Test:
    than = call.system.files.find(call.path(value)).time
    return lambda path, node: node.time > than


_TESTS: Mapping[str, Callable[[Call, str], Test]] = {
    "-name": _name_test,
    "-iname": _iname_test,
    "-path": _path_test,
    "-type": _type_test,
    "-size": _size_test,
    "-mmin": _age_test(60),
    "-mtime": _age_test(86400),
    "-newer": _newer_test,
}


@applet("xargs")
def xargs(call: Call) -> Steps[int]:
    """Run a program with arguments from standard input."""
    args, most, replace, null, skip = list(call.args), 0, "", False, False
    while args and args[0].startswith("-"):
        option = args.pop(0)
        if option[:2] in ("-n", "-I", "-P", "-L", "-d"):
            value = option[2:] or (args.pop(0) if args else "")
            most = int(value) if option[1] in "nL" and value.isdigit() else most
            replace = value if option[1] == "I" else replace
        null = null or option == "-0"
        skip = skip or option == "-r"
    data, _ = yield from whole(call, [])
    text = decode(data)
    items = text.split("\0") if null else text.splitlines() if replace else re.findall(r"'[^']*'|\"[^\"]*\"|\S+", text)
    items = [item.strip("'\"") if not (null or replace) else item for item in items if item.strip()]
    words = args or ["echo"]
    if not items and (skip or replace):
        return 0
    status = 0
    size = 1 if replace else most or len(items) or 1
    for at in range(0, len(items) or 1, size):
        part = items[at : at + size]
        line = [word.replace(replace, part[0]) for word in words] if replace else [*words, *part]
        code = yield from run_program(call, line, {0: Source(b"")})
        status = code if code in (126, 127) else 123 if code else status
    return status
