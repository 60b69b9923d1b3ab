"""Resource quotas and limit ranges."""

from __future__ import annotations

from k9py.demo.api.quantities import settle
from k9py.demo.api.strategy import Strategy
from k9py.demo.api.validation.quotas import check_limit_range, check_quota
from k9py.demo.core.store import Obj


def default_quota(obj: Obj) -> None:
    """Quantities in their canonical form."""
    settle(obj.setdefault("spec", {}), "hard")


def default_limits(obj: Obj) -> None:
    """The default is the most, and what is requested by default is the limit, or else the least."""
    for item in obj.setdefault("spec", {}).get("limits") or ():
        for name in ("max", "min", "default", "defaultRequest", "maxLimitRequestRatio"):
            settle(item, name)
        if item.get("type") == "Container":
            default = {**(item.get("max") or {}), **(item.get("default") or {})}
            request = {**(item.get("min") or {}), **default, **(item.get("defaultRequest") or {})}
            item.update({name: value for name, value in (("default", default), ("defaultRequest", request)) if value})


STRATEGIES = (
    Strategy("resourcequotas", default_quota, validate=check_quota, status=dict[str, object], generation=False),
    Strategy("limitranges", default_limits, validate=check_limit_range, generation=False),
)
