"""The shell: it does what the parser has found."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar

from k9py.demo.node.files import FileError, Folder
from k9py.demo.node.shell.command import (
    Call,
    Stream,
    UsageError,
    decode,
    encode,
    load_applets,
    open_reader,
    open_writer,
)
from k9py.demo.node.shell.expansion import ExpansionError, arguments, pattern_of, text_of
from k9py.demo.node.shell.parser import parse
from k9py.demo.node.shell.patterns import glob
from k9py.demo.node.shell.streams import Pipe, Reader, Source, Writer
from k9py.demo.node.shell.system import SIGINT, Entry, System
from k9py.demo.node.shell.tasks import Killed, Steps, Task, join
from k9py.demo.node.shell.tree import (
    Case,
    Chain,
    Command,
    For,
    Function,
    Group,
    If,
    Loop,
    Pipeline,
    Redirect,
    Sequence,
    Simple,
)
from k9py.demo.node.shell.words import ShellSyntaxError

if TYPE_CHECKING:
    from k9py.demo.node.shell.editor import Editor

DEEPEST = 60
"""So deep functions and shells may call each other."""
_OUTPUT = 16 * 2**20


class Leave(Exception):  # noqa: N818 - not an error: control flow
    """`break` and `continue`: how many loops are still to be left."""

    def __init__(self, loops: int, again: bool) -> None:
        super().__init__(loops)
        self.loops, self.again = loops, again


class Return(Exception):  # noqa: N818
    """`return`, and with `shell` the end of the shell: `exit`."""

    def __init__(self, status: int, shell: bool = False) -> None:
        super().__init__(status)
        self.status, self.shell = status, shell


class _Collector(Writer):
    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> Steps[None]:
        self._size += len(data)
        if self._size > _OUTPUT:
            raise Killed(9)
        self.parts.append(data)
        return
        yield


Builtin = Callable[["Shell", list[str], Mapping[int, Stream]], Steps[int]]


class Shell:
    """One shell: its variables, where it is, what it reads and writes. `entry` is its process."""

    builtins: ClassVar[dict[str, Builtin]] = {}

    def __init__(
        self, system: System, entry: Entry, env: Mapping[str, str], fds: Mapping[int, Stream], name: str = "sh"
    ) -> None:
        self.system = system
        self.entry = entry
        self.name = name
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
        self._tested = 0
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
        other = Shell(self.system, entry or Entry(self.entry.pid, 0, [], 0.0, self.entry.task), {}, fds or self.fds, self.name)
        for name in ("variables", "exported", "functions", "aliases", "args", "options"):
            setattr(other, name, getattr(self, name).copy())
        other.read_only = self.read_only
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
                raise Return(2, shell=True) from None
            return 2
        return (yield from self.sequence(found, tail))

    @property
    def title(self) -> str:
        """What its messages begin with."""
        kind = self.system.shell
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
        collector = _Collector()
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
        self._tested += bool(chain.rest)
        try:
            status = yield from self._pipeline(chain.first, tail and not chain.rest)
        finally:
            self._tested -= bool(chain.rest)
        for index, (operator, pipeline) in enumerate(chain.rest):
            if (status == 0) is (operator == "&&"):
                last = index == len(chain.rest) - 1
                self._tested += not last
                try:
                    status = self.status = yield from self._pipeline(pipeline, tail and last)
                finally:
                    self._tested -= not last
        return status

    def _pipeline(self, pipeline: Pipeline, tail: bool) -> Steps[int]:
        self._tested += pipeline.negated
        try:
            if len(pipeline.commands) == 1:
                status = yield from self.command(pipeline.commands[0], tail and not pipeline.negated)
            else:
                status = yield from self._pipe(pipeline.commands)
        finally:
            self._tested -= pipeline.negated
        if pipeline.negated:
            status = int(not status)
        elif status and "e" in self.options and not self._tested:
            raise Return(status, shell=True)
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
            fds = yield from self.redirected(command.redirects)
        except FileError as error:
            yield from self.complain(f"{self.title}: {error}")
            return 1
        kept, self.fds = self.fds, fds
        try:
            return (yield from _COMPOUND[type(command)](self, command))
        finally:
            self.fds = kept

    def redirected(self, redirects: list[Redirect]) -> Steps[dict[int, Stream]]:
        """Its descriptors with redirections. FileError with the whole message if one cannot be."""
        fds = dict(self.fds)
        for one in redirects:
            target = yield from text_of(self, one.target)
            if one.how in (">&", "<&") and (target.isdigit() or target == "-"):
                stream = None if target == "-" else fds.get(int(target))
                if stream is None:
                    fds.pop(one.descriptor, None)
                else:
                    fds[one.descriptor] = stream
                continue
            try:
                fds[one.descriptor] = self._opened(one.how, target, fds)
            except FileError as error:
                word = "create" if ">" in one.how else "open"
                raise FileError(self._redirect_error(word, target, str(error))) from None
            if one.how in ("&>", ">&"):
                fds[2] = fds[one.descriptor]
        return fds

    def _redirect_error(self, word: str, target: str, why: str) -> str:
        if self.system.shell == "bash":
            return f"{target}: {why}"
        if why == "No such file or directory":
            why = "nonexistent directory" if word == "create" else "no such file"
        return f"can't {word} {target}: {why}"

    def _opened(self, how: str, target: str, fds: Mapping[int, Stream]) -> Stream:
        if how == "<<":
            return Source(encode(target))
        if how == "<<<":
            return Source(encode(target + "\n"))
        if how in ("<", "<>"):
            return open_reader(self.system, self.path(target), fds)
        return open_writer(self.system, self.path(target), fds, how == ">>")

    def _simple(self, command: Simple, tail: bool) -> Steps[int]:
        try:
            self.status = 0 if not command.words else self.status
            words = yield from arguments(self, command.words)
            if words and words[0] in self.aliases:
                words = [*self.aliases[words[0]].split(), *words[1:]]
            values = []
            for name, word in command.assignments:
                values.append((name, (yield from text_of(self, word))))
            fds = yield from self.redirected(command.redirects)
            if not words:
                self._assign(values)
                return self.status
            if "x" in self.options:
                yield from self.complain("+ " + " ".join(words))
            return (yield from self._run(words, values, fds, tail))
        except (FileError, ExpansionError) as error:
            yield from self.complain(f"{self.title}: {error}")
            if isinstance(error, ExpansionError) and not self.interactive:
                raise Return(2, shell=True) from None
            return 1

    def _assign(self, values: list[tuple[str, str]]) -> None:
        for name, value in values:
            plain = name.rstrip("+")
            self.set(plain, self.get(plain) + value if name.endswith("+") else value)

    def _run(self, words: list[str], values: list[tuple[str, str]], fds: dict[int, Stream], tail: bool) -> Steps[int]:
        name = words[0]
        if name in self.functions:
            self._assign(values)
            return (yield from self._function(self.functions[name], words, fds))
        builtin = self.builtins.get(name)
        if builtin:
            self._assign(values)
            return (yield from builtin(self, words, fds))
        return (yield from self.execute(words, {**self.env(), **dict(values)}, fds, tail))

    def _function(self, body: Command, words: list[str], fds: dict[int, Stream]) -> Steps[int]:
        if self.depth > DEEPEST:
            yield from self.complain(f"{self.title}: maximum function nesting level exceeded")
            raise Return(2, shell=True)
        kept, args, self.fds, self.args = self.fds, self.args, fds, words[1:]
        self.depth += 1
        self.locals.append({})
        try:
            return (yield from self.command(body))
        except Return as end:
            if end.shell:
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

    def execute(self, words: list[str], env: Mapping[str, str], fds: Mapping[int, Stream], tail: bool = False) -> Steps[int]:
        """Run a program; with `tail` in the place of this shell, whose last command it is."""
        found = self.look_up(words[0])
        if isinstance(found, int):
            yield from self._not_found(words[0], found, fds)
            return found
        call_name = posixpath.basename(found)
        run = load_applets().get(call_name)
        argv = words
        if run is None:
            run, argv = load_applets()["sh"], ["sh", found, *words[1:]]
        if tail and self.entry.argv:
            self.entry.argv, self.entry.started = argv, self.system.clock.now
            return (yield from self._apply(run, argv, env, fds, self.entry))
        entry = self.system.enter(argv, self.entry.pid, self.entry.task)
        try:
            return (yield from self._apply(run, argv, env, fds, entry))
        except Killed as killed:
            if killed.pid != entry.pid and killed.pid:
                raise
            return 128 + killed.signal
        finally:
            self.system.leave(entry)

    def _apply(
        self, run: Callable[[Call], Steps[int]], argv: list[str], env: Mapping[str, str], fds: Mapping[int, Stream], entry: Entry
    ) -> Steps[int]:
        call = Call(self.system, argv, env, self.here, fds, entry.pid)
        return (yield from run_applet(run, call))

    def look_up(self, name: str) -> str | int:
        """Where a program is; 126 or 127 if it cannot be run, or is not there."""
        files = self.system.files
        if "/" in name:
            node = files.get(self.path(name))
            if node is None:
                return 127
            return 126 if isinstance(node, Folder) or not node.mode & 0o111 else self.path(name)
        for folder in self.get("PATH").split(":"):
            path = posixpath.join(folder or ".", name)
            node = files.get(self.path(path))
            if node is not None and not isinstance(node, Folder) and node.mode & 0o111:
                return self.path(path)
        return 127

    def _not_found(self, name: str, status: int, fds: Mapping[int, Stream]) -> Steps[None]:
        bash = self.system.shell == "bash"
        if status == 126:
            folder = bash and isinstance(self.system.files.get(self.path(name)), Folder)
            text = f"{name}: {'Is a directory' if folder else 'Permission denied'}"
        elif bash:
            text = f"{name}: {'No such file or directory' if '/' in name else 'command not found'}"
        else:
            text = f"{name}: not found"
        yield from self.complain(f"{self.title}: {text}", fds)

    def _group(self, group: Group) -> Steps[int]:
        if group.subshell:
            return (yield from self.copy().contained(group.body))
        return (yield from self.sequence(group.body))

    def _test(self, condition: Sequence) -> Steps[bool]:
        self._tested += 1
        try:
            return not (yield from self.sequence(condition))
        finally:
            self._tested -= 1

    def _if(self, command: If) -> Steps[int]:
        for condition, body in command.branches:
            if (yield from self._test(condition)):
                return (yield from self.sequence(body))
        return (yield from self.sequence(command.otherwise)) if command.otherwise else 0

    def _loop(self, loop: Loop) -> Steps[int]:
        status = 0
        while (yield from self._test(loop.condition)) is not loop.until:
            yield None
            status, ended = yield from self._turn(loop.body)
            if ended:
                return status
        return status

    def _for(self, loop: For) -> Steps[int]:
        words = list(self.args) if loop.words is None else (yield from arguments(self, loop.words))
        status = 0
        for word in words:
            yield None
            self.set(loop.name, word)
            status, ended = yield from self._turn(loop.body)
            if ended:
                return status
        return status

    def _turn(self, body: Sequence) -> Steps[tuple[int, bool]]:
        """One turn of a loop: its status, and whether it was the last."""
        try:
            return (yield from self.sequence(body)), False
        except Leave as leave:
            if leave.loops > 1:
                raise Leave(leave.loops - 1, leave.again) from None
            return 0, not leave.again

    def _case(self, case: Case) -> Steps[int]:
        word = yield from text_of(self, case.word)
        for patterns, body in case.branches:
            for pattern in patterns:
                if glob((yield from pattern_of(self, pattern))).fullmatch(word):
                    return (yield from self.sequence(body))
        return 0


def _stage(shell: Shell, command: Command, before: Reader | None, after: Pipe | None) -> Steps[int]:
    try:
        return (yield from shell.contained(Sequence([Chain(Pipeline([command]))]), tail=True))
    finally:
        if after is not None:
            after.end()
        if isinstance(before, Pipe):
            before.abandon()


def run_applet(run: Callable[[Call], Steps[int]], call: Call) -> Steps[int]:
    """Run a program; what it could not do with a file, or with its options, it says."""
    try:
        return (yield from run(call))
    except FileError as error:
        return (yield from call.fail(f"write error: {error}"))
    except UsageError as error:
        return (yield from call.fail(str(error)))
    except Killed as killed:
        if killed.pid == 0:
            killed.pid = call.pid
        raise


_SPECIAL: Mapping[str, Callable[[Shell], str | None]] = {
    "?": lambda shell: str(shell.status),
    "#": lambda shell: str(len(shell.args)),
    "$": lambda shell: str(shell.entry.pid),
    "!": lambda shell: str(shell.last_job) if shell.last_job else None,
    "-": lambda shell: "".join(sorted(one for one in shell.options if len(one) == 1)),
    "@": lambda shell: " ".join(shell.args) if shell.args else None,
    "*": lambda shell: " ".join(shell.args) if shell.args else None,
    "PWD": lambda shell: shell.here,
}

_COMPOUND: Mapping[type, Callable[..., Steps[int]]] = {
    Group: Shell._group,
    If: Shell._if,
    Loop: Shell._loop,
    For: Shell._for,
    Case: Shell._case,
}

__all__ = ["SIGINT", "Leave", "Return", "Shell", "run_applet"]
