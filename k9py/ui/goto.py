"""What is typed after `:`, read as k9s reads it: a kind or a word of ours, then namespace, filter, labels, context."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from k9py.values.errors import K9pyError
from k9py.values.namespaces import ALL, Namespaces

EVERYWHERE = ("-A", "--all-namespaces", "all")
FREE = frozenset(("xray", "xr", "x"))
"""Words that read for themselves what stands behind them."""
VALUED = {
    "-n": "-n NAMESPACE",
    "--namespace": "--namespace NAMESPACE",
    "-l": "-l LABELS",
    "--selector": "--selector LABELS",
    "-f": "-f TEXT",
    "-L": "-L LABEL,@ANNOTATION",
    "--label-columns": "--label-columns LABEL,@ANNOTATION",
}


class GotoError(K9pyError):
    """The command cannot be understood."""


@dataclass(frozen=True, slots=True)
class Goto:
    """Where to go. `namespaces` None keeps those in use."""

    word: str
    namespaces: Namespaces | None = None
    filter: str = ""
    context: str = ""
    rest: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    """Keys of labels that are to have a column, and of annotations, after `@`."""


def parse_goto(text: str) -> Goto:
    """Read a command: `pod kube-system`, `deploy /web.*`, `po app=x tier=y`, `svc -A`, `pods @other`, `po -L app`.

    Tokens after the first come in any order: `/…` to the end of the line is a filter, `@` a context, `a=b` labels,
    anything else a namespace. Only the first word ignores case. Raises GotoError.
    """
    head, _, pattern = text.strip().partition(" /")
    words = _split(head)
    if words and words[0].startswith("@"):
        words = ["", *words]  # a context alone
    if words and words[0].lower() in FREE:
        return Goto(words[0].lower(), filter=pattern.strip(), rest=tuple(words[1:]))
    told = _Told(pattern=pattern.strip())
    pending = words[1:]
    while pending:
        told.take(pending.pop(0), pending)
    word, columns = words[0].lower() if words else "", tuple(dict.fromkeys(told.columns))
    return Goto(word, told.namespaces, told.filter, told.context, tuple(words[1:]), columns)


def parse_words(text: str) -> Goto:
    """Read a command of a word that has arguments of its own: `who-can get pods in shop`, `can-i u:kim -n shop @other`.

    `-n NAMESPACE` (or `in NAMESPACE`), `-A` and `@context` are understood, all other words are left in `rest`.
    """
    words = _split(text.strip())
    told, rest, pending = _Told(), list[str](), words[1:]
    while pending:
        word = pending.pop(0)
        if word == "in" and pending:
            told.take("-n", pending)
        elif word in ("-n", "--namespace", "-A", "--all-namespaces") or word.startswith("@"):
            told.take(word, pending)
        else:
            rest.append(word)
    return Goto(words[0].lower(), told.namespaces, context=told.context, rest=tuple(rest))


def _split(text: str) -> list[str]:
    quoted = re.findall(r"'([^']*)'|\"([^\"]*)\"|(\S+)", text)
    return ["".join(groups) for groups in quoted]


@dataclass
class _Told:
    """What the words of a command have said so far; none of it may be said twice."""

    pattern: str = ""
    namespaces: Namespaces | None = None
    context: str = ""
    labels: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)

    @property
    def filter(self) -> str:
        """As the prompt of filters takes it."""
        if not self.labels:
            return self.pattern
        selector = f"-l {','.join(self.labels)}"
        return f"{selector} /{self.pattern}" if self.pattern else selector

    def take(self, word: str, pending: list[str]) -> None:
        """Understand one word, and its value where it wants one."""
        if word in EVERYWHERE:
            self._set_namespaces(ALL)
        elif word in VALUED:
            if not pending:
                raise GotoError(f"{word} needs a value", VALUED[word])
            self._set_valued(word, pending.pop(0))
        elif word.startswith("-"):
            raise GotoError(f"{word}: unknown option", "known are -A, " + ", ".join(VALUED.values()))
        elif word.startswith("@"):
            self.context = word[1:]
        elif re.search(r"[=(!]", word):
            self.labels.append(word)
        else:
            self._set_namespaces(Namespaces.read(word))

    def _set_valued(self, word: str, value: str) -> None:
        if word in ("-n", "--namespace"):
            self._set_namespaces(Namespaces.read(value))
        elif word in ("-L", "--label-columns"):
            self.columns += [key for key in value.split(",") if key.strip("@ ")]
        elif word == "-f":
            self.pattern = value
        else:
            self.labels.append(value)

    def _set_namespaces(self, namespaces: Namespaces) -> None:
        if self.namespaces is not None:
            raise GotoError("namespaces are named twice", "several are written shop,billing; -A is all")
        self.namespaces = namespaces
