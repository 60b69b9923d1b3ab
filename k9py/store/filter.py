"""What `/` narrows a table to: a regular expression over what a row says, or labels."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass

from k9py.values.errors import K9pyError
from k9py.values.selector import Selector, SelectorError, parse_selector


class FilterError(K9pyError):
    """The filter cannot be understood."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows stay: those that `pattern` and `selector` match, where given; `inverted` keeps the others."""

    text: str
    inverted: bool = False
    pattern: re.Pattern[str] | None = None
    selector: Selector | None = None

    def keeps(self, text: str, labels: Mapping[str, str] | None) -> bool:
        """Whether a row stays that says this and has these labels."""
        wanted = self.selector is None or self.selector.matches(labels)
        found = self.pattern is None or self.pattern.search(text) is not None
        return (wanted and found) is not self.inverted


def parse_filter(text: str) -> Filter | None:
    """A filter as it is typed: `regex`, `-l selector`, `-l selector /regex`, each also after `!`; None when empty.

    Letter case does not matter. Spaces belong to the expression. Raises FilterError, which says what and where.
    """
    inverted = text.startswith("!")
    sought = text[1:] if inverted else text
    if sought.strip() in ("", "-", "-l"):
        return None
    if sought.startswith("-l "):
        labels, _, rest = sought[3:].partition(" /")
        pattern = _compile(rest) if rest.strip() else None
        return Filter(text, inverted, pattern, _parse_labels(labels))
    return Filter(text, inverted, pattern=_compile(sought))


def _parse_labels(text: str) -> Selector:
    try:
        return parse_selector(text)
    except SelectorError as error:
        raise FilterError(f"bad labels: {error.message}", "as in: -l app=web,tier in (a,b),!canary") from error


def _compile(text: str) -> re.Pattern[str]:
    try:
        with warnings.catch_warnings(action="ignore"):  # of what may mean something else one day: said by nobody here
            return re.compile(text, re.IGNORECASE)
    except OverflowError as error:
        raise FilterError(f"bad regular expression: {error}") from error
    except re.error as error:
        where = f" at {error.pos + 1}" if error.pos is not None else ""
        cure = r"put \ before a sign that is meant as it stands"
        raise FilterError(f"bad regular expression: {error.msg}{where}", cure) from error
