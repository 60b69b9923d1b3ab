"""Builtins that are about variables and options."""

from __future__ import annotations

from k9py.demo.node.shell.builtin import Fds, builtin, quote, tell
from k9py.demo.node.shell.command import decode, encode
from k9py.demo.node.shell.expansion import ExpansionError
from k9py.demo.node.shell.interpreter import Shell
from k9py.demo.node.shell.streams import Reader, Writer, read_line
from k9py.demo.node.shell.tasks import Steps


@builtin("export", "readonly")
def export(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
    """Hand variables on to programs; or keep them as they are."""
    marked = shell.exported if words[0] == "export" else shell.read_only
    operands = [word for word in words[1:] if word != "-p"]
    if not operands:
        for name in sorted(marked & shell.variables.keys()):
            yield from tell(fds, f"{words[0]} {name}={quote(shell.variables[name])}")
    for operand in operands:
        name, given, value = operand.partition("=")
        if not name.isidentifier():
            yield from shell.complain(f"{shell.title}: {words[0]}: {name}: bad variable name", fds)
            return 2
        if given:
            shell.set(name, value)
        marked.add(name)
    return 0


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
            yield from tell(fds, f"{name}={quote(value)}")
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


@builtin("alias")
def alias(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
    """Other names of commands."""
    for word in words[1:] or sorted(shell.aliases):
        name, given, value = word.partition("=")
        if given:
            shell.aliases[name] = value
        elif name in shell.aliases:
            yield from tell(fds, f"{name}={quote(shell.aliases[name])}")
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
