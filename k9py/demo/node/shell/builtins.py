"""Commands that are the shell's own: they change the shell itself."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping

from k9py.demo.node.files import FileError, Folder
from k9py.demo.node.shell.command import Call, Stream, decode, encode, load_applets
from k9py.demo.node.shell.expansion import ExpansionError
from k9py.demo.node.shell.interpreter import Builtin, Leave, Return, Shell, run_applet
from k9py.demo.node.shell.signals import number_of
from k9py.demo.node.shell.streams import Reader, Writer, read_all, read_line
from k9py.demo.node.shell.tasks import Killed, Steps, Task

Fds = Mapping[int, Stream]


def builtin(*names: str) -> Callable[[Builtin], Builtin]:
    """Make a function known as a builtin of these names."""

    def known(function: Builtin) -> Builtin:
        Shell.builtins.update(dict.fromkeys(names, function))
        return function

    return known


def _say(fds: Fds, text: str) -> Steps[None]:
    found = fds.get(1)
    if isinstance(found, Writer):
        yield from found.write(encode(text + "\n"))


def _like_program(name: str) -> None:
    """A program that the shell has in itself too: it is there even if no file is."""

    @builtin(name)
    def run(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
        call = Call(shell.system, words, shell.env(), shell.here, fds, shell.entry.pid)
        return (yield from run_applet(load_applets()[name], call))


for _name in ("echo", "printf", "test", "[", "[[", "true", "false"):
    _like_program(_name)


@builtin(":")
def nothing(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
    """Nothing."""
    return 0
    yield


@builtin("cd")
def change_folder(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
    """Go to another folder."""
    operands = [word for word in words[1:] if word not in ("-L", "-P", "--")]
    name = operands[0] if operands else shell.get("HOME", "/")
    back = name == "-"
    target = shell.path(shell.get("OLDPWD", shell.here) if back else name)
    try:
        node = shell.system.files.find(target)
        if not isinstance(node, Folder):
            raise FileError("Not a directory")
    except FileError as error:
        where = f"{shell.title}: cd: " + ("" if shell.system.shell == "bash" else "line 0: ")
        text = f"{name}: {error}" if shell.system.shell == "bash" else f"can't cd to {name}: {error}"
        yield from shell.complain(where + text, fds)
        return 1
    shell.variables["OLDPWD"], shell.here = shell.here, target
    shell.variables["PWD"] = target
    if back:
        yield from _say(fds, target)
    return 0


@builtin("pwd")
def print_folder(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
    """The current folder."""
    yield from _say(fds, shell.here)
    return 0


@builtin("exit", "logout")
def leave(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
    """End the shell."""
    if len(words) > 1 and not words[1].isdigit():
        yield from shell.complain(f"{shell.title}: {words[0]}: Illegal number: {words[1]}", fds)
        raise Return(2, shell=True)
    raise Return(int(words[1]) & 255 if len(words) > 1 else shell.status, shell=True)
    yield


@builtin("return")
def return_(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
    """End a function."""
    raise Return(int(words[1]) & 255 if len(words) > 1 and words[1].isdigit() else shell.status)
    yield


@builtin("break", "continue")
def leave_loop(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
    """End a loop, or its turn."""
    raise Leave(int(words[1]) if len(words) > 1 and words[1].isdigit() else 1, words[0] == "continue")
    yield


@builtin("export", "readonly")
def export(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
    """Hand variables on to programs; or keep them as they are."""
    marked = shell.exported if words[0] == "export" else shell.read_only
    operands = [word for word in words[1:] if word != "-p"]
    if not operands:
        for name in sorted(marked & shell.variables.keys()):
            yield from _say(fds, f"{words[0]} {name}={_quote(shell.variables[name])}")
    for operand in operands:
        name, given, value = operand.partition("=")
        if not name.isidentifier():
            yield from shell.complain(f"{shell.title}: {words[0]}: {name}: bad variable name", fds)
            return 2
        if given:
            shell.set(name, value)
        marked.add(name)
    return 0


def _quote(value: str) -> str:
    return "'" + value.replace("'", "'\"'\"'") + "'"


@builtin("unset")
def unset(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
    """Forget variables and functions."""
    for name in words[1:]:
        shell.variables.pop(name, None)
        shell.functions.pop(name, None)
        shell.exported.discard(name)
    return 0
    yield


@builtin("local")
def local(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
    """Variables of one function."""
    if not shell.locals:
        yield from shell.complain(f"{shell.title}: local: not in a function", fds)
        return 1
    for operand in words[1:]:
        name, given, value = operand.partition("=")
        shell.locals[-1].setdefault(name, shell.variables.get(name))
        if given:
            shell.set(name, value)
        else:
            shell.variables.pop(name, None)
    return 0


_OPTIONS = {"errexit": "e", "nounset": "u", "xtrace": "x", "noglob": "f", "allexport": "a", "pipefail": "pipefail"}


@builtin("set")
def set_(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
    """Options, and the positional parameters."""
    operands = words[1:]
    if not operands:
        for name, value in sorted(shell.variables.items()):
            yield from _say(fds, f"{name}={_quote(value)}")
    while operands and operands[0][:1] in "+-" and len(operands[0]) > 1:
        option = operands.pop(0)
        if option == "--":
            shell.args = operands
            return 0
        for letter in option[1:]:
            name = _OPTIONS.get(operands.pop(0), "") if letter == "o" and operands else letter
            (shell.options.add if option[0] == "-" else shell.options.discard)(name)
    if operands:
        shell.args = operands
    return 0


@builtin("shift")
def shift(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
    """Leave out the first positional parameters."""
    count = int(words[1]) if len(words) > 1 and words[1].isdigit() else 1
    if count > len(shell.args):
        return 1
    shell.args = shell.args[count:]
    return 0
    yield


@builtin("eval")
def evaluate(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
    """Run a text."""
    kept, shell.fds = shell.fds, dict(fds)
    try:
        return (yield from shell.evaluate(" ".join(words[1:])))
    finally:
        shell.fds = kept


@builtin(".", "source")
def source(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
    """Run a file in this shell."""
    if len(words) < 2:
        yield from shell.complain(f"{shell.title}: {words[0]}: filename argument required", fds)
        return 2
    try:
        text = decode(shell.system.files.read(shell.path(words[1])))
    except FileError as error:
        why = "not found" if "No such" in str(error) else str(error)
        yield from shell.complain(f"{shell.title}: {words[0]}: {words[1]}: {why}", fds)
        return 1
    try:
        return (yield from shell.evaluate(text))
    except Return as end:
        if end.shell:
            raise
        return end.status


@builtin("exec")
def exec_(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
    """Go on as another program; without one, keep the redirections."""
    if len(words) < 2:
        shell.fds = dict(fds)
        return 0
    status = yield from shell.execute(words[1:], shell.env(), fds, tail=True)
    raise Return(status, shell=True)


@builtin("read")
def read(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
    """Read a line into variables."""
    raw, names, prompt = False, [], ""
    operands = iter(words[1:])
    for word in operands:
        if word.startswith("-") and len(word) > 1:
            raw = raw or "r" in word
            if word[-1] in "pntdN":
                value = next(operands, "")
                prompt = value if word[-1] == "p" else prompt
        else:
            names.append(word)
    if prompt:
        found = fds.get(2)
        if isinstance(found, Writer):
            yield from found.write(encode(prompt))
    stdin = fds.get(0)
    line = yield from _logical_line(stdin if isinstance(stdin, Reader) else Reader(), raw)
    for name, value in _shares(decode(line or b"").rstrip("\n"), names or ["REPLY"], shell.get("IFS", " \t\n")):
        shell.set(name, value)
    return 0 if line and line.endswith(b"\n") else 1


def _logical_line(reader: Reader, raw: bool) -> Steps[bytes | None]:
    line = yield from read_line(reader)
    while not raw and line and line.endswith(b"\\\n"):
        line = line[:-2] + ((yield from read_line(reader)) or b"")
    return line


def _shares(line: str, names: list[str], separators: str) -> list[tuple[str, str]]:
    """What each variable gets; the last all that is left."""
    found = []
    rest = line.strip(separators) if separators else line
    for index, name in enumerate(names):
        if index == len(names) - 1:
            found.append((name, rest))
        else:
            at = next((at for at, letter in enumerate(rest) if letter in separators), len(rest))
            found.append((name, rest[:at]))
            rest = rest[at + 1 :].lstrip(" \t")
    return found


@builtin("trap")
def trap(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
    """What to do when a signal comes."""
    if len(words) == 1:
        for number, action in sorted(shell.traps.items()):
            yield from _say(fds, f"trap -- {_quote(action)} {number or 'EXIT'}")
        return 0
    action, *names = words[1:] if len(words) > 2 else ["-", words[1]]
    for name in names:
        number = 0 if name in ("EXIT", "0") else number_of(name)
        if number is None:
            yield from shell.complain(f"{shell.title}: trap: {name}: invalid signal specification", fds)
            return 1
        if action == "-":
            shell.traps.pop(number, None)
        else:
            shell.traps[number] = action
    return 0


@builtin("wait")
def wait(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
    """Wait for what runs in the background. A trap ends it."""
    wanted = [job for job in shell.jobs if len(words) == 1 or str(job.pid) in words[1:]]
    if len(words) > 1 and not wanted:
        return 127
    shell.waiting = True
    try:
        for job in wanted:
            while not job.done:
                if shell.pending:
                    return 128 + shell.pending[0]
                yield job.finished
    finally:
        shell.waiting = False
    return wanted[-1].status if len(words) > 1 else 0


@builtin("jobs")
def jobs(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
    """What runs in the background."""
    for index, job in enumerate(shell.jobs):
        entry = shell.system.processes.get(job.pid)
        if entry:
            yield from _say(fds, f"[{index + 1}]+  Running                    {' '.join(entry.argv)}")
    return 0


@builtin("fg")
def foreground(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
    """Wait for the last job."""
    running = [job for job in shell.jobs if not job.done]
    if not running:
        yield from shell.complain(f"{shell.title}: fg: %1: no such job", fds)
        return 2
    task = running[-1]
    try:
        while not task.done:
            yield task.finished
    except Killed as killed:
        task.kill(killed.signal)
        raise
    return task.status


@builtin("kill")
def kill(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
    """Send a signal to processes, or to jobs (`%1`)."""
    named = [str(_job_pid(shell, word)) if word.startswith("%") else word for word in words]
    call = Call(shell.system, named, shell.env(), shell.here, fds, shell.entry.pid)
    return (yield from run_applet(load_applets()["kill"], call))


def _job_pid(shell: Shell, word: str) -> int:
    jobs: list[Task] = shell.jobs
    index = int(word[1:]) - 1 if word[1:].isdigit() else len(jobs) - 1
    return jobs[index].pid if 0 <= index < len(jobs) else -1


@builtin("type", "command")
def type_(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
    """What a name stands for; or run a program even if a function has its name."""
    short = words[0] == "command" and words[1:2] == ["-v"]
    if words[0] == "command" and not short and words[1:2] != ["-V"]:
        kept, shell.functions = shell.functions, {}
        try:
            return (yield from shell._run(words[1:], [], dict(fds), False)) if words[1:] else 0
        finally:
            shell.functions = kept
    status = 0
    for name in words[2 if words[0] == "command" else 1 :]:
        found = _meaning(shell, name, short)
        if found is None:
            status = 127
            if not short:
                yield from shell.complain(f"{name}: not found", fds)
        else:
            yield from _say(fds, found)
    return status


def _meaning(shell: Shell, name: str, short: bool) -> str | None:
    if name in shell.functions:
        return name if short else f"{name} is a function"
    if name in Shell.builtins:
        return name if short else f"{name} is a shell builtin"
    found = shell.look_up(name)
    if isinstance(found, int):
        return None
    return found if short else f"{name} is {found}"


@builtin("alias")
def alias(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
    """Other names of commands."""
    for word in words[1:] or sorted(shell.aliases):
        name, given, value = word.partition("=")
        if given:
            shell.aliases[name] = value
        elif name in shell.aliases:
            yield from _say(fds, f"{name}={_quote(shell.aliases[name])}")
    return 0


@builtin("unalias")
def unalias(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
    """Forget other names."""
    for name in words[1:]:
        shell.aliases.pop(name, None)
    return 0
    yield


@builtin("let")
def let(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
    """Calculate."""
    from k9py.demo.node.shell.arithmetic import SumError, calculate

    value = 0
    for word in words[1:]:
        try:
            value = calculate(word, shell.get, shell.set)
        except SumError as error:
            raise ExpansionError(str(error)) from None
    return int(not value)
    yield


@builtin("umask", "ulimit", "hash", "times")
def ignore(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
    """Limits that nothing here has."""
    if words[0] == "umask" and len(words) == 1:
        yield from _say(fds, "0022")
    if words[0] == "ulimit":
        yield from _say(fds, "unlimited")
    return 0


@builtin("help")
def help_(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
    """All builtins."""
    yield from _say(fds, "Built-in commands:\n------------------")
    line = "\t"
    for name in sorted(Shell.builtins):
        if len(line) + len(name) > 72:
            yield from _say(fds, line.rstrip())
            line = "\t"
        line += f"{name} "
    yield from _say(fds, line.rstrip())
    return 0


@builtin("mapfile", "readarray")
def no_arrays(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
    """Lists are not there."""
    stdin = fds.get(0)
    yield from read_all(stdin if isinstance(stdin, Reader) else Reader())
    yield from shell.complain(f"{shell.title}: {words[0]}: not found", fds)
    return 127
