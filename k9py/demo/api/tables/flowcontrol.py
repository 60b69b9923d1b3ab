"""Priority and fairness of requests; priorities of pods."""

from __future__ import annotations

from k9py.demo.api.conditions import find
from k9py.demo.api.tables.printer import NONE, age, at, name_of, part, row
from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj

_SIZES = ("queues", "handSize", "queueLengthLimit")


def _dangling(obj: Obj, cluster: Cluster) -> str:
    return str((find(part(obj, "status").get("conditions"), "Dangling") or {"status": "?"})["status"])


def _precedence(obj: Obj) -> tuple[int, str]:
    return part(obj, "spec").get("matchingPrecedence", 0), name_of(obj)


PRINTERS = {
    "flowschemas.flowcontrol.apiserver.k8s.io": row(
        at("spec.priorityLevelConfiguration.name"),
        at("spec.matchingPrecedence", 0),
        at("spec.distinguisherMethod.type", NONE),
        age,
        _dangling,
    ),
    "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io": row(
        at("spec.type"),
        at("spec.limited.nominalConcurrencyShares", NONE),
        *(at(f"spec.limited.limitResponse.queuing.{size}", NONE) for size in _SIZES),
        age,
    ),
    "priorityclasses.scheduling.k8s.io": row(at("value", 0), at("globalDefault", False), age, at("preemptionPolicy")),
}
ORDER = {"flowschemas.flowcontrol.apiserver.k8s.io": _precedence}
