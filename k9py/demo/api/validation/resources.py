"""Resources that containers, pods and quotas name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from k9py.demo.api.quantities import amount
from k9py.demo.api.validation.names import qualified
from k9py.demo.api.validation.words import NOT_NEGATIVE, invalid
from k9py.demo.core.status import Cause, required
from k9py.demo.core.store import Obj

CONTAINER = frozenset(("cpu", "memory", "ephemeral-storage"))
"""What containers can ask for without a prefix; huge pages besides."""
QUOTA = frozenset(
    (
        *CONTAINER,
        *(f"{kind}.{name}" for kind in ("requests", "limits") for name in CONTAINER),
        "requests.storage",
        "pods",
        "services",
        "replicationcontrollers",
        "resourcequotas",
        "secrets",
        "configmaps",
        "persistentvolumeclaims",
        "services.nodeports",
        "services.loadbalancers",
    )
)
"""What quotas can count without a prefix."""
_STANDARD = QUOTA | {"storage"}


def huge(name: str) -> bool:
    """Whether it is memory in huge pages."""
    return name.startswith("hugepages-")


def _overcommitted(name: str) -> bool:
    return ("/" not in name or "kubernetes.io/" in name) and not huge(name)


def check_name(path: str, name: str) -> Iterator[Cause]:
    """The name of any resource."""
    wrong = [invalid(path, name, detail) for detail in qualified(name)]
    yield from wrong
    if not wrong and "/" not in name and name not in _STANDARD and not huge(name):
        yield invalid(path, name, "must be a standard resource type or fully qualified")


def check_amount(path: str, value: Any, name: str = "") -> Iterator[Cause]:
    """A quantity that is not below zero; what cannot be divided must be whole."""
    number = amount(str(value))
    if number < 0:
        yield invalid(path, str(value), NOT_NEGATIVE)
    if name and "/" in name and "kubernetes.io/" not in name and number.denominator != 1:
        yield invalid(path, str(value), "must be an integer")


def check_resources(path: str, resources: Obj) -> Iterator[Cause]:
    """Requests and limits of a container."""
    limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
    for name, value in sorted(limits.items()):
        yield from _check_one(f"{path}.limits[{name}]", name, value)
    for name, value in _ordered(requests, limits):
        yield from _check_one(f"{path}.requests[{name}]", name, value)
        yield from _check_within(path, name, str(value), limits)


def check_standard(path: str, name: str) -> Iterator[Cause]:
    """A resource that containers have."""
    if "/" not in name and name not in CONTAINER and not huge(name):
        yield invalid(path, name, "must be a standard resource for containers")


def _ordered(requests: Obj, limits: Obj) -> list[tuple[str, Any]]:
    """The server takes them in any order; here those that are limited come first, by what they lack."""
    return sorted(requests.items(), key=lambda item: (item[0] not in limits, str(item[1])[0] != "-", item[0]))


def _check_one(path: str, name: str, value: Any) -> Iterator[Cause]:
    yield from check_name(path, name)
    yield from check_standard(path, name)
    yield from check_amount(path, value, name)


def _check_within(path: str, name: str, value: str, limits: Obj) -> Iterator[Cause]:
    if name not in limits:
        if not _overcommitted(name):
            yield required(f"{path}.limits", "Limit must be set for non overcommitable resources")
        return
    limit = str(limits[name])
    if amount(value) != amount(limit) and not _overcommitted(name):
        yield invalid(f"{path}.requests", value, f"must be equal to {name} limit of {limit}")
    elif amount(value) > amount(limit):
        yield invalid(f"{path}.requests", value, f"must be less than or equal to {name} limit of {limit}")
