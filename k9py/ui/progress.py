"""How far a change of several objects has come, for the first line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from k9py.session.ledger import Ledger

SOON = 0.4
"""Seconds that a change may take before its progress is shown: most are through by then, and would only flicker."""


@dataclass(frozen=True, slots=True)
class Progress:
    """One change under way, the one begun last; `others` are under way beside it."""

    title: str
    through: int
    total: int
    others: int = 0

    @property
    def tail(self) -> str:
        """What stands after its title, whatever the title leaves room for."""
        beside = f" +{self.others}" if self.others else ""
        return f": {self.through} of {self.total}{beside} · :undo cancels"


def progress_of(ledger: Ledger) -> Progress | None:
    """Of what has been under way for a while, and is about several objects."""
    now = datetime.now(UTC)
    running = [job for job in ledger.running if len(job.plan.effects) > 1 and (now - job.begun).total_seconds() >= SOON]
    if not running:
        return None
    job = running[-1]
    return Progress(job.plan.title, len(job.outcomes), len(job.plan.effects), len(running) - 1)
