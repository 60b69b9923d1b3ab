"""Kinds as the embedded cluster serves them, and one more that a test defines."""

from __future__ import annotations

import copy

from k9py.demo.api.crds import COLLECTION
from k9py.demo.controllers.crds import CustomResources
from k9py.demo.core.catalog import Served, load_catalog
from k9py.demo.core.store import Obj
from k9py.values.resource import Gvr, Resource
from tests.kube.scripted.server import ScriptedServer

_VERBS = frozenset({"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"})


def _found(plural: str) -> Resource:
    served = load_catalog().storage(plural)
    entry = served.entry
    return Resource(
        served.gvr,
        served.kind,
        entry["singularResource"],
        served.namespaced,
        served.verbs,
        tuple(entry.get("shortNames", ())),
        tuple(entry.get("categories", ())),
        served.subresources,
    )


SERVICES = _found("services")
SECRETS = _found("secrets")
GADGETS = Resource(Gvr("example.com", "v1", "gadgets"), "Gadget", "gadget", True, _VERBS, ("gd",))
"""Of a CRD that is not there in the beginning."""
_DEFINITION: Obj = {
    "kind": "CustomResourceDefinition",
    "apiVersion": "apiextensions.k8s.io/v1",
    "metadata": {"name": "gadgets.example.com"},
    "spec": {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {
            "plural": "gadgets",
            "singular": "gadget",
            "kind": "Gadget",
            "listKind": "GadgetList",
            "shortNames": ["gd"],
        },
        "versions": [{"name": "v1", "served": True, "storage": True}],
    },
}


def define_gadgets(server: ScriptedServer) -> None:
    """Have the CRD made, and established."""
    cluster = server.cluster
    CustomResources(cluster).start()
    cluster.registry.make(COLLECTION, copy.deepcopy(_DEFINITION))
    cluster.clock.advance(10)


def forget_gadgets(server: ScriptedServer) -> None:
    """Have it deleted."""
    server.cluster.registry.discard(COLLECTION, "", "gadgets.example.com")
    server.cluster.clock.advance(10)


def stop_serving(server: ScriptedServer, group: str) -> list[Served]:
    """Take the kinds of a group out of what is served."""
    catalog = server.cluster.catalog
    found = [served for served in catalog if served.group == group]
    for served in found:
        catalog.drop(served.gvr)
    return found
