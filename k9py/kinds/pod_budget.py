"""What a pod asked for, and what it may use at most: as k9s adds it up, and as the scheduler counts it."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from k9py.kinds.pod_parts import PodSpec, Resources
from k9py.values.quantity import millicores, parse_quantity


class Budget(NamedTuple):
    """What a pod asked for and may use at most: thousandths of cores and bytes, 0 where nothing is said."""

    cpu_request: int
    cpu_limit: int
    memory_request: int
    memory_limit: int


_NO_BUDGET = Budget(0, 0, 0, 0)


def add_up(spec: PodSpec) -> Budget:
    """The budget of a pod. Pods of one mould share it. Raises ValueError for what is no quantity."""
    asked = [asked_by(container.resources) for container in spec.containers]
    asked += [asked_by(container.resources) for container in spec.init_containers if container.is_sidecar]
    return _total(_amounts(spec.resources), *asked)


def claim(spec: PodSpec, budget: Budget) -> Budget:
    """The room that a pod takes on its node, as the scheduler counts it (component-helpers' PodRequests, KEP-753).

    That is its budget, unless one of the init containers that run before the others needs more, or the pod's runtime
    class has an overhead. Raises ValueError for what is no quantity.
    """
    if not spec.init_containers and not spec.overhead:
        return budget
    steps = tuple([(container.is_sidecar, _amounts(container.resources)) for container in spec.init_containers])
    running = tuple([_amounts(container.resources) for container in spec.containers])
    return _claimed(_amounts(spec.resources), _amounts(Resources(spec.overhead, spec.overhead)), steps, running)


@lru_cache(maxsize=4096)
def _claimed(
    own: Budget, overhead: Budget, steps: tuple[tuple[bool, Budget], ...], running: tuple[Budget, ...]
) -> Budget:
    beside, most = _NO_BUDGET, _NO_BUDGET
    for stays, step in steps:
        now = add_budgets(beside, step)
        most = Budget(*map(max, most, now))
        beside = now if stays else beside
    most = Budget(*map(max, most, add_budgets(beside, *running)))
    total = Budget(*[whole or computed for whole, computed in zip(own, most, strict=True)])
    # without a limit of the pod there is none for its overhead to be added to
    bounded = (overhead.cpu_limit if total.cpu_limit else 0, overhead.memory_limit if total.memory_limit else 0)
    return add_budgets(total, Budget(overhead.cpu_request, bounded[0], overhead.memory_request, bounded[1]))


def add_budgets(*budgets: Budget) -> Budget:
    """Budgets together."""
    return Budget(*map(sum, zip(*budgets, strict=True))) if budgets else _NO_BUDGET


@lru_cache(maxsize=4096)
def _total(own: Budget, *asked: Budget) -> Budget:
    """What the pod asks for as a whole counts instead of its containers' sums."""
    return Budget(*[whole or sum(parts) for whole, *parts in zip(own, *asked, strict=True)])


def asked_by(resources: Resources) -> Budget:
    """A container's part. One that asks for nothing is given what its limits say."""
    return _amounts(resources if resources.requests else Resources(resources.limits, resources.limits))


def _amounts(resources: Resources) -> Budget:
    requests, limits = resources.requests, resources.limits
    if not requests and not limits:
        return _NO_BUDGET
    requests, limits = requests or {}, limits or {}
    return _budget_of(requests.get("cpu"), limits.get("cpu"), requests.get("memory"), limits.get("memory"))


@lru_cache(maxsize=4096)
def _budget_of(cpu: str | None, cpu_limit: str | None, memory: str | None, memory_limit: str | None) -> Budget:
    cores, cores_limit, size, size_limit = [
        parse_quantity(quantity) if quantity else 0.0 for quantity in (cpu, cpu_limit, memory, memory_limit)
    ]
    return Budget(millicores(cores), millicores(cores_limit), int(size), int(size_limit))
