"""Any kind: its fields in the words that a person would use, as kubectl tells them of a custom resource."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from k9py.insight.describe.conditions import conditions_of
from k9py.insight.describe.facts import say
from k9py.insight.describe.sheet import Sheet
from k9py.insight.describe.subject import Describer, Subject, head

_SKIPPED = {f".metadata.{name}" for name in ("managedFields", "name", "namespace", "labels", "annotations")}
_WORD = re.compile(r"[A-Z]{3,}[a-z]+|[A-Z](?=[A-Z][a-z])|[A-Z]?[^\W\d_A-Z]+|[A-Z]+|-+")
"""kubectl keeps several capitals and the word after them together: `TLSVerify`, `URLs`; but `I Ps`."""
_WORDS_ONLY = re.compile(r"[^\W\d_]+(?:-+[^\W\d_]+)*-*")
_ACRONYMS = {"api", "url", "uid", "guid"}


def describe(sheet: Sheet, subject: Subject) -> None:
    """Name, labels and annotations; all other fields, sorted; the conditions once more, as a table."""
    head(sheet, subject.found)
    _write_fields(sheet, subject.found, 0, "")
    conditions_of(sheet, subject.found, "LastTransitionTime")


def _write_fields(sheet: Sheet, found: Mapping[str, Any], level: int, path: str) -> None:
    for name in sorted(found):
        value, here = found[name], f"{path}.{name}"
        if here in _SKIPPED:
            continue
        if isinstance(value, Mapping | list):
            sheet.section(humanise(name), level)
            _write_inside(sheet, value, level + 1, here)
        else:
            sheet.field(humanise(name), say(value), level=level)


def _write_inside(sheet: Sheet, value: Mapping[str, Any] | list[Any], level: int, path: str) -> None:
    if isinstance(value, Mapping):
        _write_fields(sheet, value, level, path)
        return
    for item in value:
        if isinstance(item, Mapping):
            _write_fields(sheet, item, level, path)
        else:
            sheet.line(say(item), level=level)


def humanise(name: str) -> str:
    """The words of a field's name: `apiVersion` is `API Version`, `lastTransitionTime` `Last Transition Time`."""
    words = _WORD.findall(name) if _WORDS_ONLY.fullmatch(name) else []
    if "".join(words) != name:
        return name
    return " ".join(word.upper() if word.lower() in _ACRONYMS else _begin_large(word) for word in words)


def _begin_large(word: str) -> str:
    return word.capitalize() if word == word.lower() else word


GENERIC = Describer((), describe)
