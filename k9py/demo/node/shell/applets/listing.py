"""ls, stat, du, df, mount: what files there are."""

from __future__ import annotations

import posixpath
import stat as modes
from datetime import UTC, datetime

from k9py.demo.node.files import Binary, Device, FileError, Folder, Link, Live, Node, Plain
from k9py.demo.node.shell.applets.names import group_name, user_name
from k9py.demo.node.shell.command import Call, applet, encode
from k9py.demo.node.shell.tasks import Steps

_SIX_MONTHS = 15_552_000


def size_of(node: Node) -> int:
    """Bytes, as stat(2) has them."""
    if isinstance(node, Plain):
        return len(node.data)
    if isinstance(node, Link):
        return len(node.target)
    if isinstance(node, Binary):
        return node.size
    return 4096 if isinstance(node, Folder) else 0


def mode_of(node: Node) -> int:
    """Type and permissions."""
    kinds = {Folder: modes.S_IFDIR, Link: modes.S_IFLNK, Device: modes.S_IFCHR}
    kind = next((mode for kind, mode in kinds.items() if isinstance(node, kind)), modes.S_IFREG)
    return node.mode | kind


@applet("ls")
def ls(call: Call) -> Steps[int]:
    """Files of folders."""
    found, names = call.options("la1AdRhtSrFinCLpcu", ["color=", "color", "full-time", "group-directories-first"])
    files, status = call.system.files, 0
    singles: list[tuple[str, Node]] = []
    folders: list[tuple[str, Folder]] = []
    for name in names or ["."]:
        try:
            node = files.find(call.path(name), follow="l" not in found or name.endswith("/"))
        except FileError as error:
            status = yield from call.fail(f"{name}: {error}")
            continue
        target = files.get(call.path(name)) if isinstance(node, Link) and "d" not in found else node
        if isinstance(target, Folder) and "d" not in found and not (isinstance(node, Link) and "l" in found):
            folders.append((name, target))
        else:
            singles.append((name, node))
    yield from _show(call, found, singles, None)
    titled = len(folders) + len(singles) > 1 or "R" in found
    for index, (name, folder) in enumerate(sorted(folders, key=lambda one: one[0])):
        if titled:
            yield from call.say(("\n" if index or singles else "") + f"{name}:")
        yield from _folder(call, found, name, folder)
    return status


def _folder(call: Call, found: dict[str, str], name: str, folder: Folder) -> Steps[None]:
    entries = folder.entries()
    shown = [(one, node) for one, node in sorted(entries.items()) if found.keys() & {"a", "A"} or one[0] != "."]
    if "a" in found:
        parent = call.system.files.get(posixpath.join(call.path(name), ".."))
        shown = [(".", folder), ("..", parent or folder), *shown]
    yield from _show(call, found, shown, folder)
    if "R" in found:
        for one, node in shown:
            if isinstance(node, Folder) and one not in (".", ".."):
                below = posixpath.join(name, one)
                yield from call.say(f"\n{below}:")
                yield from _folder(call, found, below, node)


def _show(call: Call, found: dict[str, str], entries: list[tuple[str, Node]], folder: Folder | None) -> Steps[None]:
    if "t" in found:
        entries = sorted(entries, key=lambda one: -one[1].time)
    if "S" in found:
        entries = sorted(entries, key=lambda one: -size_of(one[1]))
    if "r" in found:
        entries = entries[::-1]
    if "l" in found or "n" in found:
        if folder is not None:
            blocks = sum(-(-size_of(node) // 4096) * 4 for _, node in entries)
            yield from call.say(f"total {_human(blocks * 1024) if 'h' in found else blocks}")
        for name, node in entries:
            yield from call.say(_long(call, found, name, node))
        return
    names = [name + _mark(node, found) for name, node in entries]
    if not names:
        return
    columns = call.columns
    if not columns or "1" in found:
        yield from call.put(encode("".join(f"{name}\n" for name in names)))
        return
    yield from call.put(encode(_table(names, columns)))


def _mark(node: Node, found: dict[str, str]) -> str:
    if not found.keys() & {"F", "p"}:
        return ""
    if isinstance(node, Folder):
        return "/"
    if "F" not in found:
        return ""
    return "@" if isinstance(node, Link) else "*" if node.mode & 0o111 and not isinstance(node, Device) else ""


def _table(names: list[str], columns: int) -> str:
    """Names in columns, downwards."""
    width = max(map(len, names)) + 2
    across = max(1, (columns + 1) // width)
    rows = -(-len(names) // across)
    lines = []
    for row in range(rows):
        cells = names[row::rows]
        lines.append("".join(cell.ljust(width) for cell in cells[:-1]) + cells[-1] + "\n")
    return "".join(lines)


def _long(call: Call, found: dict[str, str], name: str, node: Node) -> str:
    files = call.system.files
    numbers = "n" in found
    owner = str(node.owner) if numbers else user_name(files, node.owner)
    group = str(node.group) if numbers else group_name(files, node.group)
    links = 2 + sum(isinstance(one, Folder) for one in node.entries().values()) if isinstance(node, Folder) else 1
    size = _human(size_of(node)) if "h" in found else str(size_of(node))
    if isinstance(node, Device):
        size = "1,   3"
    target = f" -> {node.target}" if isinstance(node, Link) else ""
    when = _when(node.time, call.system.clock.now)
    who = f"{modes.filemode(mode_of(node))} {links:>4} {owner:<8} {group:<8}"
    return f"{who} {size:>9} {when} {name}{target}{_mark(node, found)}"


def _when(time: float, now: float) -> str:
    moment = datetime.fromtimestamp(time, UTC)
    recent = now - _SIX_MONTHS < time <= now + 60
    return f"{moment:%b} {moment.day:2} " + (f"{moment:%H:%M}" if recent else f" {moment:%Y}")


def _human(size: float) -> str:
    for unit in ("", "K", "M", "G"):
        if size < 1024 or unit == "G":
            return f"{size:.1f}{unit}" if unit else str(int(size))
        size /= 1024
    return ""


@applet("stat")
def stat(call: Call) -> Steps[int]:
    """All about a file."""
    found, names = call.options("c:Lft")
    status = 0
    for name in names:
        try:
            node = call.system.files.find(call.path(name), follow="L" in found)
        except FileError as error:
            status = yield from call.fail(f"can't stat '{name}': {error}")
            continue
        if "c" in found:
            yield from call.say(_form(call, found["c"], name, node))
        else:
            yield from call.say(_stat(call, name, node))
    return status


def _form(call: Call, form: str, name: str, node: Node) -> str:
    values = {
        "n": name, "s": str(size_of(node)), "a": f"{node.mode:o}", "A": modes.filemode(mode_of(node)),
        "u": str(node.owner), "U": user_name(call.system.files, node.owner),
        "g": str(node.group), "G": group_name(call.system.files, node.group),
        "Y": str(int(node.time)), "y": _moment(node.time), "F": _kind(node), "h": "1", "%": "%",
    }  # fmt: skip
    parts = form.split("%")
    return parts[0] + "".join(values.get(part[:1], "?") + part[1:] for part in parts[1:])


def _moment(time: float) -> str:
    return datetime.fromtimestamp(int(time), UTC).strftime("%Y-%m-%d %H:%M:%S.") + f"{int(time % 1 * 1e9):09} +0000"


def _kind(node: Node) -> str:
    kinds = {Folder: "directory", Link: "symbolic link", Device: "character special file"}
    named = next((text for kind, text in kinds.items() if isinstance(node, kind)), "")
    return named or ("regular file" if size_of(node) or isinstance(node, Live) else "regular empty file")


def _stat(call: Call, name: str, node: Node) -> str:
    files, size, time = call.system.files, size_of(node), _moment(node.time)
    target = f"' -> '{node.target}" if isinstance(node, Link) else ""
    shown = f"'{name}{target}'" if target else name
    inode = 100_000 + sum(map(ord, call.path(name))) * 7 % 800_000
    owner, group = user_name(files, node.owner), group_name(files, node.group)
    return (
        f"  File: {shown}\n  Size: {size:<10}\tBlocks: {-(-size // 4096) * 8:<10} IO Block: 4096   {_kind(node)}\n"
        f"Device: 69h/105d\tInode: {inode:<10}  Links: 1\n"
        f"Access: ({node.mode:04o}/{modes.filemode(mode_of(node))})  "
        f"Uid: ({node.owner:5}/{owner:>8})   Gid: ({node.group:5}/{group:>8})\n"
        f"Access: {time}\nModify: {time}\nChange: {time}"
    )


@applet("du")
def du(call: Call) -> Steps[int]:
    """How much folders hold."""
    found, names = call.options("shad:ckmx")
    status = 0
    for name in names or ["."]:
        node = call.system.files.get(call.path(name), follow=False)
        if node is None:
            status = yield from call.fail(f"{name}: No such file or directory")
            continue
        deepest = 0 if "s" in found else int(found.get("d", "64"))
        rows: list[tuple[int, str]] = []
        _usage(name, node, 0, deepest, "a" in found, rows)
        for size, path in rows:
            text = _human(size * 1024) if "h" in found else str(size // 1024 if "m" in found else size)
            yield from call.say(f"{text}\t{path}")
    return status


def _usage(path: str, node: Node, depth: int, deepest: int, every: bool, rows: list[tuple[int, str]]) -> int:
    """Kilobytes; a row for each folder, and with `every` for each file."""
    size = -(-size_of(node) // 4096) * 4
    if isinstance(node, Folder):
        for name, child in sorted(node.entries().items()):
            size += _usage(posixpath.join(path, name), child, depth + 1, deepest, every, rows)
    if depth <= deepest and (isinstance(node, Folder) or every or not depth):
        rows.append((size, path))
    return size


@applet("df")
def df(call: Call) -> Steps[int]:
    """How full the file systems are."""
    found, names = call.options("hkmPTai")
    human = "h" in found
    unit = 2**20 if "m" in found else 1024
    mounts = [one for one in call.system.files.mounts if one.size]
    if names:
        mounts = [_mount_of(mounts, call.path(name)) for name in names]
    heads = (
        ("Size", "Used", "Available") if human else ("1M-blocks" if "m" in found else "1K-blocks", "Used", "Available")
    )
    widths = (9, 9, 9)
    title = "".join(f" {head:>{width}}" for head, width in zip(heads, widths, strict=True))
    yield from call.say(f"{'Filesystem':<20}{title} Use% Mounted on")
    for one in mounts:
        used = one.used + (call.system.files.written if one.path == "/" else 0)
        numbers = (one.size, used, one.size - used)
        cells = "".join(f" {_human(n) if human and n else n // unit:>9}" for n in numbers)
        yield from call.say(f"{one.device:<20}{cells} {-(-used * 100 // one.size):>3}% {one.path}")
    return 0


def _mount_of(mounts: list, path: str):  # type: ignore[no-untyped-def, type-arg]
    fitting = [one for one in mounts if path == one.path or path.startswith(one.path.rstrip("/") + "/")]
    return max(fitting or mounts[:1], key=lambda one: len(one.path))


@applet("mount")
def mount(call: Call) -> Steps[int]:
    """What is mounted where."""
    if call.args and not call.args[0].startswith("-"):
        return (yield from call.fail("permission denied (are you root?)", 1))
    for one in call.system.files.mounts:
        yield from call.say(f"{one.device} on {one.path} type {one.type} ({one.options})")
    return 0
