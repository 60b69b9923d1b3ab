"""What `kubectl exec` starts in a container, and what `kubectl attach` gets hold of."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass, field

from k9py.demo.node.files import Folder
from k9py.demo.node.program import Process, Program
from k9py.demo.node.shell.applets.names import home_of
from k9py.demo.node.shell.command import Call, Stream, load_applets
from k9py.demo.node.shell.flavours import flavour_of
from k9py.demo.node.shell.interpreter import Shell
from k9py.demo.node.shell.launching import execute as launch
from k9py.demo.node.shell.launching import run_applet
from k9py.demo.node.shell.skeleton import fill
from k9py.demo.node.shell.streams import Pipe, Reader
from k9py.demo.node.shell.system import Entry, Pids, System
from k9py.demo.node.shell.tasks import Steps, Task, then
from k9py.demo.node.shell.terminal import Terminal

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class StartError(Exception):
    """A command that cannot be started, in the words of runc."""


@dataclass(slots=True)
class Session:
    """One command that somebody has started. With a terminal, keys go there, and there is no `stderr`."""

    task: Task
    stdin: Pipe | None
    stdout: Pipe
    stderr: Pipe | None
    terminal: Terminal | None
    system: System = field(repr=False)
    argv: Sequence[str] = ()

    @property
    def done(self) -> bool:
        """Whether it has ended."""
        return self.task.done

    def feed(self, data: bytes) -> None:
        """Standard input, or keys."""
        if self.terminal:
            self.terminal.type(data)
        elif self.stdin:
            self.stdin.feed(data)

    def end_input(self) -> None:
        """Nothing more comes."""
        if self.terminal:
            self.terminal.hang_up()
        elif self.stdin:
            self.stdin.end()

    def leave(self) -> None:
        """The client has gone. What it has started ends when it reads or writes the next time."""
        self.end_input()
        for pipe in (self.stdout, self.stderr):
            if pipe:
                pipe.abandon()
        if self.terminal and not self.task.done:
            self.task.kill(1)


def system_of(process: Process, program: Program) -> System:
    """What runs in the container of a process; made when somebody first looks."""
    if process.system is None:
        flavour = flavour_of(process.container.get("image", ""))
        process.system = System(process, program, process.files, flavour.shell, _shared_pids(process))
        pod = process.cluster.registry.read("pods", process.namespace, process.pod) or _bare(process)
        system, files = process.system, process.files
        inner = files.fill

        def first(_: object) -> None:
            files.fill = inner
            fill(system, pod, flavour)

        files.fill = first
    return process.system


def _shared_pids(process: Process) -> Pids | None:
    """The numbers of the container that an ephemeral one looks into; or of the pod, if its containers share them."""
    kubelets = getattr(process.cluster, "kubelets", None)
    run = kubelets.find(process.uid) if kubelets else None
    if run is None:
        return None
    target = process.container.get("targetContainerName")
    shares = bool(target) or run.pod()["spec"].get("shareProcessNamespace")
    for name, container in run.containers.items() if shares else ():
        other = container.process
        if other and other is not process and (name == target or not target) and (target or other.system):
            return system_of(other, container.program).pids
    return None


def _bare(process: Process) -> dict[str, object]:
    return {"metadata": {"name": process.pod, "namespace": process.namespace}, "spec": {"containers": []}}


def execute(process: Process, program: Program, argv: Sequence[str], stdin: bool, tty: bool) -> Session:
    """Start a command in a container. StartError if there is none of that name."""
    system = system_of(process, program)
    check(system, argv)
    stdout = Pipe()
    terminal = Terminal(stdout) if tty else None
    stderr = None if tty else Pipe()
    given = Pipe(1 << 20) if stdin and not tty else None
    fds: dict[int, Stream] = {0: given or Reader(), 1: stdout, 2: stderr or stdout}
    if terminal:
        fds = {0: terminal if stdin else Reader(), 1: terminal, 2: terminal}
    entry = system.enter(list(argv), 0)
    entry.tty = tty
    env = environment(system, tty)
    task = system.start(entry, _run(system, entry, env, fds, stdout, stderr))
    if terminal:
        terminal.interrupt = lambda signal: task.kill(signal)
    return Session(task, given, stdout, stderr, terminal, system, tuple(argv))


def environment(system: System, tty: bool) -> dict[str, str]:
    """What a new process in the container is given."""
    env = {"PATH": PATH, **system.env}
    env.setdefault("HOSTNAME", system.hostname)
    if tty:
        env["TERM"] = "xterm"
    env.setdefault("HOME", home_of(system.files, system.files.user))
    return env


def check(system: System, argv: Sequence[str]) -> None:
    """Whether a command is there. StartError if not."""
    if not argv:
        raise StartError("args must not be empty")
    name = argv[0]
    path = find_program(system, name)
    if isinstance(path, str):
        return
    if "/" in name and path == 127:
        why = f"stat {name}: no such file or directory"
    else:
        why = "permission denied" if path == 126 else "executable file not found in $PATH"
    raise StartError(f'unable to start container process: exec: "{name}": {why}')


def find_program(system: System, name: str) -> str | int:
    """Where a program is, 126 if it cannot be run, 127 if it is not there."""
    files = system.files
    folders = [""] if "/" in name else (system.env.get("PATH") or PATH).split(":")
    for folder in folders:
        path = posixpath.join("/", folder, name)
        node = files.get(path)
        if node is not None:
            if isinstance(node, Folder) or not node.mode & 0o111:
                return 126
            return path
    return 127


def run_argv(system: System, entry: Entry, env: dict[str, str], fds: dict[int, Stream], here: str = "/") -> Steps[int]:
    """Run a command line as the process that it is."""
    argv = entry.argv
    path = find_program(system, argv[0])
    applet = load_applets().get(posixpath.basename(path)) if isinstance(path, str) else None
    if applet is None:
        shell = Shell(system, entry, env, fds, argv[0])
        shell.here = here
        return (yield from launch(shell, argv, env, fds))
    return (yield from run_applet(applet, Call(system, argv, env, here, fds, entry.pid)))


def _run(
    system: System, entry: Entry, env: dict[str, str], fds: dict[int, Stream], stdout: Pipe, stderr: Pipe | None
) -> Steps[int]:
    here = system.process.container.get("workingDir") or flavour_of(system.process.container.get("image", "")).here

    def close() -> None:
        stdout.end()
        if stderr:
            stderr.end()

    return (yield from then(run_argv(system, entry, env, fds, here), close))
