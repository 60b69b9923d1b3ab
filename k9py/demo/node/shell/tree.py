"""What the shell's grammar knows: words and commands, as the parser finds them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(slots=True)
class Text:
    """Letters as they stand. Those in quotes are neither split nor matched as patterns."""

    text: str
    quoted: bool = False


@dataclass(slots=True)
class Variable:
    """`$name`, `${name:-word}`; `op` is empty, `len`, `sub`, or the operator as it is written."""

    name: str
    quoted: bool
    op: str = ""
    word: Word | None = None
    other: Word | None = None
    """The replacement of `${name/word/other}`."""


@dataclass(slots=True)
class Output:
    """`$(commands)`: what they write."""

    body: Sequence
    quoted: bool


@dataclass(slots=True)
class Sum:
    """`$((expression))`."""

    word: Word
    quoted: bool


Part: TypeAlias = "Text | Variable | Output | Sum"


@dataclass(slots=True)
class Word:
    """Parts that stand together."""

    parts: list[Part] = field(default_factory=list)

    @property
    def bare(self) -> str | None:
        """Its text, if it is nothing but unquoted letters: what can be a reserved word."""
        if len(self.parts) == 1 and isinstance(self.parts[0], Text) and not self.parts[0].quoted:
            return self.parts[0].text
        return None


@dataclass(slots=True)
class Redirect:
    """`2>file`: which descriptor, how (`<`, `>`, `>>`, `>&`, `<&`, `<>`, `>|`, `<<`, `<<<`), and what follows."""

    descriptor: int
    how: str
    target: Word


@dataclass(slots=True)
class Simple:
    """Assignments, and a command with its arguments."""

    assignments: list[tuple[str, Word]] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    redirects: list[Redirect] = field(default_factory=list)


@dataclass(slots=True)
class Pipeline:
    """`! a | b | c`."""

    commands: list[Command]
    negated: bool = False


@dataclass(slots=True)
class Chain:
    """`a && b || c`. `rest` has each operator with its pipeline."""

    first: Pipeline
    rest: list[tuple[str, Pipeline]] = field(default_factory=list)
    background: bool = False


@dataclass(slots=True)
class Sequence:
    """Commands one after the other."""

    chains: list[Chain] = field(default_factory=list)


@dataclass(slots=True)
class Compound:
    """What all compound commands have."""

    redirects: list[Redirect] = field(default_factory=list, kw_only=True)


@dataclass(slots=True)
class Group(Compound):
    """`{ a; b; }`, or `( a; b )` in a shell of its own."""

    body: Sequence
    subshell: bool = False


@dataclass(slots=True)
class If(Compound):
    """Conditions with what is done if they hold, and what is done if none does."""

    branches: list[tuple[Sequence, Sequence]]
    otherwise: Sequence | None = None


@dataclass(slots=True)
class Loop(Compound):
    """`while` and `until`."""

    condition: Sequence
    body: Sequence
    until: bool = False


@dataclass(slots=True)
class For(Compound):
    """`for name in words`; without words, the positional parameters."""

    name: str
    words: list[Word] | None
    body: Sequence


@dataclass(slots=True)
class Case(Compound):
    """`case word in pattern) ... ;; esac`."""

    word: Word
    branches: list[tuple[list[Word], Sequence]]


@dataclass(slots=True)
class Function(Compound):
    """`name() body`."""

    name: str
    body: Command


Command: TypeAlias = "Simple | Group | If | Loop | For | Case | Function"
