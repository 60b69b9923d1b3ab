"""The kinds that the first screen shows, known before discovery has answered: they are as old as v1 and apps/v1."""

from __future__ import annotations

from k9py.values.resource import OURS, Gvr, Resource

_ALL = frozenset({"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"})

NODES = Resource(Gvr("", "v1", "nodes"), "Node", "node", False, _ALL, ("no",), (), frozenset({"proxy", "status"}))
NAMESPACES = Resource(
    Gvr("", "v1", "namespaces"), "Namespace", "namespace", False, _ALL, ("ns",), (), frozenset({"status"})
)
PODS = Resource(
    Gvr("", "v1", "pods"), "Pod", "pod", True, _ALL, ("po",), ("all",), frozenset({"exec", "log", "eviction", "status"})
)
DEPLOYMENTS = Resource(
    Gvr("apps", "v1", "deployments"),
    "Deployment",
    "deployment",
    True,
    _ALL,
    ("deploy",),
    ("all",),
    frozenset({"scale", "status"}),
)


def _workload(group: str, plural: str, kind: str, short: str, *subresources: str) -> Resource:
    return Resource(
        Gvr(group, "v1", plural),
        kind,
        kind.lower(),
        True,
        _ALL,
        (short,) if short else (),
        ("all",),
        frozenset({"status", *subresources}),
    )


EVENTS = Resource(Gvr("", "v1", "events"), "Event", "event", True, _ALL, ("ev",))
SERVICES = Resource(
    Gvr("", "v1", "services"), "Service", "service", True, _ALL, ("svc",), ("all",), frozenset({"proxy", "status"})
)
PERSISTENT_VOLUME_CLAIMS = Resource(
    Gvr("", "v1", "persistentvolumeclaims"),
    "PersistentVolumeClaim",
    "persistentvolumeclaim",
    True,
    _ALL,
    ("pvc",),
    (),
    frozenset({"status"}),
)
REPLICASETS = _workload("apps", "replicasets", "ReplicaSet", "rs", "scale")
STATEFULSETS = _workload("apps", "statefulsets", "StatefulSet", "sts", "scale")
DAEMONSETS = _workload("apps", "daemonsets", "DaemonSet", "ds")
JOBS = _workload("batch", "jobs", "Job", "")
CRONJOBS = _workload("batch", "cronjobs", "CronJob", "cj")


def own(plural: str, kind: str, *short_names: str, namespaced: bool = True) -> Resource:
    """A kind of k9py's own."""
    verbs = frozenset({"list", "watch"})
    return Resource(Gvr(OURS, "v1", plural), kind, kind.lower(), namespaced, verbs, short_names)


CONTAINERS = own("containers", "Container", "co")
WORKLOADS = own("workloads", "Workload", "wk")
