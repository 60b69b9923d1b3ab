"""What a look at the pod means for following a log: pure, so that each case can be seen and tested."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from k9py.kube.container import ContainerFacts

LOOKS = 3
"""After the end of a stream a pod may still call its dead container running: looked at so often before it is believed,
so that the remark of a restart comes before the new lines, and not after them."""


class Turn(Enum):
    """What to do next."""

    READ = "read"
    WAIT = "wait"
    STOP = "stop"


class Verdict(NamedTuple):
    """What to do next and what to remark. `anew`: the lines that follow have nothing to do with those before."""

    turn: Turn
    remark: str = ""
    anew: bool = False


def judge(before: ContainerFacts | None, now: ContainerFacts, *, ended: bool, looks: int) -> Verdict:
    """Compare two looks. `ended`: the stream in between came to its end; `looks`: how many since, this one included."""
    if now.gone:
        return Verdict(Turn.STOP, "the pod is gone")
    if before and before.pod_uid != now.pod_uid:
        return Verdict(Turn.READ if now.run else Turn.WAIT, "another pod of the same name took its place", anew=True)
    if not now.run:
        return Verdict(Turn.STOP if now.for_good else Turn.WAIT, _describe_pause(now))
    is_new = before is None or before.run != now.run
    if is_new and before and before.run:
        return Verdict(Turn.READ, f"container {now.name} was started again (restarts: {now.restarts})")
    if is_new or not ended:
        return Verdict(Turn.READ)
    if now.running:
        return Verdict(Turn.READ if looks >= LOOKS else Turn.WAIT)
    return Verdict(Turn.STOP if now.for_good else Turn.WAIT, _describe_pause(now))


def _describe_pause(now: ContainerFacts) -> str:
    if now.for_good:
        return f"container {now.name} has ended: {now.ending}"
    if now.waiting:
        return f"container {now.name} is waiting: {now.waiting}"
    return f"container {now.name} has ended: {now.ending}; it will be started again"
