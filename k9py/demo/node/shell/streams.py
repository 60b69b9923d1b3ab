"""What commands read from and write to: pipes with back-pressure, files, devices, a container's log."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING

from k9py.demo.node.files import FileError, Files, Plain
from k9py.demo.node.shell.tasks import Killed, OutOfMemoryError, Signal, Steps

if TYPE_CHECKING:
    from k9py.demo.node.shell.terminal import Terminal

PIPE = 65_536
"""Bytes that wait in a pipe; who writes more waits until they are read."""
SIGPIPE = 13


class Reader:
    """Something to read from. This one is at its end: /dev/null."""

    terminal: Terminal | None = None
    """The terminal it is, if it is one."""

    def __init__(self) -> None:
        self._back = b""

    def read(self) -> Steps[bytes]:
        """Some bytes as soon as there are some; none means that it has ended."""
        if self._back:
            back, self._back = self._back, b""
            return back
        return (yield from self._more())

    def unread(self, data: bytes) -> None:
        """Give back what was read too far."""
        self._back = data + self._back

    def close(self) -> None:
        """Nobody will read any more."""

    def _more(self) -> Steps[bytes]:
        return b""
        yield


class Writer:
    """Something to write to. This one forgets it all: /dev/null."""

    terminal: Terminal | None = None

    def write(self, data: bytes) -> Steps[None]:
        """Write bytes; waits while there is no room. Killed (SIGPIPE) if nobody reads, FileError if it is full."""
        return
        yield

    def close(self) -> None:
        """Nothing more will be written."""


class Pipe(Reader, Writer):
    """Bytes from those who write to those who read, in order."""

    def __init__(self, size: int = PIPE) -> None:
        super().__init__()
        self.size = size
        self.held = 0
        self.ended = False
        self.broken = False
        self.readable, self.writable = Signal(), Signal()
        self._chunks: deque[bytes] = deque()

    @property
    def full(self) -> bool:
        """Whether who writes should wait."""
        return self.held >= self.size

    def feed(self, data: bytes) -> None:
        """Put bytes in without waiting."""
        if data and not self.broken and not self.ended:
            self._chunks.append(data)
            self.held += len(data)
            self.readable.fire()

    def take(self) -> bytes:
        """All that is in it, without waiting."""
        if self._back:
            back, self._back = self._back, b""
            return back
        data = b"".join(self._chunks)
        self._chunks.clear()
        self.held = 0
        if data:
            self.writable.fire()
        return data

    def write(self, data: bytes) -> Steps[None]:
        """Write bytes; those beyond what a pipe holds wait."""
        view = memoryview(data)
        while len(view):
            if self.broken:
                raise Killed(SIGPIPE)
            room = self.size - self.held
            if room <= 0:
                yield self.writable
                continue
            self.feed(bytes(view[:room]))
            view = view[room:]

    def end(self) -> None:
        """Nothing more will be written; what is in it can still be read."""
        self.ended = True
        self.readable.fire()
        self.writable.fire()

    def abandon(self) -> None:
        """Nobody will read any more: who writes is ended."""
        self.broken = True
        self._chunks.clear()
        self.held = 0
        self.writable.fire()

    def _more(self) -> Steps[bytes]:
        while not self._chunks and not self.ended:
            yield self.readable
        if not self._chunks:
            return b""
        chunk = self._chunks.popleft()
        self.held -= len(chunk)
        self.writable.fire()
        return chunk


class Ahead(Reader):
    """Another reader, in a buffer of one's own: what is given back stays here."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self._reader = reader

    def _more(self) -> Steps[bytes]:
        return (yield from self._reader.read())


class Source(Reader):
    """Bytes that are there already, in pieces."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self._data = memoryview(data)

    def _more(self) -> Steps[bytes]:
        piece, self._data = self._data[:PIPE], self._data[PIPE:]
        return bytes(piece)
        yield


class Endless(Reader):
    """/dev/zero and /dev/urandom."""

    def __init__(self, random: Random | None = None) -> None:
        super().__init__()
        self._random = random

    def _more(self) -> Steps[bytes]:
        yield None
        return self._random.randbytes(4096) if self._random else bytes(4096)


class Sink(Writer):
    """A file."""

    def __init__(self, files: Files, node: Plain) -> None:
        self._files, self._node = files, node

    def write(self, data: bytes) -> Steps[None]:
        """Append it."""
        self._files.extend(self._node, data)
        return
        yield


class Full(Writer):
    """/dev/full."""

    def write(self, data: bytes) -> Steps[None]:
        """It never has room."""
        raise FileError("No space left on device")
        yield


class Collector(Writer):
    """Keeps what is written, for `$(…)`."""

    def __init__(self, limit: int = 16 * 2**20) -> None:
        self.parts: list[bytes] = []
        self._left = limit

    def write(self, data: bytes) -> Steps[None]:
        """Keep it; Killed (as by an OOM) when it is too much."""
        self._left -= len(data)
        if self._left < 0:
            raise Killed(9)
        self.parts.append(data)
        return
        yield


class Lines(Writer):
    """Hands on whole lines, without their ends: to the log of a container."""

    def __init__(self, say: Callable[[bytes], None]) -> None:
        self._say = say
        self._part = b""

    def write(self, data: bytes) -> Steps[None]:
        """Hand on the lines that are whole."""
        self.feed(data)
        return
        yield

    def feed(self, data: bytes) -> None:
        """The same for those who cannot wait."""
        *whole, self._part = (self._part + data).split(b"\n")
        for line in whole:
            self._say(line)

    def close(self) -> None:
        """The last line may have no end."""
        if self._part:
            self._say(self._part)
            self._part = b""


class Tee(Writer):
    """What a main process writes: to its log, and to all who are attached. Nobody who is slow holds it up."""

    def __init__(self, log: Lines) -> None:
        self.log = log
        self.listeners: list[Pipe] = []

    def write(self, data: bytes) -> Steps[None]:
        """Write to all of them."""
        self.feed(data)
        return
        yield

    def feed(self, data: bytes) -> None:
        """The same for those who cannot wait."""
        self.log.feed(data)
        for pipe in self.listeners:
            if pipe.held < 16 * PIPE:
                pipe.feed(data)


MEMORY = 64 * 2**20
"""Bytes that one command holds at most."""


def read_all(reader: Reader, limit: int = MEMORY) -> Steps[bytes]:
    """All that comes until it ends; OutOfMemoryError beyond the limit."""
    parts: list[bytes] = []
    size = 0
    while data := (yield from reader.read()):
        parts.append(data)
        size += len(data)
        if size > limit:
            raise OutOfMemoryError
    return b"".join(parts)


def read_line(reader: Reader) -> Steps[bytes | None]:
    """One line with its end; what was read beyond it is given back. None if there is nothing more."""
    parts: list[bytes] = []
    while data := (yield from reader.read()):
        line, end, rest = data.partition(b"\n")
        parts.append(line + end)
        if end:
            if rest:
                reader.unread(rest)
            return b"".join(parts)
    return b"".join(parts) or None
