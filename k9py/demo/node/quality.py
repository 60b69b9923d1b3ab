"""What a pod asks for and may use, in sums, and the class of quality that follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from k9py.demo.core.store import Obj
from k9py.values.quantity import parse_quantity

Amounts = dict[str, float]
"""By name of the resource, in its own unit: cores, bytes, pieces."""


def amounts(listed: Mapping[str, Any] | None) -> Amounts:
    """Quantities as numbers."""
    return {name: parse_quantity(str(value)) for name, value in (listed or {}).items()}


def add(one: Amounts, other: Mapping[str, float]) -> Amounts:
    """The sum of two; changes the first."""
    for name, value in other.items():
        one[name] = one.get(name, 0.0) + value
    return one


def most(one: Amounts, other: Mapping[str, float]) -> Amounts:
    """The larger of two, name by name; changes the first."""
    for name, value in other.items():
        one[name] = max(one.get(name, 0.0), value)
    return one


def requested(spec: Obj, which: str = "requests") -> Amounts:
    """What a pod asks of a node: its containers together, or more if an init container needs more, and its overhead."""
    inits = [(_of(one, which), one.get("restartPolicy") == "Always") for one in spec.get("initContainers", ())]
    total = total_of([_of(one, which) for one in spec.get("containers", ())], inits)
    total.update(amounts(spec.get("resources", {}).get(which)))
    return add(total, amounts(spec.get("overhead")))


def total_of(containers: Iterable[Amounts], inits: Iterable[tuple[Amounts, bool]]) -> Amounts:
    """The sum of the containers, or the most that an init container needs; of those it is said whether they stay."""
    total: Amounts = {}
    for own in containers:
        add(total, own)
    beside: Amounts = {}
    peak: Amounts = {}
    for own, stays in inits:
        if stays:
            add(beside, own)
            most(peak, beside)
        else:
            most(peak, add(dict(own), beside))
    return most(add(total, beside), peak)


def _of(container: Obj, which: str) -> Amounts:
    return amounts(container.get("resources", {}).get(which))


def pod_requests(pod: Obj) -> dict[str, str]:
    """The requests of a pod as its status says them."""
    return _cpu_and_memory(requested(pod["spec"]))


def pod_limits(pod: Obj) -> dict[str, str]:
    """The limits of a pod as its status says them: the sum of those that its containers have."""
    return _cpu_and_memory(requested(pod["spec"], "limits"))


def _cpu_and_memory(found: Amounts) -> dict[str, str]:
    texts = {"cpu": format_cores, "memory": format_bytes}
    return {name: texts[name](found[name]) for name in ("cpu", "memory") if found.get(name)}


@lru_cache(maxsize=1024)
def format_cores(cores: float) -> str:
    """Cores as a canonical quantity: `250m`, `2`."""
    milli = round(cores * 1000)
    return str(milli // 1000) if milli % 1000 == 0 else f"{milli}m"


@lru_cache(maxsize=4096)
def format_bytes(size: float) -> str:
    """Bytes as a canonical quantity: the largest binary unit that is whole."""
    whole = round(size)
    for unit, power in (("Ei", 60), ("Pi", 50), ("Ti", 40), ("Gi", 30), ("Mi", 20), ("Ki", 10)):
        if whole and whole % (1 << power) == 0:
            return f"{whole >> power}{unit}"
    return str(whole)


def qos_class(spec: Mapping[str, Any]) -> str:
    """BestEffort, Burstable or Guaranteed (the API's GetPodQOS)."""
    containers = [*spec.get("containers", ()), *spec.get("initContainers", ())]
    given = [_asked(one.get("resources", {})) for one in containers]
    if not any(requests or limits for requests, limits in given):
        return "BestEffort"
    sure = all(set(limits) == {"cpu", "memory"} and (requests or limits) == limits for requests, limits in given)
    return "Guaranteed" if sure else "Burstable"


def _asked(resources: Obj) -> tuple[Amounts, Amounts]:
    found = []
    for which in ("requests", "limits"):
        listed = amounts(resources.get(which))
        found.append({name: listed[name] for name in ("cpu", "memory") if listed.get(name)})
    return found[0], found[1]
