"""The JSONPath of printer columns: `.spec.tags[0]`, `.metadata.labels['a/b']`, `.conditions[?(@.type=="Ready")]`.

The dialect is client-go's (util/jsonpath), as far as a column can use it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

Step = Callable[[Any], Iterator[Any]]

_TOKEN = re.compile(
    r"""\.\.(?P<deep>(?:\\.|[^.\[\]\\])+)"""
    r"""|\.?\[\?\((?P<filter>.*?)\)\]"""
    r"""|\.?\[(?P<quoted>'[^']*'|"[^"]*")\]"""
    r"""|\.?\[(?P<index>-?\d+)\]"""
    r"""|\.?\[(?P<slice>[-\d:]+)\]"""
    r"""|\.?\[\*\]|\.(?P<star>\*)"""
    r"""|\.(?P<name>(?:\\.|[^.\[\]\\])+)""",
    re.VERBOSE,
)
_FILTER = re.compile(r"\s*@(?P<path>\S*?)\s*(?:(?P<sign>==|!=|<=|>=|<|>)\s*(?P<value>.+?))?\s*$")
_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
}


class PathError(ValueError):
    """A path that is not understood."""


@cache
def parse_path(text: str) -> tuple[Step, ...]:
    """The steps of a path. Raises PathError."""
    steps: list[Step] = []
    position = 0
    text = text.strip()
    if text.startswith("{") and text.endswith("}"):
        text = text[1:-1]
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None:
            raise PathError(f"unrecognized character in {text!r} at {position}")
        steps.append(_step(token))
        position = token.end()
    return tuple(steps)


def find_values(path: str, obj: Any) -> list[Any]:
    """All that a path finds in an object, in order. Raises PathError."""
    found: Iterable[Any] = [obj]
    for step in parse_path(path):
        found = [value for each in found for value in step(each)]
    return list(found)


def _step(token: re.Match[str]) -> Step:
    kind = token.lastgroup or "star"
    return _STEPS[kind](token[kind] if token.lastgroup else "*")


def _name(text: str) -> Step:
    name = re.sub(r"\\(.)", r"\1", text)

    def step(value: Any) -> Iterator[Any]:
        if isinstance(value, dict) and name in value:
            yield value[name]

    return step


def _index(text: str) -> Step:
    index = int(text)

    def step(value: Any) -> Iterator[Any]:
        if isinstance(value, list) and -len(value) <= index < len(value):
            yield value[index]

    return step


def _slice(text: str) -> Step:
    bounds = slice(*(int(part) if part else None for part in text.split(":")))

    def step(value: Any) -> Iterator[Any]:
        if isinstance(value, list):
            yield from value[bounds]

    return step


def _star(_: str) -> Step:
    return _children


def _children(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        yield from value
    elif isinstance(value, dict):
        yield from value.values()


def _deep(text: str) -> Step:
    own = _name(text)

    def step(value: Any) -> Iterator[Any]:
        yield from own(value)
        for child in _children(value):
            yield from step(child)

    return step


def _filter(text: str) -> Step:
    parts = _FILTER.match(text)
    if parts is None:
        raise PathError(f"invalid filter {text!r}")
    path, sign = parts["path"], parts["sign"]
    wanted = _literal(parts["value"]) if sign else None

    def keeps(value: Any) -> bool:
        found = find_values(path, value)
        if not sign:
            return bool(found)
        try:
            return any(_SIGNS[sign](one, wanted) for one in found)
        except TypeError:
            return False

    return lambda value: (child for child in _children(value) if keeps(child))


def _literal(text: str) -> Any:
    if text[:1] in "'\"":
        return text[1:-1]
    if text in ("true", "false"):
        return text == "true"
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text


_STEPS: dict[str, Callable[[str], Step]] = {
    "name": _name,
    "quoted": lambda text: _name(text[1:-1].replace("\\", "\\\\")),
    "index": _index,
    "slice": _slice,
    "star": _star,
    "deep": _deep,
    "filter": _filter,
}
