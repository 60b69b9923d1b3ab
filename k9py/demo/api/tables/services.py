"""Services and what stands behind them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from k9py.demo.api.tables.printer import NONE, UNKNOWN, UNSET, age, at, labels, part, row
from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj


def balancer_addresses(status: Mapping[str, Any]) -> list[str]:
    """Where a load balancer is reached, each once."""
    found = [one.get("ip") or one.get("hostname") or "" for one in part(status, "loadBalancer").get("ingress") or ()]
    return sorted(set(found) - {""})


def _cluster_ip(obj: Obj, cluster: Cluster) -> str:
    return str((part(obj, "spec").get("clusterIPs") or [NONE])[0])


def _external(obj: Obj, cluster: Cluster) -> str:
    spec, status = part(obj, "spec"), part(obj, "status")
    kind, fixed = spec.get("type"), spec.get("externalIPs") or []
    if kind == "ExternalName":
        return str(spec.get("externalName", ""))
    if kind == "LoadBalancer":
        return ",".join([*balancer_addresses(status), *fixed]) or "<pending>"
    if kind in ("ClusterIP", "NodePort"):
        return ",".join(fixed) or NONE
    return UNKNOWN


def _ports(obj: Obj, cluster: Cluster) -> str:
    return ",".join(map(_port, part(obj, "spec").get("ports") or ())) or NONE


def _port(port: Mapping[str, Any]) -> str:
    node = f":{port['nodePort']}" if port.get("nodePort") else ""
    return f"{port['port']}{node}/{port.get('protocol', '')}"


def _endpoints(obj: Obj, cluster: Cluster) -> str:
    subsets = obj.get("subsets") or ()
    return _some(address for subset in subsets for address in _addresses(subset)) if subsets else NONE


def _some(texts: Iterable[str], most: int = 3) -> str:
    """The first few, and how many more there are."""
    every = list(texts)
    shown = ",".join(every[:most])
    return f"{shown} + {len(every) - most} more..." if len(every) > most else shown


def _addresses(subset: Mapping[str, Any]) -> Iterator[str]:
    hosts = [one["ip"] for one in subset.get("addresses") or ()]
    if not subset.get("ports"):
        yield from hosts
    for port in subset.get("ports") or ():
        yield from (f"[{host}]:{port['port']}" if ":" in host else f"{host}:{port['port']}" for host in hosts)


def _slice_ports(obj: Obj, cluster: Cluster) -> str:
    return _some(str(port.get("port") or port.get("name") or "*") for port in obj.get("ports") or ()) or UNSET


def _slice_hosts(obj: Obj, cluster: Cluster) -> str:
    return _some(host for one in obj.get("endpoints") or () for host in one.get("addresses") or ()) or UNSET


PRINTERS = {
    "services": row(at("spec.type"), _cluster_ip, _external, _ports, age, labels("spec.selector")),
    "endpoints": row(_endpoints, age),
    "endpointslices.discovery.k8s.io": row(at("addressType"), _slice_ports, _slice_hosts, age),
}
