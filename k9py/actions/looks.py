"""The screens that a row leads to."""

from __future__ import annotations

from k9py.actions.action import Look, Right
from k9py.kinds.wellknown import EVENTS, NODES, PODS, REPLICASETS
from k9py.values.resource import Resource

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


READ = Right("get")
"""To read the object itself: not needed where the watch has told all of it."""
LIST_EVENTS = Right("list", of=EVENTS)
READ_LOG = Right("get", "log", PODS)

LOOKS = (
    Look("logs", "Logs", "l", "pods and what has pods", _has_logs, opens="logs", right=READ_LOG),
    Look("describe", "Describe", "d", "everything", _is_object, opens="describe", right=READ),
    Look("yaml", "YAML", "y", "everything", _is_object, opens="yaml", right=READ),
    Look(
        "previous", "Previous", "p", "pods and what has pods", _has_logs, opens="previous", minor=True, right=READ_LOG
    ),
    Look("events", "Events", "E", "everything", _is_no_event, opens="events", minor=True, right=LIST_EVENTS),
    Look("node", "Node", "o", "pods", _is_on_a_node, opens="node", minor=True, right=Right("list", of=NODES)),
    Look(
        *("replicasets", "Replica sets", "z", "deployments", _has_replica_sets, "replicasets"),
        minor=True,
        right=Right("list", of=REPLICASETS),
    ),
    Look("owner", "Owner", "J", "everything", _is_no_event, opens="owner", minor=True, right=READ),
    Look("xray", "Xray", "X", "everything", _is_no_event, opens="xray", minor=True),
    Look("users", "Used by", "u", "what others refer to: config maps, secrets …", _is_used, opens="users", minor=True),
)
