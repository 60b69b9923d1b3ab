"""Priority and fairness of requests; priorities of pods."""

from __future__ import annotations

from typing import Any

from k9py.demo.api.conditions import find
from k9py.demo.api.tables.printer import NONE, age, name_of, part
from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj


def _schema(obj: Obj, cluster: Cluster) -> list[Any]:
    spec = part(obj, "spec")
    dangling = find(part(obj, "status").get("conditions"), "Dangling")
    return [
        name_of(obj),
        part(spec, "priorityLevelConfiguration").get("name", ""),
        spec.get("matchingPrecedence", 0),
        part(spec, "distinguisherMethod").get("type", NONE),
        age(obj, cluster),
        dangling["status"] if dangling else "?",
    ]


def _precedence(obj: Obj) -> tuple[int, str]:
    return part(obj, "spec").get("matchingPrecedence", 0), name_of(obj)


def _level(obj: Obj, cluster: Cluster) -> list[Any]:
    spec = part(obj, "spec")
    limited = part(spec, "limited")
    queuing = part(part(limited, "limitResponse"), "queuing")
    sizes = [queuing.get(size, NONE) for size in ("queues", "handSize", "queueLengthLimit")]
    shares = limited.get("nominalConcurrencyShares", NONE)
    return [name_of(obj), spec.get("type", ""), shares, *sizes, age(obj, cluster)]


def _priority_class(obj: Obj, cluster: Cluster) -> list[Any]:
    rest = [obj.get("globalDefault", False), age(obj, cluster), obj.get("preemptionPolicy", "")]
    return [name_of(obj), obj.get("value", 0), *rest]


PRINTERS = {
    "flowschemas.flowcontrol.apiserver.k8s.io": _schema,
    "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io": _level,
    "priorityclasses.scheduling.k8s.io": _priority_class,
}
ORDER = {"flowschemas.flowcontrol.apiserver.k8s.io": _precedence}
