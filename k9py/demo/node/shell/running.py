"""Programs that run other programs: env, xargs, timeout."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from k9py.demo.node.shell.command import Call, Stream
from k9py.demo.node.shell.system import Entry
from k9py.demo.node.shell.tasks import Steps


def run_program(
    call: Call, words: list[str], fds: Mapping[int, Stream] | None = None, env: Mapping[str, str] | None = None
) -> Steps[int]:
    """Run a program with the descriptors of the caller, but for those given; answers its exit code."""
    from k9py.demo.node.shell.interpreter import Shell
    from k9py.demo.node.shell.launching import execute, look_up

    entry = Entry(call.pid, 0, [], 0.0)
    found = call.system.processes.get(call.pid)
    entry.task = found.task if found else None
    shell = Shell(call.system, entry, call.env if env is None else env, {**call.fds, **(fds or {})}, call.name)
    shell.here = call.here
    shell.variables.setdefault("PATH", call.env.get("PATH", "/usr/bin:/bin"))
    path = look_up(shell, words[0])
    if isinstance(path, int):
        why = "Permission denied" if path == 126 else "No such file or directory"
        return (yield from call.fail(f"can't execute '{words[0]}': {why}", path))
    return (yield from execute(shell, [*words], shell.env(), shell.fds))


def base_name(path: str) -> str:
    """The last part of a path."""
    return posixpath.basename(path.rstrip("/")) or "/"
