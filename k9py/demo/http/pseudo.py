"""Kinds that are written to subresources and stored nowhere: Scale, Eviction, Binding, TokenRequest."""

from __future__ import annotations

from dataclasses import replace

from k9py.demo.cluster import Cluster
from k9py.demo.core.catalog import Served
from k9py.demo.core.store import Obj
from k9py.demo.http.call import Call
from k9py.demo.http.incoming import incoming
from k9py.values.resource import Gvr


def pseudo(group: str, version: str, kind: str) -> Served:
    """Such a kind as if it were a resource, so that it is read and written like one."""
    plural = f"{kind.lower()}s"
    answered = {"group": group, "version": version, "kind": kind}
    entry = {"resource": plural, "responseKind": answered, "scope": "Namespaced", "verbs": []}
    return Served(Gvr(group, version, plural), entry, frozenset(), plural)


def read_as(cluster: Cluster, call: Call, served: Served) -> Obj:
    """The body as an object of that kind. StatusError if it is none."""
    obj = incoming(cluster, as_call(call, served))
    obj.setdefault("metadata", {})
    return obj


def as_call(call: Call, served: Served) -> Call:
    """The call as if its path served that kind."""
    return replace(call, target=replace(call.target, served=served))
