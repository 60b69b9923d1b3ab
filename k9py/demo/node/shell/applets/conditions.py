"""test: whether a condition holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from k9py.demo.node.files import Device, Folder, Link, Node
from k9py.demo.node.shell.applets.listing import size_of
from k9py.demo.node.shell.command import Call, UsageError, applet
from k9py.demo.node.shell.tasks import Steps


@applet("test", "[", "[[")
def test(call: Call) -> Steps[int]:
    """Whether a condition holds."""
    args = call.args
    if call.name != "test":
        closing = "]" if call.name == "[" else "]]"
        if args[-1:] != [closing]:
            yield from call.complain(f"sh: missing {closing}")
            return 2
        args = args[:-1]
    try:
        return int(not _Condition(call, args).whole())
    except UsageError as error:
        yield from call.complain(f"sh: {error}")
        return 2


class _Condition:
    def __init__(self, call: Call, args: list[str]) -> None:
        self._call, self._args, self._at = call, args, 0

    def whole(self) -> bool:
        if not self._args:
            return False
        value = self._any()
        if self._at < len(self._args):
            raise UsageError(f"{self._args[self._at]}: unknown operand")
        return value

    def _next(self, ahead: int = 0) -> str | None:
        at = self._at + ahead
        return self._args[at] if at < len(self._args) else None

    def _any(self) -> bool:
        value = self._all()
        while self._next() in ("-o", "||"):
            self._at += 1
            value = self._all() or value
        return value

    def _all(self) -> bool:
        value = self._one()
        while self._next() in ("-a", "&&"):
            self._at += 1
            value = self._one() and value
        return value

    def _one(self) -> bool:
        word = self._next()
        if word is None:
            raise UsageError("argument expected")
        if self._next(1) in _BINARY and self._next(2) is not None:
            operator, right = self._next(1) or "", self._next(2) or ""
            self._at += 3
            return _BINARY[operator](word, right)
        if word == "!" and self._next(1) is not None:
            self._at += 1
            return not self._one()
        if word == "(":
            self._at += 1
            value = self._any()
            if self._next() != ")":
                raise UsageError("closing paren expected")
            self._at += 1
            return value
        if word in _UNARY and self._next(1) is not None:
            self._at += 2
            return _UNARY[word](self._call, self._args[self._at - 1])
        self._at += 1
        return bool(word)


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise UsageError(f"{text}: bad number") from None


_BINARY: Mapping[str, Callable[[str, str], bool]] = {
    "=": lambda a, b: a == b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "=~": lambda a, b: bool(re.search(b, a)),
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "-eq": lambda a, b: _number(a) == _number(b),
    "-ne": lambda a, b: _number(a) != _number(b),
    "-lt": lambda a, b: _number(a) < _number(b),
    "-le": lambda a, b: _number(a) <= _number(b),
    "-gt": lambda a, b: _number(a) > _number(b),
    "-ge": lambda a, b: _number(a) >= _number(b),
}


def _is(kind: type[Node], follow: bool = True) -> Callable[[Call, str], bool]:
    return lambda call, name: isinstance(call.system.files.get(call.path(name), follow), kind)


_UNARY: Mapping[str, Callable[[Call, str], bool]] = {
    "-n": lambda call, text: bool(text),
    "-z": lambda call, text: not text,
    "-e": lambda call, name: bool(name) and call.system.files.exists(call.path(name)),
    "-f": lambda call, name: (
        bool(name) and not isinstance(call.system.files.get(call.path(name)), Folder | Device | None)
    ),
    "-d": _is(Folder),
    "-L": _is(Link, False),
    "-h": _is(Link, False),
    "-c": _is(Device),
    "-b": lambda call, name: False,
    "-p": lambda call, name: False,
    "-S": lambda call, name: False,
    "-s": lambda call, name: size_of(call.system.files.get(call.path(name)) or Node()) > 0,
    "-r": lambda call, name: bool(name) and call.system.files.exists(call.path(name)),
    "-w": lambda call, name: bool(name) and call.system.files.exists(call.path(name)),
    "-x": lambda call, name: bool((call.system.files.get(call.path(name)) or Node(mode=0)).mode & 0o111),
    "-t": lambda call, text: bool(text.isdigit() and (found := call.fds.get(int(text))) and found.terminal),
}
