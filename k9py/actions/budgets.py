"""PodDisruptionBudgets (policy/v1): a deletion does not ask them, so what it would break is said beforehand."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from k9py.actions.plan import Target
from k9py.actions.reading import list_first
from k9py.values.request import Read
from k9py.values.resource import Gvr, Resource
from k9py.values.selector import Selector, SelectorError, read_selector

Obj = Mapping[str, Any]


def _budgets(version: str) -> Resource:
    return Resource(Gvr("policy", version, "poddisruptionbudgets"), "PodDisruptionBudget", "", True, frozenset())


BUDGETS = (_budgets("v1"), _budgets("v1beta1"))
"""v1 came with 1.21."""
_ENDED = ("Succeeded", "Failed")
_NOTHING = Selector(None)


async def read_budgets(read: Read, namespaces: Sequence[str]) -> dict[str, Sequence[Obj]]:
    """Those of each namespace."""
    lists = await asyncio.gather(*(list_first(read, BUDGETS, namespace) for namespace in namespaces if namespace))
    return {name: found or () for name, found in zip(filter(None, namespaces), lists, strict=True)}


def breaks_of(doomed: Sequence[tuple[Target, Obj]], budgets: Mapping[str, Sequence[Obj]]) -> dict[str, tuple[str, ...]]:
    """By uid of the target, what its end, with that of all the others, would break.

    Of pods it is counted how many go; the pods of a workload are taken for more than a budget allows only where it
    allows none.
    """
    said: dict[str, tuple[str, ...]] = {}
    for namespace, found in budgets.items():
        there = [(target, obj) for target, obj in doomed if target.key.namespace == namespace]
        for budget in found:
            hit = [(target, obj) for target, obj in there if _selects(budget, target.resource.kind, obj)]
            if hit and (line := _say(budget, hit)):
                for target, _obj in hit:
                    said[target.uid] = (*said.get(target.uid, ()), line)
    return said


def _say(budget: Obj, hit: Sequence[tuple[Target, Obj]]) -> str:
    """What is said of a budget, or nothing where it allows as much."""
    allowed = (budget.get("status") or {}).get("disruptionsAllowed", 0)
    pods = sum(target.resource.kind == "Pod" for target, _obj in hit)
    name = budget["metadata"]["name"]
    if not allowed:
        return f"the budget {name} allows no disruption, and is not asked"
    if pods > allowed:
        return f"the budget {name} allows {allowed} of its pods to go, and is not asked: {pods} would"
    return ""


def _selects(budget: Obj, kind: str, found: Obj) -> bool:
    """Whether a pod, or the pods of a workload, are under a budget."""
    spec = found.get("spec")
    template = spec.get("template") if isinstance(spec, Mapping) else None
    if isinstance(template, Mapping):
        labels = (template.get("metadata") or {}).get("labels")
    elif kind == "Pod" and not _has_ended(found):
        labels = found["metadata"].get("labels")
    else:
        return False
    return _read(budget).matches(labels or {})


def _has_ended(pod: Obj) -> bool:
    return (pod.get("status") or {}).get("phase") in _ENDED or bool(pod["metadata"].get("deletionTimestamp"))


def _read(budget: Obj) -> Selector:
    try:
        return read_selector((budget.get("spec") or {}).get("selector"))
    except (SelectorError, msgspec.ValidationError):  # a server lets no such budget through
        return _NOTHING
