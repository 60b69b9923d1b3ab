"""The table of a shell's own commands, and what they share."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from k9py.demo.node.shell.command import Stream, encode
from k9py.demo.node.shell.interpreter import Builtin, Shell
from k9py.demo.node.shell.streams import Writer
from k9py.demo.node.shell.tasks import Steps

Fds = Mapping[int, Stream]


def builtin(*names: str) -> Callable[[Builtin], Builtin]:
    """Make a function known as a builtin of these names."""

    def known(function: Builtin) -> Builtin:
        Shell.builtins.update(dict.fromkeys(names, function))
        return function

    return known


def tell(fds: Fds, text: str) -> Steps[None]:
    """Write a line to standard output."""
    found = fds.get(1)
    if isinstance(found, Writer):
        yield from found.write(encode(text + "\n"))


def quote(value: str) -> str:
    """A value as it can be read again."""
    return "'" + value.replace("'", "'\"'\"'") + "'"
