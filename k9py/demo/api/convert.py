"""One object, several versions: what is stored in one is served in another."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from k9py.demo.api.conversions import autoscaling, endpointslices, events
from k9py.demo.core.catalog import Served
from k9py.demo.core.store import Entry, Obj

_encode = msgspec.json.Encoder().encode


CONVERSIONS: dict[tuple[str, str], tuple[Callable[[Obj], Obj], Callable[[Obj], Obj]]] = {
    ("horizontalpodautoscalers.autoscaling", "autoscaling/v1"): (autoscaling.to_v1, autoscaling.to_v2),
    ("events", "events.k8s.io/v1"): (events.to_newer, events.to_core),
    ("endpointslices.discovery.k8s.io", "discovery.k8s.io/v1beta1"): (endpointslices.to_beta, endpointslices.to_v1),
}
"""By collection and apiVersion: from what is stored, and back to it. Where none stands, only the apiVersion differs."""


def _same(obj: Obj) -> Obj:
    return obj


def to_stored(served: Served, obj: Obj, version: str) -> Obj:
    """What came in one version, as it is stored in `version`."""
    _, back = CONVERSIONS.get((served.storage, served.gvr.api_version), (_same, _same))
    converted = back(obj)
    converted["apiVersion"] = version
    return converted


def from_stored(served: Served, obj: Obj) -> Obj:
    """What is stored, in the version that is asked for."""
    forth, _ = CONVERSIONS.get((served.storage, served.gvr.api_version), (_same, _same))
    converted = forth(obj)
    converted["apiVersion"] = served.gvr.api_version
    return converted


def serve(served: Served) -> Callable[[Entry], bytes]:
    """How the entries of a resource become the JSON of its version; without any work where it is stored so."""
    expected = _encode({"kind": served.kind, "apiVersion": served.gvr.api_version})[:-1]

    def raw(entry: Entry) -> bytes:
        if entry.raw.startswith(expected):
            return entry.raw
        return _encode(from_stored(served, entry.read()))

    return raw
