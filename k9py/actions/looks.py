"""The screens that a row leads to."""

from __future__ import annotations

from k9py.actions.action import Look
from k9py.values.resource import OURS, Resource

_WITHOUT_PODS = ("", "apps", "batch", "autoscaling", "policy", "extensions")
_WITH_LOGS = frozenset(
    {
        "pods",
        "services",
        "replicationcontrollers",
        "deployments.apps",
        "replicasets.apps",
        "statefulsets.apps",
        "daemonsets.apps",
        "jobs.batch",
        "cronjobs.batch",
        f"containers.{OURS}",
    }
)


def _has_logs(resource: Resource) -> bool:
    """What has pods: of what Kubernetes itself has these, and whatever anybody has added may select or own some."""
    gvr = resource.gvr
    if gvr.full_name in _WITH_LOGS:
        return True
    its_own = gvr.group in _WITHOUT_PODS or gvr.group.endswith(".k8s.io") or resource.is_ours
    return resource.namespaced and "get" in resource.verbs and not its_own


def _is_object(resource: Resource) -> bool:
    return "get" in resource.verbs


def _is_on_a_node(resource: Resource) -> bool:
    return resource.gvr.full_name == "pods"


def _has_replica_sets(resource: Resource) -> bool:
    return resource.gvr.full_name == "deployments.apps"


def _is_no_event(resource: Resource) -> bool:
    return _is_object(resource) and resource.gvr.plural != "events"


LOOKS = (
    Look("logs", "Logs", "l", "pods and what has pods", _has_logs, opens="logs"),
    Look("previous", "Previous", "p", "pods and what has pods", _has_logs, opens="previous"),
    Look("yaml", "YAML", "y", "everything", _is_object, opens="yaml"),
    Look("events", "Events", "E", "everything", _is_no_event, opens="events", minor=True),
    Look("node", "Node", "o", "pods", _is_on_a_node, opens="node", minor=True),
    Look("replicasets", "Replica sets", "z", "deployments", _has_replica_sets, opens="replicasets", minor=True),
    Look("owner", "Owner", "J", "everything", _is_no_event, opens="owner", minor=True),
)
