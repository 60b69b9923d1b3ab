"""basename, dirname, which, readlink, mktemp: names of files."""

from __future__ import annotations

import posixpath
import re

from k9py.demo.node.files import FileError, Folder, Link
from k9py.demo.node.shell.command import Call, UsageError, applet
from k9py.demo.node.shell.running import base_name
from k9py.demo.node.shell.tasks import Steps


@applet("basename")
def basename(call: Call) -> Steps[int]:
    """The last part of a path."""
    if not call.args:
        raise UsageError("missing operand")
    name = base_name(call.args[0])
    suffix = call.args[1] if len(call.args) > 1 else ""
    yield from call.say(name.removesuffix(suffix) if suffix and name != suffix else name)
    return 0


@applet("dirname")
def dirname(call: Call) -> Steps[int]:
    """A path without its last part."""
    for name in call.args:
        yield from call.say(posixpath.dirname(name.rstrip("/")) or ("/" if name.startswith("/") else "."))
    return 0


@applet("pwd")
def pwd(call: Call) -> Steps[int]:
    """The current folder."""
    yield from call.say(call.here)
    return 0


@applet("readlink", "realpath")
def readlink(call: Call) -> Steps[int]:
    """Where links lead."""
    found, names = call.options("fn")
    status = 0
    for name in names:
        node = call.system.files.get(call.path(name), follow=False)
        if "f" in found or call.name == "realpath":
            try:
                yield from call.say(call.system.files.place(call.path(name)).path)
            except FileError as error:
                status = yield from call.fail(f"{name}: {error}")
        elif isinstance(node, Link):
            yield from call.say(node.target)
        else:
            status = 1
    return status


@applet("mktemp")
def mktemp(call: Call) -> Steps[int]:
    """A new file with a name that nobody has."""
    found, names = call.options("dp:tuq")
    random = call.system.process.random
    letters = "".join(random.choices("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", k=6))
    form = names[0] if names else f"{found.get('p', '/tmp')}/tmp.XXXXXX"
    path = re.sub(r"X{6,}$", letters, form)
    try:
        if "d" in found:
            call.system.files.make(call.path(path), 0o700)
        else:
            call.system.files.write(call.path(path), b"", 0o600)
    except FileError as error:
        return (yield from call.fail(f"(null): {error}"))
    yield from call.say(path)
    return 0


@applet("which")
def which(call: Call) -> Steps[int]:
    """Where programs are."""
    status = 0
    for name in call.args:
        for folder in call.env.get("PATH", "").split(":"):
            node = call.system.files.get(posixpath.join(folder, name))
            if node is not None and node.mode & 0o111 and not isinstance(node, Folder):
                yield from call.say(posixpath.join(folder, name))
                break
        else:
            status = 1
    return status
