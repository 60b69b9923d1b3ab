"""What a command is given, and the table of all commands."""

from __future__ import annotations

import getopt
import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules

from k9py.demo.node.files import Device, FileError, Folder, Plain
from k9py.demo.node.shell.streams import Endless, Full, Reader, Sink, Source, Writer, read_all
from k9py.demo.node.shell.system import System
from k9py.demo.node.shell.tasks import Steps

Stream = Reader | Writer


@dataclass(slots=True)
class Call:
    """One run of a command."""

    system: System
    argv: list[str]
    env: Mapping[str, str]
    here: str
    """The current folder."""
    fds: Mapping[int, Stream]
    pid: int

    @property
    def name(self) -> str:
        """As it was called, without folders."""
        return posixpath.basename(self.argv[0])

    @property
    def args(self) -> list[str]:
        """What follows the name."""
        return self.argv[1:]

    @property
    def stdin(self) -> Reader:
        """Standard input."""
        found = self.fds.get(0)
        return found if isinstance(found, Reader) else Reader()

    def path(self, name: str) -> str:
        """A path from the root."""
        return posixpath.normpath(posixpath.join(self.here, name)) if name else ""

    def put(self, data: bytes) -> Steps[None]:
        """Write bytes to standard output."""
        found = self.fds.get(1)
        if isinstance(found, Writer):
            yield from found.write(data)

    def say(self, text: str) -> Steps[None]:
        """Write a line to standard output."""
        yield from self.put(encode(text + "\n"))

    def complain(self, text: str) -> Steps[None]:
        """Write a line to standard error, as it stands."""
        found = self.fds.get(2)
        if isinstance(found, Writer):
            yield from found.write(encode(text + "\n"))

    def fail(self, text: str, status: int = 1) -> Steps[int]:
        """Write `name: text` to standard error; answers the exit code."""
        yield from self.complain(f"{self.name}: {text}")
        return status

    def options(self, short: str, long: Iterable[str] = ()) -> tuple[dict[str, str], list[str]]:
        """Options (`a:` takes a value) and operands, in any order. UsageError if they are wrong."""
        try:
            found, operands = getopt.gnu_getopt(self.args, short, list(long))
        except getopt.GetoptError as error:
            raise UsageError(_usage(error)) from None
        return {name.lstrip("-"): value for name, value in found}, operands

    def read_all(self, reader: Reader) -> Steps[bytes]:
        """All that comes, as far as the container's memory reaches."""
        return (yield from read_all(reader, self.system.memory))

    def open(self, name: str) -> Reader:
        """A file to read from; `-` is standard input. FileError if it cannot be."""
        return self.stdin if name == "-" else open_reader(self.system, self.path(name), self.fds)

    def inputs(self, names: list[str]) -> Iterator[tuple[str, Reader | FileError]]:
        """Each file that is named, or standard input: what to read, or why it cannot be."""
        for name in names or ["-"]:
            try:
                yield name, self.open(name)
            except FileError as error:
                yield name, error

    @property
    def columns(self) -> int:
        """Width of the terminal that it writes to, 0 if it is none."""
        found = self.fds.get(1)
        return found.terminal.columns if found and found.terminal else 0


class UsageError(Exception):
    """Options that are wrong, in the command's words."""


def _usage(error: getopt.GetoptError) -> str:
    if "requires argument" in error.msg:
        return f"option requires an argument -- '{error.opt}'"
    return f"unrecognized option '--{error.opt}'" if len(error.opt) > 1 else f"invalid option -- '{error.opt}'"


def encode(text: str) -> bytes:
    """Text as bytes; those that were no text come out as they came in."""
    return text.encode("utf-8", "surrogateescape")


def decode(data: bytes) -> str:
    """Bytes as text."""
    return data.decode("utf-8", "surrogateescape")


def open_reader(system: System, path: str, fds: Mapping[int, Stream]) -> Reader:
    """What a path is read from. FileError if it cannot be."""
    node = system.files.find(path)
    if not isinstance(node, Device):
        return Source(system.files.read(path))
    if node.name in ("zero", "full"):
        return Endless()
    if node.name in ("urandom", "random"):
        return Endless(system.process.random)
    found = fds.get(0) if node.name in ("tty", "stdin") else None
    return found if isinstance(found, Reader) else Reader()


def open_writer(system: System, path: str, fds: Mapping[int, Stream], append: bool) -> Writer:
    """What a path is written to. FileError if it cannot be."""
    node = system.files.open(path, append=append)
    if isinstance(node, Plain):
        return Sink(system.files, node)
    if not isinstance(node, Device):
        raise FileError("Permission denied")
    if node.name == "full":
        return Full()
    found = fds.get({"stdout": 1, "tty": 1, "stderr": 2}.get(node.name, -1))
    return found if isinstance(found, Writer) else Writer()


def is_folder(call: Call, name: str) -> bool:
    """Whether a name is that of a folder."""
    return isinstance(call.system.files.get(call.path(name)), Folder)


Applet = Callable[[Call], Steps[int]]
APPLETS: dict[str, Applet] = {}
"""All programs that containers have, by name."""


def applet(*names: str) -> Callable[[Applet], Applet]:
    """Make a function known as a program of these names."""

    def known(function: Applet) -> Applet:
        APPLETS.update(dict.fromkeys(names, function))
        return function

    return known


@lru_cache(1)
def load_applets() -> Mapping[str, Applet]:
    """All of them."""
    package = import_module("k9py.demo.node.shell.applets")
    for module in iter_modules(package.__path__, f"{package.__name__}."):
        import_module(module.name)
    return APPLETS
