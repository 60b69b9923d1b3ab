"""The file system of a container. All of it is in memory; nothing of the machine's own disk can be reached by it."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

LIMIT = 64 * 2**20
"""Bytes that may be written in one container."""
_LINKS = 32

NOT_THERE = "No such file or directory"
NO_FOLDER = "Not a directory"
IS_FOLDER = "Is a directory"
EXISTS = "File exists"
READ_ONLY = "Read-only file system"
DENIED = "Permission denied"
FULL = "No space left on device"
NOT_EMPTY = "Directory not empty"
LOOP = "Too many levels of symbolic links"


class FileError(Exception):
    """Why something cannot be done with a file, as strerror(3) says it."""


@dataclass(slots=True, eq=False, kw_only=True)
class Node:
    """What all files have. `mode` is without the type; `time` is of the last change, seconds since the epoch."""

    mode: int = 0o644
    owner: int = 0
    group: int = 0
    time: float = 0.0


@dataclass(slots=True, eq=False)
class Plain(Node):
    """A regular file."""

    data: bytes | bytearray = b""

    def read(self) -> bytes:
        """All of it."""
        return bytes(self.data)


@dataclass(slots=True, eq=False)
class Live(Node):
    """A file that is made anew whenever it is read, as those of /proc."""

    source: Callable[[], bytes] = bytes

    def read(self) -> bytes:
        """All of it."""
        return self.source()


@dataclass(slots=True, eq=False)
class Binary(Node):
    """A program. All containers share it: it can be replaced, but not written to."""

    mode: int = field(default=0o755, kw_only=True)
    size: int = 1_131_168

    def read(self) -> bytes:
        """What ELF files begin with."""
        return b"\x7fELF\x02\x01\x01" + bytes(57)


@dataclass(slots=True, eq=False)
class Device(Node):
    """A character device of /dev."""

    name: str = "null"


@dataclass(slots=True, eq=False)
class Link(Node):
    """A symbolic link."""

    target: str = ""


@dataclass(slots=True, eq=False)
class Folder(Node):
    """A directory."""

    mode: int = field(default=0o755, kw_only=True)
    read_only: bool = field(default=False, kw_only=True)
    """Nothing below it can be changed."""
    own: dict[str, Node] = field(default_factory=dict)

    def entries(self) -> dict[str, Node]:
        """What is in it, by name."""
        return self.own


@dataclass(slots=True, eq=False)
class LiveFolder(Folder):
    """A directory whose entries are made anew whenever somebody looks: /proc, and volumes of ConfigMaps."""

    source: Callable[[], dict[str, Node]] = dict

    def entries(self) -> dict[str, Node]:
        """What is in it now."""
        return self.source()


class Mount(NamedTuple):
    """An entry of /proc/mounts. `size` and `used` are bytes; a size of 0 stands in no `df`."""

    device: str
    path: str
    type: str
    options: str
    size: int = 0
    used: int = 0


class Place(NamedTuple):
    """Where a path leads: the folder it is in, its name there, and what is there now (None: nothing yet)."""

    folder: Folder
    name: str
    node: Node | None
    read_only: bool
    path: str


class Files:
    """Files by their absolute path. `fill` puts in what an image and its volumes hold, when somebody first looks."""

    def __init__(self, fill: Callable[[Files], None] | None = None) -> None:
        self._root = Folder()
        self.fill = fill
        self.user = 0
        """Who works with them."""
        self.read_only = False
        """Of the root; volumes are as they are mounted."""
        self.mounts: list[Mount] = []
        self.written = 0
        """Bytes, since the container has begun."""
        self.now: Callable[[], float] = float

    @property
    def root(self) -> Folder:
        """Of all of them."""
        if self.fill:
            fill, self.fill = self.fill, None
            fill(self)
        return self._root

    def find(self, path: str, follow: bool = True) -> Node:
        """The file of a path, or what the last link in it points to. FileError if there is none."""
        place = self.place(path, follow)
        if place.node is None:
            raise FileError(NOT_THERE)
        return place.node

    def get(self, path: str, follow: bool = True) -> Node | None:
        """The same, or None."""
        try:
            return self.place(path, follow).node
        except FileError:
            return None

    def place(self, path: str, follow: bool = True) -> Place:
        """Where a path leads. FileError if a folder on the way is not there."""
        return self._walk(path, follow, _LINKS)

    def exists(self, path: str) -> bool:
        """Whether there is something."""
        return self.get(path) is not None

    def read(self, path: str) -> bytes:
        """A file's bytes. FileError if it has none."""
        node = self.find(path)
        if isinstance(node, Folder):
            raise FileError(IS_FOLDER)
        if self.user and not node.mode & 0o004 and node.owner != self.user:
            raise FileError(DENIED)
        return node.read() if isinstance(node, Plain | Live | Binary) else b""

    def write(self, path: str, data: bytes, mode: int = 0o644, append: bool = False) -> None:
        """Write a file, a new one if it is not there."""
        node = self.open(path, mode, append)
        if isinstance(node, Plain):
            self.extend(node, data)

    def open(self, path: str, mode: int = 0o644, append: bool = False) -> Node:
        """A file to be written; what it held is gone, unless it is to be appended to."""
        place = self.place(path)
        node = place.node
        if isinstance(node, Folder):
            raise FileError(IS_FOLDER)
        if isinstance(node, Device):
            return node
        if isinstance(node, Binary):
            raise FileError("Text file busy")
        self._check(place, node)
        if node is None:
            node = Plain(mode=mode, owner=self.user, group=self.user)
            self.put(place, node)
        if isinstance(node, Plain):
            if not append:
                self.written -= len(node.data)
                node.data = bytearray()
            node.time = self.now()
        return node

    def extend(self, node: Plain, data: bytes) -> None:
        """Append bytes to a file. FileError if the container's share of the disk is used up."""
        if self.written + len(data) > LIMIT:
            raise FileError(FULL)
        self.written += len(data)
        if not isinstance(node.data, bytearray):
            node.data = bytearray(node.data)
        node.data += data
        node.time = self.now()

    def put(self, place: Place, node: Node) -> None:
        """Put something at a place, whatever was there."""
        self._check(place, None)
        node.time = node.time or self.now()
        place.folder.own[place.name] = node
        place.folder.time = self.now()

    def make(self, path: str, mode: int = 0o755, parents: bool = False) -> Folder:
        """Make a folder, and with `parents` those above it; then one that is there already is no error."""
        if parents and path.strip("/"):
            self.make(posixpath.dirname(path.rstrip("/")) or "/", 0o755, True)
        place = self.place(path)
        if isinstance(place.node, Folder) and parents:
            return place.node
        if place.node is not None:
            raise FileError(EXISTS)
        folder = Folder(mode=mode, owner=self.user, group=self.user)
        self.put(place, folder)
        return folder

    def remove(self, path: str) -> None:
        """Remove a file, or an empty folder."""
        place = self.place(path, follow=False)
        if place.node is None:
            raise FileError(NOT_THERE)
        self._check(place, None)
        if isinstance(place.node, Folder) and place.node.entries():
            raise FileError(NOT_EMPTY)
        if place.path == "/" or any(mount.path == place.path for mount in self.mounts):
            raise FileError("Device or resource busy")
        if isinstance(place.node, Plain):
            self.written = max(0, self.written - len(place.node.data))
        del place.folder.own[place.name]
        place.folder.time = self.now()

    def mount(self, path: str, node: Node, mount: Mount | None = None) -> None:
        """Lay something over a path; what is missing on the way is made."""
        parent = self._root
        for name in [part for part in posixpath.dirname(path.rstrip("/")).split("/") if part]:
            found = parent.own.get(name)
            if isinstance(found, Link):
                found = self.find(posixpath.join("/", found.target))
            if not isinstance(found, Folder):
                found = parent.own[name] = Folder(time=self.now())
            parent = found
        parent.own[posixpath.basename(path.rstrip("/"))] = node
        if mount:
            self.mounts = [*(one for one in self.mounts if one.path != mount.path), mount]

    def walk(self, path: str, node: Node | None = None) -> Iterator[tuple[str, Node]]:
        """A path and all that is below it; links are not followed."""
        node = node or self.find(path, follow=False)
        yield path, node
        if isinstance(node, Folder):
            for name, child in sorted(node.entries().items()):
                yield from self.walk(posixpath.join(path, name), child)

    def _walk(self, path: str, follow: bool, links: int) -> Place:
        if not links:
            raise FileError(LOOP)
        folder, name, read_only = self.root, "", self.read_only
        node: Node | None = folder
        trail: list[tuple[str, Folder, bool]] = []
        parts = [part for part in path.split("/") if part and part != "."]
        for index, part in enumerate(parts):
            if not isinstance(node, Folder):
                raise FileError(NOT_THERE if node is None else NO_FOLDER)
            if part == "..":
                name, folder, read_only = trail.pop() if trail else ("", self.root, self.read_only)
                node = folder if not name else folder.entries()[name]
                continue
            trail.append((name, folder, read_only))
            folder, name = node, part
            found = folder.entries().get(part)
            read_only = _read_only(folder, read_only)
            if isinstance(found, Link) and (follow or index < len(parts) - 1):
                above = "/" + "/".join(one[0] for one in trail[1:])
                rest = "/".join((found.target, *parts[index + 1 :]))
                return self._walk(posixpath.join(above, rest), follow, links - 1)
            node = found
        here = "/" + "/".join(one for one in (*(one[0] for one in trail[1:]), name) if one)
        return Place(folder, name, node, read_only, here)

    def _check(self, place: Place, node: Node | None) -> None:
        """Whether there may be written: a file itself, or the folder that it is to be in."""
        if _read_only(place.folder, place.read_only):
            raise FileError(READ_ONLY)
        subject = node or place.folder
        if self.user and not subject.mode & 0o002 and subject.owner != self.user:
            raise FileError(DENIED)


def _read_only(folder: Folder, above: bool) -> bool:
    """A volume that is mounted into a read-only root may be written to, and the other way round."""
    return folder.read_only if isinstance(folder, LiveFolder) or folder.read_only else above and not _volume(folder)


def _volume(folder: Folder) -> bool:
    return isinstance(folder, Volume)


@dataclass(slots=True, eq=False)
class Volume(Folder):
    """A volume that is shared: an emptyDir of a pod, a claim's."""

    mode: int = field(default=0o777, kw_only=True)


def tree(files: Mapping[str, bytes | str | Node], time: float) -> Folder:
    """Folders and files out of paths; a text of `->` and a path is a link."""
    root = Folder(time=time)
    for path, content in files.items():
        folder = root
        *above, name = path.strip("/").split("/")
        for part in above:
            found = folder.own.setdefault(part, Folder(time=time))
            assert isinstance(found, Folder)
            folder = found
        folder.own[name] = _node(content, time)
    return root


def _node(content: bytes | str | Node, time: float) -> Node:
    if isinstance(content, Node):
        content.time = content.time or time
        return content
    if isinstance(content, str) and content.startswith("->"):
        return Link(mode=0o777, time=time, target=content[2:])
    return Plain(time=time, data=content.encode() if isinstance(content, str) else content)
