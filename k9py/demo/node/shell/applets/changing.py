"""mkdir, rm, cp, mv, ln, touch, chmod, test: what changes files, and what asks for them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from k9py.demo.node.files import FileError, Folder, Link, Node, Plain
from k9py.demo.node.shell.applets.names import number_of_user
from k9py.demo.node.shell.applets.printing import parse_date
from k9py.demo.node.shell.command import APPLETS, Call, UsageError, applet, is_folder
from k9py.demo.node.shell.running import base_name
from k9py.demo.node.shell.tasks import Steps


def _each(call: Call, names: list[str], said: str, do: Callable[[str], object]) -> Steps[int]:
    """Do something with each name; what cannot be done is said."""
    status = 0
    for name in names:
        try:
            do(name)
        except FileError as error:
            status = yield from call.fail(said.format(name=name, error=error))
    return status


@applet("mkdir")
def mkdir(call: Call) -> Steps[int]:
    """Make folders."""
    found, names = call.options("pm:v")
    mode = int(found.get("m", "755"), 8)
    said = "can't create directory '{name}': {error}"
    return (
        yield from _each(call, names, said, lambda name: call.system.files.make(call.path(name), mode, "p" in found))
    )


@applet("rmdir")
def rmdir(call: Call) -> Steps[int]:
    """Remove empty folders."""
    _, names = call.options("p")

    def remove(name: str) -> None:
        if not isinstance(call.system.files.find(call.path(name), follow=False), Folder):
            raise FileError("Not a directory")
        call.system.files.remove(call.path(name))

    return (yield from _each(call, names, "'{name}': {error}", remove))


@applet("rm", "unlink")
def rm(call: Call) -> Steps[int]:
    """Remove files, and with -r folders."""
    found, names = call.options("rRfiv")
    files = call.system.files
    status = 0
    for name in names:
        path = call.path(name)
        node = files.get(path, follow=False)
        if node is None and "f" in found:
            continue
        if isinstance(node, Folder) and not found.keys() & {"r", "R"}:
            status = yield from call.fail(f"'{name}' is a directory")
            continue
        try:
            _remove(call, path)
        except FileError as error:
            status = yield from call.fail(f"can't remove '{name}': {error}")
    return status


def _remove(call: Call, path: str) -> None:
    node = call.system.files.get(path, follow=False)
    if isinstance(node, Folder):
        for name in list(node.entries()):
            _remove(call, posixpath.join(path, name))
    call.system.files.remove(path)


@applet("touch")
def touch(call: Call) -> Steps[int]:
    """Give files the time of now; make those that are not there."""
    found, names = call.options("cd:t:ram")
    now = call.system.clock.now
    when = parse_date(found["d"], now) if "d" in found else now

    def one(name: str) -> None:
        path = call.path(name)
        node = call.system.files.get(path)
        if node is None and "c" not in found:
            node = call.system.files.open(path, append=True)
        if node is not None:
            call.system.files.place(path)
            node.time = when if when is not None else now

    return (yield from _each(call, names, "{name}: {error}", one))


@applet("cp")
def cp(call: Call) -> Steps[int]:
    """Copy files, and with -r folders."""
    found, names = call.options("rRafpvdTLP")
    if len(names) < 2:
        raise UsageError("missing operand")
    *sources, target = names
    deep = bool(found.keys() & {"r", "R", "a"})
    if len(sources) > 1 and not is_folder(call, target):
        return (yield from call.fail(f"target '{target}': Not a directory"))
    status = 0
    for source in sources:
        try:
            node = call.system.files.find(call.path(source), follow=not deep)
        except FileError as error:
            status = yield from call.fail(f"can't stat '{source}': {error}")
            continue
        if isinstance(node, Folder) and not deep:
            status = yield from call.fail(f"omitting directory '{source}'")
            continue
        place = posixpath.join(target, base_name(call.path(source))) if is_folder(call, target) else target
        try:
            _copy(call, node, call.path(place))
        except FileError as error:
            status = yield from call.fail(f"can't create '{place}': {error}")
    return status


def _copy(call: Call, node: Node, path: str) -> None:
    files = call.system.files
    if isinstance(node, Folder):
        entries = list(node.entries().items())
        files.make(path, node.mode, parents=True)
        for name, child in entries:
            _copy(call, child, posixpath.join(path, name))
    elif isinstance(node, Link):
        files.put(files.place(path, follow=False), Link(mode=0o777, target=node.target))
    else:
        data = getattr(node, "read", bytes)()
        files.write(path, data, node.mode)


@applet("mv")
def mv(call: Call) -> Steps[int]:
    """Move files."""
    _, names = call.options("fivnT")
    if len(names) < 2:
        raise UsageError("missing operand")
    *sources, target = names
    files = call.system.files

    def move(source: str) -> None:
        node = files.find(call.path(source), follow=False)
        place = posixpath.join(target, base_name(call.path(source))) if is_folder(call, target) else target
        path = call.path(place)
        if isinstance(node, Folder) and path.startswith(call.path(source) + "/"):
            raise FileError("Invalid argument")
        files.put(files.place(path, follow=False), node)
        old = files.place(call.path(source), follow=False)
        if old.path != path:
            files.put(old, node)
            del old.folder.own[old.name]

    return (yield from _each(call, sources, "can't rename '{name}': {error}", move))


@applet("ln")
def ln(call: Call) -> Steps[int]:
    """Links."""
    found, names = call.options("sfnv")
    if not names:
        raise UsageError("missing operand")
    files = call.system.files
    source, target = names[0], names[1] if len(names) > 1 else base_name(names[0])
    if is_folder(call, target):
        target = posixpath.join(target, base_name(source))
    try:
        place = files.place(call.path(target), follow=False)
        if place.node is not None and "f" not in found:
            raise FileError("File exists")
        node = Link(mode=0o777, target=source) if "s" in found else files.find(call.path(source))
        files.put(place, node)
    except FileError as error:
        return (yield from call.fail(f"{target}: {error}"))
    return 0


@applet("chmod")
def chmod(call: Call) -> Steps[int]:
    """Permissions."""
    call.argv[1:] = [f"./{arg}" if re.fullmatch(r"-[rwx]+", arg) else arg for arg in call.args]
    found, operands = call.options("Rfv")
    if len(operands) < 2:
        raise UsageError("missing operand")
    mode, *names = operands

    def change(name: str) -> None:
        path = call.path(name)
        for _, node in (
            call.system.files.walk(path, call.system.files.find(path))
            if "R" in found
            else [("", call.system.files.find(path))]
        ):
            node.mode = _mode(mode.removeprefix("./"), node.mode)

    return (yield from _each(call, names, "{name}: {error}", change))


_BITS = {"r": 0o444, "w": 0o222, "x": 0o111, "X": 0o111, "s": 0, "t": 0o1000}
_WHO = {"u": 0o4700, "g": 0o2070, "o": 0o1007, "a": 0o7777}


def _mode(text: str, old: int) -> int:
    if re.fullmatch(r"[0-7]+", text):
        return int(text, 8)
    for part in text.split(","):
        match = re.fullmatch(r"([ugoa]*)([-+=])([rwxXst]*)", part)
        if not match:
            raise UsageError(f"invalid mode '{text}'")
        who = 0
        for letter in match[1] or "a":
            who |= _WHO[letter]
        bits = 0
        for letter in match[3]:
            bits |= _BITS[letter]
        bits &= who
        old = old | bits if match[2] == "+" else old & ~bits if match[2] == "-" else (old & ~(who & 0o777)) | bits
    return old


@applet("chown", "chgrp")
def chown(call: Call) -> Steps[int]:
    """Owners."""
    found, operands = call.options("Rhf")
    if len(operands) < 2:
        raise UsageError("missing operand")
    user, _, group = operands[0].partition(":")
    files = call.system.files
    number = number_of_user(files, user or "0")
    if number is None:
        return (yield from call.fail(f"unknown user {user}"))
    team = number_of_user(files, group) if group else None

    def change(name: str) -> None:
        if files.user:
            raise FileError("Operation not permitted")
        node = files.find(call.path(name))
        for _, one in files.walk(name, node) if "R" in found else [("", node)]:
            one.owner = number or 0
            one.group = team if team is not None else one.group

    return (yield from _each(call, operands[1:], "{name}: {error}", change))


@applet("truncate")
def truncate(call: Call) -> Steps[int]:
    """Make files as long as they are to be."""
    found, names = call.options("s:c")
    match = re.fullmatch(r"(\d+)([kKMG]?)", found.get("s", ""))
    if not match:
        raise UsageError("you must specify a size")
    size = int(match[1]) * {"": 1, "k": 1024, "K": 1024, "M": 1 << 20, "G": 1 << 30}[match[2]]

    def cut(name: str) -> None:
        node = call.system.files.open(call.path(name), append=True)
        if isinstance(node, Plain):
            if size > len(node.data):
                call.system.files.extend(node, b"\0" * (size - len(node.data)) if size < 2**27 else b"\0" * 2**27)
            else:
                node.data = bytearray(node.data[:size])

    return (yield from _each(call, names, "{name}: {error}", cut))


@applet("dd")
def dd(call: Call) -> Steps[int]:
    """Copy bytes in blocks."""
    values = dict(arg.partition("=")[::2] for arg in call.args)
    match = re.fullmatch(r"(\d+)([kKMG]?)B?", values.get("bs", "512"))
    size = int(match[1]) * {"": 1, "k": 1024, "K": 1024, "M": 1 << 20, "G": 1 << 30}[match[2]] if match else 512
    try:
        reader = call.open(values.get("if", "-"))
        if "of" in values:
            call.system.files.open(call.path(values["of"]))
    except FileError as error:
        return (yield from call.fail(f"can't open '{values.get('if', values.get('of', ''))}': {error}"))
    left = int(values["count"]) * size if "count" in values else 1 << 62
    copied = 0
    while left > 0 and (data := (yield from reader.read())):
        data = data[:left]
        if "of" in values:
            call.system.files.write(call.path(values["of"]), data, append=True)
        else:
            yield from call.put(data)
        left -= len(data)
        copied += len(data)
    full, part = divmod(copied, size)
    records = f"{full}+{int(bool(part))} records"
    yield from call.complain(f"{records} in\n{records} out\n{copied} bytes copied, 0.000 seconds, 0B/s")
    return 0


@applet("sync", "usleep", "dmesg", "reset")
def ignored(call: Call) -> Steps[int]:
    """Nothing to do here."""
    if call.name == "dmesg":
        return (yield from call.fail("klogctl: Operation not permitted"))
    return 0


@applet("busybox")
def busybox(call: Call) -> Steps[int]:
    """All programs in one."""
    if call.args and call.args[0] in APPLETS:
        inner = Call(call.system, call.args, call.env, call.here, call.fds, call.pid)
        return (yield from APPLETS[call.args[0]](inner))
    if call.args and call.args[0] != "--list":
        yield from call.complain(f"{call.args[0]}: applet not found")
        return 127
    if call.args:
        yield from call.say("\n".join(sorted(APPLETS)))
        return 0
    yield from call.say("BusyBox v1.35.0 multi-call binary.\nLicensed under GPLv2.\n\nCurrently defined functions:")
    yield from call.say("\t" + ", ".join(sorted(APPLETS)))
    return 0
