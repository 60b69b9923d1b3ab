"""Events, as they are stored (core/v1)."""

from __future__ import annotations

from k9py.demo.api.strategy import Strategy
from k9py.demo.api.validation.events import check_event
from k9py.demo.core.store import Obj


def default(obj: Obj) -> None:
    """Times that are not known are null, and who reports may be unknown."""
    obj.setdefault("source", {})
    for name in ("firstTimestamp", "lastTimestamp", "eventTime"):
        obj.setdefault(name, None)
    obj.setdefault("reportingComponent", "")
    obj.setdefault("reportingInstance", "")


STRATEGIES = (Strategy("events", default, validate=check_event, generation=False),)
