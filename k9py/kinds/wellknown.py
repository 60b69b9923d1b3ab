"""The kinds that the first screen shows, known before discovery has answered: they are as old as v1 and apps/v1."""

from __future__ import annotations

from k9py.values.resource import Gvr, Resource

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
