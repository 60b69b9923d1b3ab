"""Validation of nodes."""

from __future__ import annotations

from collections.abc import Iterator

from k9py.demo.api.internals import internal
from k9py.demo.api.validation.names import label_value, qualified
from k9py.demo.api.validation.scheduling import EFFECTS
from k9py.demo.api.validation.words import broken, go, one_of
from k9py.demo.core.status import Cause, duplicate_value, forbidden_value, required
from k9py.demo.core.store import Obj


def check_node(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    """A node."""
    seen: set[tuple[str, str]] = set()
    for index, taint in enumerate(obj["spec"].get("taints") or ()):
        path, key, effect = f"metadata.taints[{index}]", taint.get("key", ""), taint.get("effect", "")
        yield from broken(f"{path}.key", key, qualified)
        yield from broken(f"{path}.value", taint.get("value", ""), label_value)
        if not effect:
            yield required(f"{path}.effect")
        else:
            yield from one_of(f"{path}.effect", effect, EFFECTS)
        if (key, effect) in seen:
            detail = "taints must be unique by key and effect pair"
            yield duplicate_value(path, f"{go(internal(taint, 'core.Taint'))}: {detail}")
        seen.add((key, effect))
    if old is not None and old["spec"].get("providerID") and obj["spec"].get("providerID") != old["spec"]["providerID"]:
        yield forbidden_value("spec.providerID", 'node updates may not change providerID except from "" to valid')
    if old is not None and old["spec"].get("podCIDRs") and obj["spec"].get("podCIDRs") != old["spec"]["podCIDRs"]:
        yield forbidden_value("spec.podCIDRs", 'node updates may not change podCIDR except from "" to valid')
