"""What is typed after `:`, read as k9s reads it: a kind or a word of ours, then namespace, filter, labels, context."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from k9py.values.errors import K9pyError

EVERYWHERE = ("-A", "--all-namespaces", "all")


class GotoError(K9pyError):
    """The command cannot be understood."""


@dataclass(frozen=True, slots=True)
class Goto:
    """Where to go. `namespace` None keeps the one in use, "" is all of them."""

    word: str
    namespace: str | None = None
    filter: str = ""
    context: str = ""
    rest: tuple[str, ...] = ()


def parse_goto(text: str) -> Goto:
    """Read a command: `pod kube-system`, `deploy /web.*`, `po app=x,tier=y`, `svc -A`, `pods @other`, `pod -n shop`.

    Tokens after the first come in any order: `/…` to the end of the line is a filter, `@` a context, `a=b` labels,
    anything else a namespace. Only the first word ignores case. Raises GotoError.
    """
    head, _, filter_text = text.strip().partition(" /")
    words = _split(head)
    if words and words[0].startswith("@"):
        words = ["", *words]  # a context alone
    goto = Goto(words[0].lower() if words else "", filter=filter_text.strip(), rest=tuple(words[1:]))
    pending = list(words[1:])
    while pending:
        goto = _take(goto, pending)
    return goto


def _split(text: str) -> list[str]:
    quoted = re.findall(r"'([^']*)'|\"([^\"]*)\"|(\S+)", text)
    return ["".join(groups) for groups in quoted]


def _take(goto: Goto, pending: list[str]) -> Goto:
    word = pending.pop(0)
    if word in EVERYWHERE:
        return replace(goto, namespace="")
    if word in ("-n", "--namespace", "-l", "--selector") and pending:
        value = pending.pop(0)
        return replace(goto, namespace=value) if word.startswith(("-n", "--n")) else replace(goto, filter=f"-l {value}")
    if word == "-f" and pending:
        return replace(goto, filter=pending.pop(0))
    if word.startswith("-"):
        raise GotoError(
            f"{word}: unknown option", "known are -A, -n NAMESPACE, -l LABELS, -f TEXT, /REGEX and @CONTEXT"
        )
    if word.startswith("@"):
        return replace(goto, context=word[1:])
    if re.search(r"[=,(]", word):
        return replace(goto, filter=f"-l {word}")
    return replace(goto, namespace=word)
