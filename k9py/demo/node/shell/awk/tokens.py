"""Words and signs of awk."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"[ \t\r]+|\\\n|#[^\n]*|(?P<number>\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+)"
    r'|"(?P<text>(?:\\.|[^"\\])*)"|(?P<name>[A-Za-z_]\w*)'
    r"|(?P<op>\+\+|--|&&|\|\||[-+*/%^!=<>]=|!~|[-+*/%^!<>=~?:,;(){}\[\]$\n])"
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "/": "/"}
_VALUES = frozenset(("number", "text", "name", ")", "]"))


class AwkError(Exception):
    """A program that cannot be read."""


Token = tuple[str, str]


def tokens(text: str) -> list[Token]:
    """Kinds and texts. A `/` begins a pattern where no value can have ended."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        if text[at] == "/" and not (found and found[-1][0] in _VALUES):
            match = re.compile(r"/((?:\\.|[^/\\])*)/").match(text, at)
            if not match:
                raise AwkError("unterminated regex")
            found.append(("pattern", match[1].replace("\\/", "/")))
        else:
            match = _TOKEN.match(text, at)
            if not match:
                raise AwkError(f"unexpected character '{text[at]}'")
            kind = match.lastgroup
            if kind == "text":
                inside = re.sub(r"\\(.)", lambda one: _ESCAPES.get(one[1], one[0]), match["text"])
                found.append(("text", inside))
            elif kind:
                found.append((match[0] if kind == "op" else kind, match[0]))
        at = match.end()
    return [*found, ("end", "")]
