"""livez and readyz, check by check: what kube-apiserver answers to `?verbose` (kubernetes.io/docs, "API health")."""

from __future__ import annotations

import re
from dataclasses import dataclass

from k9py.insight.cluster.probes import NOT_ASKED, Probe, Verdict

_CHECK = re.compile(r"\[([+-])\](\S+) ?(.*)")


@dataclass(frozen=True, slots=True)
class Check:
    """One check: `said` is `ok`, or why it failed."""

    name: str
    passed: bool
    said: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """What one of the two says; those that failed first."""

    endpoint: str
    probe: Probe = NOT_ASKED
    checks: tuple[Check, ...] = ()

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that failed."""
        return tuple(check for check in self.checks if not check.passed)

    def of(self, word: str) -> tuple[Check, ...]:
        """The checks of a name, and those whose names begin with it: `etcd`, `etcd-readiness`."""
        return tuple(check for check in self.checks if check.name == word or check.name.startswith(f"{word}-"))


def read_health(endpoint: str, probe: Probe) -> Health:
    """Read an answer. One that is not well and tells of no check says why in its text."""
    if probe.verdict not in (Verdict.OK, Verdict.BAD):
        return Health(endpoint, probe)
    found = (_CHECK.match(line) for line in probe.text.splitlines())
    checks = [Check(match[2], match[1] == "+", match[3]) for match in found if match]
    checks.sort(key=lambda check: check.passed)
    return Health(endpoint, probe, tuple(checks))
