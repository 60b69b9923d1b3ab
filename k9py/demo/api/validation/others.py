"""Validation of kinds of which there is little to say."""

from __future__ import annotations

from collections.abc import Iterator

from k9py.demo.api.validation.names import label
from k9py.demo.api.validation.words import broken, invalid, one_of, unchanged
from k9py.demo.core.status import Cause, forbidden_value
from k9py.demo.core.store import Obj

HIGHEST = 1_000_000_000
"""The priority that users can give."""
SYSTEM = {"system-node-critical": 2_000_001_000, "system-cluster-critical": 2_000_000_000}


def check_lease(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    """A lease."""
    spec = obj.get("spec") or {}
    duration, transitions = spec.get("leaseDurationSeconds"), spec.get("leaseTransitions")
    if duration is not None and duration <= 0:
        yield invalid("spec.leaseDurationSeconds", duration, "must be greater than 0")
    if transitions is not None and transitions < 0:
        yield invalid("spec.leaseTransitions", transitions, "must be greater than or equal to 0")


def check_priority_class(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    """A priority class."""
    name, value = obj["metadata"]["name"], obj.get("value", 0)
    if old is not None:
        if value != old.get("value", 0):
            yield forbidden_value("value", "may not be changed in an update.")
        yield from unchanged("preemptionPolicy", obj.get("preemptionPolicy"), old.get("preemptionPolicy"))
        return
    if name.startswith("system-"):
        if SYSTEM.get(name) != value:
            known = f"value of {name} PriorityClass must be {SYSTEM[name]}" if name in SYSTEM else ""
            why = known or f"{name} is not a known system priority class"
            detail = f"priority class names with 'system-' prefix are reserved for system use only. error: {why}"
            yield forbidden_value("metadata.name", detail)
    elif value > HIGHEST:
        yield forbidden_value("value", f"maximum allowed value of a user defined priority is {HIGHEST}")
    yield from one_of("preemptionPolicy", obj["preemptionPolicy"], ("PreemptLowerPriority", "Never"))


def check_runtime_class(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    """A runtime class."""
    if old is not None:
        yield from unchanged("handler", obj.get("handler"), old.get("handler"))
    else:
        yield from broken("handler", obj.get("handler", ""), label)
