"""Pod disruption budgets."""

from __future__ import annotations

from collections.abc import Iterator

from k9py.demo.api.defaults.filling import filled
from k9py.demo.api.internals import internal
from k9py.demo.api.strategy import Strategy
from k9py.demo.api.validation.selectors import check_selector
from k9py.demo.api.validation.words import at_most_all, invalid, number_or_percent, one_of
from k9py.demo.core.status import Cause
from k9py.demo.core.store import Obj


def _check_budget(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    spec = obj["spec"]
    if spec.get("minAvailable") is not None and spec.get("maxUnavailable") is not None:
        quoted = internal(spec, "policy.PodDisruptionBudgetSpec")
        yield invalid("spec", quoted, "minAvailable and maxUnavailable cannot be both set")
    for name in ("minAvailable", "maxUnavailable"):
        yield from number_or_percent(f"spec.{name}", spec.get(name))
        yield from at_most_all(f"spec.{name}", spec.get(name))
    yield from check_selector("spec.selector", spec.get("selector"))
    if spec.get("unhealthyPodEvictionPolicy") is not None:
        policy = spec["unhealthyPodEvictionPolicy"]
        yield from one_of("spec.unhealthyPodEvictionPolicy", policy, ("AlwaysAllow", "IfHealthyBudget"))


def _status() -> Obj:
    return {"disruptionsAllowed": 0, "currentHealthy": 0, "desiredHealthy": 0, "expectedPods": 0}


STRATEGIES = (Strategy("poddisruptionbudgets.policy", filled(spec={}), validate=_check_budget, status=_status),)
