"""The grammar of awk."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from k9py.demo.node.shell.awk.actions import (
    BINARY,
    assign,
    choose,
    drop,
    each,
    print_formatted,
    print_line,
    print_values,
    repeat,
    sequence,
    step,
)
from k9py.demo.node.shell.awk.functions import FUNCTIONS
from k9py.demo.node.shell.awk.tokens import AwkError, tokens
from k9py.demo.node.shell.awk.values import (
    Do,
    Expr,
    Next,
    Run,
    Target,
    Value,
    constant,
    number,
    pattern_of,
    show,
    truth,
)


@dataclass(slots=True)
class Program:
    """What is done before, for each line that a condition holds for, and after."""

    begin: list[Do] = field(default_factory=list)
    rules: list[tuple[Expr | None, Do]] = field(default_factory=list)
    end: list[Do] = field(default_factory=list)


class Parser:
    """Reads a program."""

    def __init__(self, text: str) -> None:
        self._tokens = tokens(text)
        self._at = 0

    def program(self) -> Program:
        """All of it. AwkError if it is none."""
        found = Program()
        while not self._take("end"):
            if self._take("\n", ";"):
                continue
            self._rule(found)
        return found

    def _rule(self, found: Program) -> None:
        name = self._tokens[self._at][1] if self._is("name") else ""
        if name in ("BEGIN", "END"):
            self._at += 1
            (found.begin if name == "BEGIN" else found.end).append(self._block())
            return
        condition = None if self._is("{") else self.expression()
        found.rules.append((condition, self._block() if self._is("{") else print_line))

    def _is(self, *kinds: str) -> bool:
        return self._tokens[self._at][0] in kinds

    def _word(self, word: str) -> bool:
        if self._tokens[self._at] == ("name", word):
            self._at += 1
            return True
        return False

    def _take(self, *kinds: str) -> str:
        kind = self._tokens[self._at][0]
        if kind in kinds:
            self._at += 1
            return kind
        return ""

    def _expect(self, kind: str) -> str:
        if not self._is(kind):
            raise AwkError(f"unexpected token: '{self._tokens[self._at][1]}'")
        self._at += 1
        return self._tokens[self._at - 1][1]

    def _lines(self) -> None:
        while self._take("\n", ";"):
            pass

    def _block(self) -> Do:
        self._lines()
        if not self._take("{"):
            return self._statement()
        body: list[Do] = []
        self._lines()
        while not self._take("}"):
            if self._is("end"):
                raise AwkError("unexpected end of program")
            body.append(self._statement())
            self._lines()
        return partial(sequence, body)

    def _statement(self) -> Do:
        if self._is("{"):
            return self._block()
        for word, make in _STATEMENTS.items():
            if self._word(word):
                return make(self)
        value = self.expression()
        return lambda run: (value(run), None)[1]

    def _if(self) -> Do:
        condition = self._condition()
        body = self._block()
        mark = self._at
        self._lines()
        otherwise: Do | None = None
        if self._word("else"):
            otherwise = self._block()
        else:
            self._at = mark
        return partial(choose, condition, body, otherwise)

    def _condition(self) -> Expr:
        self._expect("(")
        found = self.expression()
        self._expect(")")
        return found

    def _while(self) -> Do:
        condition = self._condition()
        return partial(repeat, condition, self._block(), None)

    def _for(self) -> Do:
        self._expect("(")
        mark = self._at
        if self._is("name"):
            name = self._expect("name")
            if self._word("in"):
                array = self._expect("name")
                self._expect(")")
                return partial(each, name, array, self._block())
        self._at = mark
        first = None if self._is(";") else self._statement()
        self._expect(";")
        condition: Expr = (lambda run: 1.0) if self._is(";") else self.expression()
        self._expect(";")
        then = None if self._is(")") else self._statement()
        self._expect(")")
        loop = partial(repeat, condition, self._block(), then)
        return partial(sequence, [first, loop] if first else [loop])

    def _print(self) -> Do:
        return partial(print_values, self._values())

    def _printf(self) -> Do:
        return partial(print_formatted, self._values())

    def _values(self) -> list[Expr]:
        if self._is("\n", ";", "}", "end"):
            return []
        found = [self.expression()]
        while self._take(","):
            found.append(self.expression())
        return found

    def _leave(self, loop: str) -> Do:
        def leave(run: Run) -> None:
            raise Next(loop=loop)

        return leave

    def _next(self) -> Do:
        return self._leave("")

    def _break(self) -> Do:
        return self._leave("break")

    def _continue(self) -> Do:
        return self._leave("continue")

    def _exit(self) -> Do:
        value = None if self._is("\n", ";", "}", "end") else self.expression()

        def leave(run: Run) -> None:
            raise Next(int(number(value(run))) if value else 0)

        return leave

    def _delete(self) -> Do:
        name = self._expect("name")
        key = self._index() if self._take("[") else None
        return lambda run: drop(run, name, key)

    def _index(self) -> Expr:
        parts = [self.expression()]
        while self._take(","):
            parts.append(self.expression())
        self._expect("]")
        return lambda run: "\x1c".join(show(part(run)) for part in parts)

    # expressions, from what binds least to what binds most

    def expression(self) -> Expr:
        """`a = b`, `a ? b : c` and all that binds more."""
        mark = self._at
        target = self._target()
        if target:
            operator = self._take("=", "+=", "-=", "*=", "/=", "%=", "^=")
            if operator:
                return assign(target, operator, self.expression())
        self._at = mark
        condition = self._level(0)
        if not self._take("?"):
            return condition
        yes = self.expression()
        self._expect(":")
        no = self.expression()
        return lambda run: yes(run) if truth(condition(run)) else no(run)

    def _target(self) -> Target | None:
        if self._take("$"):
            inner = self._primary()
            return Target(lambda run: show(inner(run)))
        if self._is("name") and self._tokens[self._at + 1][0] != "(" and self._tokens[self._at][1] not in _STATEMENTS:
            name = self._expect("name")
            return Target(self._index(), name) if self._take("[") else Target(None, name)
        return None

    def _level(self, level: int) -> Expr:
        if level == len(_LEVELS):
            return self._joined()
        left = self._level(level + 1)
        while operator := self._take(*_LEVELS[level]):
            left = partial(BINARY[operator], left, self._level(level + 1))
        if level == 2 and self._word("in"):
            key, name = left, self._expect("name")
            return lambda run: float(show(key(run)) in run.arrays.get(name, {}))
        return left

    def _joined(self) -> Expr:
        """Values that stand side by side are one text."""
        parts = [self._sum()]
        while self._is("number", "text", "$", "(", "!") or (
            self._is("name") and self._tokens[self._at][1] not in _STATEMENTS and self._tokens[self._at][1] != "in"
        ):
            parts.append(self._sum())
        if len(parts) == 1:
            return parts[0]
        return lambda run: "".join(show(part(run)) for part in parts)

    def _sum(self) -> Expr:
        left = self._product()
        while operator := self._take("+", "-"):
            left = partial(BINARY[operator], left, self._product())
        return left

    def _product(self) -> Expr:
        left = self._power()
        while operator := self._take("*", "/", "%"):
            left = partial(BINARY[operator], left, self._power())
        return left

    def _power(self) -> Expr:
        left = self._unary()
        if self._take("^"):
            return partial(BINARY["^"], left, self._power())
        return left

    def _unary(self) -> Expr:
        operator = self._take("-", "+", "!", "++", "--")
        if operator in ("++", "--"):
            target = self._target()
            if target is None:
                raise AwkError("bad increment")
            return step(target, 1.0 if operator == "++" else -1.0, before=True)
        if operator:
            value = self._unary()
            if operator == "!":
                return lambda run: float(not truth(value(run)))
            return lambda run: number(value(run)) * (-1.0 if operator == "-" else 1.0)
        return self._primary()

    def _primary(self) -> Expr:
        kind, text = self._tokens[self._at]
        if kind in ("number", "text"):
            self._at += 1
            found: Value = float(text) if kind == "number" else text
            return lambda run: found
        if kind == "pattern":
            self._at += 1
            return lambda run: float(bool(re.search(pattern_of(text), run.fields[0])))
        if self._take("("):
            inner = self.expression()
            self._expect(")")
            return inner
        if kind == "name" and (text in FUNCTIONS or self._tokens[self._at + 1][0] == "("):
            return self._call(text)
        target = self._target()
        if target is None:
            raise AwkError(f"unexpected token: '{text}'")
        sign = self._take("++", "--")
        return step(target, 1.0 if sign == "++" else -1.0, before=False) if sign else target.get

    def _call(self, name: str) -> Expr:
        self._at += 1
        function = FUNCTIONS.get(name)
        if function is None:
            raise AwkError(f"call to undefined function '{name}'")
        targets: list[Target | None] = []
        values: list[Expr] = []
        if self._take("("):
            while not self._take(")"):
                kind, text = self._tokens[self._at]
                if kind == "pattern":
                    self._at += 1
                    targets.append(None)
                    values.append(partial(constant, text))
                else:
                    mark = self._at
                    targets.append(self._target())
                    self._at = mark
                    values.append(self.expression())
                self._take(",")
        return lambda run: function(run, values, targets)


_LEVELS: tuple[tuple[str, ...], ...] = (("||",), ("&&",), ("~", "!~"), ("==", "!=", "<", ">", "<=", ">="))

_STATEMENTS: Mapping[str, Callable[[Parser], Do]] = {
    "if": Parser._if,
    "while": Parser._while,
    "for": Parser._for,
    "printf": Parser._printf,
    "print": Parser._print,
    "next": Parser._next,
    "break": Parser._break,
    "continue": Parser._continue,
    "exit": Parser._exit,
    "delete": Parser._delete,
    "else": Parser._next,
}
