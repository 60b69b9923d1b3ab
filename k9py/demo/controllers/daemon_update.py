"""The rolling update of a DaemonSet: which old pods go, and which nodes get a new one beside the old."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from k9py.demo.controllers.history import POD_LABEL
from k9py.demo.controllers.pods import Pod
from k9py.demo.controllers.rollout_math import scaled
from k9py.demo.core.store import Obj


@dataclass(slots=True)
class Steps:
    """What is to be done: pods that go, nodes that get one."""

    delete: list[Pod] = field(default_factory=list)
    create: list[str] = field(default_factory=list)


def limits(obj: Obj, desired: int) -> tuple[int, int]:
    """The limits maxSurge and maxUnavailable as numbers; at least one of them lets something move."""
    strategy = obj["spec"].get("updateStrategy") or {}
    if strategy.get("type", "RollingUpdate") != "RollingUpdate":
        return 0, 0
    update = strategy.get("rollingUpdate") or {}
    surge = scaled(update.get("maxSurge", 0), desired, up=True)
    missing = scaled(update.get("maxUnavailable", 1), desired, up=True)
    return surge, missing if surge or missing else 1


def is_rolling(obj: Obj) -> bool:
    """Whether it replaces pods by itself."""
    return bool((obj["spec"].get("updateStrategy") or {}).get("type", "RollingUpdate") == "RollingUpdate")


def replacing(nodes: Mapping[str, list[Pod]], revision: str, most: int, available: Callable[[Pod], bool]) -> Steps:
    """Without surge: what is broken goes at once, of the rest as many as may be missing."""
    steps, missing = Steps(), 0
    candidates: list[Pod] = []
    for pods in nodes.values():
        new, old = _sides(pods, revision)
        if bool(new) == bool(old) or len(new) > 1 or len(old) > 1:
            missing += 1
        elif new:
            missing += not available(new[0])
        elif not available(old[0]):
            steps.delete.append(old[0])
            missing += 1
        elif missing < most:
            candidates.append(old[0])
    steps.delete += candidates[: max(0, most - missing)]
    return steps


def surging(nodes: Mapping[str, list[Pod]], revision: str, surge: int, available: Callable[[Pod], bool]) -> Steps:
    """With surge: a new pod beside an old one, which goes when the new one is available."""
    steps, extra = Steps(), 0
    candidates: list[str] = []
    for node, pods in nodes.items():
        new, old = _sides(pods, revision)
        if len(new) > 1 or len(old) > 1:
            extra += 1
        elif old and not new:
            (candidates if available(old[0]) else steps.create).append(node)
        elif old and available(new[0]):
            steps.delete.append(old[0])
        elif old:
            extra += 1
    steps.create += candidates[: max(0, surge - extra)]
    return steps


def _sides(pods: list[Pod], revision: str) -> tuple[list[Pod], list[Pod]]:
    """The pods that stay: new ones and old ones."""
    staying = [pod for pod in pods if not pod.leaving]
    new = [pod for pod in staying if pod.labels.get(POD_LABEL) == revision]
    return new, [pod for pod in staying if pod.labels.get(POD_LABEL) != revision]
