"""Deployments and the other workloads that keep pods alive."""

from __future__ import annotations

from k9py.demo.api.tables.printer import NONE, age, at, containers, labels, row, selector
from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj

_READY, _WANTED, _PRESENT = (at(path, 0) for path in ("status.readyReplicas", "spec.replicas", "status.replicas"))
_CONTAINERS = containers("spec.template")
_DAEMONS = ("desiredNumberScheduled", "currentNumberScheduled", "numberReady", "updatedNumberScheduled")


def _ready(obj: Obj, cluster: Cluster) -> str:
    return f"{_READY(obj, cluster)}/{_WANTED(obj, cluster)}"


def _owner(obj: Obj, cluster: Cluster) -> str:
    owner = next((one for one in obj["metadata"].get("ownerReferences") or () if one.get("controller")), None)
    if owner is None:
        return NONE
    group = owner["apiVersion"].rpartition("/")[0]
    return (f"{owner['kind']}.{group}" if group else owner["kind"]).lower() + f"/{owner['name']}"


PRINTERS = {
    "scales": row(_WANTED, _PRESENT, age),
    "deployments.apps": row(
        _ready,
        at("status.updatedReplicas", 0),
        at("status.availableReplicas", 0),
        age,
        *_CONTAINERS,
        selector("spec.selector", ""),
    ),
    "replicasets.apps": row(_WANTED, _PRESENT, _READY, age, *_CONTAINERS, selector("spec.selector")),
    "replicationcontrollers": row(_WANTED, _PRESENT, _READY, age, *_CONTAINERS, labels("spec.selector")),
    "statefulsets.apps": row(_ready, age, *_CONTAINERS),
    "daemonsets.apps": row(
        *(at(f"status.{name}", 0) for name in (*_DAEMONS, "numberAvailable")),
        labels("spec.template.spec.nodeSelector"),
        age,
        *_CONTAINERS,
        selector("spec.selector"),
    ),
    "controllerrevisions.apps": row(_owner, at("revision", 0), age),
    "podtemplates": row(*containers("template"), labels("template.metadata.labels")),
}
