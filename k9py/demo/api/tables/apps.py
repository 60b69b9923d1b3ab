"""Deployments and the other workloads that keep pods alive."""

from __future__ import annotations

from typing import Any

from k9py.demo.api.tables.printer import NONE, age, containers, labels_text, name_of, part, selector_text
from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj


def _deployment(obj: Obj, cluster: Cluster) -> list[Any]:
    spec, status = part(obj, "spec"), part(obj, "status")
    return [
        name_of(obj),
        f"{status.get('readyReplicas', 0)}/{spec.get('replicas', 0)}",
        status.get("updatedReplicas", 0),
        status.get("availableReplicas", 0),
        age(obj, cluster),
        *containers(part(spec, "template")),
        selector_text(spec.get("selector")),
    ]


def _replicas(obj: Obj, cluster: Cluster) -> list[Any]:
    spec, status = part(obj, "spec"), part(obj, "status")
    counts = [spec.get("replicas", 0), status.get("replicas", 0), status.get("readyReplicas", 0)]
    return [name_of(obj), *counts, age(obj, cluster), *containers(part(spec, "template"))]


def _replica_set(obj: Obj, cluster: Cluster) -> list[Any]:
    return [*_replicas(obj, cluster), selector_text(part(obj, "spec").get("selector")) or NONE]


def _replication_controller(obj: Obj, cluster: Cluster) -> list[Any]:
    return [*_replicas(obj, cluster), labels_text(part(obj, "spec").get("selector"))]


def _stateful_set(obj: Obj, cluster: Cluster) -> list[Any]:
    spec, status = part(obj, "spec"), part(obj, "status")
    ready = f"{status.get('readyReplicas', 0)}/{spec.get('replicas', 0)}"
    return [name_of(obj), ready, age(obj, cluster), *containers(part(spec, "template"))]


_COUNTS = (
    "desiredNumberScheduled",
    "currentNumberScheduled",
    "numberReady",
    "updatedNumberScheduled",
    "numberAvailable",
)


def _daemon_set(obj: Obj, cluster: Cluster) -> list[Any]:
    spec, status = part(obj, "spec"), part(obj, "status")
    template = part(spec, "template")
    return [
        name_of(obj),
        *(status.get(count, 0) for count in _COUNTS),
        labels_text(part(template, "spec").get("nodeSelector")),
        age(obj, cluster),
        *containers(template),
        selector_text(spec.get("selector")) or NONE,
    ]


def _controller_revision(obj: Obj, cluster: Cluster) -> list[Any]:
    owner = next((one for one in obj["metadata"].get("ownerReferences") or () if one.get("controller")), None)
    return [name_of(obj), _owner(owner) if owner else NONE, obj.get("revision", 0), age(obj, cluster)]


def _owner(owner: Obj) -> str:
    group = owner["apiVersion"].rpartition("/")[0]
    return (f"{owner['kind']}.{group}" if group else owner["kind"]).lower() + f"/{owner['name']}"


def _pod_template(obj: Obj, cluster: Cluster) -> list[Any]:
    template = part(obj, "template")
    return [name_of(obj), *containers(template), labels_text(part(template, "metadata").get("labels"))]


def _scale(obj: Obj, cluster: Cluster) -> list[Any]:
    counts = [part(obj, "spec").get("replicas", 0), part(obj, "status").get("replicas", 0)]
    return [name_of(obj), *counts, age(obj, cluster)]


PRINTERS = {
    "scales": _scale,
    "deployments.apps": _deployment,
    "replicasets.apps": _replica_set,
    "replicationcontrollers": _replication_controller,
    "statefulsets.apps": _stateful_set,
    "daemonsets.apps": _daemon_set,
    "controllerrevisions.apps": _controller_revision,
    "podtemplates": _pod_template,
}
