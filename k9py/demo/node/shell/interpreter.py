"""The shell: it does what the parser has found."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar

from k9py.demo.node.files import FileError
from k9py.demo.node.shell.command import Stream, decode, encode
from k9py.demo.node.shell.compounds import run_compound
from k9py.demo.node.shell.expansion import ExpansionError, arguments, text_of
from k9py.demo.node.shell.flow import Leave, Return
from k9py.demo.node.shell.launching import execute
from k9py.demo.node.shell.parser import parse
from k9py.demo.node.shell.redirects import redirected
from k9py.demo.node.shell.streams import Collector, Pipe, Reader, Writer
from k9py.demo.node.shell.system import Entry, System
from k9py.demo.node.shell.tasks import Steps, Task, join, then
from k9py.demo.node.shell.tree import Chain, Command, Function, Pipeline, Sequence, Simple
from k9py.demo.node.shell.words import ShellSyntaxError

if TYPE_CHECKING:
    from k9py.demo.node.shell.editor import Editor

DEEPEST = 60
"""So deep functions and shells may call each other."""


Builtin = Callable[["Shell", list[str], Mapping[int, Stream]], Steps[int]]


class Shell:
    """One shell: its variables, where it is, what it reads and writes. `entry` is its process."""

    builtins: ClassVar[dict[str, Builtin]] = {}

    def __init__(
        self, system: System, entry: Entry, env: Mapping[str, str], fds: Mapping[int, Stream], name: str = "sh"
    ) -> None:
        self.system = system
        self.entry = entry
        self.number = entry.pid
        """What `$$` is: in a subshell too, that of the shell around it."""
        self.name = self.called = name
        self.fds = dict(fds)
        self.variables = {"IFS": " \t\n", "PS2": "> ", "OPTIND": "1", "SHLVL": "0", **env}
        self.exported = set(env) | {"PWD"}
        self.read_only: set[str] = set()
        self.functions: dict[str, Command] = {}
        self.aliases: dict[str, str] = {}
        self.args: list[str] = []
        self.options: set[str] = set()
        self.status = 0
        self.here = "/"
        self.jobs: list[Task] = []
        self.traps: dict[int, str] = {}
        self.pending: list[int] = []
        self.interactive = False
        self.locals: list[dict[str, str | None]] = []
        self.last_job = 0
        self.depth = 0
        self.line = 0
        self.editor: Editor | None = None
        self.tested = 0
        """So many conditions around: what fails in them ends no shell that was started with -e."""
        entry.takes = self._take_signal

    def get(self, name: str, default: str = "") -> str:
        """A variable."""
        return self.variables.get(name, default)

    def set(self, name: str, value: str) -> None:
        """Set one."""
        if name in self.read_only:
            raise ExpansionError(f"{name}: is read only")
        self.variables[name] = value
        if "a" in self.options:
            self.exported.add(name)

    def parameter(self, name: str) -> str | None:
        """A variable or a special parameter; None if it is not set."""
        special = _SPECIAL.get(name)
        if special:
            return special(self)
        if name.isdigit():
            return self.args[int(name) - 1] if 0 < int(name) <= len(self.args) else self.name if name == "0" else None
        if name == "RANDOM":
            return str(self.system.process.random.randrange(32768))
        return self.variables.get(name)

    def env(self) -> dict[str, str]:
        """What a program is given of the variables."""
        return {name: self.variables[name] for name in self.variables if name in self.exported}

    def path(self, name: str) -> str:
        """A path from the root."""
        return posixpath.normpath(posixpath.join(self.here, name))

    def copy(self, entry: Entry | None = None, fds: Mapping[int, Stream] | None = None) -> Shell:
        """A shell of its own with all that this one has: what it changes stays in it."""
        other = Shell(
            self.system, entry or Entry(self.entry.pid, 0, [], 0.0, self.entry.task), {}, fds or self.fds, self.name
        )
        for name in ("variables", "exported", "functions", "aliases", "args", "options"):
            setattr(other, name, getattr(self, name).copy())
        other.read_only, other.called = self.read_only, self.called
        other.number = self.number
        other.status, other.here, other.depth, other.last_job = self.status, self.here, self.depth, self.last_job
        return other

    def complain(self, text: str, fds: Mapping[int, Stream] | None = None) -> Steps[None]:
        """Write a line to standard error."""
        found = (fds or self.fds).get(2)
        if isinstance(found, Writer):
            yield from found.write(encode(text + "\n"))

    def script(self, text: str, tail: bool = False) -> Steps[int]:
        """Run a text as a script of its own; answers its exit code."""
        try:
            status = yield from self.evaluate(text, tail)
        except Return as end:
            status = end.status
        except Leave:
            status = self.status
        return (yield from self.finish(status))

    def finish(self, status: int) -> Steps[int]:
        """What is left to do when it ends: the trap of EXIT."""
        last = self.traps.pop(0, "")
        if last:
            self.status = status
            try:
                yield from self.evaluate(last)
            except Return as end:
                return end.status
        return status

    def evaluate(self, text: str, tail: bool = False) -> Steps[int]:
        """Run a text in this shell."""
        try:
            found = parse(text)
        except ShellSyntaxError as error:
            yield from self.complain(f"{self.title}: {error}")
            self.status = 2
            if not self.interactive:
                raise Return(2, exits=True) from None
            return 2
        return (yield from self.sequence(found, tail))

    @property
    def kind(self) -> str:
        """Which shell it is: bash where it was called so, else what the image has for `sh`."""
        return "bash" if self.called == "bash" else self.system.shell

    @property
    def title(self) -> str:
        """What its messages begin with."""
        kind = self.kind
        if kind == "bash":
            return posixpath.basename(self.name) if self.interactive else f"{self.name}: line {max(1, self.line)}"
        return f"{self.name}: {max(1, self.line)}" if kind == "dash" else self.name

    def sequence(self, body: Sequence, tail: bool = False) -> Steps[int]:
        """Commands one after the other."""
        for index, chain in enumerate(body.chains):
            last = tail and index == len(body.chains) - 1 and not self.traps
            if chain.background:
                self.status = yield from self._background(chain)
            else:
                self.status = yield from self._chain(chain, last)
            if self.pending:
                yield from self.run_traps()
        return self.status

    def run_traps(self) -> Steps[None]:
        """Do what was to be done for signals that have come meanwhile."""
        while self.pending:
            action = self.traps.get(self.pending.pop(0))
            if action:
                status = self.status
                yield from self.evaluate(action)
                self.status = status

    def output_of(self, body: Sequence) -> Steps[str]:
        """What commands write, run in a shell of their own."""
        collector = Collector()
        other = self.copy(fds={**self.fds, 1: collector})
        self.status = yield from other.contained(body)
        return decode(b"".join(collector.parts)).replace("\0", "")

    def contained(self, body: Sequence, tail: bool = False) -> Steps[int]:
        """Run commands as a subshell: nothing of it reaches what is around it."""
        if self.depth > DEEPEST:
            yield from self.complain(f"{self.title}: fork failed: Resource temporarily unavailable")
            return 2
        self.depth += 1
        try:
            status = yield from self.sequence(body, tail)
        except Return as end:
            status = end.status
        except Leave:
            status = self.status
        return (yield from self.finish(status))

    def _take_signal(self, signal: int) -> bool:
        if signal in self.traps:
            self.pending.append(signal)
            if self.entry.task and self.waiting:
                self.entry.task.scheduler.wake(self.entry.task)
            return True
        return False

    waiting = False
    """In `wait`: a trap is run at once."""

    def _background(self, chain: Chain) -> Steps[int]:
        entry = self.system.enter([self.name], self.entry.pid)
        other = self.copy(entry, {**self.fds, 0: Reader()})
        body = Sequence([Chain(chain.first, chain.rest)])
        self.jobs = [job for job in self.jobs if not job.done]
        task = self.system.start(entry, other.contained(body, tail=True))
        self.jobs.append(task)
        self.last_job = entry.pid
        if self.interactive:
            yield from self.complain(f"[{len(self.jobs)}] {entry.pid}")
        return 0

    def _chain(self, chain: Chain, tail: bool) -> Steps[int]:
        """`a && b || c`. Only the last one ends a shell that was started with -e."""
        self.tested += bool(chain.rest)
        try:
            status = yield from self._pipeline(chain.first, tail and not chain.rest)
        finally:
            self.tested -= bool(chain.rest)
        for index, (operator, pipeline) in enumerate(chain.rest):
            if (status == 0) is (operator == "&&"):
                last = index == len(chain.rest) - 1
                self.tested += not last
                try:
                    status = self.status = yield from self._pipeline(pipeline, tail and last)
                finally:
                    self.tested -= not last
        return status

    def _pipeline(self, pipeline: Pipeline, tail: bool) -> Steps[int]:
        self.tested += pipeline.negated
        try:
            if len(pipeline.commands) == 1:
                status = yield from self.command(pipeline.commands[0], tail and not pipeline.negated)
            else:
                status = yield from self._pipe(pipeline.commands)
        finally:
            self.tested -= pipeline.negated
        if pipeline.negated:
            status = int(not status)
        elif status and "e" in self.options and not self.tested:
            raise Return(status, exits=True)
        self.status = status
        return status

    def _pipe(self, commands: list[Command]) -> Steps[int]:
        """Each command is a process of its own, with a pipe to the next."""
        tasks: list[Task] = []
        before: Reader | None = None
        for index, command in enumerate(commands):
            fds = dict(self.fds)
            if before is not None:
                fds[0] = before
            after = Pipe() if index < len(commands) - 1 else None
            if after is not None:
                fds[1] = after
            entry = self.system.enter([self.name], self.entry.pid)
            other = self.copy(entry, fds)
            tasks.append(self.system.start(entry, _stage(other, command, before, after)))
            before = after
        last = yield from join(tasks)
        if "pipefail" in self.options:
            return next((task.status for task in reversed(tasks) if task.status), 0)
        return last

    def command(self, command: Command, tail: bool = False) -> Steps[int]:
        """One command of any kind."""
        if isinstance(command, Simple):
            return (yield from self._simple(command, tail))
        if isinstance(command, Function):
            self.functions[command.name] = command.body
            return 0
        try:
            fds = yield from redirected(self, command.redirects)
        except FileError as error:
            yield from self.complain(f"{self.title}: {error}")
            return 1
        kept, self.fds = self.fds, fds
        try:
            return (yield from run_compound(self, command))
        finally:
            self.fds = kept

    def _simple(self, command: Simple, tail: bool) -> Steps[int]:
        try:
            self.status = 0 if not command.words else self.status
            words = yield from arguments(self, command.words)
            if words and words[0] in self.aliases:
                words = [*self.aliases[words[0]].split(), *words[1:]]
            values = []
            for name, word in command.assignments:
                values.append((name, (yield from text_of(self, word))))
            fds = yield from redirected(self, command.redirects)
            if not words:
                self._assign(values)
                return self.status
            if "x" in self.options:
                yield from self.complain("+ " + " ".join(words))
            return (yield from self.run(words, values, fds, tail))
        except (FileError, ExpansionError) as error:
            yield from self.complain(f"{self.title}: {error}")
            if isinstance(error, ExpansionError) and not self.interactive:
                raise Return(2, exits=True) from None
            return 1

    def _assign(self, values: list[tuple[str, str]]) -> None:
        for name, value in values:
            plain = name.rstrip("+")
            self.set(plain, self.get(plain) + value if name.endswith("+") else value)

    def run(self, words: list[str], values: list[tuple[str, str]], fds: dict[int, Stream], tail: bool) -> Steps[int]:
        """Run a function, a builtin or a program; `values` are set for it."""
        name = words[0]
        if name in self.functions:
            self._assign(values)
            return (yield from self._function(self.functions[name], words, fds))
        builtin = self.builtins.get(name)
        if builtin:
            self._assign(values)
            return (yield from builtin(self, words, fds))
        return (yield from execute(self, words, {**self.env(), **dict(values)}, fds, tail))

    def _function(self, body: Command, words: list[str], fds: dict[int, Stream]) -> Steps[int]:
        if self.depth > DEEPEST:
            yield from self.complain(f"{self.title}: maximum function nesting level exceeded")
            raise Return(2, exits=True)
        kept, args, self.fds, self.args = self.fds, self.args, fds, words[1:]
        self.depth += 1
        self.locals.append({})
        try:
            return (yield from self.command(body))
        except Return as end:
            if end.exits:
                raise
            return end.status
        finally:
            self.fds, self.args = kept, args
            self.depth -= 1
            for name, value in self.locals.pop().items():
                if value is None:
                    self.variables.pop(name, None)
                else:
                    self.variables[name] = value


def _stage(shell: Shell, command: Command, before: Reader | None, after: Pipe | None) -> Steps[int]:
    def close() -> None:
        if after is not None:
            after.end()
        if isinstance(before, Pipe):
            before.abandon()

    return (yield from then(shell.contained(Sequence([Chain(Pipeline([command]))]), tail=True), close))


_SPECIAL: Mapping[str, Callable[[Shell], str | None]] = {
    "?": lambda shell: str(shell.status),
    "#": lambda shell: str(len(shell.args)),
    "$": lambda shell: str(shell.number),
    "!": lambda shell: str(shell.last_job) if shell.last_job else None,
    "-": lambda shell: "".join(sorted(one for one in shell.options if len(one) == 1)),
    "@": lambda shell: " ".join(shell.args) if shell.args else None,
    "*": lambda shell: " ".join(shell.args) if shell.args else None,
    "PWD": lambda shell: shell.here,
}
