"""A shell that a person talks to: prompts, lines, Control-C."""

from __future__ import annotations

import posixpath

from k9py.demo.node.files import Folder, Link
from k9py.demo.node.shell import builtins, variables
from k9py.demo.node.shell.builtin import Fds, builtin
from k9py.demo.node.shell.command import decode, load_applets
from k9py.demo.node.shell.editor import Editor, Interrupted
from k9py.demo.node.shell.flow import Return
from k9py.demo.node.shell.interpreter import Shell
from k9py.demo.node.shell.parser import parse
from k9py.demo.node.shell.signals import TEXTS
from k9py.demo.node.shell.streams import Ahead, Reader, Writer, read_line
from k9py.demo.node.shell.tasks import Killed, Steps
from k9py.demo.node.shell.terminal import Terminal
from k9py.demo.node.shell.words import ShellSyntaxError

_PROMPTS = {"ash": "\\w \\$ ", "dash": "\\$ ", "bash": "\\u@\\h:\\w\\$ "}
_IGNORED = (2, 3, 15)


def talk(shell: Shell, terminal: Terminal) -> Steps[int]:
    """Read commands at a terminal until `exit` or Control-D; answers the exit code."""
    shell.interactive = True
    shell.variables.setdefault("PS1", _PROMPTS.get(shell.kind, _PROMPTS["ash"]))
    editor = Editor(terminal, lambda text: complete(shell, text))
    shell.editor = editor
    try:
        while True:
            try:
                text = yield from _command(shell, editor)
            except Killed as killed:
                if killed.signal not in _IGNORED:
                    raise
                continue
            if text is None:
                status = shell.status
                break
            yield from _run(shell, text, terminal)
    except Return as end:
        status = end.status
    return (yield from shell.finish(status))


def _run(shell: Shell, text: str, terminal: Terminal) -> Steps[None]:
    try:
        yield from shell.evaluate(text)
    except Killed as killed:
        if killed.signal not in _IGNORED:
            raise
        shell.status = 128 + killed.signal
        if killed.signal == 2:
            terminal.output.feed(b"\r\n")
        return
    except Return as end:
        if end.exits:
            raise
    said = TEXTS.get(shell.status - 128)
    if said:
        yield from shell.complain(said)


def _command(shell: Shell, editor: Editor) -> Steps[str | None]:
    """A whole command: lines are asked for until nothing is open."""
    text = ""
    while True:
        try:
            line = yield from editor.read(prompt_of(shell, shell.get("PS2", "> ") if text else shell.get("PS1")))
        except Interrupted:
            shell.status = 130
            text = ""
            continue
        if line is None:
            return text or None
        text = f"{text}\n{line}" if text else line
        try:
            parse(text + "\n")
        except ShellSyntaxError as error:
            if error.more:
                continue
        return text


def read_script(shell: Shell, reader: Reader) -> Steps[int]:
    """Run what comes by standard input, command by command.

    bash leaves to its commands what follows them; ash and dash have read that already, as much as has come.
    """
    source = reader if shell.kind == "bash" else Ahead(reader)
    text = ""
    try:
        while (line := (yield from read_line(source))) is not None:
            text += decode(line)
            try:
                parse(text)
            except ShellSyntaxError as error:
                if error.more:
                    continue
            whole, text = text, ""
            yield from shell.evaluate(whole)
        if text:
            yield from shell.evaluate(text)
        status = shell.status
    except Return as end:
        status = end.status
    return (yield from shell.finish(status))


def prompt_of(shell: Shell, form: str) -> str:
    """A prompt with its escapes replaced."""
    home = shell.get("HOME", "/root")
    here = shell.here
    if home != "/" and (here == home or here.startswith(home + "/")):
        here = "~" + here[len(home) :]
    root = shell.system.files.user == 0
    user = "root" if root else shell.get("USER") or "I have no name!"
    values = {
        "w": here, "W": posixpath.basename(here) or "/", "$": "#" if root else "$", "u": user,
        "h": shell.system.hostname,
        "H": shell.system.hostname, "s": shell.name, "n": "\r\n", "[": "", "]": "", "e": "\x1b", "\\": "\\",
    }  # fmt: skip
    found, at = [], 0
    while at < len(form):
        if form[at] == "\\" and at + 1 < len(form):
            found.append(values.get(form[at + 1], form[at + 1]))
            at += 1
        else:
            found.append(form[at])
        at += 1
    return "".join(found)


def complete(shell: Shell, text: str) -> tuple[str, list[str]]:
    """What follows of the word that ends here, and all it can be."""
    start = max((text.rfind(letter) for letter in " \t;|&<>=("), default=-1) + 1
    word = text[start:]
    first = not text[:start].strip() or text[:start].rstrip()[-1:] in (";", "|", "&", "(")
    if first and "/" not in word:
        choices = sorted({name + " " for name in _programs(shell) if name.startswith(word)})
        base = word
    else:
        folder, _, base = word.rpartition("/")
        choices = _files(shell, (folder or "/") if "/" in word else "", base)
    if not choices:
        return "", []
    common = posixpath.commonprefix(choices)
    return common[len(base) :], [choice.rstrip() for choice in choices]


def _programs(shell: Shell) -> set[str]:
    names = set(Shell.builtins) | set(shell.functions)
    for folder in shell.get("PATH").split(":"):
        node = shell.system.files.get(shell.path(folder))
        if isinstance(node, Folder):
            names |= node.entries().keys() & load_applets().keys()
    return names


def _files(shell: Shell, folder: str, base: str) -> list[str]:
    path = shell.path(folder.replace("~", shell.get("HOME", "/"), 1) if folder.startswith("~") else folder)
    node = shell.system.files.get(path)
    if not isinstance(node, Folder):
        return []
    found = []
    for name, child in sorted(node.entries().items()):
        if name.startswith(base) and (base or not name.startswith(".")):
            target = shell.system.files.get(posixpath.join(path, name)) if isinstance(child, Link) else child
            found.append(name + ("/" if isinstance(target, Folder) else " "))
    return found


@builtin("history")
def history(shell: Shell, words: list[str], fds: Fds) -> Steps[int]:
    """The lines that were typed."""
    lines = shell.editor.history if shell.editor else []
    out = fds.get(1)
    if isinstance(out, Writer):
        for index, line in enumerate(lines):
            yield from out.write(f"{index:4} {line}\n".encode("utf-8", "surrogateescape"))
    return 0


LOADED = (builtins, variables)
"""Every shell has these."""
