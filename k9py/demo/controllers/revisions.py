"""The annotations by which a Deployment and its ReplicaSets remember their revisions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from k9py.demo.controllers.rollout_math import DESIRED, MOST, max_surge, wanted
from k9py.demo.core.store import Obj

REVISION = "deployment.kubernetes.io/revision"
HISTORY = "deployment.kubernetes.io/revision-history"
ROLLBACK = "deprecated.deployment.rollback.to"
_OWN = frozenset({"kubectl.kubernetes.io/last-applied-configuration", REVISION, HISTORY, DESIRED, MOST, ROLLBACK})
"""Annotations that are not copied from a Deployment to its ReplicaSet."""
_LONGEST = 2000
"""Characters of the history that are kept."""


def revision(obj: Obj) -> int:
    """The number of its revision; 0 where there is none to read."""
    text = (obj["metadata"].get("annotations") or {}).get(REVISION, "")
    return int(text) if text.isdecimal() else 0


def by_revision(sets: Iterable[Obj]) -> list[Obj]:
    """From the oldest revision to the newest."""
    return sorted(sets, key=lambda one: (revision(one), *age_order(one)))


def age_order(obj: Obj) -> tuple[str, str]:
    """Sorts the oldest first."""
    return obj["metadata"]["creationTimestamp"], obj["metadata"]["name"]


def next_revision(old: Sequence[Obj]) -> int:
    """One more than any of the old ReplicaSets has."""
    return max(map(revision, old), default=0) + 1


def annotated(deployment: Obj, found: Obj, number: int) -> dict[str, str]:
    """The annotations that its newest ReplicaSet is to have; a ReplicaSet that is taken up again keeps its history."""
    has = dict(found["metadata"].get("annotations") or {})
    given = deployment["metadata"].get("annotations") or {}
    made = has | {name: value for name, value in given.items() if name not in _OWN}
    before = revision(found)
    if before < number:
        made[REVISION] = str(number)
        if REVISION in has:
            made[HISTORY] = _history(has.get(HISTORY, ""), str(before))
    return made


def _history(known: str, number: str) -> str:
    parts = [*filter(None, known.split(",")), number]
    while len(",".join(parts)) > _LONGEST:
        parts.pop(0)
    return ",".join(parts)


def size_annotations(deployment: Obj) -> dict[str, str]:
    """What tells a ReplicaSet how large its Deployment is, so that a scaling can be told from a rollout."""
    size = wanted(deployment)
    return {DESIRED: str(size), MOST: str(size + max_surge(deployment))}
