"""The screens that a row leads to."""

from __future__ import annotations

from k9py.actions.action import Look
from k9py.values.resource import Resource


def _has_logs(resource: Resource) -> bool:
    return resource.gvr.full_name == "pods"


def _is_object(resource: Resource) -> bool:
    return "get" in resource.verbs


def _is_on_a_node(resource: Resource) -> bool:
    return resource.gvr.full_name == "pods"


def _has_replica_sets(resource: Resource) -> bool:
    return resource.gvr.full_name == "deployments.apps"


def _is_no_event(resource: Resource) -> bool:
    return _is_object(resource) and resource.gvr.plural != "events"


_USED = frozenset(
    (
        *("configmaps", "secrets", "persistentvolumeclaims", "persistentvolumes", "serviceaccounts", "services"),
        *("storageclasses.storage.k8s.io", "priorityclasses.scheduling.k8s.io", "runtimeclasses.node.k8s.io"),
        *("ingressclasses.networking.k8s.io", "roles.rbac.authorization.k8s.io"),
        "clusterroles.rbac.authorization.k8s.io",
    )
)
"""What others refer to."""


def _is_used(resource: Resource) -> bool:
    return resource.gvr.full_name in _USED


LOOKS = (
    Look("logs", "Logs", "l", "pods", _has_logs, opens="logs"),
    Look("previous", "Previous", "p", "pods", _has_logs, opens="previous"),
    Look("yaml", "YAML", "y", "everything", _is_object, opens="yaml"),
    Look("events", "Events", "E", "everything", _is_no_event, opens="events", minor=True),
    Look("node", "Node", "o", "pods", _is_on_a_node, opens="node", minor=True),
    Look("replicasets", "Replica sets", "z", "deployments", _has_replica_sets, opens="replicasets", minor=True),
    Look("owner", "Owner", "J", "everything", _is_no_event, opens="owner", minor=True),
    Look("xray", "Xray", "X", "everything", _is_no_event, opens="xray", minor=True),
    Look("users", "Used by", "u", "what others refer to: config maps, secrets …", _is_used, opens="users", minor=True),
)
