"""Endpoint slices and endpoints."""

from __future__ import annotations

from k9py.demo.api.strategy import Strategy
from k9py.demo.api.validation.discovery import check_slice
from k9py.demo.core.store import Obj


def default_slice(obj: Obj) -> None:
    """TCP; a port without a name has an empty one."""
    obj["endpoints"] = obj.get("endpoints") or None
    for endpoint in obj["endpoints"] or ():
        endpoint.setdefault("conditions", {})
    obj["ports"] = obj.get("ports") or None
    for port in obj["ports"] or ():
        port.setdefault("name", "")
        port.setdefault("protocol", "TCP")


def default_endpoints(obj: Obj) -> None:
    """TCP."""
    for subset in obj.get("subsets") or ():
        for port in subset.get("ports") or ():
            port.setdefault("protocol", "TCP")


STRATEGIES = (
    Strategy("endpointslices.discovery.k8s.io", default_slice, validate=check_slice),
    Strategy("endpoints", default_endpoints, generation=False),
)
