"""ps, top, kill, sleep, env, sh: processes."""

from __future__ import annotations

import re
from collections.abc import Callable

from k9py.demo.node.shell.applets.names import user_name
from k9py.demo.node.shell.command import Call, UsageError, applet, encode
from k9py.demo.node.shell.kernel import load_average, memory, uptime
from k9py.demo.node.shell.signals import NAMES, TEXTS, number_of
from k9py.demo.node.shell.system import Entry
from k9py.demo.node.shell.tasks import Steps

_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def seconds_of(text: str) -> float | None:
    """A time as `sleep` takes it: `5`, `0.5`, `2m`, `infinity`."""
    if text in ("infinity", "inf"):
        return 1e9
    match = re.fullmatch(r"(\d+\.?\d*|\.\d+)([smhd]?)", text)
    return float(match[1]) * _UNITS[match[2]] if match else None


@applet("sleep")
def sleep(call: Call) -> Steps[int]:
    """Wait."""
    if not call.args:
        raise UsageError("missing operand")
    total = 0.0
    for text in call.args:
        seconds = seconds_of(text)
        if seconds is None:
            return (yield from call.fail(f"invalid number '{text}'"))
        total += seconds
    yield total
    return 0


@applet("ps")
def ps(call: Call) -> Steps[int]:
    """Processes."""
    processes = sorted(call.system.processes.values(), key=lambda one: one.pid)
    user = user_name(call.system.files, call.system.files.user)
    if "-o" in call.args[:-1]:
        names = call.args[call.args.index("-o") + 1].split(",")
        for row in [[one.upper() if one != "args" else "COMMAND" for one in names]] + [
            [_field(call, one, entry, user) for one in names] for entry in processes
        ]:
            yield from call.say("".join(cell.ljust(5) + " " for cell in row[:-1]) + row[-1])
        return 0
    if call.system.shell != "ash" or (call.args and call.args[0] in ("aux", "-ef", "-aux", "auxww")):
        return (yield from _ps_long(call, processes, user))
    yield from call.say("PID   USER     TIME  COMMAND")
    for entry in processes:
        yield from call.say(f"{entry.pid:>5} {user:<8} {_time(call, entry)} {' '.join(entry.argv)}")
    return 0


def _ps_long(call: Call, processes: list[Entry], user: str) -> Steps[int]:
    yield from call.say("USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND")
    for entry in processes:
        size = int(call.system.program.load(call.system.process).memory) // 1024 if entry.pid == 1 else 1996
        start = call.system.clock.stamp(entry.started)[11:16]
        tty = "pts/0" if entry.tty else "?"
        line = f"{user:<8} {entry.pid:>7}  0.0  0.0 {size + 2200:>6} {size:>5} {tty:<8} Ss   {start:>5}"
        yield from call.say(f"{line}   {_time(call, entry)} {' '.join(entry.argv)}")
    return 0


def _time(call: Call, entry: Entry) -> str:
    cores = call.system.program.load(call.system.process).cores if entry.pid == 1 else 0.0
    used = int((call.system.clock.now - entry.started) * cores)
    return f"{used // 60:>3}:{used % 60:02}"


def _field(call: Call, name: str, entry: Entry, user: str) -> str:
    values = {
        "pid": str(entry.pid), "ppid": str(entry.parent), "user": user, "args": " ".join(entry.argv), "vsz": "2268",
        "comm": entry.argv[0].rpartition("/")[2] if entry.argv else "", "time": _time(call, entry).strip(), "stat": "S",
        "rss": "1996", "etime": _elapsed(call.system.clock.now - entry.started), "tty": "?", "nice": "0",
    }  # fmt: skip
    return values.get(name, values.get({"cmd": "args", "command": "args"}.get(name, ""), "-"))


def _elapsed(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes:02}:{rest:02}" if minutes < 60 else f"{minutes // 60:02}:{minutes % 60:02}:{rest:02}"


@applet("top")
def top(call: Call) -> Steps[int]:
    """Processes, drawn again and again; ends by Control-C, or after -n turns."""
    found, _ = call.options("bn:d:mH")
    terminal = call.stdin.terminal
    turns = int(found.get("n", 10**9 if terminal or "b" in found else 1))
    delay = float(found.get("d", "5"))
    while turns > 0:
        lines = _top(call)
        if terminal and "b" not in found:
            lines = lines[: terminal.rows - 1]
            yield from call.put(encode("\x1b[H\x1b[J" + "\n".join(line[: terminal.columns] for line in lines) + "\n"))
        else:
            yield from call.put(encode("\n".join(lines) + "\n"))
        turns -= 1
        if turns:
            yield delay
    return 0


def _top(call: Call) -> list[str]:
    system = call.system
    sizes = memory(system)
    used = sizes["MemTotal"] - sizes["MemFree"]
    load = system.program.load(system.process)
    busy = min(99, int(load.cores * 25) + 2)
    averages = " ".join(f"{one:.2f}" for one in load_average(system))
    shared = f"{sizes['Shmem']}K shrd, {sizes['Buffers']}K buff"
    lines = [
        f"Mem: {used}K used, {sizes['MemFree']}K free, {shared}, {sizes['Cached']}K cached",
        f"CPU: {busy:3}% usr   1% sys   0% nic {99 - busy:3}% idle   0% io   0% irq   0% sirq",
        f"Load average: {averages} 1/{len(system.processes) + 420} {call.pid}",
        "  PID  PPID USER     STAT   VSZ %VSZ %CPU COMMAND",
    ]
    user = user_name(system.files, system.files.user)
    for entry in sorted(system.processes.values(), key=lambda one: one.pid):
        size = int(load.memory) // 1024 if entry.pid == 1 else 2268
        share = round(size * 100 / sizes["MemTotal"])
        cpu = min(99, round(load.cores * 25)) if entry.pid == 1 else 0
        state = "R" if entry.pid == call.pid else "S"
        lines.append(
            f"{entry.pid:>5} {entry.parent:>5} {user:<8} {state}    {size:>6} {share:>3}% {cpu:>3}% "
            f"{' '.join(entry.argv)}"
        )
    return lines


@applet("kill")
def kill(call: Call) -> Steps[int]:
    """Send a signal."""
    args, signal = list(call.args), 15
    if args[:1] == ["-l"]:
        for each, name in enumerate(NAMES[1:], 1):
            yield from call.say(f"{each:2}) {name}")
        return 0
    if args and args[0].startswith("-") and len(args[0]) > 1:
        option = args.pop(0)
        name = args.pop(0) if option == "-s" and args else option[1:]
        number = number_of(name)
        if number is None:
            return (yield from call.fail(f"bad signal name '{name}'"))
        signal = number
    if not args:
        yield from call.complain("sh: you need to specify whom to kill")
        return 1
    status = 0
    for text in args:
        if not text.lstrip("-").isdigit():
            status = 1
            yield from call.complain(f"sh: invalid number '{text}'")
        elif not call.system.kill(abs(int(text)), signal):
            status = 1
            yield from call.complain(f"sh: can't kill pid {text}: No such process")
    yield None
    return status


def _named(call: Call, name: str, exact: bool) -> list[Entry]:
    return [
        entry
        for entry in call.system.processes.values()
        if entry.argv and entry.pid != call.pid
        and (entry.argv[0].rpartition("/")[2] == name if exact else re.search(name, " ".join(entry.argv)))
    ]  # fmt: skip


@applet("pgrep", "pidof")
def pgrep(call: Call) -> Steps[int]:
    """Processes by name."""
    _, names = call.options("flax")
    found = [str(entry.pid) for name in names for entry in _named(call, name, call.name == "pidof")]
    if found:
        yield from call.say(("\n" if call.name == "pgrep" else " ").join(found))
    return int(not found)


@applet("killall", "pkill")
def killall(call: Call) -> Steps[int]:
    """Send a signal to processes by name."""
    signal, names = 15, []
    for word in call.args:
        number = number_of(word[1:]) if word.startswith("-") else None
        signal = number or signal
        if number is None:
            names.append(word)
    status = 0
    for name in names:
        entries = _named(call, name, call.name == "killall")
        if not entries:
            status = yield from call.fail(f"{name}: no process killed") if call.name == "killall" else _one()
        for entry in entries:
            call.system.kill(entry.pid, signal)
    yield None
    return status


def _one() -> Steps[int]:
    return 1
    yield


@applet("free")
def free(call: Call) -> Steps[int]:
    """Memory of the machine."""
    found, _ = call.options("bkmgh")
    sizes = memory(call.system)
    cached = sizes["Buffers"] + sizes["Cached"]
    used = sizes["MemTotal"] - sizes["MemFree"] - cached
    row = (sizes["MemTotal"], used, sizes["MemFree"], sizes["Shmem"], cached, sizes["MemAvailable"])
    write = _scale(found)
    yield from call.say("              total        used        free      shared  buff/cache   available")
    yield from call.say("Mem:    " + "".join(f"{write(one):>12}" for one in row).lstrip().rjust(69))
    yield from call.say("Swap:   " + "".join(f"{write(0):>12}" for _ in range(3)).lstrip().rjust(33))
    return 0


def _scale(found: dict[str, str]) -> Callable[[int], str]:
    if "h" in found:
        return lambda one: f"{one / 2**20:.1f}G" if one >= 2**20 else f"{one / 1024:.1f}M" if one else "0"
    unit = next((size for name, size in (("m", 1024), ("g", 2**20)) if name in found), 1)
    return lambda one: str(one * 1024 if "b" in found else one // unit)


@applet("uptime")
def show_uptime(call: Call) -> Steps[int]:
    """How long the machine has been up."""
    seconds = int(uptime(call.system))
    days, rest = divmod(seconds, 86400)
    averages = ", ".join(f"{one:.2f}" for one in load_average(call.system))
    clock = call.system.clock.stamp()[11:19]
    yield from call.say(
        f" {clock} up {days} days, {rest // 3600:2}:{rest // 60 % 60:02},  0 users,  load average: {averages}"
    )
    return 0


__all__ = ["TEXTS", "seconds_of"]
