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


def _has_events(resource: Resource) -> bool:
    return _is_object(resource) and resource.gvr.plural != "events"


LOOKS = (
    Look("logs", "Logs", "l", "pods", _has_logs, opens="logs"),
    Look("previous", "Previous", "p", "pods", _has_logs, opens="previous"),
    Look("yaml", "YAML", "y", "everything", _is_object, opens="yaml"),
    Look("events", "Events", "E", "everything", _has_events, opens="events", minor=True),
    Look("node", "Node", "o", "pods", _is_on_a_node, opens="node", minor=True),
    Look("replicasets", "Replica sets", "z", "deployments", _has_replica_sets, opens="replicasets", minor=True),
    Look("owner", "Owner", "J", "everything", _is_object, opens="owner", minor=True),
)
