"""Services and what stands behind them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from k9py.demo.api.tables.printer import NONE, UNKNOWN, UNSET, age, labels_text, name_of, part, some
from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj


def balancer_addresses(status: Mapping[str, Any]) -> list[str]:
    """Where a load balancer is reached, each once."""
    found = [one.get("ip") or one.get("hostname") or "" for one in part(status, "loadBalancer").get("ingress") or ()]
    return sorted(set(found) - {""})


def _service(obj: Obj, cluster: Cluster) -> list[Any]:
    spec = part(obj, "spec")
    return [
        name_of(obj),
        spec.get("type", ""),
        (spec.get("clusterIPs") or [NONE])[0],
        _external(spec, part(obj, "status")),
        ",".join(map(_port, spec.get("ports") or ())) or NONE,
        age(obj, cluster),
        labels_text(spec.get("selector")),
    ]


def _external(spec: Mapping[str, Any], status: Mapping[str, Any]) -> str:
    kind, fixed = spec.get("type"), spec.get("externalIPs") or []
    if kind == "ExternalName":
        return str(spec.get("externalName", ""))
    if kind == "LoadBalancer":
        return ",".join([*balancer_addresses(status), *fixed]) or "<pending>"
    if kind in ("ClusterIP", "NodePort"):
        return ",".join(fixed) or NONE
    return UNKNOWN


def _port(port: Mapping[str, Any]) -> str:
    node = f":{port['nodePort']}" if port.get("nodePort") else ""
    return f"{port['port']}{node}/{port.get('protocol', '')}"


def _endpoints(obj: Obj, cluster: Cluster) -> list[Any]:
    subsets = obj.get("subsets") or ()
    found = some(address for subset in subsets for address in _addresses(subset)) if subsets else NONE
    return [name_of(obj), found, age(obj, cluster)]


def _addresses(subset: Mapping[str, Any]) -> Iterator[str]:
    hosts = [one["ip"] for one in subset.get("addresses") or ()]
    if not subset.get("ports"):
        yield from hosts
    for port in subset.get("ports") or ():
        yield from (f"[{host}]:{port['port']}" if ":" in host else f"{host}:{port['port']}" for host in hosts)


def _endpoint_slice(obj: Obj, cluster: Cluster) -> list[Any]:
    ports = (str(port.get("port") or port.get("name") or "*") for port in obj.get("ports") or ())
    hosts = (host for one in obj.get("endpoints") or () for host in one.get("addresses") or ())
    return [name_of(obj), obj.get("addressType", ""), some(ports) or UNSET, some(hosts) or UNSET, age(obj, cluster)]


PRINTERS = {
    "services": _service,
    "endpoints": _endpoints,
    "endpointslices.discovery.k8s.io": _endpoint_slice,
}
