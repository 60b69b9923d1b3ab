"""Users, groups and the container's own names."""

from __future__ import annotations

from k9py.demo.node.files import FileError, Files
from k9py.demo.node.shell.command import Call, applet
from k9py.demo.node.shell.kernel import RELEASE, VERSION
from k9py.demo.node.shell.tasks import Steps


def _entries(files: Files, path: str) -> list[list[str]]:
    try:
        text = files.read(path).decode("utf-8", "replace")
    except FileError:
        return []
    return [line.split(":") for line in text.splitlines() if line.count(":") >= 2]


def user_name(files: Files, number: int) -> str:
    """The name of a user, or the number."""
    return next((row[0] for row in _entries(files, "/etc/passwd") if row[2] == str(number)), str(number))


def group_name(files: Files, number: int) -> str:
    """The name of a group, or the number."""
    return next((row[0] for row in _entries(files, "/etc/group") if row[2] == str(number)), str(number))


def home_of(files: Files, number: int) -> str:
    """The home of a user, as passwd says it; `/` for those it does not know."""
    return next((row[5] for row in _entries(files, "/etc/passwd") if row[2] == str(number) and len(row) > 5), "/")


def number_of_user(files: Files, name: str) -> int | None:
    """The number of a user by name or number."""
    if name.isdigit():
        return int(name)
    return next((int(row[2]) for row in _entries(files, "/etc/passwd") if row[0] == name), None)


@applet("id")
def id_(call: Call) -> Steps[int]:
    """Who runs this."""
    found, names = call.options("ugnG")
    files = call.system.files
    number = files.user
    if names:
        known = number_of_user(files, names[0])
        if known is None:
            return (yield from call.fail(f"unknown user {names[0]}"))
        number = known
    group = number if names or number == 0 else 0
    if found.keys() & {"u", "g", "G"}:
        value = number if "u" in found else group
        named = (user_name if "u" in found else group_name)(files, value)
        yield from call.say(named if "n" in found else str(value))
        return 0
    user, team = user_name(files, number), group_name(files, group)
    first = f"{number}({user})" if user != str(number) else str(number)
    yield from call.say(f"uid={first} gid={group}({team}) groups={group}({team})")
    return 0


@applet("whoami")
def whoami(call: Call) -> Steps[int]:
    """The name of who runs this."""
    name = user_name(call.system.files, call.system.files.user)
    if name == str(call.system.files.user):
        return (yield from call.fail(f"unknown uid {name}"))
    yield from call.say(name)
    return 0


@applet("who", "w", "last")
def who(call: Call) -> Steps[int]:
    """Nobody is logged in to a container."""
    return 0
    yield


@applet("groups")
def groups(call: Call) -> Steps[int]:
    """The groups of who runs this."""
    yield from call.say(group_name(call.system.files, 0))
    return 0


@applet("hostname")
def hostname(call: Call) -> Steps[int]:
    """The name of the pod, or with -i its address."""
    found, names = call.options("ifdsI")
    if names:
        return (yield from call.fail("sethostname: Operation not permitted"))
    yield from call.say(call.system.process.ip if found.keys() & {"i", "I"} else call.system.hostname)
    return 0


@applet("uname")
def uname(call: Call) -> Steps[int]:
    """The kernel."""
    found, _ = call.options("asnrvmpio")
    parts = {"s": "Linux", "n": call.system.hostname, "r": RELEASE, "v": VERSION, "m": "x86_64", "o": "GNU/Linux"}
    if "p" in found or "i" in found:
        parts |= {"p": "unknown", "i": "unknown"}
    wanted = parts if "a" in found else {key: parts[key] for key in parts if key in (found or {"s": ""})}
    yield from call.say(" ".join(wanted.values()))
    return 0


@applet("arch")
def arch(call: Call) -> Steps[int]:
    """The machine."""
    yield from call.say("x86_64")
    return 0


@applet("nproc")
def nproc(call: Call) -> Steps[int]:
    """Cores of the machine."""
    yield from call.say("4")
    return 0
