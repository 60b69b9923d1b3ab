"""Programs: where they are, and how they are run."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from k9py.demo.node.files import FileError, Folder
from k9py.demo.node.shell.command import Call, Stream, UsageError, load_applets
from k9py.demo.node.shell.system import Entry
from k9py.demo.node.shell.tasks import Killed, OutOfMemoryError, Steps

if TYPE_CHECKING:
    from k9py.demo.node.shell.interpreter import Shell


def execute(
    shell: Shell, words: list[str], env: Mapping[str, str], fds: Mapping[int, Stream], tail: bool = False
) -> Steps[int]:
    """Run a program; with `tail` in the place of this shell, whose last command it is."""
    found = look_up(shell, words[0])
    if isinstance(found, int):
        yield from _not_found(shell, words[0], found, fds)
        return found
    call_name = posixpath.basename(found)
    run = load_applets().get(call_name)
    argv = words
    if run is None:
        run, argv = load_applets()["sh"], ["sh", found, *words[1:]]
    if tail and shell.entry.argv:
        shell.entry.argv, shell.entry.started = argv, shell.system.clock.now
        return (yield from _apply(shell, run, argv, env, fds, shell.entry))
    entry = shell.system.enter(argv, shell.entry.pid, shell.entry.task)
    try:
        return (yield from _apply(shell, run, argv, env, fds, entry))
    except Killed as killed:
        if killed.pid != entry.pid and killed.pid:
            raise
        return 128 + killed.signal
    finally:
        shell.system.leave(entry)


def _apply(
    shell: Shell,
    run: Callable[[Call], Steps[int]],
    argv: list[str],
    env: Mapping[str, str],
    fds: Mapping[int, Stream],
    entry: Entry,
) -> Steps[int]:
    call = Call(shell.system, argv, env, shell.here, fds, entry.pid)
    return (yield from run_applet(run, call))


def look_up(shell: Shell, name: str) -> str | int:
    """Where a program is; 126 or 127 if it cannot be run, or is not there."""
    files = shell.system.files
    if "/" in name:
        node = files.get(shell.path(name))
        if node is None:
            return 127
        return 126 if isinstance(node, Folder) or not node.mode & 0o111 else shell.path(name)
    for folder in shell.get("PATH").split(":"):
        path = posixpath.join(folder or ".", name)
        node = files.get(shell.path(path))
        if node is not None and not isinstance(node, Folder) and node.mode & 0o111:
            return shell.path(path)
    return 127


def _not_found(shell: Shell, name: str, status: int, fds: Mapping[int, Stream]) -> Steps[None]:
    bash = shell.kind == "bash"
    if status == 126:
        folder = bash and isinstance(shell.system.files.get(shell.path(name)), Folder)
        text = f"{name}: {'Is a directory' if folder else 'Permission denied'}"
    elif bash:
        text = f"{name}: {'No such file or directory' if '/' in name else 'command not found'}"
    else:
        text = f"{name}: not found"
    yield from shell.complain(f"{shell.title}: {text}", fds)


def run_applet(run: Callable[[Call], Steps[int]], call: Call) -> Steps[int]:
    """Run a program; what it could not do with a file, or with its options, it says."""
    try:
        return (yield from run(call))
    except FileError as error:
        return (yield from call.fail(f"write error: {error}"))
    except UsageError as error:
        return (yield from call.fail(str(error)))
    except Killed as killed:
        if killed.pid == 0:
            killed.pid = call.pid
        if isinstance(killed, OutOfMemoryError):
            call.system.out_of_memory()
        raise
