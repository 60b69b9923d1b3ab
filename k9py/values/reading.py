"""YAML read as Kubernetes reads it, with the line of every field: `sigs.k8s.io/yaml` turns it into JSON first.

So there are no dates and no numbers to the base of 60, `yes` and `on` are booleans, `0o17` and `1e3` are numbers, and
keys are texts. Unlike there, a key that stands twice is refused.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from k9py.values.errors import K9pyError
from k9py.values.text import clean

Step = str | int | tuple[str, ...]
"""The name of a field, the number of an item, or (where items are told apart by keys) what `key=value` it has."""
Path = tuple[Step, ...]

MOST = 1_000_000
"""Values that a text may stand for: aliases of aliases make billions of a few lines."""
_PLAIN = "plain"
"""The tag of a text without quotes that nothing is said of."""
_TAG = "tag:yaml.org,2002:"
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
}
_INT = re.compile(r"[-+]?(?:0[bB][01]+|0[oO]?[0-7]+|0[xX][0-9a-fA-F]+|0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NO_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


class YamlError(K9pyError):
    """A text that is no YAML, or none that Kubernetes would take. `line` counts from 0, `column` too."""

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message, "")
        self.line_number = line
        self.column = column


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says, and where: `lines` has the line (from 0) of the key or dash of every field and item."""

    value: Any
    lines: Mapping[Path, int]

    def line_of(self, path: Path) -> int | None:
        """The line of a field, or of what is nearest above it; None where that is the whole text."""
        for end in range(len(path), 0, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return None


class _Resolver(yaml.resolver.BaseResolver):
    """Leaves what a text without quotes means to us."""

    def resolve(self, kind: type[yaml.Node], value: str, implicit: Any) -> str:
        if kind is yaml.ScalarNode:
            return _PLAIN if implicit[0] else f"{_TAG}str"
        return f"{_TAG}map" if kind is yaml.MappingNode else f"{_TAG}seq"


if yaml.__with_libyaml__:
    from yaml.cyaml import CParser  # type: ignore[attr-defined]

    class _Composer(CParser, _Resolver):
        """Reads with libyaml, which is ten times faster."""

        def __init__(self, text: str) -> None:
            CParser.__init__(self, text)
            _Resolver.__init__(self)

else:

    class _Composer(  # type: ignore[no-redef]
        yaml.reader.Reader, yaml.scanner.Scanner, yaml.parser.Parser, yaml.composer.Composer, _Resolver
    ):
        """Reads without libyaml."""

        def __init__(self, text: str) -> None:
            yaml.reader.Reader.__init__(self, text)
            yaml.scanner.Scanner.__init__(self)
            yaml.parser.Parser.__init__(self)
            yaml.composer.Composer.__init__(self)
            _Resolver.__init__(self)


@lru_cache(maxsize=4)
def read_yaml(text: str) -> Reading:
    """Read one document. Raises YamlError. The value is kept: nobody may change it."""
    try:
        node = _compose(text)
        lines: dict[Path, int] = {}
        return Reading(_Constructor(lines).read(node, ()) if node else None, lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = ", ".join(part for part in (error.problem, error.context) if part)
        raise YamlError(clean(said), mark.line if mark else 0, mark.column if mark else 0) from error
    except yaml.reader.ReaderError as error:
        place = error.position if isinstance(error.position, int) else 0
        raise YamlError(
            clean(
                f"{error.reason}: #x{ord(error.character):04x}"
                if isinstance(error.character, str)
                else str(error.reason)
            ),
            text.count("\n", 0, place),
        ) from error
    except yaml.YAMLError as error:
        raise YamlError(clean(str(error))) from error
    except UnicodeEncodeError as error:
        raise YamlError("it has half a surrogate, which is no text", text.count("\n", 0, error.start)) from error
    except RecursionError as error:
        raise YamlError("it is nested too deeply") from error


def _compose(text: str) -> yaml.Node | None:
    composer = _Composer(text)
    try:
        node: yaml.Node | None = composer.get_single_node()
    finally:
        if hasattr(composer, "dispose"):
            composer.dispose()
    return node


class _Constructor:
    """Makes values of nodes, and notes the line of each."""

    def __init__(self, lines: dict[Path, int]) -> None:
        self._lines = lines
        self._count = 0

    def read(self, node: yaml.Node, path: Path) -> Any:
        self._count += 1
        if self._count > MOST:
            raise _wrong(f"it stands for more than {MOST:,} values", node)
        if isinstance(node, yaml.MappingNode):
            return self._read_map(node, path)
        if isinstance(node, yaml.SequenceNode):
            return self._read_list(node, path)
        assert isinstance(node, yaml.ScalarNode)
        return _read_scalar(node)

    def _read_list(self, node: yaml.SequenceNode, path: Path) -> list[Any]:
        items = []
        for number, item in enumerate(node.value):
            self._lines[(*path, number)] = item.start_mark.line
            items.append(self.read(item, (*path, number)))
        return items

    def _read_map(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        merged: list[yaml.Node] = []
        for key, value in node.value:
            if key.tag == _PLAIN and key.value == "<<":
                merged.append(value)
                continue
            name = _read_key(key)
            if name in found:
                raise _wrong(f"the key {clean(name)} stands twice", key)
            self._lines[(*path, name)] = key.start_mark.line
            found[name] = self.read(value, (*path, name))
        for value in merged:
            self._merge(value, found, path)
        return found

    def _merge(self, node: yaml.Node, found: dict[str, Any], path: Path) -> None:
        """`<<: *other`: the fields of another map, where there are none of that name."""
        for other in node.value if isinstance(node, yaml.SequenceNode) else [node]:
            if not isinstance(other, yaml.MappingNode):
                raise _wrong("<< takes a map, or a list of maps", other)
            found.update({name: value for name, value in self._read_map(other, path).items() if name not in found})


def _wrong(said: str, node: yaml.Node) -> YamlError:
    return YamlError(said, node.start_mark.line, node.start_mark.column)


def _read_key(node: yaml.Node) -> str:
    """A key is a text in JSON: numbers and booleans are written as such."""
    if not isinstance(node, yaml.ScalarNode):
        raise _wrong("a key must be a text", node)
    value = _read_scalar(node)
    if value is None:
        raise _wrong("a key must not be null", node)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _read_scalar(node: yaml.ScalarNode) -> Any:
    tag = node.tag.removeprefix(_TAG)
    text = node.value
    if tag == "str":
        return text
    if tag == _PLAIN:
        return _read_plain(text, node)
    value = _read_plain(text, node) if tag in ("int", "float", "bool", "null") else node
    fits: Mapping[str, type | tuple[type, ...]] = {"int": int, "float": (int, float), "bool": bool, "null": type(None)}
    if value is node:
        raise _wrong(f"the tag {clean(node.tag)} is not known", node)
    if not isinstance(value, fits[tag]) or (isinstance(value, bool) and tag != "bool"):
        raise _wrong(f"{clean(text)} is no {tag}", node)
    return value


def _read_plain(text: str, node: yaml.Node) -> Any:
    """What a text without quotes stands for, as go-yaml v2 decides."""
    if text in _WORDS:
        return _WORDS[text]
    digits = text.replace("_", "")
    if text[0] in "-+.0123456789":
        if _INT.fullmatch(digits):
            return _read_int(digits)
        if _FLOAT.fullmatch(digits):
            return _read_float(digits, node)
        if _NO_NUMBER.fullmatch(text):
            raise _wrong(f"{text} has no place in JSON", node)
    return text


def _read_int(digits: str) -> int | float:
    sign, body = (digits[0], digits[1:]) if digits[0] in "-+" else ("", digits)
    if len(body) > 1 and body[0] == "0" and body[1].isdigit():
        body = f"0o{body[1:]}"  # as Go reads it: 0644 is octal
    value = int(sign + body, 0)
    return value if -(2**63) <= value < 2**64 else float(value)


def _read_float(digits: str, node: yaml.Node) -> int | float:
    value = float(digits)
    if not math.isfinite(value):
        raise _wrong(f"{digits} is too large a number", node)
    return int(value) if value.is_integer() and abs(value) < 2**53 else value
