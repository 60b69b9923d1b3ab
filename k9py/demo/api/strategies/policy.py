"""Pod disruption budgets."""

from __future__ import annotations

from k9py.demo.api.strategy import Strategy
from k9py.demo.api.validation.policy import check_budget
from k9py.demo.core.store import Obj


def _status() -> Obj:
    return {"disruptionsAllowed": 0, "currentHealthy": 0, "desiredHealthy": 0, "expectedPods": 0}


def default(obj: Obj) -> None:
    """A spec."""
    obj.setdefault("spec", {})


STRATEGIES = (Strategy("poddisruptionbudgets.policy", default, validate=check_budget, status=_status),)
