"""Label selectors as a request brings them, and the words in which the server refuses what it does not understand.

What a selector keeps is k9py.values.selector's; that says where a person has mistyped, and this what the server says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from k9py.demo.api.validation.names import label_value, qualified
from k9py.demo.core.status import StatusError, bad_request
from k9py.values.selector import Requirement, Selector

_TOKEN = re.compile(r"==|!=|[=!<>(),]|[^\s=!<>(),]+")
_SIGNS = frozenset(("=", "==", "!=", "!", "<", ">", "(", ")", ","))
_OPERATORS = {"in": "in", "notin": "notin", "=": "=", "==": "=", "!=": "!=", ">": ">", "<": "<"}


def parse_labels(text: str) -> Selector:
    """A label selector. StatusError in the server's words if it is none."""
    tokens = _Tokens(text)
    found: list[Requirement] = []
    while tokens.next:
        if tokens.next in _SIGNS and tokens.next != "!":
            raise bad_request(f"found '{tokens.next}', expected: !, identifier, or 'end of string'")
        found.append(_requirement(tokens))
        end = tokens.take()
        if end and end != ",":
            raise bad_request(f"found '{end}', expected: ',' or 'end of string'")
        if end and (not tokens.next or (tokens.next in _SIGNS and tokens.next != "!")):
            raise bad_request(f"found '{tokens.next}', expected: identifier after ','")
    return Selector(tuple(found))


class _Tokens:
    """Words and signs, one after the other; empty when there are no more."""

    def __init__(self, text: str) -> None:
        self._rest = _TOKEN.findall(text)[::-1]

    @property
    def next(self) -> str:
        """The one that comes, left where it is."""
        return self._rest[-1] if self._rest else ""

    def take(self) -> str:
        """The one that comes."""
        return self._rest.pop() if self._rest else ""

    def word(self) -> str:
        """The one that comes, which must not be a sign."""
        token = self.take()
        if not token or token in _SIGNS:
            raise _refused(f"found '{token}', expected: identifier")
        return token


def _refused(why: str) -> StatusError:
    return bad_request(f"unable to parse requirement: {why}")


def _requirement(tokens: _Tokens) -> Requirement:
    absent = tokens.next == "!"
    if absent:
        tokens.take()
    key = tokens.word()
    _check("<nil>", key, qualified)
    if absent:
        return Requirement(key, "!")
    if tokens.next in ("", ","):
        return Requirement(key, "exists")
    token = tokens.take()
    operator = _OPERATORS.get(token)
    if operator is None:
        raise _refused(f"found '{token}', expected: in, notin, =, ==, !=, gt, lt")
    return _checked(Requirement(key, operator, _values(tokens) if operator in ("in", "notin") else _value(tokens)))


def _value(tokens: _Tokens) -> tuple[str]:
    return ("",) if tokens.next in ("", ",") else (tokens.word(),)


def _values(tokens: _Tokens) -> tuple[str, ...]:
    """A list in brackets; between two commas, and before the first and after the last, stands an empty value."""
    begin = tokens.take()
    if begin != "(":
        raise _refused(f"found '{begin}' expected: '('")
    if tokens.next == ")":
        tokens.take()
        return ()
    if tokens.next != "," and (not tokens.next or tokens.next in _SIGNS):
        raise _refused(f"found '{tokens.next}', expected: ',', ')' or identifier")
    found = {_listed(tokens)}
    while (token := tokens.take()) == ",":
        found.add(_listed(tokens))
    if token != ")":
        raise _refused(f"found '{token}', expected: ',' or ')'")
    return tuple(sorted(found))


def _listed(tokens: _Tokens) -> str:
    return "" if tokens.next in (",", ")") else tokens.word()


def _checked(found: Requirement) -> Requirement:
    if found.operator in "<>" and not found.values[0].lstrip("-").isdecimal():
        text = f"\"{found.values[0]}\": for 'Gt', 'Lt' operators, the value must be an integer"
        raise _refused(f"values[0]: Invalid value: {text}")
    for index, value in enumerate(found.values):
        _check(f"values[{index}][{found.key}]", value, label_value)
    return found


def _check(path: str, text: str, rule: Callable[[str], Sequence[str]]) -> None:
    wrong = rule(text)
    if wrong:
        words = "; ".join(one.replace("63 characters", "63 bytes") for one in wrong)
        raise _refused(f'{path}: Invalid value: "{text}": {words.replace("a qualified name", "a valid label key")}')
