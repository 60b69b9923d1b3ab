"""Label selectors: as they are typed (`app=web,tier in (a,b),!canary`), and as they stand in a spec (LabelSelector)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import msgspec

from k9py.values.errors import K9pyError

Labels = Mapping[str, str]


class SelectorError(K9pyError):
    """The selector cannot be understood; `position` is where, counted from 0."""

    def __init__(self, message: str, position: int = 0) -> None:
        super().__init__(message)
        self.position = position


class LabelExpression(msgspec.Struct, frozen=True, gc=False):
    """An entry of matchExpressions: In, NotIn, Exists or DoesNotExist."""

    key: str
    operator: str
    values: tuple[str, ...] | None = None


class LabelSelector(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """LabelSelector (meta/v1), as a spec holds it."""

    match_labels: Labels | None = None
    match_expressions: tuple[LabelExpression, ...] | None = None


class Requirement(NamedTuple):
    """One condition. The operators are those that can be typed: = != in notin > <, `exists` and `!`."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def matches(self, labels: Labels) -> bool:
        """Whether labels meet it. != and notin are also met by what has no such label, as in Kubernetes."""
        return _MEET[self.operator](labels.get(self.key), self.values)

    def __str__(self) -> str:
        return _WRITE[self.operator].format(self.key, ",".join(sorted(self.values)))


class Selector(NamedTuple):
    """All conditions together: none of them selects everything; None instead of them selects nothing."""

    requirements: tuple[Requirement, ...] | None = ()

    def matches(self, labels: Labels | None) -> bool:
        """Whether it selects what has these labels."""
        if self.requirements is None:
            return False
        return all(requirement.matches(labels or {}) for requirement in self.requirements)

    def __str__(self) -> str:
        return ",".join(str(requirement) for requirement in sorted(self.requirements or ()))


def selector_from(spec: LabelSelector | None) -> Selector:
    """The selector of a spec. None selects nothing, as in Kubernetes. Raises SelectorError for an unknown operator."""
    if spec is None:
        return Selector(None)
    equal = [Requirement(key, "=", (value,)) for key, value in (spec.match_labels or {}).items()]
    return Selector((*equal, *(_requirement_from(expression) for expression in spec.match_expressions or ())))


def read_selector(spec: Mapping[str, Any] | None) -> Selector:
    """The same of a LabelSelector as JSON has it."""
    return selector_from(None if spec is None else msgspec.convert(spec, LabelSelector))


def parse_selector(text: str) -> Selector:
    """A selector as it is typed for kubectl's -l. Raises SelectorError."""
    tokens = _Tokens(text)
    requirements: list[Requirement] = []
    while tokens.peek():
        requirements.append(_parse_requirement(tokens))
        if tokens.peek():
            tokens.expect(",")
            tokens.require_more()
    return Selector(tuple(requirements))


def _compare(value: str | None, limit: tuple[str, ...], meets: Callable[[int, int], bool]) -> bool:
    return value is not None and value.lstrip("-").isdecimal() and meets(int(value), int(limit[0]))


_MEET: Mapping[str, Callable[[str | None, tuple[str, ...]], bool]] = {
    "=": lambda value, wanted: value in wanted,
    "in": lambda value, wanted: value in wanted,
    "!=": lambda value, wanted: value not in wanted,
    "notin": lambda value, wanted: value not in wanted,
    "exists": lambda value, _: value is not None,
    "!": lambda value, _: value is None,
    ">": lambda value, limit: _compare(value, limit, int.__gt__),
    "<": lambda value, limit: _compare(value, limit, int.__lt__),
}
_WRITE = {
    "=": "{}={}",
    "!=": "{}!={}",
    "in": "{} in ({})",
    "notin": "{} notin ({})",
    "exists": "{}",
    "!": "!{}",
    ">": "{}>{}",
    "<": "{}<{}",
}
_SPEC_OPERATORS = {"In": "in", "NotIn": "notin", "Exists": "exists", "DoesNotExist": "!"}


def _requirement_from(expression: LabelExpression) -> Requirement:
    operator = _SPEC_OPERATORS.get(expression.operator)
    if operator is None:
        raise SelectorError(f"{expression.operator} is not an operator of a label selector")
    return Requirement(expression.key, operator, expression.values or ())


def _parse_requirement(tokens: _Tokens) -> Requirement:
    if tokens.take("!"):
        return Requirement(tokens.word("a label"), "!")
    key = tokens.word("a label")
    if tokens.take("=", "=="):
        return Requirement(key, "=", (tokens.value(),))
    if tokens.take("!="):
        return Requirement(key, "!=", (tokens.value(),))
    if operator := tokens.take("in", "notin"):
        return Requirement(key, operator, _parse_values(tokens))
    if operator := tokens.take("<", ">"):
        return Requirement(key, operator, (tokens.number(),))
    return Requirement(key, "exists")


def _parse_values(tokens: _Tokens) -> tuple[str, ...]:
    tokens.expect("(")
    values = [tokens.value()]
    while tokens.take(","):
        values.append(tokens.value())
    tokens.expect(")")
    return tuple(values)


class _Tokens:
    """The words and signs of a selector, and where they stand."""

    _TOKEN = re.compile(r"==|!=|[=!<>(),]|[^\s=!<>(),]+")
    _WORD = re.compile(r"[^\s=!<>(),]")

    def __init__(self, text: str) -> None:
        self._tokens = [(match[0], match.start()) for match in self._TOKEN.finditer(text)]
        self._tokens.append(("", len(text)))
        self._next = 0

    def peek(self) -> str:
        """The next token, "" at the end."""
        return self._tokens[self._next][0]

    def take(self, *wanted: str) -> str:
        """The next token if it is one of these, else ""."""
        token = self.peek()
        if token not in wanted:
            return ""
        self._next += 1
        return token

    def expect(self, wanted: str) -> None:
        """Pass this token."""
        if not self.take(wanted):
            raise self._error(f"{wanted!r}")

    def require_more(self) -> None:
        """Complain if nothing follows."""
        if not self.peek():
            raise self._error("a label")

    def word(self, what: str) -> str:
        """The next token, which must not be a sign."""
        token = self.peek()
        if not self._WORD.match(token):
            raise self._error(what)
        self._next += 1
        return token

    def value(self) -> str:
        """A value of a label, which may be empty."""
        return "" if self.peek() in ("", ",", ")") else self.word("a value")

    def number(self) -> str:
        """A whole number."""
        if not self.peek().lstrip("-").isdecimal():
            raise self._error("a whole number")
        return self.word("a whole number")

    def _error(self, wanted: str) -> SelectorError:
        token, position = self._tokens[self._next]
        found = repr(token) if token else "the end"
        return SelectorError(f"expected {wanted} at {position + 1}, found {found}", position)
