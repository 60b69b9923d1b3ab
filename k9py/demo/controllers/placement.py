"""Whether a pod may be on a node: node selectors, required node affinity, taints and tolerations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from k9py.demo.core.store import Entry

_STRICT = frozenset({"NoSchedule", "NoExecute"})


Taint = Mapping[str, str]


class _Spec(msgspec.Struct, frozen=True, gc=False):
    taints: tuple[dict[str, str], ...] | None = None


class _View(msgspec.Struct, frozen=True, gc=False):
    spec: _Spec = _Spec()


_view = msgspec.json.Decoder(_View).decode


class Site(msgspec.Struct, frozen=True):
    """A node as far as it matters to who may be on it."""

    name: str
    labels: Mapping[str, str]
    taints: tuple[Taint, ...]


class Place(Protocol):
    """What tells one node from another."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def labels(self) -> Mapping[str, str]:
        """Its labels."""

    @property
    def taints(self) -> Sequence[Taint]:
        """Its taints."""


def site_of(entry: Entry) -> Site:
    """Of a node."""
    return Site(entry.key.name, entry.meta.labels, _view(entry.raw).spec.taints or ())


def fits(spec: Mapping[str, Any], site: Place) -> bool:
    """Whether its node selector and its required node affinity let a pod onto a node."""
    chosen = spec.get("nodeSelector") or {}
    if any(site.labels.get(name) != value for name, value in chosen.items()):
        return False
    affinity = ((spec.get("affinity") or {}).get("nodeAffinity") or {}).get(
        "requiredDuringSchedulingIgnoredDuringExecution"
    )
    if affinity is None:
        return True
    return any(meets(term, site) for term in affinity.get("nodeSelectorTerms") or ())


def tolerates(tolerations: Sequence[Mapping[str, Any]], site: Place, effects: Iterable[str] = _STRICT) -> bool:
    """Whether all taints of these effects are tolerated."""
    return all(bears(tolerations, taint) for taint in site.taints if taint["effect"] in effects)


def bears(tolerations: Iterable[Mapping[str, Any]], taint: Taint) -> bool:
    """Whether one of them tolerates a taint."""
    return any(_tolerated(one, taint) for one in tolerations)


def _tolerated(toleration: Mapping[str, Any], taint: Taint) -> bool:
    if toleration.get("effect") and toleration["effect"] != taint["effect"]:
        return False
    if toleration.get("key") and toleration["key"] != taint["key"]:
        return False
    if toleration.get("operator", "Equal") == "Exists":
        return True
    return bool(toleration.get("key")) and toleration.get("value", "") == taint.get("value", "")


def meets(term: Mapping[str, Any], site: Place) -> bool:
    """All requirements of one term; a term without any is met by no node."""
    labels, fields = term.get("matchExpressions") or (), term.get("matchFields") or ()
    if not labels and not fields:
        return False
    here = {"metadata.name": site.name}
    return all(_holds(one, site.labels) for one in labels) and all(_holds(one, here) for one in fields)


def _holds(requirement: Mapping[str, Any], values: Mapping[str, str]) -> bool:
    value = values.get(requirement["key"])
    wanted: Sequence[str] = requirement.get("values") or ()
    match requirement["operator"]:
        case "In":
            return value in wanted
        case "NotIn":
            return value not in wanted
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
        case "Gt" | "Lt" as operator:
            return _compares(operator, value, wanted[0])
    return False


def _compares(operator: str, value: str | None, limit: str) -> bool:
    if value is None or not value.lstrip("-").isdecimal():
        return False
    return int(value) > int(limit) if operator == "Gt" else int(value) < int(limit)
