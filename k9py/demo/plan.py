"""What a cluster is to be like."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """How large a cluster is, and how fast its time goes. The same seed gives the same world."""

    pods: int = 0
    """So many in all; those beyond the shop's are at rest, but for the churn."""
    nodes: int = 0
    seed: int = 1
    speed: float = 1.0
    churn: int | None = None
    """Changes of pods a second, beyond what happens in the shop; None: a tenth of the pods, 1,000 at most."""
    story: str = ""
    """The name of an incident that is to happen."""
    empty: bool = False
    """Nothing but the system: two nodes, and no shop. For tests."""
    off: frozenset[str] = frozenset()
    """Parts that the server lacks, as old ones do."""
