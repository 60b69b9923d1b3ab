"""JSON as the real server reads it and speaks of it: the same words for what cannot be read, Go's `%v` of values."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec
import yaml

END = "unexpected end of JSON input"
SHOWN = 30
"""So many bytes of a body are repeated in an error."""

_CONTEXTS = (
    ("Expecting property name", "looking for beginning of object key string"),
    ("Expecting ':'", "after object key"),
    ("Extra data", "after top-level value"),
    ("Invalid \\uXXXX", "in \\u hexadecimal character escape"),
    ("Invalid \\escape", "in string escape code"),
    ("Invalid control character", "in string literal"),
    ("Illegal trailing comma before end of object", "looking for beginning of object key string"),
)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML as Go reads it: times stay text, and `y` and `n` are true and false."""

    bool_values: ClassVar = {**yaml.SafeLoader.bool_values, "y": True, "n": False}


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:timestamp"]
    for first, found in _Loader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^[yYnN]$"), list("yYnN"))


class BadJson(ValueError):
    """What cannot be read, in the words of Go's encoding/json."""


def read_json(body: bytes) -> Any:
    """The value of a text. Raises BadJson."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadJson(_explain(body.decode(errors="replace"), str(error))) from None


def read_object(body: bytes) -> dict[str, Any]:
    """The object of a text; `null` is an empty one. Raises BadJson."""
    found = read_json(body)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise BadJson(f"json: cannot unmarshal {kind_of(found)} into Go value of type map[string]interface {{}}")
    return found


def read_yaml(body: bytes) -> Any:
    """The value of a text in YAML, or in JSON. Raises BadJson."""
    try:
        return _with_text_keys(yaml.load(body, Loader=_Loader))
    except yaml.MarkedYAMLError as error:
        raise BadJson(f"yaml: {_line(error)}{error.problem}") from None
    except yaml.YAMLError as error:
        raise BadJson(f"yaml: {error}") from None


def _with_text_keys(found: Any) -> Any:
    """Keys of JSON are text, whatever they are in YAML."""
    if isinstance(found, dict):
        return {name if isinstance(name, str) else go_text(name): _with_text_keys(one) for name, one in found.items()}
    return [_with_text_keys(one) for one in found] if isinstance(found, list) else found


def _line(error: yaml.MarkedYAMLError) -> str:
    """Where, as Go's YAML counts lines: the first one is not said."""
    marks = [mark.line for mark in (error.context_mark, error.problem_mark) if mark and mark.line]
    line = (marks[0] if marks else 0) + (isinstance(error, yaml.scanner.ScannerError) and bool(marks))
    return f"line {line}: " if line else ""


def kind_of(value: Any) -> str:
    """What Go calls a JSON value: `object`, `array`, `string`, `number`, `bool`."""
    if isinstance(value, bool):
        return "bool"
    names: tuple[tuple[type, str], ...] = ((dict, "object"), (list, "array"), (str, "string"), (int, "number"))
    return next((name for kind, name in names if isinstance(value, kind)), "null" if value is None else "number")


def _explain(text: str, other: str) -> str:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return _words(text, error)
    return other


def _words(text: str, error: json.JSONDecodeError) -> str:
    at = error.pos
    if error.msg.startswith("Illegal trailing comma"):
        at += 1 + len(text[at + 1 :]) - len(text[at + 1 :].lstrip())
    if error.msg.startswith("Invalid \\"):
        at += 0 if text[at : at + 1] != "\\" else 1
    literal = _literal(text, at) if error.msg == "Expecting value" else ""
    if literal:
        return literal
    if at >= len(text) or error.msg.startswith("Unterminated"):
        return END
    return f"invalid character {_quoted(text[at])} {_context(text, at, error.msg)}"


def _context(text: str, at: int, message: str) -> str:
    for begin, context in _CONTEXTS:
        if message.startswith(begin):
            return context
    if message.startswith("Expecting ','"):
        return "after array element" if _in_array(text[:at]) else "after object key:value pair"
    return "looking for beginning of value"


def _in_array(before: str) -> bool:
    """Whether the innermost bracket that is open there is one of an array."""
    stack: list[str] = []
    quoted = escaped = False
    for char in before:
        if quoted:
            quoted = escaped or char != '"'
            escaped = char == "\\" and not escaped
        elif char == '"':
            quoted = True
        elif char in "[{":
            stack.append(char)
        elif char in "]}":
            stack.pop()
    return bool(stack) and stack[-1] == "["


def _literal(text: str, at: int) -> str:
    """What is wrong with a `true`, `false` or `null` that begins there; empty if none does."""
    word = next((word for word in ("true", "false", "null") if text[at : at + 1] == word[0]), "")
    for index, expected in enumerate(word):
        found = text[at + index : at + index + 1] or " "
        if found != expected:
            return f"invalid character {_quoted(found)} in literal {word} (expecting '{expected}')"
    return ""


def _quoted(char: str) -> str:
    return "'\\''" if char == "'" else "'\"'" if char == '"' else f"'{json.dumps(char, ensure_ascii=False)[1:-1]}'"


def shown(body: bytes) -> str:
    """A body as errors repeat it: objects as they are, everything else in hexadecimal digits."""
    if not body:
        return "<empty>"
    begin = body[:SHOWN]
    text = begin.decode(errors="replace") if body.startswith(b"{") else begin.hex()
    return text if len(body) <= SHOWN else f"{text} ..."


def go_text(value: Any) -> str:
    """A value as Go's `%v` writes it: `map[a:1 b:[x y]]`."""
    if isinstance(value, Mapping):
        return f"map[{' '.join(f'{name}:{go_text(value[name])}' for name in sorted(value))}]"
    if isinstance(value, list):
        return f"[{' '.join(map(go_text, value))}]"
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
