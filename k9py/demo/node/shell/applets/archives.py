"""tar, base64, checksums, gzip: bytes in other forms."""

from __future__ import annotations

import base64
import gzip as zipper
import hashlib
import io
import posixpath
import tarfile
import zlib

from k9py.demo.node.files import FileError, Folder, Link, Node
from k9py.demo.node.shell.applets.texts import whole
from k9py.demo.node.shell.command import Call, applet
from k9py.demo.node.shell.streams import Reader
from k9py.demo.node.shell.tasks import Steps

_BLOCK = 512
_LIMIT = 80 * 2**20


@applet("tar")
def tar(call: Call) -> Steps[int]:
    """Archives: c, x and t, with f, C, z, v."""
    if call.args and not call.args[0].startswith("-"):
        call.argv[1] = "-" + call.argv[1]
    found, names = call.options("cxtf:C:zvpmokhO", ["strip-components=", "exclude=", "no-same-owner", "warning="])
    here = call.path(found.get("C", "."))
    if not isinstance(call.system.files.get(here), Folder):
        return (yield from call.fail(f"can't change directory to '{found.get('C')}': No such file or directory"))
    if "c" in found:
        return (yield from _create(call, found, here, names))
    if not found.keys() & {"x", "t"}:
        yield from call.complain("tar: You must specify one of 'c', 'x' or 't'")
        return 1
    name = found.get("f", "-")
    try:
        reader = call.open(name)
    except FileError as error:
        return (yield from call.fail(f"can't open '{name}': {error}"))
    data = yield from _archive(reader)
    try:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            return (yield from _take_out(call, found, here, names, archive))
    except (tarfile.TarError, EOFError, zlib.error, OSError):
        return (yield from call.fail("short read" if len(data) < _BLOCK else "invalid tar magic"))


def _archive(reader: Reader) -> Steps[bytes]:
    """The bytes of an archive, up to its end: whoever sends it may not close the stream."""
    parts: list[bytes] = []
    held, start, header, zeros, size = bytearray(), 0, 0, 0, 0
    while data := (yield from reader.read()):
        parts.append(data)
        size += len(data)
        if size > _LIMIT or parts[0][:2] == b"\x1f\x8b":
            continue
        held += data
        while header + _BLOCK <= start + len(held):
            block = bytes(held[header - start : header - start + _BLOCK])
            empty = block.count(0) == _BLOCK
            zeros = zeros + 1 if empty else 0
            if zeros == 2:
                return b"".join(parts)
            header += _BLOCK + (0 if empty else -(-_length(block) // _BLOCK) * _BLOCK)
        gone = min(header - start, len(held))
        del held[:gone]
        start += gone
    return b"".join(parts)


def _length(block: bytes) -> int:
    field = block[124:136]
    if field[0] & 0x80:
        return int.from_bytes(field[1:], "big")
    text = field.strip(b"\0 ")
    return int(text, 8) if text and text.isdigit() else 0


def _create(call: Call, found: dict[str, str], here: str, names: list[str]) -> Steps[int]:
    status = 0
    made = io.BytesIO()
    warned = False
    with tarfile.open(fileobj=made, mode="w:gz" if "z" in found else "w", format=tarfile.GNU_FORMAT) as archive:
        for name in names:
            path = posixpath.normpath(posixpath.join(here, name))
            node = call.system.files.get(path, follow=False)
            if node is None:
                yield from call.complain(f"tar: {name}: No such file or directory")
                status = 1
                continue
            if name.startswith("/") and not warned:
                warned = True
                yield from call.complain("tar: removing leading '/' from member names")
            for below, child in call.system.files.walk(path, node):
                inside = (name.rstrip("/") + below[len(path) :] if path != "/" else below).lstrip("/") or "."
                _add(archive, inside, child)
                if "v" in found:
                    yield from call.complain(inside)
                yield None
    if status:
        yield from call.complain("tar: error exit delayed from previous errors")
    if found.get("f", "-") == "-":
        yield from call.put(made.getvalue())
    else:
        call.system.files.write(call.path(found["f"]), made.getvalue())
    return status


def _add(archive: tarfile.TarFile, name: str, node: Node) -> None:
    entry = tarfile.TarInfo(name)
    entry.mode, entry.uid, entry.gid, entry.mtime = node.mode, node.owner, node.group, int(node.time)
    entry.uname = entry.gname = "root"
    data = b""
    if isinstance(node, Folder):
        entry.type = tarfile.DIRTYPE
        entry.name = name.rstrip("/") + "/"
    elif isinstance(node, Link):
        entry.type, entry.linkname = tarfile.SYMTYPE, node.target
    else:
        data = getattr(node, "read", bytes)()
        entry.size = len(data)
    archive.addfile(entry, io.BytesIO(data))


def _take_out(call: Call, found: dict[str, str], here: str, names: list[str], archive: tarfile.TarFile) -> Steps[int]:
    strip = int(found.get("strip-components", "0"))
    wanted = {name.strip("/") for name in names}
    status = 0
    for member in archive:
        yield None
        name = member.name.strip("/")
        if wanted and not any(name == one or name.startswith(one + "/") for one in wanted):
            continue
        if "t" in found or "v" in found:
            yield from call.say(member.name + ("/" if member.isdir() else ""))
        if "t" in found:
            continue
        parts = [part for part in name.split("/") if part not in ("", ".")][strip:]
        if ".." in parts:
            status = yield from call.fail(f"name with '..' skipped: '{member.name}'")
            continue
        if not parts:
            continue
        try:
            yield from _put(call, found, posixpath.join(here, *parts), member, archive)
        except FileError as error:
            status = yield from call.fail(f"can't open '{'/'.join(parts)}': {error}")
    return status


def _put(
    call: Call, found: dict[str, str], path: str, member: tarfile.TarInfo, archive: tarfile.TarFile
) -> Steps[None]:
    files = call.system.files
    if member.isdir():
        files.make(path, member.mode & 0o7777, parents=True)
        return
    if not member.isfile() and not member.issym():
        return
    files.make(posixpath.dirname(path), parents=True)
    place = files.place(path, follow=False)
    if member.issym():
        files.put(place, Link(mode=0o777, target=member.linkname))
        return
    inner = archive.extractfile(member)
    data = inner.read() if inner else b""
    if "O" in found:
        yield from call.put(data)
        return
    if isinstance(place.node, Link):
        files.remove(path)
    files.write(path, data, member.mode & 0o7777)
    node = files.find(path)
    node.mode = member.mode & 0o777
    if "m" not in found:
        node.time = float(member.mtime)


@applet("base64")
def base_64(call: Call) -> Steps[int]:
    """Bytes as letters, and back with -d."""
    found, names = call.options("diw:", ["decode"])
    data, status = yield from whole(call, names)
    if status:
        return status
    if found.keys() & {"d", "decode"}:
        try:
            yield from call.put(base64.b64decode(b"".join(data.split()), validate=True))
        except ValueError:
            return (yield from call.fail("truncated input"))
        return 0
    width = int(found.get("w", "76"))
    text = base64.b64encode(data)
    lines = [text[at : at + width] for at in range(0, len(text), width)] if width else [text]
    yield from call.put(b"\n".join(lines) + (b"\n" if width or not text else b""))
    return 0


@applet("md5sum", "sha1sum", "sha256sum", "sha512sum", "cksum")
def checksum(call: Call) -> Steps[int]:
    """Sums of files."""
    status = 0
    _, names = call.options("bct")
    for name in names or ["-"]:
        data, failed = yield from whole(call, [name], "can't open '{name}': {error}")
        status = status or failed
        if failed:
            continue
        if call.name == "cksum":
            yield from call.say(f"{zlib.crc32(data)} {len(data)}" + (f" {name}" if names else ""))
        else:
            digest = hashlib.new(call.name.removesuffix("sum"), data, usedforsecurity=False).hexdigest()
            yield from call.say(f"{digest}  {name}")
    return status


@applet("gzip", "gunzip", "zcat")
def gzip(call: Call) -> Steps[int]:
    """Smaller bytes, and back."""
    found, names = call.options("cdfk123456789")
    out = call.name == "zcat" or "c" in found or not names
    back = call.name != "gzip" or "d" in found
    for name in names or ["-"]:
        data, status = yield from whole(call, [name])
        if status:
            return status
        try:
            data = zipper.decompress(data) if back else zipper.compress(data, mtime=0)
        except (OSError, EOFError, zlib.error):
            return (yield from call.fail(f"{name}: invalid magic"))
        if out:
            yield from call.put(data)
            continue
        call.system.files.write(call.path(name.removesuffix(".gz") if back else f"{name}.gz"), data)
        if "k" not in found:
            call.system.files.remove(call.path(name))
    return 0


@applet("hexdump", "xxd", "od")
def hexdump(call: Call) -> Steps[int]:
    """Bytes as numbers."""
    _, names = call.options("Cct:A:pn:")
    data, status = yield from whole(call, names)
    for at in range(0, len(data), 16):
        part = data[at : at + 16]
        shown = "".join(chr(one) if 32 <= one < 127 else "." for one in part)
        yield from call.say(f"{at:08x}  {part[:8].hex(' '):<23}  {part[8:].hex(' '):<23}  |{shown}|")
    yield from call.say(f"{len(data):08x}")
    return status
