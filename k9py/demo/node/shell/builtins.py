"""Commands that are the shell's own: they change the shell itself."""

from __future__ import annotations

from k9py.demo.node.files import FileError, Folder
from k9py.demo.node.shell.builtin import Fds, builtin, quote, tell
from k9py.demo.node.shell.command import Call, decode, load_applets
from k9py.demo.node.shell.flow import Leave, Return
from k9py.demo.node.shell.interpreter import Shell
from k9py.demo.node.shell.launching import execute, look_up, run_applet
from k9py.demo.node.shell.signals import number_of
from k9py.demo.node.shell.streams import Reader, read_all
from k9py.demo.node.shell.tasks import Killed, Steps, Task


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
        where = f"{shell.title}: cd: " + ("" if shell.kind == "bash" else "line 0: ")
        text = f"{name}: {error}" if shell.kind == "bash" else f"can't cd to {name}: {error}"
        yield from shell.complain(where + text, fds)
        return 1 if shell.kind == "bash" else 2
    shell.variables["OLDPWD"], shell.here = shell.here, target
    shell.variables["PWD"] = target
    if back:
        yield from tell(fds, target)
    return 0


@builtin("pwd")
def print_folder(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
    """The current folder."""
    yield from tell(fds, shell.here)
    return 0


@builtin("exit", "logout")
def leave(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
    """End the shell."""
    if len(words) > 1 and not words[1].isdigit():
        yield from shell.complain(f"{shell.title}: {words[0]}: Illegal number: {words[1]}", fds)
        raise Return(2, exits=True)
    raise Return(int(words[1]) & 255 if len(words) > 1 else shell.status, exits=True)
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
        if end.exits:
            raise
        return end.status


@builtin("exec")
def exec_(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
    """Go on as another program; without one, keep the redirections."""
    if len(words) < 2:
        shell.fds = dict(fds)
        return 0
    status = yield from execute(shell, words[1:], shell.env(), fds, tail=True)
    raise Return(status, exits=True)


@builtin("trap")
def trap(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
    """What to do when a signal comes."""
    if len(words) == 1:
        for signal, action in sorted(shell.traps.items()):
            yield from tell(fds, f"trap -- {quote(action)} {signal or 'EXIT'}")
        return 0
    action, *names = words[1:] if len(words) > 2 else ["-", words[1]]
    for name in names:
        number = number_of(name)
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
            yield from tell(fds, f"[{index + 1}]+  Running                    {' '.join(entry.argv)}")
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
            return (yield from shell.run(words[1:], [], dict(fds), False)) if words[1:] else 0
        finally:
            shell.functions = kept
    status = 0
    for name in words[2 if words[0] == "command" else 1 :]:
        found = _meaning(shell, name, short)
        if found is None:
            status = 127
            if not short:
                yield from tell(fds, f"{name}: not found")
        else:
            yield from tell(fds, found)
    return status


def _meaning(shell: Shell, name: str, short: bool) -> str | None:
    if name in shell.functions:
        return name if short else f"{name} is a function"
    if name in Shell.builtins:
        return name if short else f"{name} is a shell builtin"
    found = look_up(shell, name)
    if isinstance(found, int):
        return None
    return found if short else f"{name} is {found}"


@builtin("umask", "ulimit", "hash", "times")
def ignore(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
    """Limits that nothing here has."""
    if words[0] == "umask" and len(words) == 1:
        yield from tell(fds, "0022")
    if words[0] == "ulimit":
        yield from tell(fds, "unlimited")
    return 0


@builtin("help")
def help_(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
    """All builtins."""
    yield from tell(fds, "Built-in commands:\n------------------")
    line = "\t"
    for name in sorted(Shell.builtins):
        if len(line) + len(name) > 72:
            yield from tell(fds, line.rstrip())
            line = "\t"
        line += f"{name} "
    yield from tell(fds, line.rstrip())
    return 0


@builtin("mapfile", "readarray")
def no_arrays(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
    """Lists are not there."""
    stdin = fds.get(0)
    yield from read_all(stdin if isinstance(stdin, Reader) else Reader())
    yield from shell.complain(f"{shell.title}: {words[0]}: not found", fds)
    return 127
