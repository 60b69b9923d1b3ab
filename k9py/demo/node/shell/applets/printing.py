"""echo, printf, yes, seq, true, false, clear, date and others that only say something."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

from k9py.demo.node.shell.command import Call, applet, decode, encode
from k9py.demo.node.shell.tasks import Steps

_ESCAPES = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "v": "\v",
    "e": "\x1b",
    "\\": "\\",
}
_ESCAPE = re.compile(r"\\(?:(0[0-7]{0,3}|[1-7][0-7]{0,2})|x([0-9a-fA-F]{1,2})|(.))", re.DOTALL)
_FORMAT = re.compile(r"%([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+))?([%a-zA-Z])")


def unescape(text: str) -> str:
    """Replace backslash sequences."""

    def one(match: re.Match[str]) -> str:
        if match[1] or match[2]:
            return decode(bytes((int(match[1], 8) & 255 if match[1] else int(match[2], 16),)))
        return _ESCAPES.get(match[3], match[0])

    return _ESCAPE.sub(one, text)


@applet("echo")
def echo(call: Call) -> Steps[int]:
    """Write the arguments."""
    args, end, escapes = list(call.args), "\n", False
    while args and re.fullmatch(r"-[neE]+", args[0]):
        option = args.pop(0)
        end = "" if "n" in option else end
        escapes = "e" in option or (escapes and "E" not in option)
    text = " ".join(args)
    if escapes:
        text, cut, _ = text.partition("\\c")
        text, end = unescape(text), "" if cut else end
    yield from call.put(encode(text + end))
    return 0


@applet("printf")
def printf(call: Call) -> Steps[int]:
    """Write arguments in a form; the form is used again as long as there are arguments."""
    if not call.args:
        yield from call.complain("sh: usage: printf FORMAT [ARGUMENT...]")
        return 2
    form, *args = call.args
    if form == "--" and args:
        form, *args = args
    rest: list[str] = args
    written, status = [], 0
    while True:
        before = len(rest)
        values = iter(rest)
        text, used, wrong = _format(form, values)
        written.append(text)
        rest = rest[used:]
        for one in wrong:
            status = 1
            yield from call.complain(f"{call.name}: invalid number '{one}'")
        if not rest or len(rest) == before:
            break
    yield from call.put(encode("".join(written)))
    return status


def _format(form: str, values: Iterator[str]) -> tuple[str, int, list[str]]:
    """The form with values put in, how many were used, and those that are no numbers."""
    used = 0
    wrong: list[str] = []
    found, at = [], 0

    def take() -> str:
        nonlocal used
        used += 1
        return next(values, "")

    for match in _FORMAT.finditer(form):
        found.append(unescape(form[at : match.start()]))
        at = match.end()
        flags, width, precision, kind = match.groups()
        if kind == "%":
            found.append("%")
            continue
        width = take() if width == "*" else width or ""
        precision = take() if precision == "*" else precision
        value = take()
        found.append(_convert(kind, flags, width, precision, value, wrong))
    found.append(unescape(form[at:]))
    return "".join(found), used, wrong


def _convert(kind: str, flags: str, width: str, precision: str | None, value: str, wrong: list[str]) -> str:
    point = f".{precision}" if precision is not None else ""
    if kind in "di":
        return f"%{flags}{width}{point}d" % _number(value, wrong)
    if kind in "uxXo":
        return f"%{flags}{width}{point}{'d' if kind == 'u' else kind}" % (_number(value, wrong) & (2**64 - 1))
    if kind in "fFeEgG":
        try:
            return f"%{flags}{width}{point}{kind}" % float(value or 0)
        except ValueError:
            wrong.append(value)
            return f"%{flags}{width}{point}{kind}" % 0.0
    text = {"b": unescape(value), "q": "'" + value.replace("'", "'\\''") + "'", "c": value[:1]}.get(kind, value)
    return f"%{flags.replace('0', '')}{width}{point}s" % text


def _number(text: str, wrong: list[str]) -> int:
    if text[:1] in ("'", '"') and len(text) > 1:
        return ord(text[1])
    try:
        return int(text or "0", 8 if re.fullmatch(r"-?0[0-7]+", text) else 0)
    except ValueError:
        wrong.append(text)
        match = re.match(r"\s*[-+]?\d+", text)
        return int(match[0]) if match else 0


@applet("yes")
def yes(call: Call) -> Steps[int]:
    """The same line without end."""
    line = encode(" ".join(call.args or ["y"]) + "\n")
    block = line * max(1, 4096 // len(line))
    while True:
        yield from call.put(block)
        yield None


@applet("seq")
def seq(call: Call) -> Steps[int]:
    """Numbers in a row."""
    args, separator, width = list(call.args), "\n", False
    while args and args[0][:1] == "-" and args[0][1:2] in ("s", "w"):
        option = args.pop(0)
        width = width or option == "-w"
        if option[1] == "s":
            separator = option[2:] or (args.pop(0) if args else "")
    try:
        numbers = [float(one) for one in args]
    except ValueError:
        return (yield from call.fail(f"invalid number '{args[0]}'"))
    if not 1 <= len(numbers) <= 3:
        return (yield from call.fail("missing operand"))
    first, step, last = _range(numbers)
    places = max((len(one.partition(".")[2]) for one in args), default=0)
    count = int((last - first) / step + 1e-9) + 1 if step else 0
    size = max(len(f"{first:.{places}f}"), len(f"{last:.{places}f}")) if width else 0
    for start in range(0, count, 1000):
        part = [f"{first + index * step:0{size}.{places}f}" for index in range(start, min(count, start + 1000))]
        end = "\n" if start + 1000 >= count else separator
        yield from call.put(encode(separator.join(part) + end))
    return 0


def _range(numbers: list[float]) -> tuple[float, float, float]:
    if len(numbers) == 1:
        return 1.0, 1.0, numbers[0]
    if len(numbers) == 2:
        return numbers[0], 1.0, numbers[1]
    return numbers[0], numbers[1], numbers[2]


@applet("true")
def true(call: Call) -> Steps[int]:
    """Success."""
    return 0
    yield


@applet("false")
def false(call: Call) -> Steps[int]:
    """Failure."""
    return 1
    yield


@applet("clear")
def clear(call: Call) -> Steps[int]:
    """An empty screen."""
    yield from call.put(b"\x1b[H\x1b[J")
    return 0


@applet("date")
def date(call: Call) -> Steps[int]:
    """The time, in UTC as in containers."""
    found, operands = call.options("ud:r:IRs:", ["utc", "date=", "iso-8601"])
    now = call.system.clock.now
    given = found.get("d", found.get("date", ""))
    if given:
        moment = parse_date(given, now)
        if moment is None:
            return (yield from call.fail(f"invalid date '{given}'"))
        now = moment
    if "r" in found:
        now = call.system.files.find(call.path(found["r"])).time
    if "s" in found:
        return (yield from call.fail("can't set date: Operation not permitted"))
    form = "%a %b %e %H:%M:%S UTC %Y"
    if "I" in found:
        form = "%Y-%m-%d"
    if "R" in found:
        form = "%a, %d %b %Y %H:%M:%S +0000"
    if operands and operands[0].startswith("+"):
        form = operands[0][1:]
    yield from call.say(write_date(form, now))
    return 0


def write_date(form: str, seconds: float) -> str:
    """strftime(3), with GNU's %N and %s."""
    when = datetime.fromtimestamp(seconds, UTC)
    replaced = {
        "s": str(int(seconds)), "N": f"{int(seconds % 1 * 1e9):09}", "e": f"{when.day:2}", "T": "%H:%M:%S",
        "F": "%Y-%m-%d",
        "R": "%H:%M", "D": "%m/%d/%y", "Z": "UTC", "z": "+0000", "n": "\n", "t": "\t", "k": f"{when.hour:2}",
        "h": "%b", "c": "%a %b %d %H:%M:%S %Y", "x": "%m/%d/%y", "X": "%H:%M:%S", "r": "%I:%M:%S %p",
    }  # fmt: skip
    text = re.sub(r"%([a-zA-Z])", lambda match: replaced.get(match[1], match[0]), form)
    return when.strftime(text)


def parse_date(text: str, now: float) -> float | None:
    """A time as `date -d` takes it: `@seconds`, ISO 8601, `-1 hour`, `2 days ago`, `now`."""
    if text.startswith("@"):
        return float(text[1:]) if re.fullmatch(r"@\d+(\.\d+)?", text) else None
    if text in ("now", "today"):
        return now
    match = re.fullmatch(r"([-+]?\d+)\s*(second|sec|minute|min|hour|day|week)s?(\s+ago)?", text)
    if match:
        unit = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}[match[2][0]]
        return now + int(match[1]) * unit * (-1 if match[3] else 1)
    try:
        found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


@applet("expr")
def expr(call: Call) -> Steps[int]:
    """A sum or a comparison in arguments."""
    from k9py.demo.node.shell.arithmetic import SumError, calculate

    args = call.args
    if len(args) == 3 and args[1] == ":":
        match = re.match(args[2].replace("\\(", "(").replace("\\)", ")"), args[0])
        found = (match[1] if match.groups() else str(match.end())) if match else ""
        yield from call.say(found or ("" if "(" in args[2] else "0"))
        return int(not found)
    if args[:1] == ["length"] and len(args) == 2:
        yield from call.say(str(len(args[1])))
        return 0
    if len(args) == 3 and args[1] in _COMPARE:
        result = int(_COMPARE[args[1]](*_alike(args[0], args[2])))
    else:
        try:
            result = calculate(" ".join(args), lambda name: "", lambda name, value: None)
        except SumError as error:
            return (yield from call.fail("division by zero" if "zero" in str(error) else "syntax error", 2))
    yield from call.say(str(result))
    return int(not result)


def _alike(a: str, b: str) -> tuple[object, object]:
    numbers = all(re.fullmatch(r"-?\d+", one) for one in (a, b))
    return (int(a), int(b)) if numbers else (a, b)


_COMPARE: Mapping[str, Callable[..., bool]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


@applet("tty")
def tty(call: Call) -> Steps[int]:
    """The name of the terminal."""
    yield from call.say("/dev/pts/0" if call.stdin.terminal else "not a tty")
    return 0 if call.stdin.terminal else 1


@applet("stty")
def stty(call: Call) -> Steps[int]:
    """The terminal's size and ways."""
    terminal = call.stdin.terminal
    if terminal is None:
        return (yield from call.fail("standard input: Inappropriate ioctl for device"))
    if call.args == ["size"]:
        yield from call.say(f"{terminal.rows} {terminal.columns}")
    elif "-echo" in call.args:
        terminal.echo = False
    elif "echo" in call.args or "sane" in call.args:
        terminal.echo = True
    elif not call.args or call.args == ["-a"]:
        yield from call.say(f"speed 38400 baud; rows {terminal.rows}; columns {terminal.columns}; line = 0;")
    return 0


@applet("vi", "vim", "nano", "less", "more")
def pager(call: Call) -> Steps[int]:
    """Programs that take the whole screen: only what `cat` would show."""
    if call.name in ("less", "more"):
        names = [name for name in call.args if not name.startswith("-")]
        for name, reader in call.inputs(names):
            if isinstance(reader, Exception):
                return (yield from call.fail(f"can't open '{name}': {reader}"))
            while data := (yield from reader.read()):
                yield from call.put(data)
        return 0
    return (yield from call.fail("this container is simulated and has no editor; use sed -i, or cat > FILE <<EOF"))
