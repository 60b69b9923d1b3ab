"""How fast an autoscaler may go, and what it remembers for that: windows, policies, limits (HPAScalingRules)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from k9py.demo.controllers.usage import Tolerance
from k9py.values.quantity import parse_quantity

WINDOW = 300
"""Seconds for which the highest recommendation counts before anything is scaled down."""
_UP = {
    "stabilizationWindowSeconds": 0,
    "selectPolicy": "Max",
    "policies": [
        {"type": "Pods", "value": 4, "periodSeconds": 15},
        {"type": "Percent", "value": 100, "periodSeconds": 15},
    ],
}
_DOWN = {
    "stabilizationWindowSeconds": WINDOW,
    "selectPolicy": "Max",
    "policies": [{"type": "Percent", "value": 100, "periodSeconds": 15}],
}
LIMITS = {
    "ScaleUpLimit": "the desired replica count is increasing faster than the maximum scale rate",
    "TooManyReplicas": "the desired replica count is more than the maximum replica count",
    "ScaleDownLimit": "the desired replica count is decreasing faster than the maximum scale rate",
    "TooFewReplicas": "the desired replica count is less than the minimum replica count",
    "DesiredWithinRange": "the desired count is within the acceptable range",
}
STABLE = {
    "ReadyForNewScale": "recommended size matches current size",
    "ScaleUpStabilized": (
        "recent recommendations were lower than current one, applying the lowest recent recommendation"
    ),
    "ScaleDownStabilized": (
        "recent recommendations were higher than current one, applying the highest recent recommendation"
    ),
}


class _Event(NamedTuple):
    time: float
    change: int


@dataclass(slots=True)
class Memory:
    """What one autoscaler remembers: recommendations, and changes up and down."""

    recommended: list[_Event] = field(default_factory=list)
    changes: list[_Event] = field(default_factory=list)

    def note_change(self, now: float, change: int, keep: float) -> None:
        """It has been scaled."""
        self.changes = [one for one in self.changes if one.time > now - keep] + [_Event(now, change)]

    def _changed(self, now: float, period: float) -> int:
        return sum(one.change for one in self.changes if one.time > now - period)

    def start_of(self, now: float, period: float, replicas: int) -> int:
        """The size as it was at the beginning of a period."""
        return replicas - self._changed(now, period)

    def recommend(self, now: float, size: int, keep: float) -> None:
        """Remember a recommendation for so many seconds."""
        self.recommended = [one for one in self.recommended if one.time >= now - keep] + [_Event(now, size)]

    def recent(self, now: float, window: float) -> list[int]:
        """The recommendations of a window."""
        return [one.change for one in self.recommended if one.time > now - window]


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one autoscaler."""

    up: Mapping[str, Any]
    down: Mapping[str, Any]
    least: int
    most: int
    given: bool
    """Whether its spec has a behavior."""

    @property
    def tolerance(self) -> Tolerance:
        """Of both directions."""
        return Tolerance(_share(self.down), _share(self.up))

    @property
    def longest(self) -> float:
        """Seconds of the longest period of a policy."""
        return float(
            max((one["periodSeconds"] for rules in (self.up, self.down) for one in rules["policies"]), default=0)
        )

    def stabilize(self, memory: Memory, now: float, present: int, wanted: int) -> tuple[int, str]:
        """What recent recommendations leave of a wish, and the reason of the condition AbleToScale."""
        up, down = self.up["stabilizationWindowSeconds"], self.down["stabilizationWindowSeconds"]
        lowest = min([wanted, *memory.recent(now, up)])
        highest = max([wanted, *memory.recent(now, down)])
        memory.recommend(now, wanted, max(up, down))
        size = min(max(present, lowest), highest)
        if size == wanted:
            return size, "ReadyForNewScale"
        return size, "ScaleUpStabilized" if wanted >= present else "ScaleDownStabilized"

    def limit(self, memory: Memory, now: float, present: int, wanted: int) -> tuple[int, str]:
        """What policies and bounds leave of a wish, and the reason of the condition ScalingLimited."""
        if not self.given:
            return self._limit_simply(present, wanted)
        if wanted > present:
            fastest = max(present, self._reach(memory, now, present, self.up, 1))
            most, why = (fastest, "ScaleUpLimit") if self.most > fastest else (self.most, "TooManyReplicas")
            return (most, why) if wanted > most else (wanted, "DesiredWithinRange")
        if wanted < present:
            fastest = min(present, self._reach(memory, now, present, self.down, -1))
            least, why = (fastest, "ScaleDownLimit") if self.least < fastest else (self.least, "TooFewReplicas")
            return (least, why) if wanted < least else (wanted, "DesiredWithinRange")
        return wanted, "DesiredWithinRange"

    def _limit_simply(self, present: int, wanted: int) -> tuple[int, str]:
        fastest = max(2 * present, 4)
        most, why = (fastest, "ScaleUpLimit") if self.most > fastest else (self.most, "TooManyReplicas")
        if wanted < self.least:
            return self.least, "TooFewReplicas"
        return (most, why) if wanted > most else (wanted, "DesiredWithinRange")

    def _reach(self, memory: Memory, now: float, present: int, rules: Mapping[str, Any], sign: int) -> int:
        """How far policies let it go."""
        select = rules["selectPolicy"]
        if select == "Disabled":
            return present
        sizes = []
        for policy in rules["policies"]:
            begin = memory.start_of(now, policy["periodSeconds"], present)
            step: float = policy["value"] if policy["type"] == "Pods" else begin * policy["value"] / 100
            size = begin + sign * step
            sizes.append(math.ceil(size) if sign > 0 else int(size))
        far = max if sign > 0 else min
        near = min if sign > 0 else max
        return (near if select == "Min" else far)(sizes, default=present)


def rules_of(spec: Mapping[str, Any]) -> Rules:
    """The rules of a spec, with what it leaves out."""
    given = spec.get("behavior")
    behavior = given or {}
    up = {**_UP, **(behavior.get("scaleUp") or {})}
    down = {**_DOWN, **(behavior.get("scaleDown") or {})}
    return Rules(up, down, spec.get("minReplicas", 1), spec["maxReplicas"], bool(given))


def _share(rules: Mapping[str, Any]) -> float:
    text = rules.get("tolerance")
    return 0.1 if text is None else parse_quantity(str(text))
