"""Endpoint slices and endpoints."""

from __future__ import annotations

from collections.abc import Iterator

from k9py.demo.api.strategy import Strategy
from k9py.demo.api.validation.containers import PROTOCOLS
from k9py.demo.api.validation.services import ADDRESS, is_address
from k9py.demo.api.validation.words import invalid, one_of, unchanged
from k9py.demo.core.status import Cause, required
from k9py.demo.core.store import Obj

_TYPES = ("FQDN", "IPv4", "IPv6")


def _check_slice(obj: Obj, old: Obj | None) -> Iterator[Cause]:
    kind = obj.get("addressType", "")
    if old is not None:
        wrong = list(unchanged("addressType", kind, old.get("addressType")))
        yield from wrong
        if wrong:
            return
    if not kind:
        yield required("addressType")
    else:
        yield from one_of("addressType", kind, _TYPES)
    for index, port in enumerate(obj.get("ports") or ()):
        yield from one_of(f"ports[{index}].protocol", port.get("protocol"), PROTOCOLS)
    for index, endpoint in enumerate(obj.get("endpoints") or ()):
        yield from _check_endpoint(f"endpoints[{index}].addresses", endpoint, kind)


def _check_endpoint(path: str, endpoint: Obj, kind: str) -> Iterator[Cause]:
    if not endpoint.get("addresses"):
        yield required(path, "must contain at least 1 address")
    for index, address in enumerate(endpoint.get("addresses") or ()):
        if kind in ("IPv4", "IPv6") and not is_address(address):
            yield invalid(f"{path}[{index}]", address, ADDRESS)


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
    Strategy("endpointslices.discovery.k8s.io", default_slice, validate=_check_slice),
    Strategy("endpoints", default_endpoints, generation=False),
)
