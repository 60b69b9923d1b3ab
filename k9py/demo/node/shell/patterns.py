"""Patterns of file names, and the regular expressions of grep and sed."""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache

from k9py.demo.node.files import Files, Folder

_CLASSES = {
    "alpha": "a-zA-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "upper": "A-Z", "lower": "a-z", "space": r" \t\n\r\f\v",
    "blank": r" \t", "punct": r"!-/:-@\[-`{-~", "xdigit": "0-9A-Fa-f", "cntrl": r"\x00-\x1f", "print": r"\x20-\x7e",
    "graph": r"\x21-\x7e", "word": r"\w",
}  # fmt: skip


def is_pattern(text: str) -> bool:
    """Whether there is anything in it that stands for other letters."""
    return any(letter in text for letter in "*?[")


@lru_cache(256)
def glob(pattern: str) -> re.Pattern[str]:
    """The regular expression of a pattern; a backslash takes the meaning from what follows."""
    return re.compile(_glob(pattern), re.DOTALL)


def _glob(pattern: str) -> str:
    found, at = [], 0
    while at < len(pattern):
        letter = pattern[at]
        at += 1
        if letter == "\\" and at < len(pattern):
            found.append(re.escape(pattern[at]))
            at += 1
        elif letter in "*?":
            found.append(".*" if letter == "*" else ".")
        elif letter == "[":
            text, at = _bracket(pattern, at)
            found.append(text)
        else:
            found.append(re.escape(letter))
    return "".join(found)


def _bracket(pattern: str, at: int) -> tuple[str, int]:
    """A set of letters that begins here, and where it ends; a bracket that never ends is a letter."""
    start = at
    negated = pattern[at : at + 1] in ("!", "^") and at < len(pattern)
    at += negated
    first = at
    while at < len(pattern) and (pattern[at] != "]" or at == first):
        if pattern.startswith("[:", at) and ":]" in pattern[at:]:
            at = pattern.index(":]", at) + 1
        at += 1
    if at >= len(pattern):
        return r"\[", start
    inside = pattern[first:at].replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]").replace("^", "\\^")
    for name, letters in _CLASSES.items():
        inside = inside.replace(f"\\[:{name}:\\]", letters)
    return f"[{'^' if negated else ''}{inside}]", at + 1


def matches(pattern: str, files: Files, here: str) -> list[str]:
    """The files of a pattern, sorted; names that begin with a dot only if the pattern says so."""
    parts = pattern.split("/")
    found = ["/"] if pattern.startswith("/") else [""]
    for index, part in enumerate(parts):
        if part:
            last = index == len(parts) - 1
            found = [path for base in found for path in _children(base, part, files, here, last)]
    return sorted(found)


def _children(base: str, part: str, files: Files, here: str, last: bool) -> list[str]:
    node = files.get(posixpath.join(here, base))
    if not isinstance(node, Folder):
        return []
    plain = part.replace("\\", "")
    if not is_pattern(part):
        return [posixpath.join(base, plain)] if plain in (".", "..") or plain in node.entries() else []
    expression = glob(part)
    return [
        posixpath.join(base, name)
        for name in node.entries()
        if expression.fullmatch(name)
        and (not name.startswith(".") or part.startswith("."))
        and (last or isinstance(files.get(posixpath.join(here, base, name)), Folder))
    ]


@lru_cache(128)
def expression(pattern: str, extended: bool, flags: int = 0) -> re.Pattern[bytes]:
    """A POSIX regular expression. re.error if it is none."""
    text = _posix(pattern, extended)
    return re.compile(text.encode("utf-8", "surrogateescape"), flags)


def _posix(pattern: str, extended: bool) -> str:
    """In the basic form, brackets and `+?|` mean something only after a backslash; in the extended one without."""
    found, at = [], 0
    while at < len(pattern):
        letter = pattern[at]
        at += 1
        if letter == "[":
            text, at = _bracket(pattern, at)
            found.append(text)
        elif letter == "\\" and at < len(pattern):
            found.append(_escaped(pattern[at], extended))
            at += 1
        elif letter in "(){}+?|":
            found.append(letter if extended else f"\\{letter}")
        elif letter == "*" and (not found or found[-1] in ("(", "|", "^")):
            found.append(r"\*")
        elif letter == "$" and not extended and at < len(pattern) and pattern[at : at + 2] not in ("\\)", "\\|"):
            found.append(r"\$")
        else:
            found.append(letter)
    return "".join(found)


def _escaped(letter: str, extended: bool) -> str:
    if letter in "(){}+?|":
        return f"\\{letter}" if extended else letter
    if letter in "<>":
        return r"\b"
    if letter in "wWsSbBnt123456789":
        return f"\\{letter}"
    return re.escape(letter)
