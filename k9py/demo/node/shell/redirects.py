"""`>`, `<`, `2>&1` and the like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from k9py.demo.node.files import FileError
from k9py.demo.node.shell.command import Stream, encode, open_reader, open_writer
from k9py.demo.node.shell.expansion import text_of
from k9py.demo.node.shell.streams import Source
from k9py.demo.node.shell.tasks import Steps
from k9py.demo.node.shell.tree import Redirect

if TYPE_CHECKING:
    from k9py.demo.node.shell.interpreter import Shell


def redirected(shell: Shell, redirects: list[Redirect]) -> Steps[dict[int, Stream]]:
    """A shell's descriptors with redirections. FileError with the whole message if one cannot be."""
    fds = dict(shell.fds)
    for one in redirects:
        target = yield from text_of(shell, one.target)
        if one.how in (">&", "<&") and (target.isdigit() or target == "-"):
            stream = None if target == "-" else fds.get(int(target))
            if stream is None:
                fds.pop(one.descriptor, None)
            else:
                fds[one.descriptor] = stream
            continue
        try:
            fds[one.descriptor] = _opened(shell, one.how, target, fds)
        except FileError as error:
            word = "create" if ">" in one.how else "open"
            raise FileError(_redirect_error(shell, word, target, str(error))) from None
        if one.how in ("&>", ">&"):
            fds[2] = fds[one.descriptor]
    return fds


def _redirect_error(shell: Shell, word: str, target: str, why: str) -> str:
    if shell.kind == "bash":
        return f"{target}: {why}"
    if why == "No such file or directory":
        why = "nonexistent directory" if word == "create" else "no such file"
    return f"can't {word} {target}: {why}"


def _opened(shell: Shell, how: str, target: str, fds: Mapping[int, Stream]) -> Stream:
    if how == "<<":
        return Source(encode(target))
    if how == "<<<":
        return Source(encode(target + "\n"))
    if how in ("<", "<>"):
        return open_reader(shell.system, shell.path(target), fds)
    return open_writer(shell.system, shell.path(target), fds, how == ">>")
