"""`$((…))`: sums of whole numbers, as C has them."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping

_TOKEN = re.compile(
    r"\s*(0[xX][0-9a-fA-F]+|\d+|[A-Za-z_]\w*|<<=|>>=|\*\*|\+\+|--|&&|\|\||[<>=!+\-*/%&|^]=|<<|>>|[-+*/%<>=!~&|^?:(),])"
)
_LEVELS: tuple[tuple[str, ...], ...] = (
    ("||",), ("&&",), ("|",), ("^",), ("&",), ("==", "!="), ("<=", ">=", "<", ">"), ("<<", ">>"), ("+", "-"),
    ("*", "/", "%"),
)  # fmt: skip


class SumError(Exception):
    """Something that cannot be calculated."""


def _divide(a: int, b: int) -> int:
    if b == 0:
        raise SumError("divide by zero")
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def _power(a: int, b: int) -> int:
    if b < 0 or abs(b) > 64:
        raise SumError("exponent less than 0" if b < 0 else "exponent too large")
    return int(a**b)


_APPLY: Mapping[str, Callable[[int, int], int]] = {
    "||": lambda a, b: int(bool(a or b)),
    "&&": lambda a, b: int(bool(a and b)),
    "|": operator.or_,
    "^": operator.xor,
    "&": operator.and_,
    "==": lambda a, b: int(a == b),
    "!=": lambda a, b: int(a != b),
    "<=": lambda a, b: int(a <= b),
    ">=": lambda a, b: int(a >= b),
    "<": lambda a, b: int(a < b),
    ">": lambda a, b: int(a > b),
    "<<": lambda a, b: a << (b & 63),
    ">>": lambda a, b: a >> (b & 63),
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divide,
    "%": lambda a, b: a - b * _divide(a, b),
}


def calculate(text: str, get: Callable[[str], str], put: Callable[[str, str], None]) -> int:
    """The value of an expression. SumError if it is none."""
    return _Sum(text, get, put).whole()


class _Sum:
    def __init__(self, text: str, get: Callable[[str], str], put: Callable[[str, str], None]) -> None:
        self._text = text.strip()
        self._tokens = self._split(self._text)
        self._at = 0
        self._get, self._put = get, put

    def whole(self) -> int:
        if not self._tokens:
            return 0
        value = self._comma()
        if self._at < len(self._tokens):
            raise SumError("arithmetic syntax error")
        return value

    def _split(self, text: str) -> list[str]:
        found, at = [], 0
        while at < len(text):
            match = _TOKEN.match(text, at)
            if not match:
                raise SumError("arithmetic syntax error")
            found.append(match[1])
            at = match.end()
        return found

    def _next(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self, *wanted: str) -> str:
        token = self._next()
        if token and token in wanted:
            self._at += 1
            return token
        return ""

    def _comma(self) -> int:
        value = self._assign()
        while self._take(","):
            value = self._assign()
        return value

    def _assign(self) -> int:
        name = self._next()
        following = self._tokens[self._at + 1] if self._at + 1 < len(self._tokens) else ""
        if _is_name(name) and following.endswith("=") and following not in ("==", "!=", "<=", ">="):
            self._at += 2
            value = self._assign()
            if following != "=":
                value = _wrap(_APPLY[following[:-1]](self._value(name), value))
            self._put(name, str(value))
            return value
        return self._choice()

    def _choice(self) -> int:
        condition = self._level(0)
        if not self._take("?"):
            return condition
        yes = self._assign()
        if not self._take(":"):
            raise SumError("arithmetic syntax error")
        no = self._assign()
        return yes if condition else no

    def _level(self, level: int) -> int:
        if level == len(_LEVELS):
            return self._power()
        value = self._level(level + 1)
        while found := self._take(*_LEVELS[level]):
            value = _wrap(_APPLY[found](value, self._level(level + 1)))
        return value

    def _power(self) -> int:
        value = self._unary()
        if self._take("**"):
            return _wrap(_power(value, self._power()))
        return value

    def _unary(self) -> int:
        found = self._take("-", "+", "!", "~", "++", "--")
        if found in ("++", "--"):
            return self._step(self._name(), 1 if found == "++" else -1)
        if found:
            value = self._unary()
            return {"-": -value, "+": value, "!": int(not value), "~": ~value}[found]
        return self._single()

    def _name(self) -> str:
        name = self._next()
        if not _is_name(name):
            raise SumError("arithmetic syntax error")
        self._at += 1
        return name

    def _step(self, name: str, by: int) -> int:
        value = self._value(name) + by
        self._put(name, str(value))
        return value

    def _single(self) -> int:
        if self._take("("):
            value = self._comma()
            if not self._take(")"):
                raise SumError("arithmetic syntax error")
            return value
        token = self._next()
        if token[:1].isdigit():
            self._at += 1
            return _number(token)
        name = self._name()
        after = self._take("++", "--")
        value = self._value(name)
        if after:
            self._step(name, 1 if after == "++" else -1)
        return value

    def _value(self, name: str) -> int:
        text = self._get(name).strip()
        if not text:
            return 0
        try:
            return _number(text)
        except ValueError:
            raise SumError("arithmetic syntax error") from None


def _number(text: str) -> int:
    if re.fullmatch(r"0[0-7]+", text):
        return int(text, 8)
    return int(text, 16) if text[:2].lower() == "0x" else int(text)


def _wrap(value: int) -> int:
    """As in 64 bits."""
    return (value + 2**63) % 2**64 - 2**63


def _is_name(token: str) -> bool:
    return bool(token) and (token[0].isalpha() or token[0] == "_")
