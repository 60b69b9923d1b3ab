"""Events: events.k8s.io/v1 names the fields of core/v1 otherwise."""

from __future__ import annotations

from k9py.demo.core.store import Obj

_NAMES = (
    ("regarding", "involvedObject"),
    ("note", "message"),
    ("reportingController", "reportingComponent"),
    ("deprecatedSource", "source"),
    ("deprecatedFirstTimestamp", "firstTimestamp"),
    ("deprecatedLastTimestamp", "lastTimestamp"),
    ("deprecatedCount", "count"),
)
_NEWER = {core: newer for newer, core in _NAMES}
_CORE = dict(_NAMES)


def to_newer(event: Obj) -> Obj:
    """As events.k8s.io/v1 has it."""
    renamed = {_NEWER.get(name, name): value for name, value in event.items()}
    if not renamed.get("reportingController"):
        renamed.pop("reportingController", None)
    if not renamed.get("reportingInstance"):
        renamed.pop("reportingInstance", None)
    return renamed


def to_core(event: Obj) -> Obj:
    """As it is stored."""
    return {_CORE.get(name, name): value for name, value in event.items()}
