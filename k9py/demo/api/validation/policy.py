"""Validation of disruption budgets."""

from __future__ import annotations

from collections.abc import Iterator

from k9py.demo.api.internals import internal
from k9py.demo.api.validation.selectors import check_selector
from k9py.demo.api.validation.words import at_most_all, invalid, number_or_percent, one_of
from k9py.demo.core.status import Cause
from k9py.demo.core.store import Obj


def check_budget(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    """A disruption budget."""
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
