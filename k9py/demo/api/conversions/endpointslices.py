"""EndpointSlices: before discovery.k8s.io/v1 a zone and a node stood in an endpoint's topology."""

from __future__ import annotations

from k9py.demo.core.store import Obj

_HOST, _ZONE = "kubernetes.io/hostname", "topology.kubernetes.io/zone"


def to_beta(obj: Obj) -> Obj:
    """As discovery.k8s.io/v1beta1 has it."""
    return {**obj, "endpoints": [_beta(one) for one in obj.get("endpoints") or ()]}


def to_v1(obj: Obj) -> Obj:
    """As it is stored."""
    return {**obj, "endpoints": [_v1(one) for one in obj.get("endpoints") or ()]}


def _beta(endpoint: Obj) -> Obj:
    found = {name: value for name, value in endpoint.items() if name not in ("zone", "deprecatedTopology")}
    known = {_HOST: endpoint.get("nodeName"), _ZONE: endpoint.get("zone")}
    topology = (endpoint.get("deprecatedTopology") or {}) | {name: value for name, value in known.items() if value}
    return found | ({"topology": topology} if topology else {})


def _v1(endpoint: Obj) -> Obj:
    found = {name: value for name, value in endpoint.items() if name != "topology"}
    topology = dict(endpoint.get("topology") or {})
    node, zone = topology.pop(_HOST, None), topology.pop(_ZONE, None)
    named = {"nodeName": endpoint.get("nodeName") or node, "zone": zone, "deprecatedTopology": topology}
    return found | {name: value for name, value in named.items() if value}
