"""Programs that outlive the process that started them: started, recorded, looked up again, ended.

A pid alone says nothing once its process has ended: the kernel gives it to another. So each record also holds the
process's start time and the machine's boot, and only a process that has all three is taken for ours. Every program
also carries a mark in its environment, which its children inherit: that finds what no record tells of.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.lab.shell import LabError, until

MARK = "K9PY_LAB_PROGRAM_OF"
_PATH = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class Spec:
    """A program: its name, its command, and where it listens once it works (address and port, or a socket)."""

    name: str
    argv: tuple[str, ...]
    listens: tuple[str, int] | Path


def start_time(pid: int) -> str | None:
    """When a process started, in the kernel's ticks; None when it has ended (a zombie has)."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else fields[19]


@dataclass(frozen=True)
class Record:
    """What is written down of a process."""

    pid: int
    start: str
    boot: str

    @classmethod
    def of(cls, pid: int) -> Record:
        return cls(pid, start_time(pid) or "ended", _BOOT.read_text().strip())

    @classmethod
    def parse(cls, text: str) -> Record | None:
        """The record in a file's text; None for one that was cut short."""
        parts = text.split()
        return cls(int(parts[0]), parts[1], parts[2]) if len(parts) == 3 and parts[0].isdigit() else None

    def text(self) -> str:
        return f"{self.pid} {self.start} {self.boot}\n"

    def alive(self) -> bool:
        """Whether that very process still runs, and not another with its pid."""
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, os.WNOHANG)
        return self.boot == _BOOT.read_text().strip() and start_time(self.pid) == self.start

    def send(self, number: signal.Signals) -> None:
        if self.alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


def marked(folder: Path) -> list[Record]:
    """Every process of this machine that carries the mark of the lab in `folder`."""
    mark = f"{MARK}={folder}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and mark in (entry / "environ").read_bytes().split(b"\0"):
                found.append(Record.of(int(entry.name)))
    return [record for record in found if record.alive()]


def kill_all(records: list[Record]) -> None:
    """SIGKILL, and wait until they are gone."""
    for record in records:
        record.send(signal.SIGKILL)
    until(lambda: not any(r.alive() for r in records), 20, "killed processes are gone", 0.05)


def open_at(place: tuple[str, int] | Path) -> bool:
    """Whether something accepts connections there."""
    family = socket.AF_UNIX if isinstance(place, Path) else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(2)
        return probe.connect_ex(str(place) if isinstance(place, Path) else place) == 0


class Programs:
    """The programs of a lab, by name, whoever started them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._run = folder / "run"
        self._logs = folder / "logs"

    def spawn(self, spec: Spec) -> None:
        """Start a program and write it down."""
        self._run.mkdir(parents=True, exist_ok=True)
        self._logs.mkdir(exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        streams = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0)]
        streams += [(os.POSIX_SPAWN_OPEN, n, str(self.log(spec.name)), flags, 0o644) for n in (1, 2)]
        env = {"PATH": _PATH, "HOME": str(self._folder), MARK: str(self._folder)}
        usual = [signal.SIGPIPE, signal.SIGINT, signal.SIGHUP]
        pid = os.posix_spawn(spec.argv[0], spec.argv, env, file_actions=streams, setsid=True, setsigdef=usual)
        self._file(spec.name).write_text(Record.of(pid).text())

    def record(self, name: str) -> Record | None:
        try:
            return Record.parse(self._file(name).read_text())
        except FileNotFoundError:
            return None

    def recorded(self) -> list[str]:
        """The names of all that were started and not stopped."""
        return sorted(path.stem for path in self._run.glob("*.pid"))

    def alive(self, name: str) -> bool:
        record = self.record(name)
        return record is not None and record.alive()

    def end(self, name: str, number: signal.Signals = signal.SIGTERM, patience: float = 75) -> None:
        """Ask a program to end, kill it when it does not in time, and forget it."""
        record = self.record(name)
        if record is None:
            return
        record.send(number)
        with contextlib.suppress(LabError):
            until(lambda: not record.alive(), patience, f"{name} has ended", 0.05)
        kill_all([record])
        self._file(name).unlink(missing_ok=True)

    def must_be_alive(self, name: str) -> None:
        """LabError with the last line of its log when a program has ended."""
        if not self.alive(name):
            raise LabError(f"{name} has ended: {self.last_words(name)} (its log: {self.log(name)})")

    def last_words(self, name: str) -> str:
        log = self.log(name)
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        return lines[-1] if lines else "it wrote nothing"

    def log(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def _file(self, name: str) -> Path:
        return self._run / f"{name}.pid"
