"""sh, env, timeout, watch and others that run programs."""

from __future__ import annotations

from k9py.demo.node.files import FileError
from k9py.demo.node.shell.applets.names import home_of
from k9py.demo.node.shell.applets.processes import seconds_of
from k9py.demo.node.shell.command import Call, UsageError, applet, decode, encode
from k9py.demo.node.shell.interpreter import Shell
from k9py.demo.node.shell.prompt import read_script, talk
from k9py.demo.node.shell.running import run_program
from k9py.demo.node.shell.signals import number_of
from k9py.demo.node.shell.system import Entry
from k9py.demo.node.shell.tasks import Killed, Steps, Task

DEEPEST = 30
"""So many shells may run in each other."""


@applet("sh", "ash", "bash")
def sh(call: Call) -> Steps[int]:
    """A shell in the shell."""
    entry = call.system.processes.get(call.pid) or Entry(call.pid, 0, [], 0.0)
    shell = Shell(call.system, entry, call.env, call.fds, call.name)
    shell.here = shell.variables["PWD"] = call.here
    level = call.env.get("SHLVL", "0")
    shell.variables["SHLVL"] = str(int(level) + 1 if level.isdigit() else 1)
    if int(shell.variables["SHLVL"]) > DEEPEST:
        return (yield from call.fail("can't fork: Resource temporarily unavailable", 2))
    shell.exported.add("SHLVL")
    shell.variables.setdefault("HOME", home_of(call.system.files, call.system.files.user))
    args, command, interactive = _sh_options(shell, list(call.args))
    if command:
        if not args:
            return (yield from call.fail("-c requires an argument", 2))
        text, shell.name, shell.args = args[0], (args[1] if len(args) > 1 else call.name), args[2:]
        return (yield from shell.script(text, tail=True))
    if args:
        try:
            text = decode(call.system.files.read(call.path(args[0])))
        except FileError as error:
            return (yield from call.fail(f"can't open '{args[0]}': {error}", 2))
        shell.name, shell.args = args[0], args[1:]
        return (yield from shell.script(text))
    terminal = call.stdin.terminal
    if terminal and (interactive or terminal):
        return (yield from talk(shell, terminal))
    return (yield from read_script(shell, call.stdin))


def _sh_options(shell: Shell, args: list[str]) -> tuple[list[str], bool, bool]:
    command = interactive = False
    while args and args[0][:1] in "-+" and len(args[0]) > 1:
        option = args.pop(0)
        if option == "--":
            break
        if option.startswith("--"):
            continue
        for letter in option[1:]:
            command = command or letter == "c"
            interactive = interactive or letter == "i"
            if letter == "o" and args:
                shell.options.add({"errexit": "e", "nounset": "u", "xtrace": "x"}.get(args[0], args[0]))
                args.pop(0)
            elif letter in "euxf":
                shell.options.add(letter)
    return args, command, interactive


@applet("env", "printenv")
def env(call: Call) -> Steps[int]:
    """Variables; or a program with others."""
    values, args = dict(call.env), list(call.args)
    if call.name == "printenv" and args:
        for name in args:
            if name in values:
                yield from call.say(values[name])
        return int(any(name not in values for name in args))
    while args:
        if args[0] in ("-i", "-"):
            values.clear()
        elif args[0] == "-u" and len(args) > 1:
            values.pop(args.pop(1), None)
        elif "=" in args[0]:
            name, _, value = args[0].partition("=")
            values[name] = value
        else:
            break
        args.pop(0)
    if args:
        return (yield from run_program(call, args, env=values))
    yield from call.put(encode("".join(f"{name}={value}\n" for name, value in values.items())))
    return 0


@applet("nohup", "nice", "setsid", "time", "stdbuf", "exec")
def plainly(call: Call) -> Steps[int]:
    """Run a program; what is special about how is not told apart here."""
    args = list(call.args)
    while args and args[0].startswith("-"):
        option = args.pop(0)
        if option in ("-n", "-o", "-e") and args:
            args.pop(0)
    began = call.system.clock.now
    status = (yield from run_program(call, args)) if args else 0
    if call.name == "time":
        minutes, seconds = divmod(call.system.clock.now - began, 60)
        yield from call.complain(f"real\t{int(minutes)}m {seconds:.2f}s\nuser\t0m 0.00s\nsys\t0m 0.00s")
    return status


@applet("timeout")
def timeout(call: Call) -> Steps[int]:
    """Run a program, but not for longer than a time."""
    args, signal = list(call.args), 15
    while args and args[0].startswith("-"):
        option = args.pop(0)
        if option in ("-s", "-k") and args:
            signal = (number_of(args.pop(0)) or 15) if option == "-s" else int(bool(args.pop(0))) * signal
    seconds = seconds_of(args[0]) if args else None
    if seconds is None or len(args) < 2:
        raise UsageError("invalid time interval" if args else "missing operand")
    entry = call.system.enter(list(args[1:]), call.pid)
    inner = Call(call.system, call.argv, call.env, call.here, call.fds, entry.pid)
    task = call.system.start(entry, run_program(inner, args[1:]))
    late = call.system.clock.after(seconds, lambda: task.kill(signal))
    try:
        yield from _wait(task)
    finally:
        late.cancel()
    return 143 if task.status == 128 + signal else task.status


def _wait(task: Task) -> Steps[None]:
    try:
        while not task.done:
            yield task.finished
    except Killed as killed:
        task.kill(killed.signal)
        raise


@applet("watch")
def watch(call: Call) -> Steps[int]:
    """Run a program again and again."""
    found, words = _before_operands(call, "n:td")
    if not words:
        raise UsageError("missing operand")
    delay = float(found.get("n", "2"))
    while True:
        stamp = call.system.clock.stamp()[:19].replace("T", " ")
        yield from call.put(encode(f"\x1b[H\x1b[JEvery {delay:.1f}s: {' '.join(words)}    {stamp}\n\n"))
        yield from run_program(call, ["sh", "-c", " ".join(words)])
        yield delay


def _before_operands(call: Call, short: str) -> tuple[dict[str, str], list[str]]:
    """Options of this program alone: those behind the first operand are another's."""
    import getopt

    found, words = getopt.getopt(call.args, short)
    return {name.lstrip("-"): value for name, value in found}, words
