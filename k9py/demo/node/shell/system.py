"""What runs in one container: its processes by number, its files, its name. The kernel, as far as a shell sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from k9py.demo.core.clock import Clock
from k9py.demo.node.files import Files
from k9py.demo.node.shell.streams import MEMORY
from k9py.demo.node.shell.tasks import Scheduler, Signal, Steps, Task, then
from k9py.values.quantity import parse_quantity

if TYPE_CHECKING:
    from k9py.demo.node.program import Process, Program
    from k9py.demo.node.shell.program import Console

SIGHUP, SIGINT, SIGKILL, SIGTERM = 1, 2, 9, 15


@dataclass(slots=True, eq=False)
class Entry:
    """A process. `takes` is asked whether it handles a signal itself; only then it goes on."""

    pid: int
    parent: int
    argv: list[str]
    started: float
    task: Task | None = None
    tty: bool = False
    takes: Callable[[int], bool] = field(default=lambda signal: False)
    system: System | None = None
    """The container that it runs in."""


class Pids:
    """The numbers of processes: of one container, or of those that share them."""

    def __init__(self) -> None:
        self.entries: dict[int, Entry] = {}
        self.last = 0

    def add(self, entry: Entry) -> Entry:
        """Give a process the next number."""
        self.last += 1
        entry.pid = self.last
        self.entries[entry.pid] = entry
        return entry


class System:
    """One container from within. It begins with its main process and ends with it."""

    def __init__(self, process: Process, program: Program, files: Files, shell: str, pids: Pids | None = None) -> None:
        self.process = process
        self.program = program
        self.files = files
        self.shell = shell
        """What `sh` is: ash, dash, bash, or nothing."""
        self.clock: Clock = process.clock
        self.scheduler = Scheduler(process.clock)
        self.pids = pids or Pids()
        self.main = self.pids.add(Entry(0, 0, _argv(process), process.started, system=self))
        """Its first process: number 1, unless it shares the numbers of another container."""
        self.listening: dict[int, Callable[[bytes], bytes]] = {}
        """What answers at which port: those that were started by a shell."""
        self.ended = Signal()
        self.is_over = False
        self.console: Console | None = None
        """Of the main process, if it is a simulated one."""

    @property
    def processes(self) -> dict[int, Entry]:
        """All that can be seen, by number."""
        return self.pids.entries

    @property
    def memory(self) -> int:
        """Bytes that a command can hold: the container's limit, and no more than is good for the simulation."""
        limits = (self.process.container.get("resources") or {}).get("limits") or {}
        limit = parse_quantity(limits["memory"]) if "memory" in limits else None
        return min(MEMORY, int(limit)) if limit else MEMORY

    def out_of_memory(self) -> None:
        """A command holds more than the container may: the kernel ends all that is in it."""
        if not self.is_over and "memory" in ((self.process.container.get("resources") or {}).get("limits") or {}):
            self.process.exit(137, "OOMKilled")

    @property
    def hostname(self) -> str:
        """The pod's name, unless it says otherwise."""
        return self.process.env.get("HOSTNAME") or self.process.pod

    @property
    def env(self) -> Mapping[str, str]:
        """That of the main process."""
        return self.process.env

    def enter(self, argv: list[str], parent: int, task: Task | None = None) -> Entry:
        """A new process."""
        return self.pids.add(Entry(0, parent, argv, self.clock.now, task, system=self))

    def leave(self, entry: Entry) -> None:
        """A process has ended."""
        self.processes.pop(entry.pid, None)

    def start(self, entry: Entry, steps: Steps[int]) -> Task:
        """Run a process as a task of its own."""
        entry.task = Task(self.scheduler, then(steps, lambda: self.leave(entry)), entry.pid)
        self.scheduler.wake(entry.task)
        return entry.task

    def kill(self, pid: int, signal: int) -> bool:
        """Send a signal; False if there is no such process."""
        entry = self.processes.get(pid)
        if entry is None:
            return False
        if not signal or entry.takes(signal):
            return True
        if entry.system and entry is entry.system.main and (pid == 1 or entry.task is None):
            entry.system.signal_main(signal)
        elif entry.task:
            entry.task.kill(signal, pid)
        return True

    def signal_main(self, signal: int) -> None:
        """Number 1 gets only the signals that it handles: a program that is no shell handles SIGTERM and the like."""
        if self.main.takes(signal):
            return
        if self.main.task is None and signal in (SIGINT, SIGTERM):
            self.program.stop(self.process)
        elif self.main.task and self.main.pid != 1:
            self.main.task.kill(signal, self.main.pid)

    def stop(self) -> None:
        """The container has ended, and all in it with it."""
        self.is_over = True
        for entry in [one for one in self.processes.values() if one.system is self]:
            if entry.task:
                entry.task.kill(SIGKILL, entry.pid)
            else:
                self.leave(entry)
        self.ended.fire()


def _argv(process: Process) -> list[str]:
    """What a process says it is: of an image that nobody knows, its name."""
    image = str(process.container.get("image", "app"))
    return list(process.argv) or ["/" + image.partition("@")[0].rpartition("/")[2].partition(":")[0]]
