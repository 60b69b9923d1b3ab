"""livez and readyz, check by check: what kube-apiserver answers to `?verbose` (kubernetes.io/docs, "API health")."""

from __future__ import annotations

import re
from dataclasses import dataclass

_CHECK = re.compile(r"\[([+-])\](\S+) ?(.*)")


@dataclass(frozen=True, slots=True)
class Check:
    """One check: `said` is `ok`, or why it failed."""

    name: str
    passed: bool
    said: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """What one of the two says. `trouble` stands instead, when it did not answer; `took` is in seconds."""

    endpoint: str
    checks: tuple[Check, ...] = ()
    trouble: str = ""
    took: float = 0.0
    known: bool = False
    passed: bool = False

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that failed."""
        return tuple(check for check in self.checks if not check.passed)

    def of(self, word: str) -> tuple[Check, ...]:
        """The checks whose name begins with a word."""
        return tuple(check for check in self.checks if check.name.startswith(word))


def read_health(endpoint: str, text: str, took: float = 0.0, passed: bool = True) -> Health:
    """Read the answer. `passed` is whether it came with a status below 400."""
    found = (_CHECK.match(line) for line in text.splitlines())
    checks = [Check(match[2], match[1] == "+", match[3]) for match in found if match]
    trouble = "" if checks or passed else text.strip()
    checks.sort(key=lambda check: check.passed)
    return Health(endpoint, tuple(checks), trouble, took, True, passed)
