"""A container whose main process is a shell, or any of the simulated commands."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Sequence

from k9py.demo.core.store import Obj
from k9py.demo.node.exec_probe import ask_container
from k9py.demo.node.files import Plain
from k9py.demo.node.program import Hook, Load, Process, Program
from k9py.demo.node.program import StartError as CannotStart
from k9py.demo.node.shell.command import Stream, load_applets
from k9py.demo.node.shell.flavours import flavour_of
from k9py.demo.node.shell.session import StartError, check, environment, execute, run_argv, system_of
from k9py.demo.node.shell.skeleton import tools
from k9py.demo.node.shell.streams import Lines, Pipe, Reader, Tee
from k9py.demo.node.shell.system import SIGTERM, Entry, System
from k9py.demo.node.shell.tasks import Killed, Steps, then
from k9py.demo.node.shell.terminal import Terminal


class Console:
    """Standard input and output of a main process: what `kubectl attach` gets hold of."""

    def __init__(self, process: Process) -> None:
        container = process.container
        self.tty = bool(container.get("tty"))
        self.once = bool(container.get("stdinOnce"))
        self.out = Tee(Lines(lambda line: process.log(line.decode("utf-8", "replace"))))
        self.err = Tee(Lines(lambda line: process.log(line.decode("utf-8", "replace"), "stderr")))
        self.terminal = Terminal(self.out) if self.tty else None
        self.stdin = Pipe(1 << 20) if container.get("stdin") and not self.tty else None

    @property
    def fds(self) -> dict[int, Stream]:
        """For the main process."""
        if self.terminal:
            return {0: self.terminal, 1: self.terminal, 2: self.terminal}
        return {0: self.stdin or Reader(), 1: self.out, 2: self.err}

    def close(self) -> None:
        """It has ended."""
        for tee in (self.out, self.err):
            tee.log.close()
            for pipe in tee.listeners:
                pipe.end()


class ShellProgram(Program):
    """Runs the command line of its container with the simulated commands; one for all containers."""

    def start(self, process: Process) -> None:
        """Begin. StartError if there is no such command in the image."""
        system = system_of(process, self)
        try:
            check(system, process.argv)
        except StartError as error:
            raise CannotStart(str(error).removeprefix("unable to start container process: ")) from None
        console = Console(process)
        system.console = console
        entry = system.main
        entry.argv, entry.tty = list(process.argv), console.tty
        task = system.start(entry, self._run(system, entry, console))
        if console.terminal:
            console.terminal.interrupt = lambda signal: task.kill(signal)

    def stop(self, process: Process) -> None:
        """SIGTERM: only a shell with a trap for it hears it; number 1 is not ended by what it does not handle."""
        if process.system:
            process.system.signal_main(SIGTERM)

    def load(self, process: Process) -> Load:
        """A shell that works without pause uses a core."""
        system = process.system
        busy = system.scheduler.busy if system else 0.0
        held = system.files.written if system else 0
        return Load(0.0005 + busy, 1.2 * 2**20 + held)

    def ask(self, process: Process, kind: str, handler: Obj, timeout: float, done: Callable[[str], None]) -> None:
        """An exec probe runs its command; the others ask what listens."""
        ask_container(self, process, handler, timeout, done)

    def steady(self, process: Process) -> bool:
        """Files come and go."""
        return False

    def hook(self, process: Process, kind: str, handler: Obj) -> Hook:
        """A command of a hook is run; how long it takes is not waited for, but for `sleep`."""
        argv = (handler.get("exec") or {}).get("command")
        if argv and process.system:
            try:
                execute(process, self, argv, stdin=False, tty=False)
            except StartError as error:
                return Hook(0.0, str(error))
        return super().hook(process, kind, handler)

    def serve(self, process: Process, port: int, received: bytes) -> bytes | None:
        """What `httpd` answers."""
        answer = process.system.listening.get(port) if process.system else None
        return answer(received) if answer else None

    def _run(self, system: System, entry: Entry, console: Console) -> Steps[int]:
        process = system.process
        here = process.container.get("workingDir") or "/"
        env = environment(system, console.tty)
        try:
            status = yield from then(run_argv(system, entry, env, console.fds, here), console.close)
        except Killed as killed:
            status = 128 + killed.signal
        if not system.is_over:
            process.message = _last_words(system)
            process.exit(status)
        return status


def _last_words(system: System) -> str:
    """What it has left in its termination log."""
    path = system.process.container.get("terminationMessagePath") or "/dev/termination-log"
    node = system.files.get(path)
    return node.read()[:4096].decode("utf-8", "replace") if isinstance(node, Plain) else ""


def is_simulated(image: str, argv: Sequence[str]) -> bool:
    """Whether a command line is one that ShellProgram can run in that image."""
    if not argv:
        return False
    name = posixpath.basename(argv[0])
    return name in load_applets() and name in tools(flavour_of(image))


SHELL = ShellProgram()
"""It knows nothing of its own: all containers can share it."""


def program_for(image: str, argv: Sequence[str], own: Program) -> Program:
    """What runs a command line: the image's own program, unless the pod has named a simulated command."""
    missing = bool(argv) and flavour_of(image).bare and type(own) is Program
    return SHELL if missing or is_simulated(image, argv) else own
